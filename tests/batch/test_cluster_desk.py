import errno
import os
import pickle

import pytest
from tests.doubles.batches import Stage, an_order
from tests.doubles.fleets import asking
from tests.doubles.ports import SpyEditor
from tests.standins.pictures import pixels

from privateedit.batch import planning
from privateedit.batch.bench import Bench
from privateedit.batch.cluster_desk import ClusterDesk, RemoteDesk
from privateedit.batch.desk import Desk
from privateedit.batch.limits import Halt, Limits
from privateedit.batch.order import Kind
from privateedit.batch.outcome import DAMAGED, LOST, Failure, Status
from privateedit.batch.roll import Roll
from privateedit.core.edit import Instruction
from privateedit.errors import InputError, OutputError, Sent

FAILURE = Failure("InputError", 2, "No.")


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path, "a.jpg", "b.jpg", "c.jpg")


@pytest.fixture
def desk(stage):
    made = ClusterDesk(stage.workplace, Limits())
    yield made
    made.end()


def side(stage, desk, owner) -> Desk:
    return RemoteDesk(stage.workplace, f"run-{owner}", asking(desk, owner))


def test_a_photo_is_on_the_disk_as_leaving_before_its_worker_hears_that_it_may(stage, desk):
    assert desk.claim(7).number == 1
    assert stage.roll.outcome(1).status is Status.WORKING
    worker = side(stage, desk, 7)
    assert worker.begin_send(1) == 0
    assert stage.roll.outcome(1).status is Status.SENDING
    assert worker.is_sending(1)
    worker.keep(1, b"answer", {"a": 1})
    assert worker.kept(1) == b"answer"
    assert stage.roll.outcome(1).status is Status.RETURNED
    worker.finish(1, "a.png", b"output", {"b": 2})
    assert (stage.out / "a.png").read_bytes() == b"output"
    assert stage.roll.outcome(1).facts == {"b": 2}
    assert not stage.workplace.answer(1).exists()


def test_what_a_lost_worker_was_sending_is_unknown_and_what_it_only_masked_waits(stage, desk):
    for number in (1, 2):
        assert desk.claim(7).number == number
    side(stage, desk, 7).begin_send(1)
    assert sorted(desk.let_go(7)) == [1, 2]
    assert (stage.roll.outcome(1).failure, stage.roll.outcome(1).sent) == (LOST, Sent.UNKNOWN)
    assert stage.roll.outcome(2).status is Status.WAITING


@pytest.mark.parametrize("again", [False, True])
def test_a_worker_that_was_taken_for_dead_can_neither_send_nor_name_an_output(stage, desk, again):
    desk.claim(7)
    desk.let_go(7)
    if again:
        assert desk.claim(8).number == 1
    before = stage.roll.outcome(1).status
    late = side(stage, desk, 7)
    late_words = {
        "reserve": (9,),
        "begin_send": (),
        "put_back": (),
        "offer_again": (9.0, Sent.NO),
        "pause": None,
        "show": (b"",),
        "keep": (b"", {}),
        "kept": (),
        "forget_answer": (),
        "digest_of": (b"",),
        "finish": ("a.png", b"late", {}),
        "withdraw": ("a.png",),
        "fail": (FAILURE,),
        "service_failed": None,
        "halt": None,
        "is_sending": (),
    }
    assert set(late_words) == {name for name in vars(Desk) if not name.startswith("_")}
    for name, more in late_words.items():
        told = {"pause": (9.0,), "halt": (Halt.HOPELESS,), "service_failed": ()}.get(name) or (
            (1, *more) if more is not None else ()
        )
        with pytest.raises(OutputError):
            getattr(late, name)(*told)
    assert stage.roll.outcome(1).status is before
    assert not (stage.out / "a.png").exists()
    assert desk.claim(9) is not None  # nothing was halted


def test_a_worker_asks_about_its_own_photos_alone(stage, desk):
    desk.claim(7)
    desk.claim(8)
    with pytest.raises(OutputError, match="another worker"):
        side(stage, desk, 8).begin_send(1)
    with pytest.raises(OutputError, match="another worker"):
        asking(desk, 7)("let_go", 1)


