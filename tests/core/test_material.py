import cv2
import numpy as np
from tests.doubles.scenes import oval

from privateedit.core.material import carried_on

SHAPE = (240, 320)
HOLE = oval(*SHAPE, 160, 100, 70, 90)
SIZE = float(np.sqrt(HOLE.sum()))
SHIRT = oval(*SHAPE, 160, 280, 150, 112)
HEAD = oval(*SHAPE, 160, 90, 50, 65)
ALPHA = (SHIRT | HEAD).astype(np.float32)
SKIN, BLUE, RED, WALL = (
    np.float32(color) for color in ([200, 150, 125], [50, 70, 140], [170, 40, 50], [90] * 3)
)


def scene(shirt):
    folds = 12 * np.sin(np.mgrid[:240, :320][1] / 6)[..., None]
    dressed = np.where(SHIRT[..., None], shirt + folds, WALL)
    return np.where((HEAD & ~SHIRT)[..., None], SKIN, dressed).astype(np.float32)


def carried(before, after):
    shown = after.copy()
    shown[HOLE] = 0
    clear = cv2.dilate(HOLE.astype(np.uint8), np.ones((7, 7))) == 0
    return carried_on(before, shown, HOLE, clear, ALPHA, SIZE)


def test_a_recolored_shirt_goes_on_into_the_hole_and_the_face_keeps_its_color():
    done = carried(scene(BLUE), scene(RED))
    collar = HOLE & cv2.erode(SHIRT.astype(np.uint8), np.ones((9, 9))).astype(bool)
    assert collar.sum() > 300
    assert np.abs(done - scene(RED))[collar].mean() < 8
    face = HEAD & ~cv2.dilate(SHIRT.astype(np.uint8), np.ones((9, 9))).astype(bool)
    assert np.array_equal(done[face], scene(BLUE)[face])


def test_the_background_is_no_material():
    done = carried(scene(BLUE), scene(RED))
    assert np.array_equal(done[ALPHA == 0], scene(BLUE)[ALPHA == 0])


def test_another_pattern_is_continued():
    rows, columns = np.mgrid[:240, :320]
    checks = np.where(((rows // 8 + columns // 8) % 2)[..., None], np.float32(235), np.float32(20))
    after = np.where(SHIRT[..., None], checks, scene(BLUE)).astype(np.float32)
    done = carried(scene(BLUE), after)
    collar = HOLE & cv2.erode(SHIRT.astype(np.uint8), np.ones((15, 15))).astype(bool)
    assert np.mean(np.abs(done - after).max(2)[collar] < 60) > 0.75


def test_nothing_changed_returns_the_same_pixels():
    before = scene(BLUE)
    assert carried(before, before) is before


def test_a_slight_difference_is_left_to_the_blend():
    before = scene(BLUE)
    assert carried(before, before + 8) is before
