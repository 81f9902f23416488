"""The desk of a batch on a cluster: on the machine with the roll, one for all workers, one request at a time.

A worker that is taken for dead may live on behind a broken line. Each worker has a number that no other one
gets, and whatever it tells of a photo that is not in its hands any more is refused: so it can neither send
nor name an output.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from privateedit import wiring
from privateedit.batch.desk import Facts, LocalDesk
from privateedit.batch.limits import Halt, Limits, is_hopeless
from privateedit.batch.outcome import Failure, Status
from privateedit.batch.pace import seconds_to_next
from privateedit.batch.recovery import left_behind, recover
from privateedit.batch.roll import Claimed, Roll, telling_trouble
from privateedit.batch.workplace import Workplace
from privateedit.errors import OutputError, PrivateEditError, Sent

Ask = Callable[..., Any]
"""Asks the desk: a name of what is asked, a photo's number, and more; raises what the desk raises."""

_IN_HAND = frozenset((Status.WORKING, Status.SENDING, Status.RETURNED))
_WHEN: dict[str, frozenset[Status]] = {
    **dict.fromkeys(("begin_send", "put_back", "offer_again", "show"), _IN_HAND),
    **dict.fromkeys(("reserve", "keep", "kept", "forget_answer", "digest_of", "finish"), _IN_HAND),
    # Its name could not be given, or how it ended not be recorded, or its answer not be used.
    **dict.fromkeys(("is_sending", "fail"), _IN_HAND | {Status.DONE, Status.FAILED}),
    "withdraw": frozenset((Status.DONE,)),
}
"""How far a photo must be for what a worker asks about it."""
_OF_ALL = frozenset(("service_failed", "halt", "pause"))
"""What is not about one photo."""


class ClusterDesk:
    """Keeps the roll; every change of it that a cluster makes goes through here."""

    def __init__(self, workplace: Workplace, limits: Limits) -> None:
        self._open = ExitStack()
        self._open.enter_context(workplace.locks.slot(0))  # whoever begins a batch waits for this one
        self._workplace, self._roll = workplace, Roll(workplace.database)
        self._desk = LocalDesk(self._roll, workplace, limits, wiring.precise_now)
        self._closing = False
        self._gone: set[int] = set()

    def claim(self, owner: int) -> Claimed | None:
        """Give the next photo to a worker; None when there is none to be had now."""
        return None if self._closing else self._roll.claim(owner, wiring.precise_now())

    def seconds(self) -> float | None:
        """Return seconds until a photo that was put off may be tried; None when nothing waits."""
        return None if self._closing else seconds_to_next(self._roll, wiring.precise_now())

    def let_go(self, owner: int, *, died: bool = True) -> dict[int, bool]:
        """Settle what a worker had that works no more, and return its photos and which were given up.

        Args:
            owner: the worker's number; whatever it says from now on is refused.
            died: whether it is dead or taken for it, so that a photo may be the reason.
        """
        self._gone.add(owner)
        lost = [number for number, _ in left_behind(self._roll, owner)]
        recover(self._roll, self._workplace, owner, died=died)
        return {number: self._roll.outcome(number).status is Status.FAILED for number in lost}

    def close(self) -> None:
        """Let nothing leave from now on, and no photo begin."""
        self._closing = True

    def end(self) -> None:
        """Let the roll go."""
        self._roll.close()
        self._open.close()

    def ask(self, owner: int, name: str, number: int, *more: Any) -> Any:  # noqa: ANN401 (each its own)
        """Do what a worker asks about its photo; an error is returned, not raised, so that it travels whole.

        Args:
            owner: the worker's number.
            name: of a method of `Desk`.
            number: the photo's.
            more: what the method takes.
        """
        try:
            if owner in self._gone:
                raise OutputError("The worker was taken for dead.")
            if name in _OF_ALL:
                return getattr(self._desk, name)(*more)
            self._require_held(owner, name, number)
            if name == "begin_send" and self._closing:
                return None
            if name == "finish":
                return self._finish(number, *more)
            return getattr(self._desk, name)(number, *more)
        except PrivateEditError as error:
            if is_hopeless(error):  # seen here: the reason, that the disk is full, does not travel
                self._desk.halt(Halt.HOPELESS)
            return error

    def _require_held(self, owner: int, name: str, number: int) -> None:
        with telling_trouble():
            row = self._roll.base.execute(
                "SELECT owner, status FROM items WHERE id = ?", (number,)
            ).fetchone()
        if row is None or row[0] != owner or row[1] not in _WHEN.get(name, ()):
            raise OutputError("The photo is in another worker's hands.")

    def _finish(self, number: int, out: str, delivered: str, facts: Facts) -> None:
        self._workplace.receive(number, delivered)
        self._desk.settle(number, out, facts)


class RemoteDesk:
    """A worker's side: outputs go to the folder that all share, or to storage; the rest to the desk."""

    def __init__(self, workplace: Workplace, worker: str, ask: Ask) -> None:
        self._workplace, self._worker, self._ask = workplace, worker, ask

    def is_sending(self, number: int) -> bool:
        """See `Desk`."""
        return bool(self._ask("is_sending", number))

    def reserve(self, number: int, size: int) -> None:
        """See `Desk`."""
        self._ask("reserve", number, size)

    def begin_send(self, number: int, facts: Facts | None = None) -> float | None:
        """See `Desk`."""
        seconds = self._ask("begin_send", number, facts)
        return None if seconds is None else float(seconds)

    def put_back(self, number: int) -> None:
        """See `Desk`."""
        self._ask("put_back", number)

    def offer_again(self, number: int, seconds: float, sent: Sent) -> None:
        """See `Desk`."""
        self._ask("offer_again", number, seconds, sent)

    def pause(self, seconds: float) -> None:
        """See `Desk`."""
        self._ask("pause", 0, seconds)

    def show(self, number: int, data: bytes) -> None:
        """See `Desk`."""
        self._ask("show", number, data)

    def keep(self, number: int, data: bytes, facts: Facts) -> None:
        """See `Desk`."""
        self._ask("keep", number, data, facts)

    def kept(self, number: int) -> bytes:
        """See `Desk`."""
        return bytes(self._ask("kept", number))

    def forget_answer(self, number: int) -> None:
        """See `Desk`."""
        self._ask("forget_answer", number)

    def digest_of(self, number: int, fingerprint: bytes) -> str:
        """See `Desk`."""
        return str(self._ask("digest_of", number, fingerprint))

    def finish(self, number: int, out: str, data: bytes, facts: Facts) -> None:
        """See `Desk`."""
        self._ask("finish", number, out, self._workplace.deliver(number, self._worker, data), facts)

    def withdraw(self, number: int, out: str) -> None:
        """See `Desk`."""
        self._ask("withdraw", number, out)

    def fail(self, number: int, failure: Failure) -> None:
        """See `Desk`."""
        self._ask("fail", number, failure)

    def service_failed(self) -> None:
        """See `Desk`."""
        self._ask("service_failed", 0)

    def halt(self, why: Halt) -> None:
        """See `Desk`."""
        self._ask("halt", 0, why)
