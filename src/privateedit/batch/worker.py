"""A worker process: takes photos from the roll until there are none, and ends when its batch does."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

import cv2
import numpy as np

from privateedit import memory, wiring
from privateedit.batch.bench import Bench
from privateedit.batch.desk import LocalDesk
from privateedit.batch.limits import Limits
from privateedit.batch.order import Kind, Order
from privateedit.batch.pace import seconds_to_next
from privateedit.batch.roll import Roll
from privateedit.batch.sources import Root
from privateedit.batch.workplace import Workplace
from privateedit.core.parts import Parts
from privateedit.core.ports import Editor
from privateedit.errors import PrivateEditError

_LOOK = 0.25  # seconds between looks at whether to stop
_WARM = (480, 640, 3)


@dataclass(frozen=True, slots=True)
class Shift:
    """What a worker is told once.

    Attributes:
        order: what to do.
        roots: what names are relative to.
        workplace: the outputs' folder.
        limits: of sends.
        threads: how many OpenCV may use, so that workers do not fight for cores.
    """

    order: Order
    roots: tuple[Root, ...]
    workplace: Workplace
    limits: Limits
    threads: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A message: this photo ended, one way or another."""

    number: int


def run(shift: Shift, owner: int, stopping: Callable[[], bool], tell: Callable[[int], None]) -> None:
    """Work until nothing is left that may be begun.

    Args:
        shift: see `Shift`.
        owner: this worker's number, which nobody else has at the same time.
        stopping: whether the batch is to stop; asked between photos and while waiting.
        tell: is told the number of each photo that was worked on.

    Raises:
        PrivateEditError: the worker cannot work at all.
    """
    with shift.workplace.locks.slot(owner):
        settle(shift)
        roll = Roll(shift.workplace.database)
        try:
            _work_through(roll, _bench(shift, roll, stopping), owner, stopping, tell)
        finally:
            roll.close()


def settle(shift: Shift) -> None:
    """Let this process be one worker of many: with its share of the cores, and memory for the next photo."""
    cv2.setNumThreads(shift.threads)
    memory.keep_for_the_next()


def _work_through(
    roll: Roll, bench: Bench, owner: int, stopping: Callable[[], bool], tell: Callable[[int], None]
) -> None:
    while not stopping():
        claimed = roll.claim(owner, wiring.precise_now())
        if claimed is not None:
            bench.work(claimed)
            tell(claimed.number)
            continue
        seconds = seconds_to_next(roll, wiring.precise_now())
        if seconds is None or not waited(seconds, stopping):
            return


def waited(seconds: float, stopping: Callable[[], bool]) -> bool:
    """Wait, and return True; return False as soon as the batch is to stop."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if stopping():
            return False
        time.sleep(min(left, _LOOK))
    return not stopping()


def _bench(shift: Shift, roll: Roll, stopping: Callable[[], bool]) -> Bench:
    parts = warmed_parts()
    return Bench(
        shift.order,
        shift.roots,
        LocalDesk(roll, shift.workplace, shift.limits, wiring.precise_now),
        parts,
        editor_of(shift.order),
        wait=lambda seconds: waited(seconds, stopping),
    )


def warmed_parts() -> Parts:
    """Return the parts with the detector loaded: a model that is missing is told before any photo.

    Raises:
        Missing: it is missing.
    """
    parts = wiring.parts()
    parts.detector.detect(np.zeros(_WARM, np.uint8))
    return parts


def editor_of(order: Order) -> Editor | None:
    """Return who edits; the key comes from this process's own settings.

    Raises:
        InputError, AuthenticationFailed: it cannot be used.
    """
    if order.kind is not Kind.EDIT:
        return None
    return wiring.editor(order.provider, model=order.model, options=order.options)


def process(shift: Shift, owner: int, line: Connection) -> None:
    """Work in a process of its own; `line` leads to the batch, and its end is the batch's end.

    The batch sends nothing but one word to stop. This side sends `Ended`, and the error that it cannot work
    with.
    """
    for each in unheard():  # the batch says when to stop
        signal.signal(each, signal.SIG_IGN)
    try:
        run(shift, owner, lambda: _told_to_stop(line), lambda number: _say(line, Ended(number)))
    except PrivateEditError as error:
        _say(line, error)


def unheard() -> list[signal.Signals]:
    """Return the signals that a terminal or the system sends to the batch and its workers alike."""
    return [getattr(signal, name) for name in ("SIGINT", "SIGHUP", "SIGTERM") if hasattr(signal, name)]


def _told_to_stop(line: Connection) -> bool:
    # Something to read is the word to stop or the end of the line: the batch is gone.
    try:
        return line.poll()
    except OSError:
        return True


def _say(line: Connection, message: object) -> None:
    try:
        line.send(message)
    except OSError:
        return  # the batch is gone; what was done is on the roll
