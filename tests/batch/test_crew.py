"""The crew with processes of its own, which do something simple; the real worker is tested beside."""

import os
import signal
import time

import pytest
from tests.doubles.batches import Stage

from privateedit.batch import crew, worker
from privateedit.batch.crew import Crew
from privateedit.batch.limits import Limits
from privateedit.batch.outcome import Status
from privateedit.batch.roll import Roll
from privateedit.batch.worker import Ended, Shift
from privateedit.errors import InputError, Missing, OutputError

NAMES = ("a.jpg", "b.jpg", "c.jpg", "d.jpg")
LONG = 60.0  # seconds that anything may take on a busy machine


def quick(shift, owner, line, *, on=lambda claimed: None):
    """A worker that notes each photo as done."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    roll = Roll(shift.workplace.database)
    while not line.poll() and (claimed := roll.claim(owner, 0.0)) is not None:
        on(claimed)
        roll.done(claimed.number, {})
        line.send(Ended(claimed.number))


def dies_on_b(shift, owner, line):
    quick(shift, owner, line, on=lambda claimed: os.kill(os.getpid(), 9) if claimed.name == "b.jpg" else None)


def dies_at_once(shift, owner, line):
    os.kill(os.getpid(), 9)


def cannot(shift, owner, line):
    line.send(InputError("It cannot work."))


def until_told(line):
    """Wait for the word to stop, so that a crew that is slow to say it is not overtaken."""
    assert line.poll(LONG), "nobody told it to stop"


def slow(shift, owner, line):
    quick(shift, owner, line, on=lambda claimed: time.sleep(0.5))


def first_ends(shift, owner, line):
    """Photos after the first take until the worker is told to stop."""
    quick(shift, owner, line, on=lambda claimed: claimed.number == 1 or until_told(line))


def stuck(shift, owner, line):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Roll(shift.workplace.database).claim(owner, 0.0)
    line.send(Ended(1))
    time.sleep(60)


def hears(shift, owner, line):
    if {signal.getsignal(each) for each in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)} != {
        signal.SIG_IGN
    }:
        line.send(InputError("It hears Ctrl-C."))


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path, *NAMES)


def manned(stage, monkeypatch, process, count=2):
    """A crew whose processes are forked, so that they need not import everything again."""
    monkeypatch.setattr(worker, "process", process)
    monkeypatch.setattr(crew, "get_context", lambda kind: __import__("multiprocessing").get_context("fork"))
    shift = Shift(stage.order, tuple(stage.sources.roots), stage.workplace, Limits(), threads=1)
    stage.told = []
    return Crew(shift, count, stage.roll, stage.told.append)


def test_all_is_done_and_heard_of(stage, monkeypatch):
    manned(stage, monkeypatch, quick).work(lambda: False)
    assert sorted(stage.told) == [1, 2, 3, 4]
    assert {each.status for each in stage.outcomes()} == {Status.DONE}


def test_a_worker_that_dies_is_replaced_and_the_photo_it_dies_of_is_given_up(stage, monkeypatch):
    manned(stage, monkeypatch, dies_on_b).work(lambda: False)
    told = {each.name: each for each in stage.outcomes()}
    assert told["b.jpg"].failure.code == 1
    assert [told[name].status for name in ("a.jpg", "c.jpg", "d.jpg")] == [Status.DONE] * 3


def is_ended_kindly(shift, owner, line):
    def on(claimed):
        for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            os.kill(os.getpid(), each)

    quick(shift, owner, line, on=on)


def test_what_is_sent_to_all_processes_alike_cuts_no_worker(stage, monkeypatch):
    manned(stage, monkeypatch, is_ended_kindly).work(lambda: False)
    assert {each.status for each in stage.outcomes()} == {Status.DONE}


def dies_on_three(shift, owner, line):
    def on(claimed):
        if claimed.name != "d.jpg":
            os.kill(os.getpid(), 9)

    quick(shift, owner, line, on=on)


def test_photos_that_are_died_of_one_after_another_do_not_end_the_batch(stage, monkeypatch):
    manned(stage, monkeypatch, dies_on_three, count=1).work(lambda: False)
    assert [each.status for each in stage.outcomes()] == [*[Status.FAILED] * 3, Status.DONE]


def test_workers_that_die_as_they_begin_are_not_replaced_for_ever(stage, monkeypatch):
    with pytest.raises(Missing, match="die as soon as they begin"):
        manned(stage, monkeypatch, dies_at_once).work(lambda: False)
    assert {each.status for each in stage.outcomes()} == {Status.WAITING}


def test_a_worker_that_cannot_work_ends_the_batch_with_its_reason(stage, monkeypatch):
    with pytest.raises(InputError, match="cannot work"):
        manned(stage, monkeypatch, cannot).work(lambda: False)


def first_cannot(shift, owner, line):
    if owner == 0:
        roll = Roll(shift.workplace.database)
        while not roll.base.execute("SELECT 1 FROM items WHERE status = 'working'").fetchone():
            time.sleep(0.01)
        line.send(InputError("It cannot work."))
    else:
        slow(shift, owner, line)


def test_the_error_of_one_worker_never_cuts_what_another_has_begun(stage, monkeypatch):
    with pytest.raises(InputError, match="cannot work"):
        manned(stage, monkeypatch, first_cannot).work(lambda: False)
    statuses = [each.status for each in stage.outcomes()]
    assert statuses.count(Status.DONE) == len(stage.told) >= 1
    assert Status.WORKING not in statuses


def one_ends_while_another_works(shift, owner, line):
    def on(claimed):
        if claimed.name == "a.jpg":
            working = "SELECT count(*) FROM items WHERE status = 'working'"
            while Roll(shift.workplace.database).base.execute(working).fetchone() < (2,):
                time.sleep(0.01)
        else:
            until_told(line)

    quick(shift, owner, line, on=on)


def require_ended(stage, told):
    """Both photos that were begun are done; the quick worker may have begun one more before it heard."""
    statuses = [each.status for each in stage.outcomes()]
    assert statuses[:2] == [Status.DONE] * 2
    assert Status.WORKING not in statuses
    assert statuses[3] is Status.WAITING
    assert len(told) == statuses.count(Status.DONE)


@pytest.mark.parametrize("error", [OutputError("The disk is full."), BrokenPipeError(), ValueError()])
def test_trouble_of_whoever_is_told_cuts_no_worker(stage, monkeypatch, error):
    def tell(number):
        heard.append(number)
        raise error

    heard, made = [], manned(stage, monkeypatch, one_ends_while_another_works)
    made._tell = tell
    with pytest.raises(type(error)):
        made.work(lambda: False)
    require_ended(stage, heard)


@pytest.mark.parametrize("error", [OutputError("The state cannot be read."), ValueError()])
def test_trouble_of_whoever_is_asked_whether_to_stop_cuts_no_worker(stage, monkeypatch, error):
    def stopping():
        if stage.told:
            raise error
        return False

    with pytest.raises(type(error)):
        manned(stage, monkeypatch, one_ends_while_another_works).work(stopping)
    require_ended(stage, stage.told)


def test_a_state_that_cannot_be_settled_cuts_no_worker(stage, monkeypatch):
    def recover(*_, **__):
        raise OutputError("The state cannot be written.")

    def dies(shift, owner, line):
        def on(claimed):
            if claimed.name == "a.jpg":
                while Roll(shift.workplace.database).outcome(2).status is not Status.WORKING:
                    time.sleep(0.01)
                os.kill(os.getpid(), 9)
            until_told(line)

        quick(shift, owner, line, on=on)

    monkeypatch.setattr(crew, "recover", recover)
    with pytest.raises(OutputError, match="cannot be written"):
        manned(stage, monkeypatch, dies).work(lambda: False)
    assert [each.status for each in stage.outcomes()] == [
        Status.WORKING,  # settled by the batch itself
        Status.DONE,
        *[Status.WAITING] * 2,
    ]


def test_a_worker_that_cannot_be_started_cuts_none(stage, monkeypatch):
    made = manned(stage, monkeypatch, slow)
    real = made._started

    def started(owner):
        if owner == 1:
            raise BlockingIOError("no process more")
        return real(owner)

    monkeypatch.setattr(made, "_started", started)
    with pytest.raises(BlockingIOError):
        made.work(lambda: False)
    assert Status.WORKING not in {each.status for each in stage.outcomes()}


def test_when_told_to_stop_what_was_begun_is_ended(stage, monkeypatch):
    made = manned(stage, monkeypatch, first_ends)
    made.work(lambda: bool(stage.told))
    statuses = [each.status for each in stage.outcomes()]
    assert Status.WORKING not in statuses
    assert statuses.count(Status.DONE) >= 1
    assert Status.WAITING in statuses


def test_an_interrupt_ends_all_at_once(stage, monkeypatch):
    def stopping():
        if stage.told:
            raise KeyboardInterrupt
        return False

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        manned(stage, monkeypatch, stuck, count=1).work(stopping)
    assert time.monotonic() - start < 20
    assert stage.roll.outcome(1).status is Status.WORKING


def test_workers_never_hear_ctrl_c_themselves(stage, monkeypatch):
    before = signal.getsignal(signal.SIGINT)
    manned(stage, monkeypatch, hears).work(lambda: False)
    assert signal.getsignal(signal.SIGINT) is before
