import cv2
import numpy as np
from tests.doubles.scenes import oval

from privateedit.core.matte import sharpened

PERSON = oval(300, 300, 150, 160, 80, 110)
MIDDLE = oval(300, 300, 150, 160, 20, 20)
PIXELS = np.where(PERSON[..., None], np.uint8([200, 150, 120]), np.uint8([30, 60, 110]))


def guess(person, sigma=6.0):
    return cv2.GaussianBlur(person.astype(np.float32), (0, 0), sigma)


def test_a_coarse_guess_follows_the_edge():
    coarse = guess(np.roll(PERSON, 3, axis=1))
    matte = sharpened(PIXELS, coarse, MIDDLE)
    assert matte.found
    assert matte.alpha.shape == PERSON.shape
    assert matte.alpha.min() >= 0
    assert matte.alpha.max() <= 1
    assert np.abs(matte.alpha - PERSON).mean() < 0.25 * np.abs(coarse - PERSON).mean()


def test_colors_are_pure_on_both_sides():
    matte = sharpened(PIXELS, guess(PERSON), MIDDLE)
    assert np.abs(matte.person.astype(int) - (200, 150, 120)).max() <= 3
    assert np.abs(matte.background.astype(int) - (30, 60, 110)).max() <= 3


def test_unknown_pixels_have_no_influence():
    unknown = oval(300, 300, 90, 160, 30, 30)
    other = PIXELS.copy()
    other[unknown] = (255, 0, 255)
    one, two = (sharpened(each, guess(PERSON), MIDDLE, unknown) for each in (PIXELS, other))
    np.testing.assert_allclose(one.alpha[~unknown], two.alpha[~unknown], atol=1e-3)
    assert np.abs(one.person.astype(int) - two.person).max() <= 1


def test_hair_beside_what_is_unknown_stays_the_person():
    """A thin strip of the person above a large hole, with background on both sides of it."""
    unknown = np.zeros_like(PERSON)
    unknown[58:230, 60:260] = True
    strip = PERSON & ~unknown & (np.arange(300)[:, None] < 58)
    assert strip.sum() > 200
    seen = np.where(unknown[..., None], PIXELS[0, 0], PIXELS)
    assert sharpened(seen, guess(PERSON, 3), unknown, unknown).alpha[strip].mean() > 0.9


def test_a_small_island_is_nobody_unless_it_is_the_anchor():
    island = oval(300, 300, 25, 25, 12, 12)
    pixels = np.where(island[..., None], np.uint8([200, 150, 120]), PIXELS)
    both = guess(PERSON, 2) + guess(island, 2)
    assert sharpened(pixels, both, MIDDLE).alpha[25, 25] < 0.05
    assert sharpened(pixels, both, island).alpha[25, 25] > 0.95


def test_nobody_is_told_as_such():
    matte = sharpened(PIXELS, np.zeros((64, 64), np.float32), MIDDLE)
    assert not matte.found
    assert matte.alpha.max() < 0.05