def test_an_output_that_is_done_is_not_done_again(stage, desk):
    desk.claim(7)
    worker = side(stage, desk, 7)
    worker.finish(1, "a.png", b"output", {})
    for again in (
        lambda: worker.finish(1, "a.png", b"again", {}),
        lambda: worker.begin_send(1),
        lambda: worker.put_back(1),
        lambda: worker.keep(1, b"answer", {}),
    ):
        with pytest.raises(OutputError, match="another worker"):
            again()
    assert stage.roll.outcome(1).status is Status.DONE
    assert (stage.out / "a.png").read_bytes() == b"output"
    worker.withdraw(1, "a.png")
    worker.fail(1, FAILURE)
    assert not (stage.out / "a.png").exists()
    assert stage.roll.outcome(1).status is Status.FAILED
    worker.service_failed()


def test_when_it_closes_nothing_leaves_and_nothing_begins(stage, desk):
    desk.claim(7)
    desk.close()
    worker = side(stage, desk, 7)
    assert worker.begin_send(1) is None
    worker.put_back(1)
    assert desk.claim(7) is None
    assert desk.seconds() is None
    assert stage.roll.outcome(1).status is Status.WAITING


def test_a_pause_a_second_offer_and_a_halt_reach_all_workers(stage, desk):
    desk.claim(7)
    worker = side(stage, desk, 7)
    worker.begin_send(1)
    worker.offer_again(1, 30.0, Sent.YES)
    desk.claim(8)
    assert 25 < side(stage, desk, 8).begin_send(2) <= 30
    side(stage, desk, 8).pause(60.0)
    assert side(stage, desk, 8).begin_send(2) > 50
    side(stage, desk, 8).show(2, b"small")
    assert stage.workplace.glimpse(2).read_bytes() == b"small"
    side(stage, desk, 8).fail(2, FAILURE)
    assert desk.seconds() == 0.0
    side(stage, desk, 8).halt(Halt.HOPELESS)
    assert desk.claim(8) is None


def test_room_answers_and_digests_are_the_desks(stage, desk):
    desk.claim(7)
    worker = side(stage, desk, 7)
    worker.reserve(1, 9)
    assert [path.stat().st_size for path in (stage.workplace.home / "returned").iterdir()] == [9]
    worker.begin_send(1, {"photo": "digest"})
    found = stage.roll.base.execute("SELECT facts FROM items WHERE id = 1").fetchone()
    assert found == ('{"photo": "digest"}',)  # before it leaves
    assert worker.digest_of(1, b"pixels") == stage.roll.digest_of(b"pixels")
    worker.keep(1, b"answer", {})
    assert [path.name for path in (stage.workplace.home / "returned").iterdir()] == ["1.png"]
    worker.forget_answer(1)
    assert not stage.workplace.answer(1).exists()
    assert stage.roll.outcome(1).sent is Sent.YES


def test_room_is_on_the_desks_disk_before_a_masked_picture_leaves_another_node(tmp_path, monkeypatch):
    synced, seen = set(), []
    real = os.fsync

    def fsync(descriptor):
        real(descriptor)
        synced.add(os.fstat(descriptor).st_ino)

    def leaves(payload):
        (room,) = (stage.workplace.home / "returned").iterdir()
        on_the_disk = Roll(stage.workplace.database).outcome(1).status
        seen.append((room.stat().st_ino in synced, room.stat().st_blocks * 512, on_the_disk))
        return pixels(payload.data)

    monkeypatch.setattr(os, "fsync", fsync)
    order = an_order(Kind.EDIT, instruction=Instruction(prompt="a warmer evening"), sends=True)
    stage = Stage(tmp_path, "a.jpg", order=order)
    desk = ClusterDesk(stage.workplace, Limits())
    bench = Bench(order, stage.sources.roots, side(stage, desk, 7), stage.parts, SpyEditor(leaves), wait=bool)
    bench.work(desk.claim(7))
    ((is_synced, size, status),) = seen
    assert is_synced
    assert size >= 4 * 120 * 96
    assert status is Status.SENDING
    assert (stage.out / "a.jpg").exists()
    desk.end()


