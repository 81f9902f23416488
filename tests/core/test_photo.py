import numpy as np
import pytest

from privateedit.core.photo import Photo, frozen_pixels
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
