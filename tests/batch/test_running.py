import json
import multiprocessing
import os
import signal
import sys
import time
from dataclasses import replace

import pytest
from tests.doubles.batches import an_order, parts_that_see_red, write_photos
from tests.doubles.ports import SpyEditor
from tests.standins.pictures import pixels

from privateedit import wiring
from privateedit.batch import crew, running, worker
from privateedit.batch.limits import Halt, Limits
from privateedit.batch.order import Kind
from privateedit.batch.outcome import GONE, Status
from privateedit.batch.pace import Pace
from privateedit.batch.running import Summary, Wanted, run_batch
from privateedit.core.edit import Instruction
from privateedit.errors import ExtraMissing, InputError, Missing, OutputError, PrivateEditError, Sent


class Watching:
    def __init__(self, at=None, do=None):
        self.totals, self.aliases, self.seen, self.stops, self.pauses = [], 0, [], 0, []
        self._at, self._do = at, do

    def waiting(self):
        self.stops += 100

    def planned(self, total, ended, aliases):
        self.totals.append((total, ended))
        self.aliases = aliases

    def ended(self, outcome):
        self.seen.append(outcome.name)
        if len(self.seen) == self._at:
            self._do()

    def paused(self, seconds):
        self.pauses.append(seconds)

    def stopping(self):
        self.stops += 1


@pytest.fixture(autouse=True)
def parts(monkeypatch):
    made = parts_that_see_red()
    monkeypatch.setattr(wiring, "parts", lambda: made)
    return made


@pytest.fixture
def wanted(tmp_path):
    photos = write_photos(tmp_path / "in", "a.jpg", "b.broken.jpg", "sub/c.jpg", "sub/d.png")
    return Wanted([str(photos)], None, tmp_path / "out")


def run(wanted, order=None, watcher=None):
    return run_batch(order or an_order(), wanted, watcher or Watching(), cores=1)


def told(wanted):
    return [json.loads(line) for line in (wanted.folder / "outcomes.jsonl").read_text().splitlines()]


def test_a_batch_from_beginning_to_end(wanted):
    watching = Watching()
    summary = run(wanted, watcher=watching)
    assert summary == Summary(4, 3, {2: 1}, 0, 0)
    assert summary.code == 2
    assert watching.totals == [(4, 0)]
    assert watching.seen == ["a.jpg", "b.broken.jpg", "sub/c.jpg", "sub/d.png"]
    assert [each["out"] for each in told(wanted)] == ["a.png", None, "sub/c.png", "sub/d.png"]
    assert (wanted.folder / "contact-sheet" / "0001.jpg").exists()
    assert sorted(path.name for path in wanted.folder.rglob("*.png")) == ["a.png", "c.png", "d.png"]


def test_other_names_of_photos_are_counted(wanted, tmp_path):
    (tmp_path / "in" / "link.jpg").symlink_to("a.jpg")
    watching = Watching()
    assert run(wanted, watcher=watching).total == 4
    assert (watching.aliases, told(wanted)[0]["also"]) == (1, ["link.jpg"])


def test_again_nothing_is_done_twice_and_bad_input_is_named_again(wanted, parts):
    run(wanted)
    count = len(parts.journal.written)
    before = {path: path.stat().st_mtime_ns for path in wanted.folder.rglob("*.png")}
    watching = Watching()
    assert run(wanted, watcher=watching).code == 2
    assert watching.totals == [(4, 3)]
    assert watching.seen == ["b.broken.jpg"]
    assert len(parts.journal.written) == count
    assert {path: path.stat().st_mtime_ns for path in wanted.folder.rglob("*.png")} == before
    assert len(told(wanted)) == 4


def test_a_pause_is_told_where_a_batch_sends_and_only_there(wanted, monkeypatch):
    real, order = (
        running._plan,
        an_order(Kind.EDIT, instruction=Instruction(preset="warm"), provider="studio"),
    )

    def paused(order, at, salt):
        real(order, at, salt)
        running.Pace(at.roll, Limits()).pause(wiring.precise_now() + 600.0)

    monkeypatch.setattr(running, "_plan", paused)
    silent, watching = Watching(), Watching()
    run(wanted, order, silent)
    assert silent.pauses == []
    run(replace(wanted, folder=wanted.folder.with_name("2")), replace(order, sends=True), watching)
    assert 590 < watching.pauses[0] <= 600


