import cv2
import numpy as np
import pytest
from tests.doubles.scenes import noise, oval, scenery

from privateedit.core.drawn_over import drawn_over, fill_of, left_over

HOLE = oval(240, 320, 160, 120, 70, 80)
SIZE = float(np.sqrt(HOLE.sum()))
BRIM = cv2.GaussianBlur(oval(240, 320, 160, 40, 110, 22).astype(np.float32), (0, 0), 0.8)
RED = np.float32([150, 30, 40])
SCENE = scenery(240, 320).astype(np.float32)


def returned(fill=(0, 0, 0), drawing=None):
    edited = SCENE.copy()
    edited[HOLE] = fill
    return edited if drawing is None else edited + drawing[..., None] * (RED - edited)


@pytest.mark.parametrize("fill", [(0, 0, 0), (128, 128, 128), (0, 255, 0)])
def test_a_brim_over_the_border_stays_in_front_with_its_edge(fill):
    drawing = drawn_over(returned(fill, BRIM), HOLE, SIZE)
    assert drawing is not None
    done = drawing.over(SCENE)
    expected = SCENE + BRIM[..., None] * (RED - SCENE)
    inside = HOLE & (cv2.erode(HOLE.astype(np.uint8), np.ones((13, 13))) > 0)
    assert np.abs(done - expected)[inside].mean() < 1
    assert np.abs(done - expected)[inside].max() < 60
    assert drawing.reach[BRIM > 0.9].mean() > 0.98


def test_an_empty_hole_has_no_drawing():
    assert drawn_over(returned(), HOLE, SIZE) is None


def test_what_lies_in_the_middle_is_a_guide_and_no_drawing():
    guide = cv2.GaussianBlur(oval(240, 320, 160, 120, 12, 14).astype(np.float32), (0, 0), 2)
    assert drawn_over(returned((0, 0, 0), guide), HOLE, SIZE) is None


def test_what_covers_much_of_the_hole_is_no_drawing():
    assert (
        drawn_over(returned((0, 0, 0), oval(240, 320, 160, 60, 120, 60) * np.float32(1)), HOLE, SIZE) is None
    )


def test_noise_tells_nothing():
    edited = SCENE.copy()
    edited[HOLE] = noise(240, 320)[HOLE]
    assert fill_of(edited, HOLE, SIZE) is None
    assert drawn_over(edited, HOLE, SIZE) is None
    assert not left_over(edited, SCENE, HOLE, SIZE).any()


def test_a_hole_without_depth_is_no_error():
    thin = np.zeros_like(HOLE)
    thin[100, 50:200] = True
    assert drawn_over(SCENE, thin, 12.0) is None


def test_fill_beside_a_misplaced_hole_is_left_over():
    beside = np.roll(HOLE, 6, axis=1)
    stray = left_over(returned(), SCENE, beside, SIZE)
    assert stray[HOLE & ~beside].mean() > 0.95
    assert not stray[~HOLE].any()


def test_black_hair_beside_a_black_hole_is_not_left_over():
    black = SCENE.copy()
    black[:, :160] = 5
    edited = black.copy()
    edited[HOLE] = 0
    assert not left_over(edited, black, HOLE, SIZE).any()
