import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privateedit.core.texture import Grain, Texture, learn_texture, sharpened


def drawing(height=300, width=300):
    """Crisp shapes of many sizes on flat ground, as a photo has edges and plain parts."""
    random = np.random.default_rng(8)
    pixels = np.full((height, width, 3), 128, np.float32)
    for _ in range(60):
        center = tuple(int(each) for each in random.integers(10, width - 10, 2))
        tone = [float(each) for each in random.uniform(50, 210, 3)]
        cv2.circle(pixels, center, int(random.integers(3, 22)), tone, -1, cv2.LINE_AA)
    return pixels + random.normal(0, 0.5, pixels.shape).astype(np.float32)


SHARP = drawing()
EVERYWHERE = np.ones(SHARP.shape[:2], np.bool_)


def blurred(sigma):
    return cv2.GaussianBlur(SHARP, (0, 0), sigma)


def grainy(pixels, level, seed=4):
    noise = np.random.default_rng(seed).normal(0, level, (*pixels.shape[:2], 1))
    return (pixels + noise).astype(np.float32)


@pytest.mark.parametrize("sigma", [0.7, 1.2, 2.0, 3.5])
def test_softness_is_found(sigma):
    found = learn_texture(SHARP, blurred(sigma), EVERYWHERE)
    assert found.sigma == pytest.approx(sigma, rel=0.2)
    assert found.sharpen == 0
    apart = np.abs(found.soften(SHARP) - blurred(sigma)).mean()
    assert apart < 0.3 * np.abs(SHARP - blurred(sigma)).mean()


def test_softness_is_found_through_grain():
    found = learn_texture(SHARP, grainy(blurred(1.5), 4), EVERYWHERE)
    assert found.sigma == pytest.approx(1.5, rel=0.3)
    assert found.grain is not None


def test_an_equal_picture_is_left_alone():
    found = learn_texture(SHARP, SHARP, EVERYWHERE)
    assert found.is_plain
    assert found.soften(SHARP) is SHARP
    assert found.roughen(SHARP) is SHARP


def test_a_hardly_softer_picture_is_left_alone():
    assert learn_texture(SHARP, blurred(0.3), EVERYWHERE).is_plain


def test_a_sharper_picture_sharpens_a_little_only():
    found = learn_texture(blurred(0.8), sharpened(blurred(0.8), 2.0), EVERYWHERE)
    assert found.sigma == 0
    assert 0 < found.sharpen < 0.5


@pytest.mark.parametrize("level", [4.0, 9.0])
def test_grain_is_found_and_matched(level):
    found = learn_texture(SHARP, grainy(SHARP, level), EVERYWHERE)
    assert found.grain is not None
    added = found.roughen(SHARP) - SHARP
    assert added.std() == pytest.approx(level, rel=0.25)
    assert found.grain.colored < 0.2
    assert found.grain.size == 0


def test_colored_grain_is_told_from_grey():
    noise = np.random.default_rng(4).normal(0, 8, SHARP.shape).astype(np.float32)
    found = learn_texture(SHARP, SHARP + noise, EVERYWHERE)
    assert found.grain is not None
    assert found.grain.colored > 0.6


def test_coarse_grain_is_told_from_fine():
    noise = cv2.GaussianBlur(np.random.default_rng(4).normal(0, 24, SHARP.shape[:2]), (0, 0), 0.8)
    found = learn_texture(SHARP, (SHARP + noise[..., None]).astype(np.float32), EVERYWHERE)
    assert found.grain is not None
    assert found.grain.size == pytest.approx(0.8, abs=0.4)


def test_less_is_believed_of_another_thing():
    here = learn_texture(SHARP, blurred(2.0), EVERYWHERE)
    there = learn_texture(SHARP, blurred(2.0), EVERYWHERE, same=False)
    assert 0 < there.sigma < here.sigma


def test_nothing_seen_teaches_nothing():
    assert learn_texture(SHARP, blurred(2.0), ~EVERYWHERE).is_plain


@settings(max_examples=20, deadline=None)
@given(st.floats(1, 20), st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.2]), st.integers(100, 700))
def test_grain_is_the_same_every_time_and_changes_no_color(level, colored, size, side):
    grain = Grain((level,) * 4, colored, size)
    flat = np.full((side, 40, 3), 128, np.float32)
    once = grain.apply(flat)
    assert np.array_equal(once, grain.apply(flat))
    assert abs(float(once.mean()) - 128) < 0.25 * level
    assert once.shape == flat.shape


def test_strength_and_size_scale_it():
    texture = Texture(2.0, 0.0, Grain((4.0,) * 4, 0.0, 0.0))
    assert texture.at(0.0).is_plain
    assert texture.at(0.5).sigma == 1.0
    assert texture.at(0.5).grain.levels == (2.0,) * 4
    assert texture.roughen(SHARP, 0.4) is SHARP
    half = texture.soften(SHARP, 0.5)
    np.testing.assert_allclose(half, cv2.GaussianBlur(SHARP, (0, 0), 1.0), atol=1e-3)
