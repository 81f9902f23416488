import numpy as np
import pytest

from privateedit.core.pull_push import pull_push
from privateedit.providers.studio.hole import continued, scene_of


@pytest.mark.parametrize("shape", [(40, 60), (1, 9), (7, 1), (16, 16)])
def test_known_pixels_stay_and_unknown_ones_do_not_matter(shape):
    random = np.random.default_rng(1)
    pixels = random.integers(0, 256, (*shape, 3), dtype=np.uint8)
    unknown = np.zeros(shape, np.bool_)
    unknown[shape[0] // 3 : shape[0] // 3 * 2 + 1, shape[1] // 3 : shape[1] // 3 * 2 + 1] = True
    other = np.where(unknown[..., None], 255 - pixels, pixels)
    filled = continued(pixels, unknown)
    assert np.array_equal(filled, continued(other, unknown))
    assert np.array_equal(filled[~unknown], pixels[~unknown])


def test_a_gradient_is_continued_smoothly():
    ramp = np.repeat(np.linspace(0, 255, 120)[None, :, None], 80, axis=0).repeat(3, axis=2)
    unknown = np.zeros((80, 120), np.bool_)
    unknown[25:55, 40:80] = True
    filled = continued(np.rint(ramp).astype(np.uint8), unknown)
    assert np.abs(filled[unknown] - ramp[unknown]).max() < 30


def test_nothing_known_gives_mid_grey_and_nothing_unknown_the_picture():
    pixels = np.arange(75, dtype=np.uint8).reshape(5, 5, 3)
    assert (continued(pixels, np.ones((5, 5), np.bool_)) == 128).all()
    assert np.array_equal(continued(pixels, np.zeros((5, 5), np.bool_)), pixels)


def test_pull_push_is_finite_and_within_the_values():
    random = np.random.default_rng(2)
    values = random.random((33, 17, 3), np.float32)
    weights = np.zeros((33, 17), np.float32)
    weights[4, 5] = weights[30, 1] = 1
    spread = pull_push(values, weights)
    assert np.isfinite(spread).all()
    np.testing.assert_allclose(spread[4, 5], values[4, 5], atol=1e-5)
    assert spread.max() <= values[weights > 0].max() + 1e-4


def test_a_scene_shows_what_is_visible_and_forgets_the_fill():
    random = np.random.default_rng(3)
    pixels = random.integers(0, 256, (50, 50, 3), dtype=np.uint8)
    hidden = np.zeros((50, 50), np.bool_)
    hidden[20:30, 20:30] = True
    pixels[hidden] = 0
    one = scene_of(pixels, hidden)
    pixels[hidden] = 255
    two = scene_of(pixels, hidden)
    assert np.array_equal(one.shown, two.shown)
    assert np.array_equal(one.smooth, two.smooth)
    assert np.array_equal(one.shown[~hidden], pixels[~hidden])
    assert (one.unknown & ~hidden).any()
