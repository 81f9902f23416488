import pytest
from tests.doubles.batches import Stage

from privateedit.batch.departures import Departures
from privateedit.batch.limits import Limits
from privateedit.batch.outcome import LOST, Failure
from privateedit.batch.pace import Pace
from privateedit.errors import OutputError, PrivateEditError, Sent, Unreachable


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path, "a.jpg", "b.jpg")


def sends(stage):
    number = stage.claim().number
    assert Pace(stage.roll, Limits()).begin_send(number, stage.now) == 0
    return number


def test_nothing_left(stage):
    stage.claim()
    assert Departures(stage.roll).sent() is Sent.NO


def test_what_an_earlier_run_sent_is_not_this_ones(stage):
    stage.roll.returned(sends(stage), {})
    assert Departures(stage.roll).sent() is Sent.NO


def test_what_did_not_arrive_did_not_leave(stage):
    departures = Departures(stage.roll)
    stage.roll.failed(sends(stage), Failure.of(Unreachable("No.", sent=Sent.NO), Sent.NO))
    assert departures.sent() is Sent.NO


def test_a_picture_that_may_be_on_its_way_is_unknown_and_one_that_arrived_decides(stage):
    departures = Departures(stage.roll)
    first = sends(stage)
    assert departures.sent() is Sent.UNKNOWN
    stage.roll.failed(first, LOST)
    assert departures.sent() is Sent.UNKNOWN
    stage.roll.returned(sends(stage), {})
    assert departures.sent() is Sent.YES


def test_a_roll_that_cannot_be_read_tells_of_nothing(stage):
    departures = Departures(stage.roll)
    stage.roll.close()
    assert departures.sent() is Sent.UNKNOWN


@pytest.mark.parametrize("error", [OutputError("Full."), OutputError("Full.", sent=Sent.NO)])
def test_an_error_says_what_left(stage, error):
    departures = Departures(stage.roll)
    sends(stage)
    assert departures.telling(error) is error
    assert error.sentence == "Full. The masked picture may have been sent."
    assert error.knows_what_was_sent


def test_an_error_that_knows_more_is_believed(stage):
    error = OutputError("Full.", sent=Sent.YES)
    assert Departures(stage.roll).telling(error).sent is Sent.YES


def test_something_unexpected_becomes_an_error_that_says_what_left(stage):
    departures, error = Departures(stage.roll), ValueError("secret")
    sends(stage)
    told = departures.telling(error)
    assert (type(told), told.exit_code, told.sent, told.__cause__) == (
        PrivateEditError,
        1,
        Sent.UNKNOWN,
        error,
    )
    assert "ValueError" in told.message
    assert "secret" not in told.sentence
