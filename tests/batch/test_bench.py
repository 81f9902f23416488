"""One photo at a time, with every fault planted where it hurts."""

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.doubles.batches import Stage, an_order, marked, write_photos
from tests.doubles.marked_photos import RED
from tests.doubles.ports import SpyEditor, SpyJournal
from tests.doubles.scenes import scenery
from tests.standins.pictures import pixels

from privateedit.batch import planning
from privateedit.batch.limits import Halt, Limits
from privateedit.batch.order import Kind
from privateedit.batch.outcome import Status
from privateedit.batch.pace import Pace
from privateedit.batch.recovery import recover
from privateedit.core.concealment import Concealment
from privateedit.core.edit import Instruction
from privateedit.core.trust import Trust
from privateedit.errors import (
    AuthenticationFailed,
    BadReply,
    InputError,
    OutputError,
    RateLimited,
    Sent,
    ServiceDown,
)


def edits(**more):
    return an_order(Kind.EDIT, instruction=Instruction(prompt="a warmer evening"), sends=True, **more)


def masked_picture(payload):
    return pixels(payload.data)


def editing(tmp_path, *names, editor=None, order=None, **more):
    editor = editor or SpyEditor(masked_picture)
    stage = Stage(tmp_path, *names, order=order or edits(), editor=editor, **more)
    stage.editor = editor
    return stage


def test_masking_writes_the_very_bytes_that_are_on_record(tmp_path):
    stage = Stage(tmp_path, "a.jpg")
    (outcome,) = stage.work()
    data = (stage.out / "a.png").read_bytes()
    (_, intent), (_, end) = stage.parts.journal.written
    assert outcome.facts["masked"]["bytes"] == len(data) == intent.size
    assert outcome.facts["masked"]["sha256"] == intent.payload
    assert end.result == "written"
    assert not (pixels(data) == RED).all(-1).any()
    assert outcome.sent is Sent.NO


def test_bad_input_is_named_and_the_rest_is_done(tmp_path):
    stage = Stage(tmp_path, "a.jpg", "b.broken.jpg", "c.jpg")
    (stage.photos / "d.jpg").symlink_to(stage.photos / "gone")
    stage.plan()
    told = [(each.name, each.failure and each.failure.error) for each in stage.work()]
    assert told == [
        ("a.jpg", None), ("b.broken.jpg", "UnreadablePhoto"), ("c.jpg", None), ("d.jpg", "InputError"),
    ]  # fmt: skip


def test_a_photo_without_a_face_is_not_written(tmp_path):
    stage = Stage(tmp_path, "a.jpg")
    Image.fromarray(np.full((96, 120, 3), 90, np.uint8)).save(stage.photos / "a.jpg")
    (outcome,) = stage.work()
    assert outcome.failure.code == 3
    assert not (stage.out / "a.png").exists()


@pytest.mark.parametrize("out", ["C:\\x.jpg", "a//b.jpg", "x" * 252 + ".jpg"])
def test_nothing_leaves_whose_output_could_never_have_its_name(tmp_path, out):
    stage = editing(tmp_path, "a.jpg")
    stage.roll.base.execute("UPDATE items SET out = ?", (out.encode(),))
    (outcome,) = stage.work()
    assert (outcome.failure.error, outcome.sent) == ("OutputError", Sent.NO)
    assert not stage.editor.calls


@pytest.mark.parametrize("step", ["intend", "conclude"])
def test_what_cannot_be_recorded_is_not_written_and_ends_the_run(tmp_path, step):
    stage = Stage(tmp_path, "a.jpg", "b.jpg")
    stage.parts = replace(stage.parts, journal=SpyJournal(broken=step))
    stage.bench = stage.make_bench()
    first, second = stage.work()
    assert first.failure.error == "JournalUnwritable"
    assert second.status is Status.WAITING
    assert Pace(stage.roll, Limits()).halted() is Halt.HOPELESS
    assert not list(stage.out.glob("*.png"))


