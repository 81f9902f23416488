from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
import skimage.data

from privateedit.vision.segment import SelfieSegmenter


@pytest.fixture(scope="module")
def segmenter():
    return SelfieSegmenter()


@pytest.fixture(scope="module")
def matte(segmenter, astronaut):
    return segmenter.segment(astronaut.pixels)


def test_a_matte_has_the_size_of_the_picture_and_lies_between_0_and_1(matte, astronaut):
    assert matte.shape == astronaut.pixels.shape[:2]
    assert matte.dtype == np.float32
    assert matte.min() >= 0
    assert matte.max() <= 1


def test_the_astronaut_is_a_person(matte):
    assert matte[95:160, 200:250].min() > 0.8  # face
    assert matte[300:450, 180:280].min() > 0.8  # torso


def test_the_background_is_no_person(matte):
    assert matte[:40, :40].max() < 0.2
    assert matte[:40, -40:].max() < 0.2


def test_another_portrait_works_too(segmenter, hopper):
    matte = segmenter.segment(hopper.pixels)
    assert matte[180:300, 220:300].min() > 0.8
    assert matte[:40, :40].max() < 0.2


@pytest.mark.parametrize("factor", [0.25, 2.5])
def test_the_matte_scales_with_the_picture(segmenter, astronaut, matte, factor):
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    pixels = cv2.resize(astronaut.pixels, None, fx=factor, fy=factor, interpolation=interpolation)
    scaled = cv2.resize(segmenter.segment(pixels), (512, 512), interpolation=cv2.INTER_AREA)
    assert np.abs(scaled - matte).mean() < 0.03


def test_mirroring_the_picture_mirrors_the_matte(segmenter, astronaut, matte):
    mirrored = segmenter.segment(np.ascontiguousarray(astronaut.pixels[:, ::-1]))
    assert np.abs(mirrored[:, ::-1] - matte).mean() < 0.05


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (3, 2000), (2000, 3), (1, 9000), (255, 257), (37, 1000)])
@pytest.mark.parametrize("level", [0, 255])
def test_a_blank_picture_of_any_size_shows_nobody(segmenter, shape, level):
    matte = segmenter.segment(np.full((*shape, 3), level, np.uint8))
    assert matte.shape == shape
    assert matte.dtype == np.float32
    assert matte.min() >= 0
    assert matte.max() < 0.2


def test_a_cup_of_coffee_is_mostly_nobody(segmenter):
    assert segmenter.segment(skimage.data.coffee()).mean() < 0.2


def test_the_same_picture_gives_the_same_matte_on_every_thread(segmenter, astronaut, hopper, matte):
    other = segmenter.segment(hopper.pixels)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(segmenter.segment, [astronaut.pixels, hopper.pixels] * 4))
    assert all(np.array_equal(each, matte) for each in found[::2])
    assert all(np.array_equal(each, other) for each in found[1::2])


def test_the_picture_is_left_alone_and_the_matte_is_writable(segmenter, astronaut):
    pixels = astronaut.pixels.copy()
    segmenter.segment(pixels)[:] = 0
    np.testing.assert_array_equal(pixels, astronaut.pixels)
