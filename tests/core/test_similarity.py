import cv2
import numpy as np
import pytest
from tests.doubles.scenes import about, noise, oval, scenery, similarity

from privateedit.core.pyramid import Pyramid
from privateedit.core.similarity import (
    compose,
    fit_robustly,
    inverse,
    rotation_of,
    scale_of,
    scaling,
    transform,
    warp,
    warp_area,
    warp_frame,
)


def whole(height, width):
    return slice(0, height), slice(0, width)


def centroid(plane):
    plane = plane.astype(float)
    rows, columns = np.mgrid[: plane.shape[0], : plane.shape[1]] + 0.5
    return np.array([(columns * plane).sum(), (rows * plane).sum()]) / plane.sum()


def test_the_identity_is_exact():
    pixels = noise(31, 47)
    assert np.array_equal(warp(pixels, similarity(), whole(31, 47)), pixels)


@pytest.mark.parametrize(("x", "y"), [(0, -3), (-7, -2), (-1, 0)])
def test_a_shift_by_whole_pixels_copies(x, y):
    pixels = noise(31, 47)
    out = warp(pixels, similarity(x=x, y=y), whole(20, 30))
    assert np.array_equal(out, pixels[-y : 20 - y, -x : 30 - x])


@pytest.mark.parametrize(("x", "y"), [(4, 6), (-30, -25), (5, -9)])
def test_a_shift_beyond_the_border_is_exact_where_there_is_a_picture(x, y):
    pixels = noise(31, 47)
    out = warp(pixels, similarity(x=x, y=y), whole(31, 47))
    rows, columns = np.mgrid[max(y, 0) : min(31, 31 + y), max(x, 0) : min(47, 47 + x)]
    assert np.array_equal(out[rows, columns], pixels[rows - y, columns - x])


def test_a_window_is_a_part_of_the_whole():
    pixels, matrix = scenery(90, 120), about((60, 45), 1.2, 12)
    full = warp(pixels, matrix, whole(90, 120)).astype(int)
    part = warp(pixels, matrix, (slice(20, 70), slice(33, 101))).astype(int)
    assert np.abs(full[20:70, 33:101] - part).max() <= 1


@pytest.mark.parametrize(
    "matrix",
    [
        similarity(x=0.5),
        similarity(x=3.3, y=-2.7),
        about((60, 50), 1.0, 17),
        about((60, 50), 1.6, -33),
        similarity(0.5, 0, 12.25, 9.5),
        similarity(0.31, 14, 30, 10),
        similarity(0.7, 8, 12, 5),
        similarity(0.62, -8, 9, 15),
        scaling(0.4, 0.4),
    ],
)
def test_a_blob_lands_where_geometry_says(matrix):
    blob = np.zeros((100, 120), np.uint8)
    blob[oval(100, 120, 57, 46, 14, 9)] = 250
    target = transform(matrix, centroid(blob)[None])[0]
    assert centroid(warp(blob, matrix, whole(140, 160))) == pytest.approx(target, abs=0.12)
    assert centroid(warp(Pyramid(blob), matrix, whole(140, 160))) == pytest.approx(target, abs=0.12)
    assert centroid(warp_area(blob > 0, matrix, whole(140, 160))) == pytest.approx(target, abs=0.25)


@pytest.mark.parametrize("scale", [0.72, 0.6, 0.45, 0.3, 0.13])
def test_a_reduced_window_is_a_part_of_the_whole(scale):
    pixels, matrix = scenery(300, 400), about((60, 45), scale, 5)
    full = warp(pixels, matrix, whole(200, 260)).astype(int)
    part = warp(pixels, matrix, (slice(60, 110), slice(55, 95))).astype(int)
    assert np.abs(full[60:110, 55:95] - part).max() <= 1


