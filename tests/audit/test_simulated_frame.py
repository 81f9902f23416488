from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.scenes import scenery

from privateedit.audit.restore_scenarios import ASPECTS, SCENARIOS, Frame, recipe
from privateedit.audit.simulated_frame import framing
from privateedit.core.similarity import rotation_of, scale_of, transform

SHAPE = (300, 400)
KEPT = np.array([[150.0, 60.0], [150.0, 160.0], [250.0, 60.0], [250.0, 160.0]])
NOTHING = np.zeros(SHAPE, bool)


def plan(frame, seed=0):
    return recipe(next(each for each in SCENARIOS if each.frame is frame), "photo", seed)


def marked():
    """A picture whose colors say where they come from."""
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
    return np.stack([columns / 4, rows / 4, np.full_like(rows, 50)], -1)


@given(st.sampled_from(Frame), st.integers(0, 999))
@settings(max_examples=60)
def test_hidden_faces_stay_in_sight(frame, seed):
    framed = framing(plan(frame, seed), SHAPE, KEPT)
    placed = transform(framed.matrix, KEPT)
    assert (placed >= 0).all()
    assert (placed <= (framed.shape[1], framed.shape[0])).all()


@given(st.sampled_from([Frame.DRIFT, Frame.MOVED, Frame.ASPECT]), st.integers(0, 999))
@settings(max_examples=30, deadline=None)
def test_pixels_lie_where_the_matrix_says(frame, seed):
    """The truth that everything else is measured by, so it is checked on pixels themselves."""
    framed = framing(plan(frame, seed), SHAPE, KEPT)
    done = framed.carried(marked(), "extended", NOTHING)
    x, y = np.rint(transform(framed.matrix, np.array([[200.5, 110.5]]))[0] - 0.5).astype(int)
    back = np.linalg.solve(framed.matrix[:, :2], np.array([x + 0.5, y + 0.5]) - framed.matrix[:, 2])
    assert done[y, x, :2] * 4 + 0.5 == pytest.approx(back, abs=0.1)


def test_the_same_frame_is_the_same():
    framed = framing(plan(Frame.SAME), SHAPE, KEPT)
    picture = scenery(*SHAPE).astype(np.float32)
    assert framed.shape == SHAPE
    assert (framed.carried(picture, "extended", NOTHING) == picture).all()


def test_moves_turn_and_zoom_as_the_recipe_says():
    drawn = replace(plan(Frame.MOVED), zoom=1.1, turn=3.0)
    framed = framing(drawn, SHAPE, KEPT)
    assert rotation_of(framed.matrix) == pytest.approx(3.0)
    assert scale_of(framed.matrix) == pytest.approx(1.1)
    assert framed.shape == SHAPE


def test_a_face_too_large_for_the_zoom_is_zoomed_less():
    large = np.array([[10.0, 10.0], [390.0, 290.0], [10.0, 290.0], [390.0, 10.0]])
    framed = framing(replace(plan(Frame.MOVED), zoom=1.3, turn=0.0), SHAPE, large)
    assert scale_of(framed.matrix) < 1.1
    assert (transform(framed.matrix, large) >= 0).all()


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("aspect", ASPECTS)
def test_aspects_are_reached_in_steps_of_16(aspect, padded):
    framed = framing(replace(plan(Frame.ASPECT), aspect=aspect, padded=padded), SHAPE, KEPT)
    assert framed.shape[0] % 16 == framed.shape[1] % 16 == 0
    assert framed.shape[1] / framed.shape[0] == pytest.approx(aspect, rel=0.05)
    stretch = framed.matrix[0, 0] / framed.matrix[1, 1]
    assert stretch == pytest.approx(1, abs=0.05)


def test_borders_are_what_they_are_called():
    drawn = replace(plan(Frame.ASPECT), aspect=16 / 9, padded=True)
    framed = framing(drawn, SHAPE, KEPT)
    picture = scenery(*SHAPE).astype(np.float32)
    assert (framed.carried(picture, "white", NOTHING)[:, 0] == 255).all()
    assert (framed.carried(picture, "black", NOTHING)[:, 0] == 0).all()
    extended = framed.carried(picture, "extended", NOTHING)[:, 0]
    assert 60 < extended.min() <= extended.max() < 200


def test_a_hole_at_the_edge_is_not_extended():
    picture = scenery(*SHAPE).astype(np.float32)
    hole = NOTHING.copy()
    hole[100:200, :40] = True
    picture[hole] = 0
    framed = framing(replace(plan(Frame.ASPECT), aspect=16 / 9, padded=True), SHAPE, KEPT)
    done = framed.carried(picture, "extended", hole)
    middle = round(float(transform(framed.matrix, np.array([[0.0, 150.0]]))[0, 1]))
    assert done[middle, 2].min() > 30
