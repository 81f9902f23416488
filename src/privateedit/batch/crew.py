"""The crew: worker processes are started, listened to, replaced when they die, and stopped."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from privateedit.batch import worker
from privateedit.batch.outcome import Status
from privateedit.batch.recovery import left_behind, recover
from privateedit.batch.roll import Roll
from privateedit.batch.trouble import Trouble
from privateedit.batch.worker import Ended, Shift
from privateedit.errors import Missing, PrivateEditError

_LISTEN = 0.5  # seconds
_IN_VAIN = 3
"""Deaths, with no photo done or given up in between, after which workers are not replaced any more."""


@dataclass(slots=True)
class _Hand:
    """One worker: its process, the line to it, and the error it ended with."""

    process: BaseProcess
    line: Connection
    error: PrivateEditError | None = None
    told: bool = False


class Crew:
    """The worker processes of one run."""

    def __init__(self, shift: Shift, count: int, roll: Roll, tell: Callable[[int], None]) -> None:
        self._shift, self._roll, self._tell = shift, roll, tell
        self._count = count
        self._hands: dict[int, _Hand] = {}
        self._in_vain = 0
        self._trouble = Trouble()

    def work(self, stopping: Callable[[], bool]) -> None:
        """Work until nothing is left, or, once `stopping` tells so, until what was begun is ended.

        What ends one worker stops the others between photos: a send of theirs is never cut. So does
        an error of whoever is told or asked here. It is raised when all have ended.

        Raises:
            PrivateEditError: the workers cannot work, or die before they do anything.
            KeyboardInterrupt: a person does not want to wait; the workers were stopped at once.
        """
        try:
            for owner in range(self._count):
                self._start(owner)
            while self._hands:
                self._listen()
                if self._trouble.stops(stopping):
                    self._stop()
        except BaseException:
            self._end()
            raise
        self._trouble.raise_first()

    def _start(self, owner: int) -> None:
        with self._trouble.keeping():  # no room for a process more, say
            self._hands[owner] = self._started(owner)

    def _started(self, owner: int) -> _Hand:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=worker.process, args=(self._shift, owner, theirs), daemon=True)
        with _deaf():
            process.start()
        theirs.close()  # so that its end is heard
        return _Hand(process, ours)

    def _listen(self) -> None:
        lines = {hand.line: owner for owner, hand in self._hands.items()}
        for line in wait(list(lines), _LISTEN):
            owner = lines[line]  # type: ignore[index]
            hand = self._hands[owner]
            try:
                message = hand.line.recv()
            except (EOFError, OSError):
                with self._trouble.keeping():
                    self._ended(owner)
                continue
            if isinstance(message, Ended):
                self._in_vain = 0
                self._heard_of(message.number)
            elif isinstance(message, PrivateEditError):
                hand.error = message

    def _heard_of(self, number: int) -> None:
        with self._trouble.keeping():
            self._tell(number)

    def _ended(self, owner: int) -> None:
        """Settle what a worker left, and replace it if it died of itself."""
        hand = self._hands.pop(owner)
        hand.process.join()
        hand.line.close()
        if hand.error is not None:
            self._trouble.note(hand.error)
            recover(self._roll, self._shift.workplace, owner)
            return
        if hand.process.exitcode == 0:
            return
        lost = [number for number, _ in left_behind(self._roll, owner)]
        recover(self._roll, self._shift.workplace, owner, died=True)
        for number in lost:
            self._heard_of(number)
        # A photo that was given up will not be died of again: that is progress.
        given_up = any(self._roll.outcome(number).status is Status.FAILED for number in lost)
        self._in_vain = 0 if given_up else self._in_vain + 1
        if self._in_vain >= _IN_VAIN:
            self._trouble.note(
                Missing("The workers die as soon as they begin; try fewer of them with --workers.")
            )
        if not hand.told and self._trouble.first is None:
            self._start(owner)

    def _stop(self) -> None:
        for hand in self._hands.values():
            if not hand.told:
                hand.told = True
                try:
                    hand.line.send("stop")
                except OSError:
                    hand.error = None  # it has ended already, and is heard next

    def _end(self) -> None:
        """End all at once; what they were at is settled from the roll."""
        for hand in self._hands.values():
            hand.process.kill()  # they do not hear anything less
        for hand in self._hands.values():
            hand.process.join()
            hand.line.close()
        self._hands.clear()


@contextmanager
def _deaf() -> Iterator[None]:
    """Let whoever is started in the block not hear the terminal from its first moment on: the batch does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, signal.SIG_IGN) for each in worker.unheard()}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
