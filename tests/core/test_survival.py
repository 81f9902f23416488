import cv2
import numpy as np
import pytest
from tests.doubles.scenes import noise, oval, scenery

from privateedit.core.survival import replaced_backdrop

SCENE = scenery(240, 320).astype(np.float32)
HOLE = oval(240, 320, 160, 120, 60, 70)
BACKDROP = ~oval(240, 320, 160, 120, 66, 76)
SIZE = float(np.sqrt(HOLE.sum()))


def replaced(before, after):
    shown = after.copy()
    shown[HOLE] = 0
    return replaced_backdrop(before, shown, BACKDROP, SIZE)


@pytest.mark.parametrize(
    "grade",
    [
        lambda pixels: pixels,
        lambda pixels: pixels * np.float32([1.25, 1, 0.7]) + 12,
        lambda pixels: 255 * (pixels / 255) ** 1.6,
        lambda pixels: np.repeat((pixels @ np.float32([0.3, 0.59, 0.11]))[..., None], 3, axis=2),
        lambda pixels: 0.5 * pixels + 70,
    ],
)
def test_a_grade_that_nobody_understood_is_no_other_backdrop(grade):
    assert replaced(SCENE, np.clip(grade(SCENE), 0, 255)).max() < 0.05


@pytest.mark.parametrize(
    "other",
    [
        np.full_like(SCENE, 190),
        noise(240, 320).astype(np.float32),
        cv2.GaussianBlur(SCENE, (0, 0), 25),
    ],
)
def test_another_backdrop_is_told(other):
    assert replaced(SCENE, other).min() > 0.9


def test_a_plain_backdrop_of_another_color_is_another_one():
    assert replaced(np.full_like(SCENE, 90), np.full_like(SCENE, 160)).min() > 0.9
    assert replaced(np.full_like(SCENE, 90), np.full_like(SCENE, 93)).max() < 0.1


def test_half_a_backdrop_is_told_from_the_other_half():
    half = SCENE.copy()
    half[:, 160:] = (40, 60, 120)
    field = replaced(SCENE, half)
    assert field[:, :100].max() < 0.1
    assert field[:, 220:].min() > 0.9
    middle = field[120, 105:215]
    assert (np.diff(middle) > -0.02).all()


def test_the_hole_itself_says_nothing():
    one, two = SCENE.copy(), SCENE.copy()
    two[HOLE] = 255
    np.testing.assert_allclose(
        replaced_backdrop(SCENE, one, BACKDROP, SIZE),
        replaced_backdrop(SCENE, two, BACKDROP, SIZE),
        atol=1e-4,
    )
