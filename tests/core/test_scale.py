import cv2
import numpy as np
import pytest

from privateedit.core.scale import averaged, dithered, enlarged, glimpse, reduced, reduced_mask, reduced_size


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


@pytest.mark.parametrize(
    ("shape", "size"), [((1111, 1117), (216, 217)), ((1633, 1888), (512, 443)), ((90, 70), (60, 80))]
)
def test_a_glimpse_is_nearly_the_mean_and_tells_how_much_a_pixel_stands_for(shape, size):
    pixels = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8), (0, 0), 9)
    small, (across, down) = glimpse(pixels, *size)
    assert small.shape == (size[1], size[0], 3)
    assert small.dtype == np.uint8
    rows, columns = round(down * size[1]), round(across * size[0])
    assert 0 <= shape[0] - rows < down + 1
    assert 0 <= shape[1] - columns < across + 1
    exact = cv2.resize(pixels[:rows, :columns].astype(np.float32), size, interpolation=cv2.INTER_AREA)
    assert np.abs(small - exact).max() < 3
    assert abs(float((small - exact).mean())) < 0.1


@pytest.mark.parametrize("length", range(1, 40))
def test_a_glimpse_of_the_smallest_pictures_has_the_size_that_was_asked_for(length):
    pixels = np.full((length, 40, 3), 7, np.uint8)
    for height in range(1, length + 1):
        small, _ = glimpse(pixels, 3, height)
        assert small.shape == (height, 3, 3)
        assert (small == 7).all()