def test_a_first_interrupt_ends_what_was_begun_and_the_next_run_goes_on(wanted):
    watching = Watching(1, lambda: signal.raise_signal(signal.SIGINT))
    summary = run(wanted, watcher=watching)
    assert (summary.code, summary.interrupted, summary.done, summary.waiting) == (130, True, 1, 3)
    assert watching.stops == 1
    assert len(told(wanted)) == 1
    assert run(wanted).done == 3


def test_a_second_interrupt_stops_at_once_and_the_next_run_goes_on(wanted):
    def twice():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    assert run(wanted, watcher=Watching(1, twice)).code == 130
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert run(wanted).done == 3


def test_other_options_need_another_folder(wanted):
    run(wanted)
    with pytest.raises(InputError, match="other options"):
        run(wanted, an_order(ending=".webp"))


def test_nothing_to_do_is_said(tmp_path, wanted):
    (tmp_path / "empty").mkdir()
    empty = replace(wanted, inputs=[str(tmp_path / "empty")])
    with pytest.raises(InputError, match="no photo"):
        run(empty, an_order(ending=".webp"))
    assert run(wanted).done == 3  # nothing was planned, so other options are as good


@pytest.mark.parametrize("name", ["outcomes.jsonl", "contact-sheet/0001.jpg"])
def test_what_a_person_has_in_the_folder_stays_as_it_is(wanted, name):
    write_photos(wanted.folder, name)
    before = (wanted.folder / name).read_bytes()
    with pytest.raises(InputError, match="not this batch"):
        run(wanted)
    assert [path.relative_to(wanted.folder).as_posix() for path in wanted.folder.rglob("*.*")] == [name]
    assert (wanted.folder / name).read_bytes() == before


def test_a_state_without_photos_makes_nothing_in_the_folder_the_batchs_own(wanted, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no photo"):
        run(replace(wanted, inputs=[str(tmp_path / "empty")]))
    (wanted.folder / "outcomes.jsonl").write_text("a person's own")
    with pytest.raises(InputError, match="not this batch"):
        run(wanted)
    assert (wanted.folder / "outcomes.jsonl").read_text() == "a person's own"


def test_no_photo_is_done_whose_output_would_follow_a_link(wanted, tmp_path, parts):
    (wanted.folder).mkdir()
    (tmp_path / "elsewhere").mkdir()
    (wanted.folder / "sub").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=r"sub.*link"):
        run(wanted)
    assert not parts.journal.written
    (wanted.folder / "sub").unlink()
    assert run(wanted).done == 3
    assert not list((tmp_path / "elsewhere").iterdir())


def test_no_photo_is_done_whose_folder_cannot_be_made(wanted, parts):
    wanted.folder.mkdir()
    (wanted.folder / "sub").write_text("a person's own")
    with pytest.raises(InputError, match="sub is no folder"):
        run(wanted)
    assert not parts.journal.written


def test_a_link_that_leads_nowhere_keeps_its_name(wanted):
    wanted.folder.mkdir()
    (wanted.folder / "a.png").symlink_to("nowhere")
    assert run(wanted).done == 3
    assert (wanted.folder / "a.png").is_symlink()
    assert (wanted.folder / "a-2.png").exists()


def test_edited_pictures_among_the_photos_are_not_taken_for_photos(wanted, tmp_path):
    edited = write_photos(tmp_path / "in" / "edited", "a.png")
    summary = run(replace(wanted, inputs=[str(tmp_path / "in")]), an_order(Kind.RESTORE, edited=edited))
    assert summary.total == 4
    assert not [each for each in told(wanted) if each["name"].startswith("edited")]


