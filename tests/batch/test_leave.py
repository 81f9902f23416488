"""Leave to send again: for one run, for one send, and never mixing up what came back."""

from pathlib import Path

import pytest
from tests.doubles.batches import Stage, an_order, write_photos
from tests.doubles.ports import SpyEditor
from tests.standins.pictures import pixels

from privateedit.batch import planning
from privateedit.batch.limits import Limits
from privateedit.batch.order import Kind
from privateedit.batch.outcome import CHANGED, DAMAGED, LOST, Failure, Status
from privateedit.batch.recovery import recover
from privateedit.core.edit import Instruction
from privateedit.errors import CannotAlign, InputError, OutputError, RateLimited, Sent


class Killed(BaseException):
    """Stands for kill -9."""


def kill(*_, **__):
    raise Killed


def masked_picture(payload):
    return pixels(payload.data)


def editing(tmp_path, *answers, limits=None):
    """A stage of one photo, with a service that gives these answers one after the other."""
    coming = iter(answers or (masked_picture,) * 9)

    def answer(payload):
        return next(coming)(payload)

    editor = SpyEditor(answer)
    order = an_order(Kind.EDIT, instruction=Instruction(prompt="a warmer evening"), sends=True)
    stage = Stage(tmp_path, "a.jpg", order=order, editor=editor, limits=limits)
    stage.editor = editor
    return stage


def another_run(stage, **leave):
    recover(stage.roll, stage.workplace)
    stage.plan()
    planning.try_again(stage.roll, sends=True, **{"unknown": False, "sent": False, **leave})


def killed(stage, monkeypatch, at):
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(at, kill)
        stage.work()


def with_an_answer_to_what_the_photo_was(tmp_path, monkeypatch, *answers):
    """A photo whose answer is on the disk, and which was changed since."""
    stage = editing(tmp_path, masked_picture, *answers)
    killed(stage, monkeypatch, "privateedit.pipeline.restore")
    stage.was = (stage.photos / "a.jpg").read_bytes()
    write_photos(stage.photos, "a.jpg", seed=77)
    another_run(stage)
    assert stage.work()[0].failure.message == CHANGED
    return stage


def refused(payload):
    raise RateLimited("Too many.", sent=Sent.YES, retry_after=600.0)


def test_the_answer_to_what_a_photo_was_is_never_taken_for_the_next_sends(tmp_path, monkeypatch):
    stage = with_an_answer_to_what_the_photo_was(tmp_path, monkeypatch, kill)
    another_run(stage, sent=True)
    with pytest.raises(Killed):
        stage.work()
    assert len(stage.editor.calls) == 2
    recover(stage.roll, stage.workplace)
    (outcome,) = stage.outcomes()
    assert (outcome.failure.message, outcome.sent) == (LOST.message, Sent.YES)
    another_run(stage)
    assert stage.work() == [outcome]
    assert len(stage.editor.calls) == 2


def test_the_answer_to_the_next_send_is_the_photos_own(tmp_path, monkeypatch):
    stage = with_an_answer_to_what_the_photo_was(tmp_path, monkeypatch, masked_picture)
    another_run(stage, sent=True)
    killed(stage, monkeypatch, "privateedit.batch.roll.Roll.returned")
    another_run(stage, sent=True)  # the answer is there: leave is not needed, and not used
    assert stage.work()[0].status is Status.DONE
    assert len(stage.editor.calls) == 2


@pytest.mark.parametrize("sent", [False, True])
def test_what_came_back_is_kept_until_the_photo_leaves_again(tmp_path, monkeypatch, sent):
    stage = with_an_answer_to_what_the_photo_was(tmp_path, monkeypatch, masked_picture)
    another_run(stage, sent=True)
    killed(stage, monkeypatch, "privateedit.batch.desk.LocalDesk.begin_send")
    (stage.photos / "a.jpg").write_bytes(stage.was)
    another_run(stage, sent=sent)
    assert stage.work()[0].status is Status.DONE
    assert len(stage.editor.calls) == 1 + sent


def test_killed_between_the_removal_and_the_record_of_the_send_it_is_told_as_sent(tmp_path, monkeypatch):
    stage = with_an_answer_to_what_the_photo_was(tmp_path, monkeypatch)
    another_run(stage, sent=True)
    real = Path.unlink

    def and_killed(path, *more, **also):
        real(path, *more, **also)
        if path == stage.workplace.answer(1):
            raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Path, "unlink", and_killed)
        stage.work()
    assert not stage.workplace.answer(1).exists()
    another_run(stage)
    (outcome,) = stage.work()
    assert (outcome.status, outcome.sent) == (Status.FAILED, Sent.YES)
    assert "--resend-failed" in outcome.failure.message
    assert len(stage.editor.calls) == 1
    another_run(stage)
    assert stage.work() == [outcome]


def test_what_came_back_earlier_and_cannot_be_removed_keeps_the_photo_here(tmp_path, monkeypatch):
    stage = with_an_answer_to_what_the_photo_was(tmp_path, monkeypatch)
    another_run(stage, sent=True)
    real = Path.unlink

    def unlink(path, *more, **also):
        if path == stage.workplace.answer(1):
            raise PermissionError(13, "Permission denied")
        real(path, *more, **also)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", unlink)
        (outcome,) = stage.work()
    assert (outcome.failure.error, outcome.sent) == ("OutputError", Sent.YES)
    assert len(stage.editor.calls) == 1
    assert stage.workplace.answer(1).exists()


