import pytest
from tests.doubles.batches import Stage

from privateedit.batch.limits import LONGEST_PAUSE, Halt, Limits
from privateedit.batch.pace import Pace
from privateedit.batch.pauses import Pauses
from privateedit.batch.roll import Roll


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path, "a.jpg")


def test_a_pause_is_told_every_second_and_its_end_once(stage):
    told = []
    pauses = Pauses(stage.roll, lambda: stage.now, told.append)
    pauses.look()
    assert told == []
    Pace(stage.roll, Limits()).pause(stage.now + 3.0)
    for _ in range(12):
        stage.now += 0.5
        pauses.look()
    assert told == [2.0, 1.0, 0.0]


def test_a_run_that_is_halted_waits_for_nothing_and_no_pause_is_longer_than_an_hour(stage):
    told = []
    pace = Pace(stage.roll, Limits())
    pace.pause(1e12)
    Pauses(stage.roll, lambda: stage.now, told.append).look()
    pace.halt(Halt.HOPELESS)
    Pauses(stage.roll, lambda: stage.now, told.append).look()
    assert told == [LONGEST_PAUSE]


def test_after_the_clock_went_back_it_is_told_on(stage):
    told = []
    pauses = Pauses(stage.roll, lambda: stage.now, told.append)
    Pace(stage.roll, Limits()).pause(stage.now + 9.0)
    pauses.look()
    stage.now -= 500.0
    pauses.look()
    assert told == [9.0, 509.0]


def test_whoever_is_asked_whether_to_stop_looks(stage):
    told = []
    Pace(stage.roll, Limits()).pause(stage.now + 9.0)
    stopping = Pauses(stage.roll, lambda: stage.now, told.append).looking(lambda: True)
    assert stopping() is True
    assert told == [9.0]


def test_a_look_that_fails_tells_nothing(stage):
    told = []
    roll = Roll(stage.workplace.database)
    stopping = Pauses(roll, lambda: stage.now, told.append).looking(lambda: True)
    Pace(stage.roll, Limits()).pause(stage.now + 9.0)
    roll.close()
    assert stopping() is True
    assert told == []
