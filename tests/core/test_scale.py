import cv2
import numpy as np
import pytest

from privateedit.core.scale import averaged, dithered, enlarged, reduced, reduced_mask, reduced_size


def test_sizes_are_bounded_and_never_zero():
    assert reduced_size((4000, 3000, 3), 400) == (400, 300)
    assert reduced_size((1, 9000), 100) == (1, 100)
    assert reduced_size((20, 10), 100) == (20, 10)


def test_a_reduced_mask_covers_whatever_it_covered():
    mask = np.zeros((1000, 700), np.bool_)
    mask[503, 211] = True
    assert reduced_mask(mask, 100).sum() == 1


def test_reduced_and_enlarged_keep_shape_and_type():
    pixels = np.zeros((300, 1, 3), np.uint8)
    small = reduced(pixels, 50)
    assert small.shape == (50, 1, 3)
    assert enlarged(small, pixels.shape).shape == pixels.shape


def test_dither_keeps_the_mean_between_levels_and_repeats():
    field = np.full((4, 4, 3), 100.4, np.float32)
    out = dithered(field, (300, 400, 3), 1)
    assert abs(out.mean() - 100.4) < 0.05
    assert set(np.unique(out)) <= {99, 100, 101, 102}
    assert np.array_equal(out, dithered(field, (300, 400, 3), 1))


def test_what_has_the_size_already_is_returned_as_it_is():
    pixels = np.zeros((30, 20, 3), np.uint8)
    assert enlarged(pixels, (30, 20)) is pixels
    assert reduced(pixels, 30) is pixels


@pytest.mark.parametrize("shape", [(960, 1280, 3), (961, 1280), (960, 1280)])
def test_a_quickly_reduced_picture_is_nearly_the_mean_of_what_it_covers(shape):
    pixels = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 256, shape, np.uint8), (0, 0), 5)
    exact = cv2.resize(pixels.astype(np.float32), (150, 112), interpolation=cv2.INTER_AREA)
    small = averaged(pixels, 112, 150)
    assert small.shape == exact.shape
    assert small.dtype == np.uint8
    assert np.abs(small - exact).max() < 2.5
    assert abs(float((small - exact).mean())) < 0.4


def test_a_quickly_reduced_picture_goes_by_whole_blocks_where_it_can():
    pixels = np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)
    means = pixels.reshape(120, 4, 160, 4, 3).mean((1, 3))
    assert np.abs(averaged(pixels, 120, 160) - means).max() <= 1.25
