from dataclasses import replace

import pytest
from tests.doubles.batches import Stage

from privateedit.batch import storage, stored
from privateedit.batch.recovery import check_outputs, recover
from privateedit.batch.stored import StoredWorkplace, workplace_at
from privateedit.batch.workplace import Workplace
from privateedit.errors import InputError, OutputError


class Killed(BaseException):
    """Stands for kill -9."""


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path, "a.jpg", "sub/b.jpg")
    made.store = tmp_path / "store"
    made.order = replace(made.order, store=f"file://{made.store}")
    made.workplace = workplace_at(made.out, made.order.store)
    made.bench = made.make_bench()
    return made


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_batches_do_not_meet_in_one_storage(tmp_path):
    places = {workplace_at(tmp_path / each, "file:///store").incoming for each in ("a", "b")}
    assert len(places) == 2


def test_the_place_is_as_the_order_says(tmp_path):
    assert type(workplace_at(tmp_path, "")) is Workplace
    assert "secret" not in repr(workplace_at(tmp_path, "s3://secret"))


def test_outputs_lie_in_the_storage_and_only_the_state_here(stage):
    stage.work()
    assert names(stage.store) == ["a.png", "sub/b.png"]
    assert not list(stage.out.rglob("*.png"))
    assert not list(stage.workplace.parts(cleaning=False))
    stage.workplace.sweep()
    assert [path.name for path in stage.store.iterdir() if path.name.startswith(".")] == []
    stage.workplace.withdraw("a.png")
    assert names(stage.store) == ["sub/b.png"]


@pytest.mark.parametrize("when", ["before", "moved", "copied"])
def test_whoever_is_killed_while_it_is_named_it_is_there_once_in_the_end(stage, monkeypatch, when):
    real = storage.move

    def move(address, name, to):
        if when == "moved":
            real(address, name, to)
        elif when == "copied":
            storage.write(address, to, storage.read(address, name, 1 << 30))
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(stored.storage, "move", move)
        stage.bench.work(stage.claim())
    recover(stage.roll, stage.workplace)
    stage.workplace.sweep()
    assert names(stage.store) == ["a.png"]
    assert [str(each.status) for each in stage.outcomes()] == ["done", "waiting"]


@pytest.mark.parametrize("data", [b"x", None])
def test_nothing_is_overwritten(stage, data):
    workplace = stage.workplace
    workplace.write_part(1, b"output")
    storage.write(stage.order.store, "a.png", data or b"foreig")
    with pytest.raises(OutputError, match=r"a\.png exists already"):
        workplace.place(1, "a.png")
    assert storage.read(stage.order.store, "a.png", 10) == (data or b"foreig")
    assert not workplace.part(1).exists()


def test_a_storage_that_does_not_answer_leaves_no_photo_done_without_an_output(stage, monkeypatch):
    def down(address, name):
        raise InputError("The storage cannot be read.")

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(stored.storage, "size", lambda *_: (_ for _ in ()).throw(Killed))
        stage.bench.work(stage.claim())
    assert str(stage.roll.outcome(1).status) == "done"
    with monkeypatch.context() as patch:
        patch.setattr(stored.storage, "size", down)
        recover(stage.roll, stage.workplace)
    assert stage.roll.outcome(1).failure.error == "OutputError"


def test_a_name_that_is_taken_is_not_asked_for_beforehand(stage):
    storage.write(stage.order.store, "a.png", b"foreign")
    assert not stage.workplace.holds("a.png")
    assert [str(each.status) for each in stage.work()] == ["failed", "done"]
    assert storage.read(stage.order.store, "a.png", 10) == b"foreign"


def test_what_did_not_arrive_is_told(stage):
    assert isinstance(stage.workplace, StoredWorkplace)
    stage.workplace.receive(1, "1-none")
    with pytest.raises(OutputError):
        stage.workplace.place(1, "a.png")
    with pytest.raises(OutputError):
        stage.workplace.place(2, "b.png")


@pytest.mark.parametrize("out", ["../x.png", "a/../../x.png", "/x.png", ".privateedit-batch/x.png"])
def test_no_output_leaves_its_place_in_the_storage_whatever_the_state_says(stage, out):
    stage.roll.base.execute("UPDATE items SET out = ? WHERE id = 1", (out.encode(),))
    first, second = stage.work()
    assert (first.failure.error, second.failure) == ("OutputError", None)
    assert names(stage.store)[-1:] == ["sub/b.png"]
    assert not list(stage.store.parent.rglob("x.png"))


def test_an_output_that_was_taken_out_of_the_storage_is_not_missed(stage):
    stage.work()
    stage.workplace.withdraw("a.png")
    check_outputs(stage.roll, stage.workplace, sends=False)
    assert [str(each.status) for each in stage.outcomes()] == ["done", "done"]