def test_an_unexpected_end_of_one_photo_does_not_end_the_others(tmp_path):
    class Fragile:
        calls = 0

        def search(self, pixels, hidden):
            self.calls += 1
            if self.calls == 1:
                raise ValueError("of a person's own words")
            return ()

    stage = Stage(tmp_path, "a.jpg", "b.jpg")
    stage.parts = replace(stage.parts, searcher=Fragile())
    stage.bench = stage.make_bench()
    first, second = stage.work()
    assert (first.failure.code, second.failure) == (1, None)
    assert "own words" not in first.line()


def test_an_edit_is_sent_once_and_put_back(tmp_path):
    stage = editing(tmp_path, "a.jpg")
    (outcome,) = stage.work()
    assert (outcome.status, outcome.sent) == (Status.DONE, Sent.YES)
    assert len(stage.editor.calls) == 1
    final = pixels((stage.out / "a.jpg").read_bytes())
    original = marked()
    assert np.abs(final[35:55, 45:65].astype(int) - original[35:55, 45:65]).mean() < 25
    assert not stage.workplace.answer(1).exists()
    assert outcome.facts["masked"]["sha256"] == stage.editor.calls[0][0].sha256
    assert outcome.facts["restored"]["width"] == 120


def test_the_photo_is_on_the_disk_as_leaving_when_it_leaves(tmp_path):
    def look(payload):
        seen.append(stage.roll.outcome(1).status)
        return masked_picture(payload)

    seen = []
    stage = editing(tmp_path, "a.jpg", editor=SpyEditor(look))
    stage.work()
    assert seen == [Status.SENDING]


def test_a_local_editor_sends_nothing_and_is_not_counted(tmp_path):
    editor = SpyEditor(masked_picture, local=True)
    stage = editing(tmp_path, "a.jpg", "b.jpg", editor=editor, limits=Limits(at_most=0))
    assert [(each.status, each.sent) for each in stage.work()] == [(Status.DONE, Sent.NO)] * 2
    assert not list((stage.workplace.home / "left").iterdir())


def stopped_before_its_end(stage, monkeypatch, at="privateedit.pipeline.restore"):
    """Have an answer kept, and the worker killed before the faces are back in it."""

    def kill(*_, **__):
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(at, kill)
        stage.bench.work(stage.claim())
    recover(stage.roll, stage.workplace)


@pytest.mark.parametrize("at", ["privateedit.pipeline.restore", "privateedit.batch.roll.Roll.returned"])
def test_what_came_back_is_not_fitted_to_another_photo(tmp_path, monkeypatch, at):
    stage = editing(tmp_path, "a.jpg")
    stopped_before_its_end(stage, monkeypatch, at)
    was = (stage.photos / "a.jpg").read_bytes()
    write_photos(stage.photos, "a.jpg", seed=77)
    (outcome,) = stage.work()
    assert (outcome.status, outcome.sent) == (Status.FAILED, Sent.YES)
    assert "changed since" in outcome.failure.message
    assert "photo" not in outcome.facts
    changed = (stage.photos / "a.jpg").read_bytes()
    (stage.photos / "a.jpg").write_bytes(was)
    planning.try_again(stage.roll, sends=True, unknown=False, sent=False)
    (outcome,) = stage.work()
    assert (outcome.status, len(stage.editor.calls)) == (Status.DONE, 1)
    assert "photo" not in outcome.facts
    assert changed != was


def test_a_photo_that_was_changed_is_sent_again_with_leave(tmp_path, monkeypatch):
    stage = editing(tmp_path, "a.jpg")
    stopped_before_its_end(stage, monkeypatch)
    write_photos(stage.photos, "a.jpg", seed=77)
    stage.work()
    planning.try_again(stage.roll, sends=True, unknown=False, sent=True)
    (outcome,) = stage.work()
    assert (outcome.status, len(stage.editor.calls)) == (Status.DONE, 2)


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(path.read_bytes()[:90]), Path.unlink])
def test_an_answer_that_was_damaged_is_dropped_and_told_as_sent(tmp_path, monkeypatch, damage):
    stage = editing(tmp_path, "a.jpg")
    stopped_before_its_end(stage, monkeypatch)
    damage(stage.workplace.answer(1))
    (outcome,) = stage.work()
    assert (outcome.status, outcome.sent) == (Status.FAILED, Sent.YES)
    assert "--resend-failed" in outcome.failure.message
    assert not stage.workplace.answer(1).exists()
    planning.try_again(stage.roll, sends=True, unknown=True, sent=False)
    assert stage.claim() is None
    planning.try_again(stage.roll, sends=True, unknown=False, sent=True)
    assert stage.work()[0].status is Status.DONE
    assert len(stage.editor.calls) == 2


