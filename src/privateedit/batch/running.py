"""A batch from beginning to end: plan, work, write down; whoever stops it, it goes on from there."""

from __future__ import annotations

import secrets
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from privateedit import wiring
from privateedit.batch import cluster, planning, worker
from privateedit.batch.aliases import count_aliases
from privateedit.batch.bench import require_frame
from privateedit.batch.contact_pages import write_pages
from privateedit.batch.crew import Crew
from privateedit.batch.departures import Departures
from privateedit.batch.folder_check import is_new, require_folders, require_unused
from privateedit.batch.limits import Halt, Limits
from privateedit.batch.opened_folders import forget_opened
from privateedit.batch.order import Order, place_of
from privateedit.batch.outcome import ENDED, Status, worst
from privateedit.batch.pace import Pace
from privateedit.batch.pauses import Pauses
from privateedit.batch.recovery import check_outputs, recover
from privateedit.batch.roll import Roll
from privateedit.batch.sources import Found, Sources
from privateedit.batch.stored import workplace_at
from privateedit.batch.trouble import Trouble
from privateedit.batch.watcher import MayBeGone, Watcher
from privateedit.batch.worker import Shift
from privateedit.batch.workplace import Workplace
from privateedit.errors import InputError, Sent

_SALT = 16  # bytes
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks for.

    Attributes:
        inputs: folders, files, patterns and addresses.
        listed: a file with names.
        folder: of the outputs.
        workers: how many processes, none of which takes this one along when it dies of a photo; 0 works in
            this process. None for as many as there are cores.
        limits: of sends.
        resend_unknown: leave to send photos again of which nobody knows whether they were sent.
        resend_failed: leave to send photos again whose send failed.
        cluster: the address of a Ray cluster; empty for the one that this machine belongs to; None to work
            on this machine alone.
    """

    inputs: Sequence[str]
    listed: Path | None
    folder: Path
    workers: int | None = 0
    limits: Limits = field(default_factory=Limits)
    resend_unknown: bool = False
    resend_failed: bool = False
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run ended: photos by what became of them.

    Attributes:
        total: photos that were found.
        done: of them, in this run or an earlier one.
        failed: of them, by exit code.
        waiting: those that were not begun or were put off.
        unknown: of those that are not done, how many may have been sent and nobody knows.
        halt: why the run stopped early, if it did of itself.
        interrupted: whether a person stopped it.
        sent: what PrivateEdit sent in this run.
    """

    total: int
    done: int
    failed: dict[int, int]
    waiting: int
    unknown: int
    halt: Halt | None = None
    interrupted: bool = False
    sent: Sent = Sent.NO

    @property
    def code(self) -> int:
        """The exit code: the worst of the photos'; 130 when a person stopped it."""
        return INTERRUPTED if self.interrupted else worst(self.failed)


def run_batch(order: Order, wanted: Wanted, watcher: Watcher, cores: int) -> Summary:
    """Do what is to be done with every photo that is not done yet, and return how it ended.

    Raises:
        InputError: an input, an option or the outputs' folder cannot be used; nothing was done.
        OutputError: the outputs' folder cannot be written.
        AuthenticationFailed, Missing: a part that every photo needs is not there.
        PrivateEditError: something unexpected, in a batch that sends.

    What was begun has ended, and is on record, before an error is raised; `sent` tells what left in this run.
    A watcher whose terminal or pipe is gone ends nothing.
    """
    watcher = MayBeGone(watcher)
    editor = worker.editor_of(order)
    if editor is not None:
        require_frame(editor, order)
    if wanted.cluster is not None:
        cluster.require_cluster(wanted.cluster)
    workplace = workplace_at(wanted.folder.expanduser().absolute(), order.store)
    sources = Sources(wanted.inputs, wanted.listed, workplace.folder, order.edited)
    if not workplace.database.exists():
        require_unused(workplace)  # before anything is made there
    workplace.make()
    with workplace.locks.alone():
        workplace.locks.await_orphans(watcher.waiting)
        roll = Roll(workplace.database)
        try:
            return _run(order, wanted, watcher, cores, _Place(workplace, sources, roll))
        finally:
            roll.close()


@dataclass(frozen=True, slots=True)
class _Place:
    workplace: Workplace
    sources: Sources
    roll: Roll


