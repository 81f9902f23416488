import math
from itertools import permutations

import numpy as np
import pytest

from privateedit.core.face import Box, Face, Pose, in_order
from privateedit.errors import InputError

BOX = Box(10, 20, 30, 50)


def test_box_geometry():
    assert (BOX.width, BOX.height, BOX.center) == (20, 30, (20, 35))
    assert BOX.corners.tolist() == [[10, 20], [30, 20], [30, 50], [10, 50]]


def test_overlap_is_symmetric_one_for_itself_and_zero_when_apart():
    other = Box(20, 20, 40, 50)
    assert BOX.overlap(BOX) == 1
    assert BOX.overlap(other) == other.overlap(BOX) == pytest.approx(1 / 3)
    assert BOX.overlap(Box(30, 20, 40, 50)) == 0  # touching is not overlapping


@pytest.mark.parametrize(
    "box",
    [
        (0, 0, 0, 10),
        (0, 0, 10, 0),
        (10, 0, 0, 10),
        (math.nan, 0, 10, 10),
        (0, 0, math.inf, 10),
        (0, -math.inf, 10, 10),
    ],
)
def test_an_empty_or_endless_box_is_refused(box):
    with pytest.raises(InputError, match="box"):
        Face(0, Box(*box), 0.9)


@pytest.mark.parametrize("pose", [Pose(math.nan), Pose(0, math.inf), Pose(0, 0, -math.inf)])
def test_a_pose_is_finite(pose):
    with pytest.raises(InputError):
        Face(0, BOX, 0.9, pose=pose)


def test_a_score_is_finite():
    with pytest.raises(InputError):
        Face(0, BOX, math.nan)


@pytest.mark.parametrize("count", [5, 468, 478])
def test_landmarks_are_copied_and_read_only(count):
    points = np.ones((count, 2), np.float32)
    face = Face(0, BOX, 0.9, points)
    points[:] = 7
    assert face.landmarks.max() == 1
    assert not face.landmarks.flags.writeable
    assert (face.mesh is not None) is (count > 5)


@pytest.mark.parametrize("shape", [(0, 2), (4, 2), (6, 2), (467, 2), (5, 3), (10,), (1, 5, 2)])
def test_other_landmark_shapes_are_refused(shape):
    with pytest.raises(InputError, match="Landmarks"):
        Face(0, BOX, 0.9, np.ones(shape, np.float32))


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_landmarks_are_finite(value):
    points = np.ones((5, 2), np.float32)
    points[3, 1] = value
    with pytest.raises(InputError, match="finite"):
        Face(0, BOX, 0.9, points)


def test_repr_shows_no_landmarks():
    face = Face(0, BOX, 0.9, np.full((468, 2), 123.456, np.float32))
    assert "landmarks" not in repr(face)
    assert "123.4" not in repr(face)


def test_faces_are_numbered_left_to_right_then_top_to_bottom_whatever_the_order():
    boxes = [Box(0, 5, 10, 15), Box(0, 40, 10, 50), Box(5, 0, 45, 10), Box(20, 0, 30, 10)]
    for order in permutations(boxes):
        ordered = in_order(Face(9, box, 0.5) for box in order)
        assert [face.id for face in ordered] == [0, 1, 2, 3]
        assert [face.box for face in ordered] == boxes


def test_ordering_keeps_everything_else():
    face = Face(7, BOX, 0.25, np.ones((5, 2), np.float32), Pose(1, 2, 3))
    (same,) = in_order([face])
    assert (same.id, same.box, same.score, same.pose) == (0, BOX, 0.25, Pose(1, 2, 3))
    assert np.array_equal(same.landmarks, face.landmarks)


@pytest.mark.parametrize("far", [3e38, -3e38, 1e8])
def test_boxes_beyond_what_single_precision_tells_apart_are_refused(far):
    low, high = min(far, 0.0), max(far, 0.0)
    with pytest.raises(InputError):
        Face(0, Box(low, 0, high, 5), 0.9)