def test_options_that_no_photo_can_have_are_refused_before_anything(wanted, monkeypatch):
    monkeypatch.setattr(
        running, "require_frame", lambda editor, order: (_ for _ in ()).throw(InputError("No."))
    )
    order = an_order(Kind.EDIT, instruction=Instruction(preset="warm"), provider="studio")
    with pytest.raises(InputError):
        run(wanted, order)
    assert not wanted.folder.exists()


def test_one_batch_in_a_folder(wanted):
    def again():
        with pytest.raises(InputError, match="Another batch"):
            run(wanted)
        tried.append(True)

    tried = []
    run(wanted, watcher=Watching(1, again))
    assert tried


@pytest.mark.parametrize(
    ("workers", "cores", "expected"),
    [
        (None, 2, (2, 1)),
        (None, 8, (4, 2)),  # four photos: each has two cores
        (1, 8, (1, 1)),
        (3, 2, (3, 1)),
        (9, 2, (4, 1)),
    ],
)
def test_a_worker_is_a_core_and_few_photos_share_all_of_them(wanted, monkeypatch, workers, cores, expected):
    hired = []

    class Hired:
        def __init__(self, shift, count, roll, tell):
            hired.append((count, shift.threads))

        def work(self, stopping):
            pass

    monkeypatch.setattr(running, "Crew", Hired)
    run_batch(an_order(), replace(wanted, workers=workers), Watching(), cores=cores)
    assert hired == [expected]


def test_a_cluster_gets_the_same_shift_and_what_it_leaves_is_settled(wanted, monkeypatch):
    def work(shift, count, waiting, tell, stopping):
        asked.append((shift.order, len(shift.roots), count, waiting, stopping()))
        roll = running.Roll(shift.workplace.database)
        claimed = roll.claim(0, 0.0)
        shift.workplace.write_part(claimed.number, b"made elsewhere")
        roll.done(claimed.number, {})
        tell(claimed.number)
        roll.claim(1, 0.0)
        roll.close()

    asked, found, watching = [], [], Watching()
    monkeypatch.setattr(running.cluster, "require_cluster", found.append)
    monkeypatch.setattr(running.cluster, "work_on_cluster", work)
    summary = run(replace(wanted, workers=None, cluster="head:6379"), watcher=watching)
    assert found == ["head:6379"]
    assert asked == [(an_order(), 1, None, 4, False)]
    assert (summary.done, summary.waiting, watching.seen) == (1, 3, ["a.jpg"])
    assert (wanted.folder / "a.png").read_bytes() == b"made elsewhere"


def test_without_a_cluster_nothing_is_planned(wanted, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ExtraMissing):
        run(replace(wanted, cluster=""))
    assert not wanted.folder.exists()


def test_outputs_can_lie_in_storage(wanted, tmp_path):
    order = an_order(store=f"file://{tmp_path}/store")
    assert run(wanted, order).done == 3
    assert sorted(path.name for path in (tmp_path / "store").rglob("*.png")) == ["a.png", "c.png", "d.png"]
    assert not list(wanted.folder.rglob("*.png"))
    with pytest.raises(InputError, match="other options"):
        run(wanted, an_order(store=f"file://{tmp_path}/elsewhere"))


def test_the_exit_code_is_the_worst():
    assert Summary(3, 1, {2: 1, 6: 1}, 0, 0).code == 6
    assert Summary(3, 3, {}, 0, 0).code == 0
    assert Summary(3, 2, {}, 1, 0, Halt.CEILING).code == 0
    assert Summary(3, 1, {6: 1}, 1, 0, interrupted=True).code == 130


def test_a_batch_in_a_thread_leaves_signals_alone(wanted):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(run, replace(wanted, limits=Limits())).result().done == 3


def test_an_output_that_was_taken_away_is_made_again(wanted):
    run(wanted)
    made = (wanted.folder / "a.png").read_bytes()
    (wanted.folder / "a.png").unlink()
    watching = Watching()
    assert run(wanted, watcher=watching).done == 3
    assert watching.seen == ["a.jpg", "b.broken.jpg"]
    assert (wanted.folder / "a.png").read_bytes() == made


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGHUP])
def test_whoever_ends_it_kindly_is_heard_as_the_first_ctrl_c(wanted, kind):
    before = signal.getsignal(kind)

    def often():
        for _ in range(3):
            signal.raise_signal(kind)

    watching = Watching(1, often)
    summary = run(wanted, watcher=watching)
    assert (summary.code, summary.interrupted, summary.done, watching.stops) == (130, True, 1, 1)
    assert signal.getsignal(kind) is before
    assert run(wanted).done == 3