def answered(stage, failure):
    """Have an answer kept for the first photo, which failed then."""
    number = stage.claim().number
    stage.roll.returned(number, {})
    stage.workplace.answer(number).write_bytes(b"answer")
    stage.roll.failed(number, failure)
    return number


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (CannotAlign("No place."), True),
        (InputError(CHANGED), True),
        (OutputError("There is a file of that name."), False),
    ],
)
def test_with_leave_an_answer_is_tried_again_only_where_it_may_be_good(tmp_path, error, again):
    stage = editing(tmp_path)
    answered(stage, Failure.of(error, Sent.YES))
    another_run(stage)
    assert stage.claim().kept
    stage.roll.failed(1, Failure.of(error, Sent.YES))
    another_run(stage, sent=True)
    assert stage.claim().kept is not again


def test_an_answer_that_does_not_fit_is_paid_for_again_with_leave_alone(tmp_path):
    stage = editing(tmp_path)
    answered(stage, Failure.of(CannotAlign("No place."), Sent.YES))
    another_run(stage)
    stage.work()
    assert stage.editor.calls == []  # the bytes that were kept are no picture
    stage = editing(tmp_path / "2")
    answered(stage, Failure.of(CannotAlign("No place."), Sent.YES))
    another_run(stage, sent=True)
    (outcome,) = stage.work()
    assert (outcome.status, len(stage.editor.calls)) == (Status.DONE, 1)


def lost(stage):
    """Have the first photo killed in its send."""
    with pytest.raises(Killed):
        stage.work()
    another_run(stage)
    assert stage.outcomes()[0].failure == LOST


def test_leave_that_was_not_used_ends_with_its_run(tmp_path):
    stage = editing(tmp_path, kill, limits=Limits(at_most=1))
    lost(stage)
    before = stage.outcomes()
    another_run(stage, unknown=True)
    assert stage.work()[0].status is Status.WAITING  # no more may leave
    assert len(stage.editor.calls) == 1
    recover(stage.roll, stage.workplace)
    assert stage.outcomes() == before
    another_run(stage)
    assert stage.claim() is None


@pytest.mark.parametrize("begun", [False, True])
def test_leave_of_a_run_that_was_killed_is_not_the_next_ones(tmp_path, begun):
    stage = editing(tmp_path, kill)
    lost(stage)
    before = stage.outcomes()
    another_run(stage, unknown=True)
    assert not begun or stage.claim() is not None
    another_run(stage)
    assert stage.outcomes() == before
    assert stage.work() == before


def test_a_worker_that_dies_before_the_send_leaves_its_leave_to_the_run(tmp_path):
    stage = editing(tmp_path, kill, masked_picture)
    lost(stage)
    another_run(stage, unknown=True)
    stage.claim()
    recover(stage.roll, stage.workplace, 0, died=True)
    assert stage.work()[0].status is Status.DONE
    assert len(stage.editor.calls) == 2


def test_leave_is_for_one_send(tmp_path):
    stage = editing(tmp_path, kill, kill)
    lost(stage)
    another_run(stage, unknown=True)
    with pytest.raises(Killed):
        stage.work()
    recover(stage.roll, stage.workplace, 0, died=True)  # the others go on
    assert stage.claim() is None
    assert stage.outcomes()[0].failure == LOST


def test_what_the_service_puts_off_with_leave_needs_leave_in_the_next_run(tmp_path):
    stage = editing(tmp_path, kill, refused, masked_picture)
    lost(stage)
    another_run(stage, unknown=True)
    assert stage.work()[0].status is Status.WAITING
    recover(stage.roll, stage.workplace)
    (outcome,) = stage.outcomes()
    assert (outcome.failure.error, outcome.failure.code, outcome.sent) == ("RateLimited", 5, Sent.YES)
    another_run(stage)
    stage.now += 1000.0
    assert stage.claim() is None
    another_run(stage, sent=True)
    assert stage.work()[0].status is Status.DONE


def test_what_the_service_puts_off_at_first_needs_no_leave(tmp_path):
    stage = editing(tmp_path, refused, masked_picture)
    assert stage.work()[0].status is Status.WAITING
    another_run(stage)
    stage.now += 1000.0
    assert stage.work()[0].status is Status.DONE


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"no picture"), Path.unlink])
def test_killed_when_an_answer_was_found_damaged_the_photo_is_not_sent_again(tmp_path, monkeypatch, damage):
    stage = editing(tmp_path)
    killed(stage, monkeypatch, "privateedit.pipeline.restore")
    damage(stage.workplace.answer(1))
    recover(stage.roll, stage.workplace)
    killed(stage, monkeypatch, "privateedit.batch.desk.LocalDesk.fail")
    another_run(stage)
    (outcome,) = stage.work()
    assert (outcome.status, outcome.failure) == (Status.FAILED, DAMAGED)
    assert len(stage.editor.calls) == 1
    another_run(stage, sent=True)
    assert stage.work()[0].status is Status.DONE


def test_what_came_back_and_is_not_kept_any_more_is_removed(tmp_path):
    stage = editing(tmp_path)
    answered(stage, Failure.of(CannotAlign("No place."), Sent.YES))
    recover(stage.roll, stage.workplace)
    assert stage.workplace.answer(1).exists()
    stage.roll.failed(1, DAMAGED, keeping=False)
    recover(stage.roll, stage.workplace)
    assert not stage.workplace.answer(1).exists()


def test_what_came_back_with_leave_is_used_by_the_run_that_lost_its_worker(tmp_path, monkeypatch):
    stage = editing(tmp_path, kill, masked_picture)
    lost(stage)
    another_run(stage, unknown=True)
    killed(stage, monkeypatch, "privateedit.batch.roll.Roll.returned")
    recover(stage.roll, stage.workplace, 0, died=True)  # the others go on
    assert stage.work()[0].status is Status.DONE
    assert len(stage.editor.calls) == 2
