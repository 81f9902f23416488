import numpy as np
import pytest
from codec_samples import picture
from PIL import Image, ImageOps

from privateedit.codec.orientation import as_stored, orientation_of, swaps_sides


@pytest.mark.parametrize("orientation", range(1, 9))
def test_filling_the_stored_view_gives_what_exif_means(orientation):
    stored = picture()
    image = Image.fromarray(stored)
    image.getexif()[0x0112] = orientation
    expected = np.asarray(ImageOps.exif_transpose(image))
    assert orientation_of(image) == orientation
    assert swaps_sides(orientation) == (expected.shape != stored.shape)
    upright = np.zeros_like(expected)
    as_stored(upright, orientation)[:] = stored
    assert np.array_equal(upright, expected)


@pytest.mark.parametrize("value", [0, 9, -3, "6", 65535])
def test_nonsense_counts_as_upright(value):
    image = Image.fromarray(picture())
    image.getexif()[0x0112] = value
    assert orientation_of(image) == 1
