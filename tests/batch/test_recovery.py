import pytest
from tests.doubles.batches import Stage

from privateedit.batch import planning
from privateedit.batch.contact_pages import write_pages
from privateedit.batch.limits import Limits
from privateedit.batch.outcome import Failure, Status
from privateedit.batch.pace import Pace
from privateedit.batch.recovery import check_outputs, left_behind, recover, settle_part
from privateedit.errors import Sent


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path, "a.jpg", "b.jpg")


def send(stage, number):
    assert Pace(stage.roll, Limits()).begin_send(number, stage.now) == 0


def test_a_photo_that_nothing_left_of_waits_again(stage):
    number = stage.claim().number
    assert left_behind(stage.roll, 0) == [(number, Status.WORKING)]
    recover(stage.roll, stage.workplace)
    assert stage.claim().number == number


def test_a_photo_that_was_being_sent_is_told_and_not_sent_again(stage):
    number = stage.claim().number
    send(stage, number)
    recover(stage.roll, stage.workplace)
    outcome = stage.roll.outcome(number)
    assert (outcome.status, outcome.sent, outcome.failure.code) == (Status.FAILED, Sent.UNKNOWN, 5)
    assert stage.claim().number != number


def test_an_answer_on_the_disk_is_worth_more_than_a_doubt(stage):
    number = stage.claim().number
    send(stage, number)
    stage.workplace.answer(number).write_bytes(b"answer")
    recover(stage.roll, stage.workplace)
    claimed = stage.claim()
    assert (claimed.number, claimed.kept) == (number, True)
    assert stage.roll.outcome(number).sent is Sent.YES


def test_a_photo_that_was_done_gets_its_name(stage):
    claimed = stage.claim()
    stage.workplace.write_part(claimed.number, b"picture")
    stage.roll.done(claimed.number, {})
    stage.workplace.answer(claimed.number).write_bytes(b"not needed any more")
    recover(stage.roll, stage.workplace)
    assert (stage.out / "a.png").read_bytes() == b"picture"
    assert not stage.workplace.answer(claimed.number).exists()
    assert stage.roll.outcome(claimed.number).status is Status.DONE


def test_a_name_that_is_taken_meanwhile_fails_the_photo(stage):
    claimed = stage.claim()
    stage.workplace.write_part(claimed.number, b"picture")
    stage.roll.done(claimed.number, {})
    (stage.out / "a.png").write_bytes(b"a person's own")
    settle_part(stage.roll, stage.workplace, claimed.number)
    assert stage.roll.outcome(claimed.number).failure.error == "OutputError"
    assert (stage.out / "a.png").read_bytes() == b"a person's own"


def test_a_part_of_a_photo_that_is_not_done_is_removed(stage):
    claimed = stage.claim()
    stage.workplace.write_part(claimed.number, b"picture")
    stage.workplace.write_part(99, b"of nothing")
    recover(stage.roll, stage.workplace)
    assert list(stage.workplace.parts(cleaning=False)) == []
    assert not (stage.out / "a.png").exists()


def test_what_other_workers_have_is_in_their_hands(stage):
    mine, other = stage.claim(), stage.roll.claim(1, stage.now)
    stage.workplace.write_part(other.number, b"being written")
    half = stage.workplace.part(0).with_name(".privateedit-00.part")
    half.write_bytes(b"half")
    recover(stage.roll, stage.workplace, 0)
    assert stage.roll.outcome(mine.number).status is Status.WAITING
    assert stage.roll.outcome(other.number).status is Status.WORKING
    assert list(stage.workplace.parts(cleaning=False)) == [other.number]
    assert half.exists()


def test_a_photo_that_kills_its_workers_is_given_up(stage):
    number = stage.claim().number
    recover(stage.roll, stage.workplace, 0, died=True)
    assert stage.claim().number == number
    recover(stage.roll, stage.workplace, 0, died=True)
    assert stage.roll.outcome(number).failure.code == 1
    assert stage.claim().number != number


def test_runs_that_were_killed_do_not_count_against_a_photo(stage):
    for _ in range(5):
        assert stage.claim().number == 1
        recover(stage.roll, stage.workplace)


def test_what_ended_is_left_alone(stage):
    number = stage.claim().number
    stage.roll.failed(number, Failure("X", 6, "No.", Sent.YES))
    before = stage.outcomes()
    recover(stage.roll, stage.workplace)
    assert stage.outcomes() == before


def test_an_output_that_is_gone_is_not_paid_for_again_without_leave(stage):
    number = stage.claim().number
    stage.roll.returned(number, {"masked": {}})
    stage.roll.done(number, {"masked": {}})
    check_outputs(stage.roll, stage.workplace, sends=True)
    outcome = stage.roll.outcome(number)
    assert (outcome.status, outcome.sent) == (Status.FAILED, Sent.YES)
    assert "--resend-failed" in outcome.failure.message
    (stage.out / "a.png").write_bytes(b"it is back")
    check_outputs(stage.roll, stage.workplace, sends=True)
    assert stage.roll.outcome(number).status is Status.DONE
    (stage.out / "a.png").unlink()
    check_outputs(stage.roll, stage.workplace, sends=True)
    planning.try_again(stage.roll, sends=True, unknown=True, sent=False)
    assert stage.claim().number != number
    planning.try_again(stage.roll, sends=True, unknown=False, sent=True)
    again = stage.claim()
    assert (again.number, again.kept) == (number, False)


def test_files_of_photos_that_nobody_knows_are_cleared(stage):
    for odd in ("99.png", "99999999999999999999.png", "\u00b2.png"):
        (stage.workplace.home / "returned" / odd).write_bytes(b"x")
    stage.workplace.glimpse(98).write_bytes(b"x")
    recover(stage.roll, stage.workplace)
    write_pages(stage.roll, stage.workplace)
    assert not list((stage.workplace.home / "returned").iterdir())


def test_a_photo_that_was_given_up_is_tried_once_in_a_later_run(stage):
    for _ in range(2):
        stage.claim()
        recover(stage.roll, stage.workplace, 0, died=True)
    planning.try_again(stage.roll, sends=False, unknown=False, sent=False)
    number = stage.claim().number
    recover(stage.roll, stage.workplace, 0, died=True)
    assert stage.roll.outcome(number).failure.code == 1
