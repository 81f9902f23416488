import multiprocessing
import os

import pytest

from privateedit.batch.locks import Locks
from privateedit.errors import InputError


@pytest.fixture
def locks(tmp_path):
    return Locks(tmp_path)


def hold(folder, owner, held, go):
    with Locks(folder).slot(owner):
        held.set()
        go.wait(20)


def test_one_batch_at_a_time(locks):
    with locks.alone(), pytest.raises(InputError, match="Another batch"), Locks(locks.home).alone():
        raise AssertionError("two at once")
    with locks.alone():
        pass


def test_whoever_begins_waits_for_workers_that_were_left_behind(locks, monkeypatch):
    context = multiprocessing.get_context("fork")
    held, go = context.Event(), context.Event()
    left = context.Process(target=hold, args=(locks.home, 1, held, go))
    left.start()
    assert held.wait(20)
    monkeypatch.setattr("privateedit.batch.locks._ORPHANS", 0.1)
    said = []
    with pytest.raises(InputError, match="does not end"):
        locks.await_orphans(lambda: said.append("waiting"))
    assert said == ["waiting"]
    os.kill(left.pid, 9)
    left.join()
    locks.await_orphans(lambda: said.append("waiting"))
    assert said == ["waiting"]
