import signal
import time
from multiprocessing import get_context

import cv2
import pytest
from tests.doubles.batches import Stage, an_order, parts_that_see_red

from privateedit import wiring
from privateedit.batch import worker
from privateedit.batch.limits import Limits
from privateedit.batch.order import Kind
from privateedit.batch.outcome import Status
from privateedit.batch.worker import Ended, Shift
from privateedit.core.edit import Instruction
from privateedit.errors import InputError, WeightsMissing


@pytest.fixture
def stage(tmp_path, monkeypatch):
    monkeypatch.setattr(wiring, "parts", parts_that_see_red)
    return Stage(tmp_path, "a.jpg", "b.broken.jpg", "c.jpg")


@pytest.fixture(autouse=True)
def as_before():
    threads, before = cv2.getNumThreads(), {each: signal.getsignal(each) for each in worker.unheard()}
    yield
    cv2.setNumThreads(threads)
    for each, handler in before.items():
        signal.signal(each, handler)


def shift(stage, **more):
    return Shift(stage.order, tuple(stage.sources.roots), stage.workplace, Limits(**more), threads=1)


def test_a_worker_ends_when_nothing_is_left(stage):
    told = []
    worker.run(shift(stage), 0, lambda: False, told.append)
    assert told == [1, 2, 3]
    assert [each.status for each in stage.outcomes()] == [Status.DONE, Status.FAILED, Status.DONE]
    assert cv2.getNumThreads() == 1


def test_a_worker_stops_between_photos(stage):
    told = []
    worker.run(shift(stage), 0, lambda: len(told) == 1, told.append)
    assert [each.status for each in stage.outcomes()] == [Status.DONE, Status.WAITING, Status.WAITING]


def test_a_worker_waits_for_what_was_put_off(stage):
    stage.roll.put_back(1, after=wiring.precise_now() + 0.3)
    told = []
    worker.run(shift(stage), 0, lambda: False, told.append)
    assert told == [2, 3, 1]


def test_a_photo_put_off_before_the_clock_went_back_is_not_put_off_for_ever(stage, monkeypatch):
    stage.roll.put_back(1, after=wiring.precise_now() + 9_000_000)
    monkeypatch.setattr("privateedit.batch.pace.LONGEST_PAUSE", 0.2)
    told = []
    worker.run(shift(stage), 0, lambda: False, told.append)
    assert told == [2, 3, 1]


def test_two_workers_never_have_one_place(stage, monkeypatch):
    monkeypatch.setattr("privateedit.batch.locks._SLOT", 0.1)
    with stage.workplace.locks.slot(0), pytest.raises(InputError):
        worker.run(shift(stage), 0, lambda: False, print)


def test_waiting_ends_at_its_time_or_when_told_to():
    start = time.monotonic()
    assert worker.waited(0.05, lambda: False)
    assert 0.04 < time.monotonic() - start < 5
    assert not worker.waited(60, lambda: True)
    assert time.monotonic() - start < 20


def test_only_edits_have_an_editor():
    assert worker.editor_of(an_order()) is None
    edits = an_order(Kind.EDIT, instruction=Instruction(preset="warm"), provider="studio")
    assert worker.editor_of(edits).local


def test_a_process_says_what_ended_and_hears_the_end_of_its_batch(stage):
    ours, theirs = get_context("spawn").Pipe()
    worker.process(shift(stage), 0, theirs)
    assert [ours.recv() for _ in range(3)] == [Ended(1), Ended(2), Ended(3)]
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.parametrize("how", ["a word", "the end"])
def test_a_process_begins_nothing_when_its_batch_is_gone(stage, how):
    ours, theirs = get_context("spawn").Pipe()
    if how == "a word":
        ours.send("stop")
    else:
        ours.close()
    worker.process(shift(stage), 0, theirs)
    assert {each.status for each in stage.outcomes()} == {Status.WAITING}


def test_a_process_that_cannot_work_says_why(stage, monkeypatch):
    def missing():
        raise WeightsMissing("A model is missing.")

    monkeypatch.setattr(wiring, "parts", missing)
    ours, theirs = get_context("spawn").Pipe()
    worker.process(shift(stage), 0, theirs)
    said = ours.recv()
    assert isinstance(said, WeightsMissing)
    assert said.message == "A model is missing."
    assert {each.status for each in stage.outcomes()} == {Status.WAITING}
    theirs.close()
    worker._say(theirs, Ended(1))
    assert worker._told_to_stop(theirs)
