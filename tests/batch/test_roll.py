import threading

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.doubles.batches import Stage

from privateedit.batch import planning
from privateedit.batch.limits import Limits
from privateedit.batch.outcome import DAMAGED, Failure, Status
from privateedit.batch.pace import Pace
from privateedit.batch.recovery import recover
from privateedit.batch.roll import Roll
from privateedit.batch.sources import Found
from privateedit.batch.workplace import Workplace
from privateedit.errors import InputError, OutputError, Sent


def test_photos_are_claimed_once_and_in_order(tmp_path):
    stage = Stage(tmp_path, "a.jpg", "b.jpg", "c.jpg")
    other = Roll(stage.workplace.database)
    claimed = [stage.claim(), other.claim(1, stage.now), stage.claim(), other.claim(1, stage.now)]
    assert [each and each.name for each in claimed] == ["a.jpg", "b.jpg", "c.jpg", None]


def test_two_workers_at_once_never_claim_the_same(tmp_path):
    stage = Stage(tmp_path, *(f"{number:02}.jpg" for number in range(20)))
    seen, lock = [], threading.Lock()

    def work():
        roll = Roll(stage.workplace.database)
        while (claimed := roll.claim(0, 0.0)) is not None:
            with lock:
                seen.append(claimed.number)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(seen) == list(range(1, 21))


def test_a_photo_that_was_put_off_is_had_when_its_time_has_come(tmp_path):
    stage = Stage(tmp_path, "a.jpg")
    stage.roll.put_back(stage.claim().number, after=1010.0)
    assert stage.claim() is None
    assert stage.roll.next_time() == 1010.0
    stage.now = 1010.0
    assert stage.claim() is not None
    assert stage.roll.next_time() is None


def test_other_options_are_refused_and_the_same_go_on(tmp_path):
    roll = Roll(tmp_path / "photos.sqlite")
    assert roll.salt(b"first") == roll.salt(b"second") == b"first"
    roll.require_purpose(b"another")
    roll.require_purpose(b"mask")
    planning.plan(roll, [(b"1", Found(0, "a.jpg"))], lambda name: ".png", lambda out: False)
    roll.require_purpose(b"mask")
    with pytest.raises(InputError, match="other options"):
        roll.require_purpose(b"edit")


def test_another_versions_state_is_refused(tmp_path):
    roll = Roll(tmp_path / "photos.sqlite")
    roll.salt(b"salt")
    roll.base.execute("UPDATE about SET version = 99")
    roll.close()
    with pytest.raises(InputError, match="another version"):
        Roll(tmp_path / "photos.sqlite")


def test_a_file_that_is_no_database_is_an_error_in_words(tmp_path):
    (tmp_path / "photos.sqlite").write_bytes(b"something else" * 1000)
    with pytest.raises(OutputError, match="state of the batch"):
        Roll(tmp_path / "photos.sqlite")


def test_that_something_was_sent_is_never_taken_back(tmp_path):
    stage = Stage(tmp_path, "a.jpg")
    number = stage.claim().number
    for said, known in [(Sent.NO, "no"), (Sent.UNKNOWN, "unknown"), (Sent.NO, "unknown"), (Sent.YES, "yes")]:
        stage.roll.put_back(number, sent=said)
        assert stage.roll.outcome(number).sent == known
    stage.roll.failed(number, Failure("X", 5, "No.", Sent.UNKNOWN))
    assert stage.roll.outcome(number).sent is Sent.YES


def test_the_state_holds_no_place_no_words_and_no_pixels(tmp_path):
    stage = Stage(tmp_path / "ann-at-home", "a.jpg")
    stage.work()
    stage.roll.close()
    data = stage.workplace.database.read_bytes()
    assert b"a.jpg" in data
    assert b"ann-at-home" not in data
    assert str(tmp_path).encode() not in data


def test_a_change_that_fails_changes_nothing(tmp_path):
    stage = Stage(tmp_path, "a.jpg")
    with pytest.raises(OutputError), stage.roll.change() as base:
        base.execute("UPDATE items SET status = 'done'")
        base.execute("no statement")
    assert stage.outcomes()[0].status is Status.WAITING
    with pytest.raises(KeyError), stage.roll.change() as base:
        base.execute("UPDATE items SET status = 'done'")
        raise KeyError
    assert stage.outcomes()[0].status is Status.WAITING


class Killed(Exception):
    """Stands for kill -9: nothing that comes after it happens."""


KILLED = ("claimed", "removed", "sending", "left", "kept", "returned", "part", "done", "placed")
MOMENTS = (*KILLED, "never", "refused", "failed", "misfit", "damaged")
"""When a worker is killed, or how else it goes on with a photo."""


