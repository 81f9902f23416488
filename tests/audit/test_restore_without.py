from types import SimpleNamespace

import numpy as np
import pytest

from privateedit.audit import restore_without
from privateedit.audit.restore_without import Without
from privateedit.core.choose_look import COLORLESS, GRADED
from privateedit.core.finish import Finish


@pytest.fixture
def asked(monkeypatch):
    """A restore of two faces that tells what it was asked for; the first is in the style that is set."""
    told = SimpleNamespace(style=None, finishes=[])

    def restore(concealed, returned, parts, finish):
        told.finishes.append(finish)
        faces = (SimpleNamespace(id=1, style=told.style), SimpleNamespace(id=2, style="pencil drawing"))
        pixels = np.full((2, 2, 3), len(told.finishes), np.uint8)
        return SimpleNamespace(pixels=pixels, report=SimpleNamespace(faces=faces))

    monkeypatch.setattr(restore_without.pipeline, "restore", restore)
    return told


@pytest.mark.parametrize("style", [GRADED, COLORLESS])
def test_a_graded_face_is_compared_with_one_that_is_not_and_a_drawn_one_stays_drawn(style, asked):
    asked.style = style
    without = Without.of(None, None, None)
    assert asked.finishes == [Finish(harmonize=0.0), Finish(harmonize=0.0, style_match=False)]
    assert (without.harmonizing == 1).all()
    assert (without.grading(SimpleNamespace(id=1)) == 2).all()
    assert (without.grading(SimpleNamespace(id=2)) == 1).all()


@pytest.mark.parametrize("style", [None, "painting"])
def test_what_was_not_graded_is_restored_once(style, asked):
    asked.style = style
    without = Without.of(None, None, None)
    assert asked.finishes == [Finish(harmonize=0.0)]
    assert without.grading(SimpleNamespace(id=1)) is without.harmonizing