@pytest.mark.parametrize("scale", [1.2, 0.8, 0.7, 0.4, 0.23, 0.06, 0.01])
def test_a_pyramid_shows_what_the_picture_shows(scale):
    pixels, matrix = scenery(501, 703), similarity(scale, 4, 20, 10)
    plain, quick = (warp(each, matrix, whole(90, 120)).astype(int) for each in (pixels, Pyramid(pixels)))
    inside = warp(np.full(pixels.shape[:2], 255, np.uint8), matrix, whole(90, 120), beyond=0) == 255
    inside = cv2.erode(inside.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0) > 0
    apart = np.abs(plain - quick)[inside]
    assert apart.size == 0 or apart.mean() < 1.5
    if scale > 0.75:
        assert np.array_equal(plain, quick)


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.7])
def test_areas_scale_by_the_square(scale):
    area = oval(100, 120, 57, 46, 24, 19)
    out = warp_area(area, similarity(scale), whole(200, 220))
    assert out.sum() == pytest.approx(area.sum() * scale**2, rel=0.03)


def test_nothing_beyond_the_border_belongs_to_an_area():
    out = warp_area(np.ones((10, 10), np.bool_), similarity(x=5, y=5), whole(30, 30))
    assert out[5:15, 5:15].all()
    assert out.sum() == 100


def test_a_strong_reduction_does_not_alias():
    stripes = np.zeros((200, 200, 3), np.uint8)
    stripes[:, ::2] = 200
    small = warp(stripes, scaling(0.21, 0.21), whole(42, 42))
    assert small.std() < 12
    assert small.mean() == pytest.approx(100, abs=4)


def test_scale_and_rotation_are_read_back():
    matrix = similarity(1.25, -40, 5, 6)
    assert scale_of(matrix) == pytest.approx(1.25)
    assert rotation_of(matrix) == pytest.approx(-40)
    assert rotation_of(inverse(matrix)) == pytest.approx(40)


def test_the_inverse_undoes():
    matrix = similarity(1.25, -40, 5, 6)
    for both in (compose(inverse(matrix), matrix), compose(matrix, inverse(matrix))):
        assert both == pytest.approx(similarity(), abs=1e-12)


def test_outliers_hardly_move_a_robust_fit():
    random = np.random.default_rng(3)
    source = random.uniform(0, 100, (40, 2))
    truth = similarity(1.1, 8, 4, -3)
    target = transform(truth, source)
    target[:6] += random.uniform(20, 60, (6, 2))
    found = fit_robustly(source, target, np.ones(40))
    assert transform(found, source)[6:] == pytest.approx(target[6:], abs=0.05)


@pytest.mark.parametrize("scale", [0.04, 0.3, 0.6, 0.9, 1.0, 2.5])
def test_a_whole_frame_lies_where_an_area_that_is_all_of_it_does(scale):
    matrix, window = similarity(scale, 7, x=20, y=-4), (slice(-6, 90), slice(3, 130))
    expected = warp_area(np.ones((210, 170), np.bool_), matrix, window)
    assert np.array_equal(warp_frame((210, 170), matrix, window), expected)


def test_an_area_is_resampled_as_ink():
    area = oval(300, 260, 120, 140, 60, 80)
    ink = area.astype(np.uint8) * 255
    for scale in (0.1, 0.4, 0.6, 1.0, 1.7):
        matrix = similarity(scale, 3, x=9)
        expected = warp(ink, matrix, whole(120, 140), beyond=cv2.BORDER_CONSTANT) > 127
        assert np.array_equal(warp_area(area, matrix, whole(120, 140)), expected)


@pytest.mark.parametrize("scale", [0.55, 0.6, 0.7])
def test_a_pyramid_that_is_asked_again_shows_the_same(scale):
    pixels = scenery(160, 200)
    pyramid = Pyramid(pixels)
    for degrees in (0, 3, -3, 0):
        matrix = similarity(scale, degrees)
        assert np.array_equal(warp(pyramid, matrix, whole(90, 90)), warp(pixels, matrix, whole(90, 90)))