class Batches(RuleBasedStateMachine):
    """Workers that claim, send, keep answers, finish and are killed anywhere; runs that recover and go on.

    What leaves is counted outside of the state, at the moment that it leaves. Unless leave is given in the
    same run, no photo may leave that the service may have taken already. No answer is used but that to the
    last send. In the end each photo is done with one output, or told as unknown or as sent.
    """

    def __init__(self):
        super().__init__()
        import tempfile
        from pathlib import Path

        self.home = tempfile.TemporaryDirectory()
        self.workplace = Workplace(Path(self.home.name))
        self.workplace.make()
        self.roll = Roll(self.workplace.database)
        self.roll.base.execute("PRAGMA synchronous = OFF")
        self.roll.salt(b"x" * 16)
        self.left = {}
        self.may, self.removed = set(), set()
        self.plan()

    def plan(self):
        photos = ((bytes([number]) * 16, Found(0, f"{number}.jpg")) for number in range(4))
        planning.plan(self.roll, photos, lambda name: ".png", lambda out: False)

    @rule(moment=st.sampled_from(MOMENTS))
    def work(self, moment):
        claimed = self.roll.claim(0, 0.0)
        if claimed is None:
            return
        try:
            self.step(moment, "claimed")
            if not claimed.kept and not self.sent(claimed.number, moment):
                return
            if claimed.number in self.removed:  # and killed before the roll said that it leaves
                self.roll.failed(claimed.number, DAMAGED, keeping=False)
                return
            assert self.workplace.answer(claimed.number).read_bytes() == self.answer(claimed.number)
            if moment in {"misfit", "damaged"}:
                self.roll.failed(claimed.number, Failure("X", 6, "No.", Sent.YES), keeping=moment == "misfit")
                return
            self.workplace.write_part(claimed.number, b"output")
            self.step(moment, "part")
            self.roll.done(claimed.number, {})
            self.step(moment, "done")
            self.workplace.place(claimed.number, claimed.out)
            self.step(moment, "placed")
            self.workplace.drop(self.workplace.answer(claimed.number))
        except Killed:
            recover(self.roll, self.workplace)

    def sent(self, number, moment):
        """Send a photo, and tell whether what came back is kept."""

        def forget():
            self.workplace.returned.forget(number)
            self.removed.add(number)
            self.step(moment, "removed")

        assert Pace(self.roll, Limits()).begin_send(number, 0.0, None, forget) == 0
        self.step(moment, "sending")
        assert number not in self.left or number in self.may
        if moment == "refused":
            self.roll.put_back(number, sent=Sent.YES)
            return False
        self.may.discard(number)
        self.left[number] = self.left.get(number, 0) + 1
        self.step(moment, "left")
        if moment == "failed":
            self.roll.failed(number, Failure("X", 5, "No.", Sent.YES))
            return False
        self.workplace.answer(number).write_bytes(self.answer(number))
        self.removed.discard(number)
        self.step(moment, "kept")
        self.roll.returned(number, {"masked": 1})
        self.step(moment, "returned")
        return True

    def answer(self, number):
        return b"answer %d" % self.left[number]

    def step(self, moment, now):
        if moment == now:
            raise Killed

    @rule(unknown=st.booleans(), sent=st.booleans())
    def another_run(self, unknown, sent):
        recover(self.roll, self.workplace)
        self.plan()
        found = list(self.roll.outcomes())
        for each in found:
            if each.number in self.left:
                assert each.status in {Status.DONE, Status.FAILED} or self.roll.keeps(each.number)
        allowed = {Sent.UNKNOWN} if unknown else set()
        allowed |= {Sent.YES} if sent else set()
        self.may = {each.number for each in found if each.status is Status.FAILED and each.sent in allowed}
        planning.try_again(self.roll, sends=True, unknown=unknown, sent=sent)

    @invariant()
    def every_output_is_of_a_photo_that_is_done_and_the_other_way_round(self):
        outputs = {path.name for path in self.workplace.folder.glob("*.png")}
        done = {each.out for each in self.roll.outcomes() if each.status is Status.DONE}
        assert outputs == done

    @invariant()
    def what_left_is_done_kept_or_told(self):
        for each in self.roll.outcomes():
            if self.left.get(each.number):
                kept = self.workplace.answer(each.number).exists()
                assert each.status is Status.DONE or kept or each.sent is not Sent.NO

    @precondition(lambda self: all(e.status in (Status.DONE, Status.FAILED) for e in self.roll.outcomes()))
    @rule()
    def nothing_is_lost(self):
        assert len(list(self.roll.outcomes())) == 4

    def teardown(self):
        self.roll.close()
        self.home.cleanup()


TestBatches = Batches.TestCase
TestBatches.settings = settings(max_examples=25, stateful_step_count=14, deadline=None)


@pytest.mark.parametrize("first", ["left", "refused", "failed", "misfit", "damaged"])
@pytest.mark.parametrize("second", MOMENTS)
def test_whatever_comes_of_a_send_and_of_the_next_one_with_leave_nothing_is_sent_without(first, second):
    batches = Batches()
    try:
        batches.work(first)
        batches.another_run(unknown=True, sent=True)
        batches.work(second)
        for _ in range(2):
            batches.what_left_is_done_kept_or_told()
            batches.another_run(unknown=False, sent=False)
            batches.work("never")
    finally:
        batches.teardown()


def test_the_database_is_one_file_when_nobody_writes(tmp_path):
    stage = Stage(tmp_path, "a.jpg")
    assert stage.roll.base.execute("PRAGMA journal_mode").fetchone() == ("truncate",)
    assert stage.roll.base.execute("PRAGMA synchronous").fetchone() == (2,)


def test_what_was_paid_for_comes_first(tmp_path):
    stage = Stage(tmp_path, "a.jpg", "b.jpg", "c.jpg")
    stage.roll.base.execute("UPDATE items SET kept = 1 WHERE id = 3")
    assert [stage.claim().number for _ in range(3)] == [3, 1, 2]
