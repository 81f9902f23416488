"""What is measured in turns is measured fairly, and peaks of memory are those since they were forgotten."""

import sys

import numpy as np
import pytest

from benchmarks import timing


def test_each_action_has_its_turn_in_every_round():
    called = []
    found = timing.in_turns({"a": lambda: called.append("a"), "b": lambda: called.append("b")}, 3, 60)
    assert "".join(called) == "ababab"
    assert list(found) == ["a", "b"]


def test_two_rounds_are_enough_when_time_is_up():
    called = []
    timing.in_turns({"a": lambda: called.append("a")}, 9, 0)
    assert called == ["a", "a"]


def test_the_middle_is_of_each_kind():
    found = timing.middle([timing.Spent(1, 9), timing.Spent(2, 8), timing.Spent(3, 1)])
    assert found == (2, 8)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forgets a peak")
def test_a_peak_is_what_was_resident_since_it_was_forgotten():
    size = 96 * 2**20
    timing.forget_peak()
    before = timing.peak_mib()
    large = np.ones(size, np.uint8)
    assert timing.peak_mib() - before > 90
    del large
    timing.forget_peak()
    assert timing.peak_mib() - before < 90