def dies(shift, owner, line):
    os.kill(os.getpid(), signal.SIGKILL)


def test_one_worker_that_dies_does_not_take_the_batch_along(wanted, monkeypatch):
    monkeypatch.setattr(worker, "process", dies)
    monkeypatch.setattr(crew, "get_context", lambda kind: multiprocessing.get_context("fork"))
    with pytest.raises(Missing, match="die"):
        run(replace(wanted, workers=1))


def test_a_name_too_long_for_a_file_fails_alone(wanted, tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_text(f"{tmp_path}/in/a.jpg\n{'n' * 300}.jpg\n{tmp_path}/{'m' * 300}/x.jpg\n")
    summary = run(Wanted([], listed, wanted.folder))
    assert (summary.done, summary.failed) == (1, {2: 2})


def sends_and_ends(shift, owner, line):
    """One worker sends a.jpg and ends it when another is sending, which takes a while then.

    No photo after these two ends before the second, however slow a worker is.
    """
    roll = running.Roll(shift.workplace.database)
    while not line.poll() and (claimed := roll.claim(owner, 0.0)) is not None:
        Pace(roll, Limits()).begin_send(claimed.number, 0.0)
        while claimed.number == 1 and roll.outcome(2).status is not Status.SENDING:
            time.sleep(0.01)
        if claimed.number != 1:
            time.sleep(1)
        while claimed.number > 2 and roll.outcome(2).status is not Status.DONE:
            time.sleep(0.01)
        roll.returned(claimed.number, {})
        roll.done(claimed.number, {})
        line.send(worker.Ended(claimed.number))


@pytest.fixture
def sending(wanted, monkeypatch):
    """A batch of two workers that sends."""
    monkeypatch.setattr(worker, "process", sends_and_ends)
    monkeypatch.setattr(crew, "get_context", lambda kind: multiprocessing.get_context("fork"))
    order = an_order(Kind.EDIT, instruction=Instruction(preset="warm"), provider="studio", sends=True)
    return replace(wanted, workers=2), order


def raises(error):
    def fail(*_):
        raise error

    return fail


def test_a_full_disk_cuts_no_send_and_the_error_says_that_something_left(sending, monkeypatch):
    monkeypatch.setattr(running.Workplace, "add_outcome", raises(OutputError("The disk is full.")))
    with pytest.raises(OutputError) as caught:
        run(*sending)
    assert caught.value.sentence == "The disk is full. The masked picture was sent."
    assert [(each["status"], each["sent"]) for each in told(sending[0])][:2] == [("done", "yes")] * 2


def test_outcomes_that_cannot_be_written_at_the_end_say_what_left_too(sending, monkeypatch):
    real, calls = running.Workplace.write_outcomes, []

    def write(workplace, roll):
        calls.append(roll)
        if len(calls) > 1:
            raise OutputError("The disk is full.")
        real(workplace, roll)

    monkeypatch.setattr(running.Workplace, "write_outcomes", write)
    with pytest.raises(OutputError, match="full") as caught:
        run(*sending)
    assert caught.value.sent is Sent.YES


def test_something_unexpected_in_a_batch_that_sends_says_what_left(sending):
    watching = Watching(1, raises(ValueError("secret")))
    with pytest.raises(PrivateEditError, match="unexpected") as caught:
        run(*sending, watching)
    assert (caught.value.exit_code, caught.value.sent) == (1, Sent.YES)
    assert watching.seen[:2] == ["a.jpg", "b.broken.jpg"]
    assert [each["sent"] for each in told(sending[0])][:2] == ["yes", "yes"]


def test_a_watcher_whose_pipe_is_gone_ends_nothing(sending):
    watching = Watching()
    for name in ("planned", "ended", "paused"):
        setattr(watching, name, raises(BrokenPipeError()))
    assert run(*sending, watching).done == 4


def test_an_error_of_a_batch_that_sends_nothing_stays_as_it_is(wanted):
    with pytest.raises(ValueError):
        run(wanted, watcher=Watching(1, raises(ValueError())))


class Killed(BaseException):
    """Stands for whatever ends a run at once."""


@pytest.fixture
def served(wanted, tmp_path, monkeypatch):
    """A batch of one photo, by a service whose answers are listed."""

    def answer(payload):
        return answers.pop(0)(payload)

    answers, editor = [], SpyEditor(answer)
    monkeypatch.setattr(worker, "editor_of", lambda order: editor)
    order = an_order(Kind.EDIT, instruction=Instruction(preset="warm"), provider="spy", sends=True)
    one = replace(wanted, inputs=[str(write_photos(tmp_path / "one", "a.jpg"))])
    return one, order, editor, answers


def lost(wanted, order, answers):
    """Have a run killed in the send of its only photo."""
    answers.append(raises(Killed()))
    with pytest.raises(Killed):
        run(wanted, order)
    assert [(each["status"], each["sent"]) for each in told(wanted)] == [("failed", "unknown")]


def test_leave_that_comes_to_nothing_changes_nothing_and_nothing_is_loaded_for_it(served, monkeypatch):
    wanted, order, editor, answers = served
    lost(wanted, order, answers)
    before = told(wanted)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "run", raises(AssertionError("It has nothing to do.")))
        allowed = replace(wanted, resend_unknown=True, limits=Limits(at_most=1))
        summary = run(allowed, order)
    assert summary == Summary(1, 0, {5: 1}, 0, 1, Halt.CEILING)
    assert told(wanted) == before
    assert run(wanted, order) == Summary(1, 0, {5: 1}, 0, 1)
    assert len(editor.calls) == 1
    answers.append(lambda payload: pixels(payload.data))
    assert run(replace(wanted, resend_unknown=True), order).done == 1


