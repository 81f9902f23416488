from dataclasses import replace

import numpy as np
import pytest
from tests.doubles.audit import BoxLandmarks, CountingRecognizer

from privateedit import pipeline
from privateedit.core.concealment import Under
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.likeness import Likeness


def with_recognizer(parts, threshold=0.6):
    return replace(parts, likeness=Likeness(BoxLandmarks(), CountingRecognizer(), threshold))


def test_a_hole_that_came_back_showed_nobody(hidden_astronaut, parts):
    returned = EditResult(hidden_astronaut.masked.pixels, "test")
    (face,) = pipeline.restore(hidden_astronaut, returned, with_recognizer(parts)).report.faces
    assert face.distance_before is None
    assert face.distance_after == 0
    assert not face.guessed


@pytest.mark.parametrize(("threshold", "guessed"), [(0.0, False), (1e9, True)])
def test_a_drawn_face_is_measured_and_a_guess_is_told(threshold, guessed, astronaut, stranger_editor, parts):
    prepared = pipeline.mask(astronaut, pipeline.Concealment(), parts)
    returned = stranger_editor().edit(prepared.payload, Instruction("x"))
    likely = with_recognizer(parts, threshold)
    restored = pipeline.restore(prepared.concealed, returned, likely)
    (face,) = restored.report.faces
    assert face.regime == "face"
    assert face.distance_after < face.distance_before
    assert face.guessed is guessed
    assert ("The service guessed you" in restored.report.text()) is guessed


def test_a_face_that_was_shown_was_not_guessed(astronaut, stranger_editor, parts):
    shown = pipeline.Concealment(under=Under.FACE, opacity=0.5, expose_face=True)
    prepared = pipeline.mask(astronaut, shown, parts)
    returned = stranger_editor().edit(prepared.payload, Instruction("x"))
    (face,) = pipeline.restore(prepared.concealed, returned, with_recognizer(parts, 1e9)).report.faces
    assert face.distance_before is not None
    assert not face.guessed


def test_without_a_recognizer_nothing_is_said(hidden_astronaut, parts):
    returned = EditResult(hidden_astronaut.masked.pixels, "test")
    (face,) = pipeline.restore(hidden_astronaut, returned, replace(parts, likeness=None)).report.faces
    assert (face.distance_before, face.distance_after, face.guessed) == (None, None, False)


def test_the_real_recognizer_knows_the_person_again(hidden_astronaut, parts):
    warm = np.clip(hidden_astronaut.masked.pixels * np.float32([1.1, 1, 0.9]), 0, 255).astype(np.uint8)
    (face,) = pipeline.restore(hidden_astronaut, EditResult(warm, "test"), parts).report.faces
    assert face.distance_after < 0.25


def test_the_real_recognizer_tells_a_stranger(astronaut, stranger_editor, parts):
    prepared = pipeline.mask(astronaut, pipeline.Concealment(), parts)
    returned = stranger_editor().edit(prepared.payload, Instruction("x"))
    (face,) = pipeline.restore(prepared.concealed, returned, parts).report.faces
    assert face.distance_before > 0.6
    assert face.distance_after < 0.4
    assert not face.guessed