def test_the_room_of_a_lost_worker_is_given_back(stage, desk):
    desk.claim(7)
    side(stage, desk, 7).reserve(1, 9)
    desk.let_go(7)
    assert not list((stage.workplace.home / "returned").iterdir())


def test_on_a_full_disk_no_worker_begins_another_photo(stage, desk, monkeypatch):
    def full(*_):
        raise OutputError("There is no room.") from OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("privateedit.batch.returned.Returned.reserve", full)
    desk.claim(7)
    with pytest.raises(OutputError):
        side(stage, desk, 7).reserve(1, 9)
    assert desk.claim(8) is None


def test_after_the_clock_went_back_nothing_is_waited_for_longer_than_an_hour(stage, desk):
    for number in (1, 2, 3):
        assert desk.claim(7).number == number
    stage.roll.put_back(1, 1e12)
    assert desk.seconds() == 3600.0


def test_the_next_batch_waits_for_the_desk_of_an_earlier_one(stage, desk, monkeypatch):
    monkeypatch.setattr("privateedit.batch.locks._ORPHANS", 0.1)
    waits = []
    with pytest.raises(InputError, match="does not end"):
        stage.workplace.locks.await_orphans(lambda: waits.append(1))
    assert waits == [1]


def test_what_is_told_travels_whole(stage, desk):
    error = pickle.loads(pickle.dumps(desk.ask(7, "begin_send", 1)))  # noqa: S301 (just made)
    assert (type(error), error.message, error.exit_code) == (
        OutputError,
        "The photo is in another worker's hands.",
        2,
    )


def editing_on(tmp_path):
    """A stage whose only photo is edited by a worker of a cluster."""
    order = an_order(Kind.EDIT, instruction=Instruction(prompt="a warmer evening"), sends=True)
    stage = Stage(tmp_path, "a.jpg", order=order)
    desk, editor = ClusterDesk(stage.workplace, Limits()), SpyEditor(lambda payload: pixels(payload.data))
    bench = Bench(order, stage.sources.roots, side(stage, desk, 7), stage.parts, editor, wait=bool)
    return stage, desk, bench, editor


def test_an_answer_that_was_damaged_fails_its_photo_and_ends_no_worker(tmp_path):
    stage, desk, bench, editor = editing_on(tmp_path)
    desk.claim(6)
    earlier = side(stage, desk, 6)
    earlier.begin_send(1, {})
    earlier.keep(1, b"no picture", {})
    desk.let_go(6)
    bench.work(desk.claim(7))
    outcome = stage.roll.outcome(1)
    assert (outcome.status, outcome.failure, outcome.sent) == (Status.FAILED, DAMAGED, Sent.YES)
    assert (editor.calls, desk.claim(7)) == ([], None)


def test_an_output_whose_name_is_taken_fails_its_photo_and_ends_no_worker(tmp_path):
    stage, desk, bench, _ = editing_on(tmp_path)
    (stage.out / "a.jpg").write_bytes(b"a person's own")
    bench.work(desk.claim(7))
    outcome = stage.roll.outcome(1)
    assert (outcome.failure.error, outcome.sent) == ("OutputError", Sent.YES)
    assert stage.workplace.answer(1).exists()


def test_before_a_photo_leaves_again_the_desk_removes_what_came_back(stage, desk):
    desk.claim(7)
    worker = side(stage, desk, 7)
    worker.begin_send(1)
    worker.keep(1, b"answer", {})
    worker.fail(1, Failure("CannotAlign", 6, "No place.", Sent.YES))
    planning.try_again(stage.roll, sends=True, unknown=False, sent=True)
    claimed = desk.claim(8)
    assert (claimed.number, claimed.kept) == (1, False)
    assert stage.workplace.answer(1).exists()
    assert side(stage, desk, 8).begin_send(1) == 0
    assert not stage.workplace.answer(1).exists()
    desk.let_go(8)
    assert stage.roll.outcome(1).failure.message == LOST.message
