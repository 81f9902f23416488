import pytest
from tests.doubles.batches import Stage

from privateedit.batch.limits import LONGEST_PAUSE, Halt, Limits
from privateedit.batch.outcome import Status
from privateedit.batch.pace import Pace
from privateedit.errors import OutputError, Sent


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path, "a.jpg", "b.jpg", "c.jpg")


def test_a_photo_is_on_the_disk_as_leaving_before_it_leaves(stage):
    number = stage.claim().number
    assert Pace(stage.roll, Limits()).begin_send(number, 1000.0) == 0
    assert stage.roll.outcome(number).status is Status.SENDING
    assert stage.roll.is_sending(number)


def test_no_more_leave_than_were_allowed_over_all_runs(stage):
    pace = Pace(stage.roll, Limits(at_most=2))
    assert [pace.begin_send(number, 1000.0) for number in (1, 2, 3)] == [0, 0, None]
    assert pace.halted() is Halt.CEILING
    assert stage.claim() is None
    stage.plan()
    assert pace.halted() is None
    assert pace.begin_send(3, 1000.0) is None
    stage.plan()
    assert Pace(stage.roll, Limits(at_most=3)).begin_send(3, 1000.0) == 0


def test_no_more_leave_in_a_minute_than_were_allowed(stage):
    pace = Pace(stage.roll, Limits(per_minute=2))
    assert pace.begin_send(1, 1000.0) == 0
    assert pace.begin_send(2, 1010.0) == 0
    assert pace.begin_send(3, 1015.0) == 45
    assert stage.roll.outcome(3).status is Status.WAITING
    assert pace.begin_send(3, 1060.0) == 0
    assert pace.begin_send(1, 1060.5) == 9.5


def test_a_clock_that_went_back_makes_nobody_wait_for_ever(stage):
    pace = Pace(stage.roll, Limits(per_minute=1))
    assert pace.begin_send(1, 9_000_000.0) == 0
    assert pace.begin_send(2, 1000.0) == 60
    assert pace.begin_send(2, 1060.0) == 0


def test_a_pause_from_before_the_clock_went_back_is_no_longer_than_any_other(stage):
    pace = Pace(stage.roll, Limits())
    pace.pause(9_000_000.0)
    assert pace.begin_send(1, 1000.0) == LONGEST_PAUSE
    assert pace.begin_send(1, 1000.0 + LONGEST_PAUSE) == 0


def test_when_a_service_asks_for_patience_nothing_leaves(stage):
    pace = Pace(stage.roll, Limits())
    pace.pause(1030.0)
    pace.pause(1020.0)
    assert pace.begin_send(1, 1000.0) == 30
    assert pace.begin_send(1, 1030.0) == 0


def test_failures_in_a_row_end_the_run_and_a_picture_between_them_does_not(stage):
    pace = Pace(stage.roll, Limits(failures=2))
    pace.failed()
    pace.served()
    pace.failed()
    assert pace.halted() is None
    pace.failed()
    assert pace.halted() is Halt.FAILURES
    assert pace.begin_send(1, 1000.0) is None
    assert stage.roll.next_time() is None


def test_failures_may_be_without_end(stage):
    pace = Pace(stage.roll, Limits(failures=0))
    for _ in range(30):
        pace.failed()
    assert pace.halted() is None


def test_the_first_reason_to_stop_is_the_one_that_is_told(stage):
    pace = Pace(stage.roll, Limits())
    pace.halt(Halt.HOPELESS)
    pace.halt(Halt.CEILING)
    assert pace.halted() is Halt.HOPELESS


def test_what_came_back_earlier_is_forgotten_before_a_photo_leaves_again_and_only_then(stage):
    pace, seen = Pace(stage.roll, Limits(at_most=2)), []

    def forget():
        seen.append(stage.roll.outcome(1).status)

    assert pace.begin_send(1, 1000.0, None, forget) == 0
    assert seen == []
    stage.roll.returned(1, {})
    stage.roll.put_back(1)
    assert pace.begin_send(1, 1000.0, None, forget) == 0
    assert seen == [Status.WAITING]
    assert not stage.roll.keeps(1)
    stage.roll.returned(1, {})
    assert pace.begin_send(1, 1000.0, None, forget) is None  # no more may leave
    assert (len(seen), stage.roll.keeps(1)) == (1, True)


def test_where_what_came_back_cannot_be_forgotten_nothing_leaves(stage):
    stage.roll.put_back(stage.claim().number, sent=Sent.YES)

    def refused():
        raise OutputError("No.")

    with pytest.raises(OutputError):
        Pace(stage.roll, Limits()).begin_send(1, 1000.0, None, refused)
    assert stage.roll.outcome(1).status is Status.WAITING
    assert stage.roll.base.execute("SELECT count(*) FROM sends").fetchone() == (0,)


def test_where_no_more_may_leave_a_run_ends_before_it_begins_unless_an_answer_waits(stage):
    pace = Pace(stage.roll, Limits(at_most=1))
    assert not pace.ends_before_it_begins()
    assert pace.begin_send(stage.claim().number, 1000.0) == 0
    stage.roll.returned(1, {})
    stage.roll.put_back(1)
    assert not pace.ends_before_it_begins()
    assert not Pace(stage.roll, Limits()).ends_before_it_begins()
    assert pace.halted() is None
    stage.roll.done(stage.claim().number, {})
    assert pace.ends_before_it_begins()
    assert pace.halted() is Halt.CEILING
    assert stage.claim() is None
