import cv2
import numpy as np
import pytest
import skimage.data

from privateedit.core.face import Box
from privateedit.vision import centerface
from privateedit.vision.centerface import CenterFace

FACE = Box(180, 82, 274, 176)  # from brow to chin; CenterFace boxes reach up to the hair line


@pytest.fixture(scope="module")
def detector():
    return CenterFace()


def resized(pixels, factor):
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=interpolation)


@pytest.mark.parametrize("factor", [0.5, 1, 2])
@pytest.mark.parametrize("long_side", [320, 640])
def test_the_face_of_the_astronaut_is_found_where_it_is(detector, astronaut, factor, long_side):
    (found,) = detector.find(resized(astronaut.pixels, factor), long_side, 0.35)
    box = found.scaled(1 / factor, 1 / factor).box
    assert found.score > 0.8
    assert abs(box.x0 - FACE.x0) < 12
    assert abs(box.x1 - FACE.x1) < 12
    assert abs(box.y1 - FACE.y1) < 12
    assert FACE.y0 - 30 < box.y0 < FACE.y0 + 5


def test_the_five_points_are_in_order_inside_the_box(detector, astronaut):
    (found,) = detector.find(astronaut.pixels, 640, 0.35)
    left_eye, right_eye, nose, left_mouth, right_mouth = found.points
    assert found.points.shape == (5, 2)
    assert found.points.dtype == np.float32
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])
    np.testing.assert_allclose(left_eye, (204, 101), atol=8)
    np.testing.assert_allclose(right_eye, (248, 105), atol=8)
    assert (found.points > found.box[:2]).all()
    assert (found.points < found.box[2:]).all()


def test_stretching_the_picture_stretches_the_box(detector, astronaut):
    wide = cv2.resize(astronaut.pixels, (640, 512))
    (found,) = detector.find(wide, 640, 0.35)
    assert found.scaled(0.8, 1).box.overlap(detector.find(astronaut.pixels, 640, 0.35)[0].box) > 0.8


def test_swapped_colors_change_no_shape(detector, astronaut):
    (found,) = detector.find(np.ascontiguousarray(astronaut.pixels[..., ::-1]), 640, 0.35)
    assert found.points.shape == (5, 2)
    assert found.box.overlap(detector.find(astronaut.pixels, 640, 0.35)[0].box) > 0.7


def test_the_picture_is_left_alone(detector, astronaut):
    pixels = astronaut.pixels.copy()
    detector.find(pixels, 320, 0.35)
    np.testing.assert_array_equal(pixels, astronaut.pixels)


def test_a_higher_threshold_finds_no_more(detector, astronaut):
    counts = [len(detector.find(astronaut.pixels, 640, threshold)) for threshold in (0.05, 0.35, 0.95, 1.0)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 0


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_picture_has_no_face(detector, level):
    assert detector.find(np.full((200, 300, 3), level, np.uint8), 320, 0.35) == []


def test_a_cup_of_coffee_has_no_face(detector):
    assert detector.find(skimage.data.coffee(), 640, 0.35) == []


@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (2000, 3)])
def test_any_shape_of_picture_is_taken(detector, shape):
    assert detector.find(np.zeros((*shape, 3), np.uint8), 640, 0.35) == []


def test_boxes_are_not_clipped_to_the_frame(monkeypatch):
    # What the network says reaches the caller whole, even where that lies outside the picture.
    outputs = head(size=(40.0, 24.0), cell=(1, 0))
    detector = CenterFace()
    monkeypatch.setattr(detector._network, "run", lambda _: outputs)
    (found,) = detector.find(np.zeros((64, 64, 3), np.uint8), 64, 0.35)
    assert found.box == pytest.approx((2 - 12, 6 - 20, 2 + 12, 6 + 20), abs=1e-3)


def test_a_face_cut_by_the_top_border_reaches_beyond_it(detector, astronaut):
    (found,) = detector.find(np.ascontiguousarray(astronaut.pixels[110:]), 640, 0.35)
    assert found.box.y0 < 0
    assert found.box.overlap(Box(FACE.x0, 0, FACE.x1, FACE.y1 - 110)) > 0.7


def head(size, cell, score=0.9):
    """Outputs of the network for a 64×64 picture with one face of `size` (height, width) in `cell`."""
    row, column = cell
    heat, offset = np.zeros((1, 1, 16, 16), np.float32), np.zeros((1, 2, 16, 16), np.float32)
    sizes, points = np.zeros((1, 2, 16, 16), np.float32), np.zeros((1, 10, 16, 16), np.float32)
    heat[0, 0, row, column] = score
    sizes[0, :, row, column] = np.log(np.array(size) / 4)
    # y then x of each point, as a share of the box
    points[0, :, row, column] = [0.25, 0.3, 0.25, 0.7, 0.5, 0.5, 0.75, 0.35, 0.75, 0.65]
    return [heat, sizes, offset, points]


def test_decoding_places_box_and_points():
    (found,) = centerface._decode(head(size=(20.0, 16.0), cell=(8, 4)), 0.35)
    assert found.score == pytest.approx(0.9)
    assert found.box == pytest.approx((18 - 8, 34 - 10, 18 + 8, 34 + 10), abs=1e-3)
    expected = [[14.8, 29], [21.2, 29], [18, 34], [15.6, 39], [20.4, 39]]
    np.testing.assert_allclose(found.points, expected, atol=1e-3)


def test_a_wild_size_stays_finite():
    outputs = head(size=(20.0, 16.0), cell=(8, 4))
    outputs[1][:] = 1e6
    (found,) = centerface._decode(outputs, 0.35)
    assert np.isfinite(found.box).all()
    assert np.isfinite(found.points).all()
    assert found.box.width < 20_000


def test_a_score_at_the_threshold_is_not_enough():
    assert centerface._decode(head((20.0, 16.0), (8, 4), score=0.5), 0.5) == []


@pytest.mark.parametrize(
    ("length", "multiple"), [(0.1, 32), (31, 32), (32, 32), (32.01, 64), (640, 640), (641, 672)]
)
def test_the_network_sees_multiples_of_32(length, multiple):
    assert centerface._multiple_of_32(length) == multiple