class Killed(BaseException):
    """Stands for kill -9."""


@pytest.mark.parametrize("when", ["in the send", "answer kept", "restored", "part written"])
def test_whenever_it_is_killed_nothing_is_sent_twice_and_the_end_is_the_same(tmp_path, monkeypatch, when):
    undisturbed = editing(tmp_path / "1", "a.jpg")
    undisturbed.work()

    def kill(*_, **__):
        raise Killed

    stage = editing(
        tmp_path / "2", "a.jpg", editor=SpyEditor(kill if when == "in the send" else masked_picture)
    )
    with monkeypatch.context() as patch, pytest.raises(Killed):
        if when == "answer kept":
            patch.setattr("privateedit.batch.roll.Roll.returned", kill)
        elif when == "restored":
            patch.setattr("privateedit.pipeline.restore", kill)
        elif when == "part written":
            patch.setattr("privateedit.batch.roll.Roll.done", kill)
        stage.work()
    recover(stage.roll, stage.workplace)
    (outcome,) = stage.work()
    assert len(stage.editor.calls) == 1
    if when == "in the send":
        assert (outcome.status, outcome.sent) == (Status.FAILED, Sent.UNKNOWN)
        return
    assert (outcome.status, outcome.sent) == (Status.DONE, Sent.YES)
    assert (stage.out / "a.jpg").read_bytes() == (undisturbed.out / "a.jpg").read_bytes()


@pytest.mark.parametrize(
    ("error", "sent"),
    [
        (BadReply("Nonsense.", sent=Sent.YES), Sent.YES),
        (ServiceDown("Down.", sent=Sent.NO), Sent.NO),
        (InputError("Not so."), Sent.UNKNOWN),
        (ValueError("?"), Sent.UNKNOWN),
    ],
)
def test_a_failure_tells_what_was_sent_and_doubt_is_not_no(tmp_path, error, sent):
    stage = editing(tmp_path, "a.jpg", editor=SpyEditor(error))
    (outcome,) = stage.work()
    assert (outcome.status, outcome.sent) == (Status.FAILED, sent)
    assert stage.workplace.glimpse(1).exists() is (sent is not Sent.NO)


def test_an_output_that_cannot_be_written_keeps_what_was_paid_for(tmp_path, monkeypatch):
    stage = editing(tmp_path, "a.jpg")
    (stage.out / "a.jpg").write_bytes(b"a person's own, come since")
    (outcome,) = stage.work()
    assert (outcome.failure.error, outcome.sent) == ("OutputError", Sent.YES)
    assert stage.workplace.answer(1).exists()
    (stage.out / "a.jpg").unlink()
    planning.try_again(stage.roll, sends=True, unknown=False, sent=False)
    (outcome,) = stage.work()
    assert outcome.status is Status.DONE
    assert len(stage.editor.calls) == 1


def test_on_a_full_disk_nothing_is_sent_any_more(tmp_path, monkeypatch):
    real = Path.write_bytes

    def full(self, data):
        if "left" in self.parts:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, data)

    stage = editing(tmp_path, "a.jpg", "b.jpg")
    monkeypatch.setattr(Path, "write_bytes", full)
    first, second = stage.work()
    assert (first.failure.error, first.sent, second.status) == ("OutputError", Sent.NO, Status.WAITING)
    assert stage.editor.calls == []


def test_a_service_that_is_asked_too_often_is_given_the_time_it_wants(tmp_path):
    answers = [RateLimited("Too many.", sent=Sent.YES, retry_after=7.0), masked_picture, masked_picture]

    def answer(payload):
        now = answers.pop(0)
        times.append(stage.now)
        if isinstance(now, Exception):
            raise now
        return now(payload)

    times = []
    stage = editing(tmp_path, "a.jpg", "b.jpg", editor=SpyEditor(answer))
    stage.work()
    assert stage.waits == [7.0]
    stage.work()
    assert times == [1000.0, 1007.0, 1007.0]
    assert [each.status for each in stage.outcomes()] == [Status.DONE, Status.DONE]


