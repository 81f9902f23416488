import pytest
from tests.doubles.batches import Stage, write_photos

from privateedit.batch import planning
from privateedit.batch.account import account_of
from privateedit.batch.outcome import DIGEST, GONE, GONE_UNTAKEN, LOST, Failure, Status
from privateedit.batch.recovery import recover
from privateedit.errors import Sent


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path, "a.jpg", "b.jpg")


def told(stage):
    return {each.name: (each.status, each.failure, each.facts) for each in account_of(stage.roll)}


def test_what_ended_is_told_and_what_waits_is_not(stage):
    assert told(stage) == {}
    stage.roll.done(stage.claim().number, {"masked": 1})
    assert told(stage) == {"a.jpg": (Status.DONE, None, {"masked": 1})}


def test_a_photo_with_leave_is_told_as_it_was_until_it_ends_anew(stage):
    number = stage.claim().number
    stage.roll.failed(number, LOST)
    planning.try_again(stage.roll, sends=True, unknown=True, sent=False)
    assert stage.roll.outcome(number).status is Status.WAITING
    assert told(stage) == {"a.jpg": (Status.FAILED, LOST, {})}
    stage.roll.returned(stage.claim().number, {"masked": 1})
    assert told(stage) == {}
    stage.roll.done(number, {})
    assert told(stage) == {"a.jpg": (Status.DONE, None, {})}


@pytest.mark.parametrize("kept", [True, False])
def test_a_photo_that_left_and_is_not_given_any_more_is_told_until_it_is_given_again(stage, kept):
    number = stage.claim().number
    if kept:
        stage.roll.returned(number, {"masked": 1, DIGEST: "x"})
        stage.workplace.answer(number).write_bytes(b"answer")
    else:
        stage.roll.put_back(number, 1010.0, sent=Sent.YES)
    recover(stage.roll, stage.workplace)
    assert told(stage) == {}
    (stage.photos / "a.jpg").rename(stage.photos.parent / "a.jpg")
    stage.plan()
    expected = (Status.FAILED, GONE, {"masked": 1}) if kept else (Status.FAILED, GONE_UNTAKEN, {})
    assert told(stage) == {"a.jpg": expected}
    assert planning.counts(stage.roll) == {("waiting", 0, "no"): 1}
    (stage.photos.parent / "a.jpg").rename(stage.photos / "a.jpg")
    stage.plan()
    assert told(stage) == {}
    stage.now = 2000.0
    claimed = stage.claim()
    assert (claimed.number, claimed.kept) == (number, kept)


def test_of_a_photo_that_is_not_given_any_more_and_never_left_nothing_is_told(stage):
    write_photos(stage.photos.parent / "other", "c.jpg")
    stage.plan(stage.photos.parent / "other")
    assert told(stage) == {}


def test_what_failed_in_an_earlier_run_stays_told(stage):
    failure = Failure("ContentRefused", 5, "No.", Sent.YES)
    stage.roll.failed(stage.claim().number, failure)
    stage.plan(stage.photos / "b.jpg")
    assert told(stage) == {"a.jpg": (Status.FAILED, failure, {})}