def _run(order: Order, wanted: Wanted, watcher: Watcher, cores: int, at: _Place) -> Summary:
    roll, workplace = at.roll, at.workplace
    salt = roll.salt(secrets.token_bytes(_SALT))
    roll.require_purpose(order.digest(salt))
    if is_new(roll):
        require_unused(workplace)
    recover(roll, workplace)
    _plan(order, at, salt)
    require_folders(roll, workplace)
    check_outputs(roll, workplace, sends=order.sends)
    planning.try_again(roll, sends=order.sends, unknown=wanted.resend_unknown, sent=wanted.resend_failed)
    before = _summary(roll)
    if not before.total:
        raise InputError("There is no photo in what was given.")
    workplace.write_outcomes(roll)
    watcher.planned(before.total, before.total - before.waiting, count_aliases(roll))

    def tell(number: int) -> None:
        outcome = roll.outcome(number)
        if outcome.status in ENDED:
            workplace.add_outcome(outcome.line())
            watcher.ended(outcome)

    pauses = Pauses(roll, wiring.precise_now, watcher.paused)
    departures, trouble = Departures(roll), Trouble()
    with _interruptible(watcher.stopping) as stop:
        stopping = pauses.looking(stop.is_set) if order.sends else stop.is_set
        try:
            with trouble.keeping():
                _work(order, wanted, at, before.waiting, cores, tell, stopping)
        except KeyboardInterrupt:
            stop.set()
        finally:
            _write_down(at, trouble)
    if trouble.first is not None:
        raise departures.telling(trouble.first) if order.sends else trouble.first
    workplace.sweep()
    return replace(_summary(roll, interrupted=stop.is_set()), sent=departures.sent())


def _write_down(at: _Place, trouble: Trouble) -> None:
    """Settle what was begun, and tell of all; what cannot be written keeps nothing else from it."""
    with trouble.keeping():
        recover(at.roll, at.workplace)
    with trouble.keeping():
        at.workplace.write_outcomes(at.roll)
    with trouble.keeping():
        write_pages(at.roll, at.workplace)


def _plan(order: Order, at: _Place, salt: bytes) -> None:
    roots = at.sources.roots
    found = ((place_of(salt, roots[each.root].place(each.path)), each) for each in at.sources)

    def real_of(each: Found) -> bytes | None:
        real = roots[each.root].real(each.path)
        return None if real is None else place_of(salt, real)

    planning.plan(at.roll, found, order.ending_of, at.workplace.holds, real_of)
    forget_opened(at.roll, roots, salt)


def _work(
    order: Order,
    wanted: Wanted,
    at: _Place,
    waiting: int,
    cores: int,
    tell: Callable[[int], None],
    stopping: Callable[[], bool],
) -> None:
    if not waiting or (order.sends and Pace(at.roll, wanted.limits).ends_before_it_begins()):
        return
    roots = tuple(at.sources.roots)
    if wanted.cluster is not None:
        shift = Shift(order, roots, at.workplace, wanted.limits, threads=1)
        cluster.work_on_cluster(shift, wanted.workers, waiting, tell, stopping)
        return
    count = min(cores if wanted.workers is None else wanted.workers, waiting)
    # A worker is a core: who asks for fewer keeps the others. Few photos have all cores between them.
    threads = 1 if wanted.workers is not None else max(1, cores // max(1, count))
    shift = Shift(order, roots, at.workplace, wanted.limits, threads)
    if count == 0:
        worker.run(shift, 0, stopping, tell)
    else:
        Crew(shift, count, at.roll, tell).work(stopping)


def _summary(roll: Roll, *, interrupted: bool = False) -> Summary:
    found = planning.counts(roll)
    failed: Counter[int] = Counter()
    for (status, code, _), count in found.items():
        if status == Status.FAILED:
            failed[code] += count
    done = sum(count for (status, _, _), count in found.items() if status == Status.DONE)
    total = sum(found.values())
    unknown = sum(n for (status, _, sent), n in found.items() if status != Status.DONE and sent == "unknown")
    waiting = total - done - failed.total()
    return Summary(total, done, dict(failed), waiting, unknown, Pace(roll, Limits()).halted(), interrupted)


@contextmanager
def _interruptible(stopping: Callable[[], None]) -> Iterator[threading.Event]:
    """Give an event that the first Ctrl-C sets; the second one is raised.

    Whoever closes the terminal or ends the process kindly asks as the first Ctrl-C does, however often.
    """
    asked = threading.Event()

    def stop(number: int, frame: object) -> None:
        if asked.is_set():
            if number == signal.SIGINT:
                raise KeyboardInterrupt
            return
        asked.set()
        stopping()

    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    earlier = {each: signal.signal(each, stop) for each in worker.unheard()}
    try:
        yield asked
    finally:
        for each, handler in earlier.items():
            signal.signal(each, handler)