def test_a_service_that_never_has_time_is_given_up(tmp_path):
    stage = editing(tmp_path, "a.jpg", editor=SpyEditor(RateLimited("Too many.", sent=Sent.YES)))
    for _ in range(8):
        stage.work()
        stage.now = stage.roll.next_time() or stage.now
    (outcome,) = stage.outcomes()
    assert (outcome.failure.error, outcome.sent) == ("RateLimited", Sent.YES)
    assert len(stage.editor.calls) == 5


def test_other_failures_that_ask_for_patience_hold_the_others_back(tmp_path):
    answers = iter([ServiceDown("Down.", sent=Sent.YES, retry_after=30.0), masked_picture])

    def answer(payload):
        now = next(answers)
        if isinstance(now, Exception):
            raise now
        return now(payload)

    stage = editing(tmp_path, "a.jpg", "b.jpg", editor=SpyEditor(answer))
    assert [each.status for each in stage.work()] == [Status.FAILED, Status.DONE]
    assert stage.waits == [30.0]


def test_ceilings_and_failures_in_a_row_hold(tmp_path):
    stage = editing(tmp_path / "1", "a.jpg", "b.jpg", "c.jpg", limits=Limits(at_most=2))
    assert [each.status for each in stage.work()] == [Status.DONE, Status.DONE, Status.WAITING]
    down = SpyEditor(ServiceDown("Down.", sent=Sent.NO))
    stage = editing(tmp_path / "2", "a.jpg", "b.jpg", "c.jpg", editor=down, limits=Limits(failures=2))
    assert [each.status for each in stage.work()] == [Status.FAILED, Status.FAILED, Status.WAITING]


def test_bad_input_is_no_failure_of_the_service(tmp_path):
    names = ("a.broken.jpg", "b.broken.jpg", "c.jpg")
    stage = editing(tmp_path, *names, limits=Limits(failures=2))
    assert [each.status for each in stage.work()] == [Status.FAILED, Status.FAILED, Status.DONE]


def test_a_wrong_key_ends_the_run_after_one_photo(tmp_path):
    stage = editing(tmp_path, "a.jpg", "b.jpg", editor=SpyEditor(AuthenticationFailed("No.", sent=Sent.YES)))
    assert [each.status for each in stage.work()] == [Status.FAILED, Status.WAITING]
    assert len(stage.editor.calls) == 1


def test_whoever_waits_for_the_pace_stops_when_told_to(tmp_path):
    stage = editing(tmp_path, "a.jpg", "b.jpg", limits=Limits(per_minute=1), wait=lambda seconds: False)
    stage.bench.work(stage.claim())
    stage.bench.work(stage.claim())
    assert [each.status for each in stage.outcomes()] == [Status.DONE, Status.WAITING]
    assert len(stage.editor.calls) == 1


def test_a_name_in_the_instruction_warns_or_refuses(tmp_path):
    order = an_order(Kind.EDIT, instruction=Instruction(prompt="make Annabel smile"), sends=True)
    stage = editing(tmp_path / "1", "annabel.jpg", order=order)
    (outcome,) = stage.work()
    assert outcome.facts["warnings"][0]["count"] == 1
    assert "annabel" not in json.dumps(dict(outcome.facts)).lower()
    careful = replace(order, concealment=Concealment(trust=Trust.NONE))
    stage = editing(tmp_path / "2", "annabel.jpg", order=careful)
    (outcome,) = stage.work()
    assert (outcome.failure.code, len(stage.editor.calls)) == (4, 0)


