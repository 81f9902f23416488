import cv2
import numpy as np
import pytest
import skimage.data

from privateedit.core.face import Box
from privateedit.vision import blazeface
from privateedit.vision.blazeface import BlazeFace

FACE = Box(180, 82, 274, 176)


@pytest.fixture(scope="module")
def detector():
    return BlazeFace()


def test_there_is_one_anchor_per_prediction():
    anchors = blazeface._anchors()
    assert anchors.shape == (896, 2)
    assert anchors.dtype == np.float32
    fine, coarse = anchors[:512], anchors[512:]
    assert len(np.unique(fine, axis=0)) == 16 * 16
    assert len(np.unique(coarse, axis=0)) == 8 * 8


def test_anchors_run_row_by_row_through_cell_centers():
    anchors = blazeface._anchors()
    np.testing.assert_array_equal(anchors[:4], [[4, 4], [4, 4], [12, 4], [12, 4]])
    np.testing.assert_array_equal(anchors[32], [4, 12])
    np.testing.assert_array_equal(anchors[512:518], [[8, 8]] * 6)
    np.testing.assert_array_equal(anchors[518], [24, 8])
    np.testing.assert_array_equal(anchors[-1], [120, 120])


@pytest.mark.parametrize("factor", [0.25, 0.5, 1, 3])
def test_the_face_of_the_astronaut_is_found_where_it_is(detector, astronaut, factor):
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    pixels = cv2.resize(astronaut.pixels, None, fx=factor, fy=factor, interpolation=interpolation)
    (found,) = detector.find(pixels, 0.5)
    assert found.score > 0.8
    np.testing.assert_allclose(np.array(found.box) / factor, FACE, atol=6)


def test_a_large_face_is_found(detector, hopper):
    (found,) = detector.find(hopper.pixels, 0.5)
    assert found.box.overlap(Box(172, 144, 368, 340)) > 0.85


def test_the_five_points_are_in_order_inside_the_box(detector, astronaut):
    (found,) = detector.find(astronaut.pixels, 0.5)
    left_eye, right_eye, nose, left_mouth, right_mouth = found.points
    assert found.points.shape == (5, 2)
    assert found.points.dtype == np.float32
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])
    assert (found.points > found.box[:2]).all()
    assert (found.points < found.box[2:]).all()


@pytest.mark.parametrize(("height", "width"), [(512, 800), (800, 512)])
def test_a_wide_or_tall_picture_is_seen_whole_as_part_of_a_black_square(detector, astronaut, height, width):
    y, x = (height - 512), (width - 512)
    square = np.zeros((800, 800, 3), np.uint8)
    square[y : y + 512, x : x + 512] = astronaut.pixels
    (expected,) = detector.find(square, 0.5)
    (found,) = detector.find(np.ascontiguousarray(square[:height, :width]), 0.5)
    assert found.box.overlap(expected.box) > 0.95
    assert found.moved(-x, -y).box.overlap(FACE) > 0.6


@pytest.mark.parametrize("cut", [200, 210])
def test_a_face_cut_by_the_left_border_reaches_beyond_it(detector, astronaut, cut):
    (found,) = detector.find(np.ascontiguousarray(astronaut.pixels[:250, cut : cut + 250]), 0.35)
    assert found.box.x0 < -10
    assert found.moved(cut, 0).box.overlap(FACE) > 0.7


def test_swapped_colors_change_no_shape(detector, astronaut):
    (found,) = detector.find(np.ascontiguousarray(astronaut.pixels[..., ::-1]), 0.35)
    assert found.points.shape == (5, 2)
    assert found.box.overlap(FACE) > 0.7


def test_the_picture_is_left_alone(detector, astronaut):
    pixels = astronaut.pixels.copy()
    detector.find(pixels, 0.35)
    np.testing.assert_array_equal(pixels, astronaut.pixels)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_picture_has_no_face(detector, level):
    assert detector.find(np.full((200, 300, 3), level, np.uint8), 0.35) == []


def test_a_cup_of_coffee_has_no_face(detector):
    assert detector.find(skimage.data.coffee(), 0.35) == []


@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (2000, 3), (1, 9000), (9000, 1)])
def test_any_shape_of_picture_is_taken(detector, shape):
    assert detector.find(np.zeros((*shape, 3), np.uint8), 0.35) == []


def test_decoding_adds_the_anchor_and_drops_empty_boxes(detector):
    regressors, logits = np.zeros((896, 16), np.float32), np.full(896, -100, np.float32)
    regressors[0] = [2, 3, 20, 30, -5, 0, 5, 0, 0, 4, 0, 10, -9, 0, 9, 0]
    regressors[1, 2:4] = (0, 10)
    regressors[2, 2:4] = (10, -1)
    logits[:3] = 1000
    (found,) = detector._decode(regressors, logits, 0.35)
    assert found.box == Box(6 - 10, 7 - 15, 6 + 10, 7 + 15)
    assert found.score == pytest.approx(1)
    expected = [[-1, 4], [9, 4], [4, 8], [0.5, 14], [7.5, 14]]
    np.testing.assert_allclose(found.points, expected, atol=1e-5)