def test_what_may_have_left_is_told_while_it_waits_to_be_sent_again(served):
    wanted, order, editor, answers = served
    lost(wanted, order, answers)
    before = told(wanted)
    watching = Watching()
    watching.planned = lambda *_: seen.extend(told(wanted)) or raises(Killed())()
    seen = []
    with pytest.raises(Killed):
        run(replace(wanted, resend_unknown=True), order, watching)
    assert seen == before == told(wanted)
    assert run(wanted, order).unknown == 1
    assert len(editor.calls) == 1


def test_what_left_is_told_when_its_photo_is_moved_away_and_finished_when_it_is_back(served, tmp_path):
    wanted, order, editor, answers = served
    photos = write_photos(tmp_path / "one", "a.jpg", "b.jpg")
    answers += [lambda payload: pixels(payload.data)] * 2
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr("privateedit.pipeline.restore", raises(Killed()))
        run(wanted, order)
    (photos / "a.jpg").rename(tmp_path / "a.jpg")
    assert run(wanted, order) == Summary(1, 1, {}, 0, 0, sent=Sent.YES)
    lines = [(each["name"], each["status"], each["sent"], each["message"]) for each in told(wanted)]
    assert lines == [("a.jpg", "failed", "yes", GONE.message), ("b.jpg", "done", "yes", None)]
    (tmp_path / "a.jpg").rename(photos / "a.jpg")
    assert run(wanted, order).done == 2
    assert len(editor.calls) == 2


def test_a_folder_that_was_closed_is_told_until_it_is_opened(wanted, monkeypatch):
    real = os.scandir

    def closed(path="."):
        if str(path).endswith("sub"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", closed)
        assert run(wanted).failed == {2: 2}
        assert [each["name"] for each in told(wanted)] == ["a.jpg", "b.broken.jpg", "sub"]
    assert run(wanted) == Summary(4, 3, {2: 1}, 0, 0)
    names = [each["name"] for each in told(wanted)]
    assert names == ["a.jpg", "b.broken.jpg", "sub/c.jpg", "sub/d.png"]
