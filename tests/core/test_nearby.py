import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from privateedit.core.blend import distance_outside
from privateedit.core.nearby import around, within

AREAS = arrays.arrays(np.bool_, st.tuples(st.integers(1, 24), st.integers(1, 24)))


@given(AREAS, st.floats(0, 8))
def test_what_lies_near_is_what_the_distances_in_the_whole_picture_say(area, reach):
    expected = distance_outside(area) <= reach if area.any() else np.zeros_like(area)
    assert np.array_equal(within(area, reach), expected)


@given(AREAS, st.integers(0, 8))
def test_a_box_holds_the_area_and_its_margin_and_no_more(area, margin):
    box = around(area, margin)
    assert np.count_nonzero(area[box]) == np.count_nonzero(area)
    for found, inside in zip(box, (area.any(1), area.any(0)), strict=True):
        places = np.flatnonzero(inside)
        if places.size:
            assert found.start == max(0, places[0] - margin)
            assert found.stop == places[-1] + 1 + margin


@pytest.mark.parametrize("reach", [0, 3.5])
def test_nothing_is_near_to_nothing(reach):
    nothing = np.zeros((6, 7), np.bool_)
    assert not within(nothing, reach).any()
    assert nothing[around(nothing, reach)].size == 0
