import numpy as np
import pytest

from privateedit.core.face import Box
from privateedit.vision.candidate import Candidate, is_known, strongest

POINTS = np.array([[20, 30], [40, 30], [30, 40], [22, 50], [38, 50]], np.float32)


def candidate(box, score=0.5):
    return Candidate(Box(*map(float, box)), score, POINTS)


def test_scaling_multiplies_box_and_points_per_axis():
    scaled = candidate((10, 20, 50, 60), 0.7).scaled(2, 0.5)
    assert scaled.box == Box(20, 10, 100, 30)
    assert scaled.score == 0.7
    np.testing.assert_array_equal(scaled.points, POINTS * [2, 0.5])
    assert scaled.points.dtype == np.float32


def test_moving_shifts_box_and_points_per_axis():
    moved = candidate((10, 20, 50, 60), 0.7).moved(5, -30)
    assert moved.box == Box(15, -10, 55, 30)
    assert moved.score == 0.7
    np.testing.assert_array_equal(moved.points, POINTS + np.float32([5, -30]))
    assert moved.points.dtype == np.float32


def test_scaling_and_moving_leave_the_original_alone():
    original = candidate((10, 20, 50, 60))
    before = original.points.copy()
    original.scaled(3, 3).moved(9, 9)
    assert original.box == Box(10, 20, 50, 60)
    np.testing.assert_array_equal(original.points, before)


def test_scaling_there_and_back_changes_nothing():
    back = candidate((10, 20, 50, 60)).scaled(4, 8).scaled(1 / 4, 1 / 8)
    assert back.box == Box(10, 20, 50, 60)
    np.testing.assert_array_equal(back.points, POINTS)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_of_overlapping_boxes_the_strongest_stays(order):
    group = [
        candidate((0, 0, 40, 40), 0.6),
        candidate((4, 0, 44, 40), 0.9),
        candidate((0, 4, 40, 44), 0.7),
    ]
    assert strongest(group[index] for index in order) == [group[1]]


def test_separate_faces_all_stay_strongest_first():
    group = [
        candidate((0, 0, 40, 40), 0.5),
        candidate((100, 0, 140, 40), 0.9),
        candidate((38, 0, 78, 40), 0.7),
    ]
    assert strongest(group) == [group[1], group[2], group[0]]


def test_suppression_is_not_passed_on_by_a_suppressed_box():
    first = candidate((0, 0, 40, 40), 0.9)
    middle = candidate((18, 0, 58, 40), 0.8)
    last = candidate((36, 0, 76, 40), 0.7)
    assert strongest([first, middle, last], overlap=0.3) == [first, last]


def test_nothing_in_nothing_out():
    assert strongest([]) == []
    assert not is_known(candidate((0, 0, 10, 10)), [])


def test_the_overlap_decides():
    first, second = candidate((0, 0, 40, 40)), candidate((20, 0, 60, 40))  # a third in common
    assert is_known(second, [first], overlap=0.3)
    assert not is_known(second, [first], overlap=0.4)


@pytest.mark.parametrize(("inner", "known"), [((25, 25, 75, 75), True), ((35, 35, 65, 65), False)])
def test_a_tight_and_a_loose_box_of_one_face_are_one(inner, known):
    loose, tight = candidate((0, 0, 100, 100), 0.9), candidate(inner, 0.8)
    assert loose.box.overlap(tight.box) < 0.3
    assert is_known(tight, [loose]) is known
    assert is_known(loose, [tight]) is known
    assert len(strongest([loose, tight])) == (1 if known else 2)


def test_a_box_in_the_corner_of_a_larger_one_is_another_face():
    large, corner = candidate((0, 0, 100, 100), 0.9), candidate((0, 0, 50, 50), 0.8)
    assert not is_known(corner, [large])
    assert strongest([large, corner]) == [large, corner]


def test_being_known_needs_only_one_of_the_others():
    far, near = candidate((500, 500, 540, 540)), candidate((2, 2, 42, 42))
    assert is_known(candidate((0, 0, 40, 40)), [far, near])
    assert not is_known(candidate((0, 0, 40, 40)), [far])


@pytest.mark.parametrize("turns", range(4))
def test_a_candidate_is_turned_back_with_the_picture(turns):
    picture = np.arange(5 * 8).reshape(5, 8)
    turned = np.rot90(picture, turns)
    row, column = np.argwhere(turned == picture[1, 6])[0]
    point = np.tile(np.float32([column + 0.5, row + 0.5]), (5, 1))
    found = Candidate(Box(column, row, column + 1, row + 1), 0.5, point).turned_back(turns, 8, 5)
    assert found.box == (6, 1, 7, 2)
    np.testing.assert_array_equal(found.points, np.tile(np.float32([6.5, 1.5]), (5, 1)))
    assert found.turns == turns
    assert found.moved(1, 1).scaled(2, 2).turns == turns
