import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from privateedit.core.channels import largest, largest_difference, length, rounded

SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))
PICTURES = arrays.arrays(np.float32, SHAPES, elements=st.floats(-300, 600, width=32))


@given(PICTURES)
def test_the_largest_channel_is_numpys(picture):
    assert np.array_equal(largest(picture), picture.max(axis=2))


@given(PICTURES)
def test_a_view_that_is_not_contiguous_gives_the_same(picture):
    turned = picture.transpose(1, 0, 2)
    assert np.array_equal(largest(turned), largest(picture).T)


@given(PICTURES, arrays.arrays(np.float32, 3, elements=st.floats(0, 255, width=32)))
def test_a_picture_differs_from_a_color_by_its_farthest_channel(picture, color):
    assert np.array_equal(largest_difference(picture, color), np.abs(picture - color).max(axis=2))


@given(PICTURES)
def test_a_picture_does_not_differ_from_itself(picture):
    assert not largest_difference(picture, picture).any()


@given(PICTURES)
def test_rounding_is_numpys_and_held_within_what_a_byte_can_say(picture):
    assert np.array_equal(rounded(picture), np.clip(np.rint(picture), 0, 255).astype(np.uint8))


def test_halves_go_to_the_even_level():
    halves = np.full((2, 2, 3), 0.5, np.float32) + np.arange(4, dtype=np.float32).reshape(2, 2, 1)
    assert rounded(halves)[..., 0].tolist() == [[0, 2], [2, 4]]


@given(PICTURES)
def test_a_length_is_numpys_norm(picture):
    np.testing.assert_allclose(length(picture), np.linalg.norm(picture, axis=2), rtol=1e-5, atol=1e-4)
