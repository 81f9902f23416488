from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.doubles.audit import simple_instruments
from tests.doubles.ports import Nobody
from tests.doubles.scenes import scenery

from privateedit.audit.grid import DEFAULT, Kind, preset
from privateedit.audit.subject import Subject
from privateedit.core.cover import Coverage
from privateedit.core.photo import Photo
from privateedit.core.trust import Trust
from privateedit.errors import NoFaceFound


@pytest.fixture
def instruments():
    return simple_instruments()


def test_a_large_photo_becomes_small_and_its_face_stays_in_place(instruments):
    large = cv2.resize(scenery(300, 400), (2000, 1500), interpolation=cv2.INTER_CUBIC)
    subject = Subject.of(Photo(large), instruments)
    assert max(subject.person.box.width, subject.person.box.height) == pytest.approx(200, abs=1)
    share = np.array(subject.person.box) / np.tile([subject.photo.width, subject.photo.height], 2)
    assert share == pytest.approx([0.3, 0.3, 0.7, 0.7], abs=0.01)
    assert subject.landmarks.shape == (5, 2)


def test_a_small_photo_is_never_enlarged(instruments):
    pixels = scenery(90, 120)
    assert np.array_equal(Subject.of(Photo(pixels), instruments).photo.pixels, pixels)


def test_the_largest_face_is_the_person_and_all_are_hidden(couple, parts, instruments):
    real = replace(instruments, parts=replace(instruments.parts, detector=parts.detector))
    subject = Subject.of(couple, real)
    assert len(subject.faces) == 2
    assert subject.person.box.width == max(face.box.width for face in subject.faces)
    masked = subject.masked(preset(Trust.LOW), real)
    for face in subject.faces:
        x, y = (int(value) for value in face.box.center)
        assert masked.mask.hidden[y, x]


def test_no_face_is_an_error(instruments):
    with pytest.raises(NoFaceFound):
        Subject.of(Photo(np.zeros((20, 20, 3), np.uint8)), instruments)


def test_every_case_can_be_made_and_only_exposed_ones_show_the_face(instruments):
    subject = Subject.of(Photo(scenery()), instruments)
    for case in DEFAULT:
        if case.concealment.backdrop is None:
            assert subject.masked(case, instruments).exposed == (case.kind is Kind.EXPOSED)


def test_what_the_pipeline_refuses_is_nothing(instruments):
    subject = Subject.of(Photo(scenery()), instruments)
    nobody = replace(instruments, parts=replace(instruments.parts, segmenter=Nobody()))
    case = preset(Trust.NONE)
    small = replace(case, concealment=replace(case.concealment, coverage=Coverage.INNER, grow=0))
    assert subject.masked(small, nobody) is None
