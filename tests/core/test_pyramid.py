from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from tests.doubles.scenes import noise

from privateedit.core.pyramid import Pyramid


def test_a_pixel_of_a_level_is_the_mean_of_its_square():
    pixels = noise(21, 34)
    small, times = Pyramid(pixels).halved(2)
    assert times == 2
    assert small.shape == (5, 8, 3)
    exact = pixels[:20, :32].reshape(5, 4, 8, 4, 3).mean((1, 3))
    assert np.abs(small - exact).max() <= 1


def test_the_first_level_is_the_picture_itself_and_each_is_made_once():
    pixels = noise(16, 16)
    pyramid = Pyramid(pixels)
    assert pyramid.halved(0)[0] is pixels
    assert pyramid.pixels is pixels
    assert pyramid.shape == (16, 16, 3)
    assert pyramid.halved(1)[0] is pyramid.halved(1)[0]


@pytest.mark.parametrize(("shape", "most"), [((1, 1), 0), ((1, 9), 0), ((4, 2), 1)])
def test_there_is_always_a_pixel(shape, most):
    pixels = np.full((*shape, 3), 7, np.uint8)
    last, times = Pyramid(pixels).halved(9)
    assert times == most
    assert last.size
    assert (last == 7).all()


def test_the_last_few_averages_are_remembered():
    pyramid = Pyramid(noise(120, 90))
    first = pyramid.averaged(1, (31, 40))
    level, _ = pyramid.halved(1)
    assert np.array_equal(first, cv2.resize(level, (31, 40), interpolation=cv2.INTER_AREA))
    assert pyramid.averaged(0, (31, 40)) is not first
    assert pyramid.averaged(1, (31, 40)) is first
    for width in range(10, 14):
        pyramid.averaged(1, (width, 40))
    again = pyramid.averaged(1, (31, 40))
    assert again is not first
    assert np.array_equal(again, first)


def test_threads_may_share_it():
    """No level stands where another belongs, whoever came first."""
    pixels = noise(512, 480)
    expected, shared = Pyramid(pixels), Pyramid(pixels)
    sizes = [(40 + number % 6, 40) for number in range(96)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda size: shared.averaged(size[0] % 4, size), sizes))
    for size, each in zip(sizes, found, strict=True):
        assert np.array_equal(each, expected.averaged(size[0] % 4, size))
    for times in range(4):
        assert np.array_equal(shared.halved(times)[0], expected.halved(times)[0])
