from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.doubles.scenes import box_face, similarity

from privateedit.core.assignment import cheapest, matched

STAND_STILL = similarity()


def row(*centers, size=20):
    return [box_face(x - size / 2, 40, x + size / 2, 40 + size, number) for number, x in enumerate(centers)]


def test_faces_are_paired_one_to_one_nearest_first():
    pairs = matched(row(50, 150, 250), row(52, 148, 255), STAND_STILL)
    assert {key: face.id for key, face in pairs.items()} == {0: 0, 1: 1, 2: 2}


def test_more_found_than_there_were():
    pairs = matched(row(50, 150), row(45, 75, 100, 151), STAND_STILL)
    assert {key: face.id for key, face in pairs.items()} == {0: 0, 1: 3}


def test_fewer_found_than_there_were():
    pairs = matched(row(50, 60, 150), row(58), STAND_STILL)
    assert {key: face.id for key, face in pairs.items()} == {1: 0}


def test_nobody_found_pairs_nobody():
    assert matched(row(50), [], STAND_STILL) == {}


def test_a_face_far_away_is_no_partner_unless_it_is_the_only_one():
    assert matched(row(50, 80), row(300), STAND_STILL) == {}
    assert matched(row(50), row(300), STAND_STILL)[0].box.center[0] == 300


def test_pairs_follow_the_frame():
    pairs = matched(row(50, 150), row(50, 100, 150), similarity(2, 0, -50, -50), certain=True)
    assert {key: face.id for key, face in pairs.items()} == {0: 0}


def numbered(pairs):
    return {key: face.id for key, face in pairs.items()}


def test_the_pairs_are_the_best_for_all_together():
    """Nearest first would give the second face to 0, and leave 1 a partner far away."""
    assert numbered(matched(row(50, 60), row(57, 86), STAND_STILL, certain=True)) == {0: 0, 1: 1}


def test_people_who_moved_together_are_known_by_how_they_stand():
    """Without a scene: everybody went two face widths to the right."""
    assert numbered(matched(row(50, 110, 150), row(90, 150, 190), STAND_STILL)) == {0: 0, 1: 1, 2: 2}


def test_a_certain_scene_is_not_argued_with():
    assert numbered(matched(row(50, 110), row(110, 170), STAND_STILL, certain=True)) == {1: 0}


def test_two_faces_that_would_fit_any_others_leave_the_frame_alone():
    assert numbered(matched(row(50, 150), row(53, 152, 252), STAND_STILL)) == {0: 0, 1: 1}


def test_people_one_above_the_other_do_not_turn_the_frame():
    """Two faces in a row become two in a column only if the frame lay on its side."""
    column = [box_face(40, 40, 60, 60, 0), box_face(40, 140, 60, 160, 1)]
    assert numbered(matched(row(50, 150), column, STAND_STILL)) == {0: 0}


tables = st.tuples(st.integers(1, 5), st.integers(0, 2)).flatmap(
    lambda size: arrays(np.float64, (size[0], sum(size)), elements=st.integers(0, 6).map(float))
)


@given(tables)
def test_no_other_choice_is_cheaper(costs):
    rows, columns = costs.shape
    taken = cheapest(costs)
    assert len(set(taken)) == rows
    least = min(sum(costs[range(rows), each]) for each in permutations(range(columns), rows))
    assert sum(costs[range(rows), taken]) == pytest.approx(least)
