import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from skimage import color

from privateedit.core.color_difference import delta_e_2000, lab

# Pairs of the data that Sharma, Wu and Dalal publish with the formula, the hard ones among them.
PUBLISHED = (
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
)
levels = st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=8)


@pytest.mark.parametrize(("first", "second", "expected"), PUBLISHED)
def test_the_published_pairs(first, second, expected):
    assert delta_e_2000(np.array(first), np.array(second)) == pytest.approx(expected, abs=2e-4)


@settings(deadline=None)  # the other library takes a while to load
@given(levels)
def test_lab_is_that_of_another_library(colors):
    pixels = np.array([colors], np.uint8)
    assert lab(pixels) == pytest.approx(color.rgb2lab(pixels / 255.0), abs=0.05)


def without_noise(colors):
    """Greys as they are meant: the other library counts the hue that rounding gives them."""
    known = colors.astype(float)
    known[np.hypot(known[:, 1], known[:, 2]) < 1e-3, 1:] = 0
    return known


@settings(deadline=None)
@given(levels, levels)
@example([(0, 0, 58)], [(123, 123, 123)])
def test_the_difference_is_that_of_another_library_and_symmetric(ones, twos):
    count = min(len(ones), len(twos))
    one, two = lab(np.array(ones[:count], np.uint8)), lab(np.array(twos[:count], np.uint8))
    found = delta_e_2000(one, two)
    assert found == pytest.approx(color.deltaE_ciede2000(*map(without_noise, (one, two))), abs=1e-3)
    assert found == pytest.approx(delta_e_2000(two, one), abs=1e-3)
    assert (delta_e_2000(one, one) == 0).all()


def test_shapes_and_types_are_kept():
    picture = np.random.default_rng(1).integers(0, 256, (4, 5, 3), np.uint8)
    assert lab(picture).shape == (4, 5, 3)
    assert lab(picture).dtype == np.float32
    assert delta_e_2000(lab(picture), lab(picture)).shape == (4, 5)
    assert lab(np.zeros((0, 3), np.uint8)).shape == (0, 3)


def test_what_no_screen_shows_is_clipped():
    beyond = np.array([[-20.0, 300.0, 128.0]], np.float32)
    assert lab(beyond) == pytest.approx(lab(np.array([[0, 255, 128]], np.uint8)), abs=1e-4)


def test_white_and_black():
    ends = lab(np.array([[255, 255, 255], [0, 0, 0]], np.uint8))
    assert ends == pytest.approx(np.array([[100.0, 0, 0], [0, 0, 0]]), abs=0.02)


def test_what_rounding_leaves_of_a_grey_has_no_hue():
    color, grey = np.float32([28.585, 53.388, -0.469]), np.float32([94.796, 0, 0])
    for noise in (-3e-5, 3e-5):
        shifted = grey + np.float32([0, noise, 0])
        assert delta_e_2000(color, shifted) == pytest.approx(float(delta_e_2000(color, grey)), abs=1e-3)