@pytest.mark.parametrize("name", ["annabel/1.jpg", "2023/annabel/x/1.jpg"])
def test_a_folder_that_is_called_after_somebody_counts_as_a_name(tmp_path, name):
    order = an_order(Kind.EDIT, instruction=Instruction(prompt="make Annabel smile"), sends=True)
    careful = replace(order, concealment=Concealment(trust=Trust.NONE))
    stage = editing(tmp_path, name, order=careful)
    top = stage.photos / name
    (outcome,) = stage.work()
    assert (outcome.failure.code, len(stage.editor.calls)) == (4, 0)
    stage = editing(tmp_path / "2", "unused.jpg", order=careful)
    stage.plan(top.parent if top.parent.name == "annabel" else top.parent.parent)
    stage.bench = stage.make_bench(editor=stage.editor)
    stage.work()
    assert {each.failure and each.failure.code for each in stage.outcomes() if each.name != "unused.jpg"} == {
        4
    }


def test_without_room_for_the_answer_nothing_is_sent(tmp_path, monkeypatch):
    stage = editing(tmp_path, "a.jpg", "b.jpg")
    real, full = os.fsync, []

    def no_room(file):
        if os.fstat(file).st_size > 40_000:
            full.append(file)
            raise OSError(errno.ENOSPC, "No space left on device")
        real(file)

    monkeypatch.setattr(os, "fsync", no_room)
    first, second = stage.work()
    assert full
    assert (first.failure.error, first.sent, second.status) == ("OutputError", Sent.NO, Status.WAITING)
    assert "no room" in first.failure.message
    assert stage.editor.calls == []
    assert not list((stage.workplace.home / "returned").iterdir())


@pytest.mark.parametrize("error", [None, RateLimited("No.", sent=Sent.YES), BadReply("No.", sent=Sent.YES)])
def test_room_is_there_while_a_photo_is_away_and_given_back(tmp_path, error):
    def answer(payload):
        (room,) = (stage.workplace.home / "returned").iterdir()
        sizes.append(room.stat().st_size)
        if error:
            raise error
        return masked_picture(payload)

    sizes = []
    stage = editing(tmp_path, "a.jpg", editor=SpyEditor(answer))
    stage.bench.work(stage.claim())
    assert sizes[0] > 3 * 120 * 96
    assert not list((stage.workplace.home / "returned").iterdir())


def test_restoring_pairs_by_name_and_says_what_is_missing(tmp_path):
    made = Stage(tmp_path / "masks", "sub/a.jpg", "b.jpg")
    made.work()
    write_photos(made.photos, "c.jpg", seed=9)
    order = an_order(Kind.RESTORE, edited=made.out)
    stage = Stage(tmp_path / "more", "unused.jpg", order=order)
    stage.plan(made.photos)
    stage.bench = stage.make_bench()
    told = {each.name: each for each in stage.work()}
    assert (stage.out / "sub" / "a.jpg").exists()
    assert told["sub/a.jpg"].facts["remembered"] is False
    assert told["c.jpg"].failure.message == "There is no edited picture called c yet."
    assert told["b.jpg"].failure is None


def portrait(path, seed, x):
    """A photo of 320×240 with a red square of 80 for a face."""
    pixels = scenery(seed=seed)
    pixels[80:160, x : x + 80] = RED
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def test_a_picture_of_that_name_that_belongs_to_another_photo_is_refused(tmp_path):
    portrait(tmp_path / "1" / "photos" / "a.png", seed=9, x=121)
    portrait(tmp_path / "1" / "photos" / "b.png", seed=3, x=120)
    others = Stage(tmp_path / "1")
    others.work()
    portrait(tmp_path / "2" / "photos" / "a.png", seed=3, x=120)
    portrait(tmp_path / "2" / "photos" / "b.png", seed=3, x=120)
    stage = Stage(tmp_path / "2", order=an_order(Kind.RESTORE, edited=others.out))
    first, second = stage.work()
    assert (first.failure.error, first.failure.code) == ("CannotAlign", 6)
    assert "may belong to another photo" in first.failure.message
    assert not (stage.out / "a.png").exists()
    assert second.failure is None


def test_the_state_that_cannot_be_written_ends_the_worker(tmp_path):
    stage = Stage(tmp_path, "a.jpg")
    claimed = stage.claim()
    stage.roll.base.execute("DROP TABLE items")
    with pytest.raises(OutputError):
        stage.bench.work(claimed)
