import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privateedit.core.photo import Photo, chosen, frozen_pixels, full, put
from privateedit.errors import InputError


def test_pixels_cannot_be_written():
    photo = Photo(np.zeros((2, 3, 3), np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        photo.pixels[0, 0] = 1
    with pytest.raises(AttributeError):
        photo.pixels = np.zeros((2, 3, 3), np.uint8)


def test_a_writable_array_is_copied():
    pixels = np.zeros((2, 3, 3), np.uint8)
    photo = Photo(pixels)
    pixels[:] = 9
    assert not photo.pixels.any()


def test_a_read_only_view_of_a_writable_array_is_copied():
    base = np.zeros((4, 3, 3), np.uint8)
    view = base[:2]
    view.flags.writeable = False
    photo = Photo(view)
    base[:] = 9
    assert not photo.pixels.any()


def test_an_owned_read_only_array_is_taken_over_without_a_copy():
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels.flags.writeable = False
    assert Photo(pixels).pixels is pixels


def test_a_strided_array_becomes_contiguous():
    pixels = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)[:, ::2]
    frozen = frozen_pixels(pixels)
    assert frozen.flags.c_contiguous
    assert np.array_equal(frozen, pixels)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((2, 3, 3), np.float32),
        np.zeros((2, 3, 3), np.int16),
        np.zeros((2, 3), np.uint8),
        np.zeros((2, 3, 4), np.uint8),
        np.zeros((2, 3, 1), np.uint8),
        np.zeros((0, 3, 3), np.uint8),
        np.zeros((2, 0, 3), np.uint8),
        np.zeros((1, 2, 3, 3), np.uint8),
    ],
)
def test_anything_but_8_bit_rgb_is_refused(pixels):
    with pytest.raises(InputError):
        Photo(pixels)


def test_width_is_columns_and_repr_shows_sizes_only():
    photo = Photo(np.full((2, 3, 3), 77, np.uint8))
    assert (photo.width, photo.height) == (3, 2)
    assert repr(photo) == "Photo(3×2)"


@settings(max_examples=150, deadline=None)
@given(height=st.integers(1, 9), width=st.integers(1, 9), share=st.floats(0, 1), seed=st.integers(0, 999))
def test_pixels_are_chosen_and_put_as_by_plain_indexing(height, width, share, seed):
    random = np.random.default_rng(seed)
    whole = random.integers(0, 256, (height + 3, width + 4, 3), np.uint8)
    window = (slice(1, 1 + height), slice(2, 2 + width))
    where = random.random((height, width)) < share
    assert np.array_equal(chosen(whole[window], where), whole[window][where])
    count = int(where.sum())
    for values in (random.integers(0, 256, (count, 3), np.uint8), random.integers(0, 256, 3, np.uint8)):
        expected, found = whole.copy(), whole.copy()
        expected[window][where] = values
        put(found[window], where, values)
        assert np.array_equal(found, expected)


@pytest.mark.parametrize("count", [0, 2, 4])
def test_as_many_values_as_places_are_put(count):
    where = np.array([[True, False], [True, True]])
    with pytest.raises(ValueError, match=r"broadcast|remapped|shape"):
        put(np.zeros((2, 2, 3), np.uint8), where, np.zeros((count, 3), np.uint8))


def test_a_picture_that_nobody_may_write_to_is_not_written_to():
    with pytest.raises(ValueError, match="read-only"):
        put(Photo(np.zeros((2, 2, 3), np.uint8)).pixels, np.ones((2, 2), np.bool_), np.uint8([1, 2, 3]))


@pytest.mark.parametrize("count", [0, 1, 5])
def test_one_color_fills_many_pixels_and_many_stay_what_they_are(count):
    color, many = np.uint8([7, 0, 255]), np.arange(3 * count, dtype=np.uint8).reshape(count, 3)
    assert np.array_equal(full(color, count), np.broadcast_to(color, (count, 3)))
    assert np.array_equal(full(many, count), many)
    with pytest.raises(ValueError, match="shape"):
        full(many, count + 1)


@pytest.mark.parametrize(
    "values", [np.float64([0.4, 0, 0]), np.int64([256, 256, 256]), np.zeros((2, 3), bool)]
)
def test_values_that_are_no_levels_are_not_made_levels(values):
    with pytest.raises(ValueError, match="uint8"):
        full(values, 2)
