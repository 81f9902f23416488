"""The desk: what a worker tells of its photo and asks before it leaves; on the disk when it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

from privateedit.batch.limits import Halt, Limits
from privateedit.batch.outcome import DAMAGED, Failure
from privateedit.batch.pace import Pace
from privateedit.batch.roll import Roll
from privateedit.batch.workplace import Workplace
from privateedit.errors import InputError, Sent

Facts = Mapping[str, Any]


class Desk(Protocol):
    """Every method raises OutputError if what it tells cannot be written down."""

    def is_sending(self, number: int) -> bool:
        """Tell whether a photo may be leaving now."""

    def reserve(self, number: int, size: int) -> None:
        """Have room of so many bytes for what comes back; it is given back however the photo goes on."""

    def begin_send(self, number: int, facts: Facts | None = None) -> float | None:
        """Write down that a photo leaves now, and what is known of it, and return 0.

        What came back of an earlier send is removed first, so that it is not taken for this one's.
        Else nothing is changed, and seconds to wait are returned, or None for never.
        """

    def put_back(self, number: int) -> None:
        """Let a photo wait again, of which nothing left."""

    def offer_again(self, number: int, seconds: float, sent: Sent) -> None:
        """Let a photo wait that the service did not take, and nothing leave for so long."""

    def pause(self, seconds: float) -> None:
        """Let nothing leave for so long."""

    def show(self, number: int, data: bytes) -> None:
        """Keep a small picture of what leaves, for the contact sheet."""

    def keep(self, number: int, data: bytes, facts: Facts) -> None:
        """Keep what a service returned, as a file's bytes: it was paid for."""

    def kept(self, number: int) -> bytes:
        """Return the bytes that were kept.

        Raises:
            InputError: they cannot be read; if they are gone, the photo has failed.
        """

    def forget_answer(self, number: int) -> None:
        """Let a photo fail whose answer is damaged, and remove that; that it was sent stays known."""

    def digest_of(self, number: int, fingerprint: bytes) -> str:
        """Return what is kept of a photo's pixels: see `Roll.digest_of`."""

    def finish(self, number: int, out: str, data: bytes, facts: Facts) -> None:
        """Give an output its name, after it is on the disk that the photo is done."""

    def withdraw(self, number: int, out: str) -> None:
        """Remove an output again that must not be had: how its record ended could not be written."""

    def fail(self, number: int, failure: Failure) -> None:
        """Note why a photo was not done."""

    def service_failed(self) -> None:
        """Count a failure of the service."""

    def halt(self, why: Halt) -> None:
        """Let no worker begin another photo."""


class LocalDesk:
    """The desk on the machine that has the roll."""

    def __init__(self, roll: Roll, workplace: Workplace, limits: Limits, clock: Callable[[], float]) -> None:
        self._roll, self._workplace, self._clock = roll, workplace, clock
        self._pace = Pace(roll, limits)

    def is_sending(self, number: int) -> bool:
        """See `Desk`."""
        return self._roll.is_sending(number)

    def reserve(self, number: int, size: int) -> None:
        """See `Desk`."""
        self._workplace.returned.reserve(number, size)

    def begin_send(self, number: int, facts: Facts | None = None) -> float | None:
        """See `Desk`."""
        forget = partial(self._workplace.returned.forget, number)
        return self._pace.begin_send(number, self._clock(), facts, forget)

    def put_back(self, number: int) -> None:
        """See `Desk`."""
        self._workplace.returned.release(number)  # first: whoever has the photo next has a room of its own
        self._roll.put_back(number)

    def offer_again(self, number: int, seconds: float, sent: Sent) -> None:
        """See `Desk`."""
        until = self._clock() + seconds
        self._pace.pause(until)
        self._workplace.returned.release(number)
        self._roll.put_back(number, until, sent=sent)

    def pause(self, seconds: float) -> None:
        """See `Desk`."""
        self._pace.pause(self._clock() + seconds)

    def show(self, number: int, data: bytes) -> None:
        """See `Desk`."""
        self._workplace.write_glimpse(number, data)

    def keep(self, number: int, data: bytes, facts: Facts) -> None:
        """See `Desk`."""
        self._workplace.returned.keep(number, data)
        self._roll.returned(number, facts)
        self._pace.served()

    def kept(self, number: int) -> bytes:
        """See `Desk`."""
        try:
            return self._workplace.returned.read(number)
        except InputError:
            if not self._workplace.answer(number).exists():
                self._roll.failed(number, DAMAGED, keeping=False)
            raise

    def forget_answer(self, number: int) -> None:
        """See `Desk`."""
        self._roll.failed(number, DAMAGED, keeping=False)
        self._workplace.drop(self._workplace.answer(number))

    def digest_of(self, number: int, fingerprint: bytes) -> str:
        """See `Desk`."""
        return self._roll.digest_of(fingerprint)

    def finish(self, number: int, out: str, data: bytes, facts: Facts) -> None:
        """See `Desk`."""
        self._workplace.write_part(number, data)
        self.settle(number, out, facts)

    def settle(self, number: int, out: str, facts: Facts) -> None:
        """Note that a photo is done whose part is whole, and give the part its name."""
        self._roll.done(number, facts)
        self._workplace.place(number, out)
        self._workplace.drop(self._workplace.answer(number))

    def withdraw(self, number: int, out: str) -> None:
        """See `Desk`."""
        self._workplace.withdraw(out)

    def fail(self, number: int, failure: Failure) -> None:
        """See `Desk`."""
        self._workplace.drop(self._workplace.part(number))
        self._workplace.returned.release(number)
        if failure.sent is Sent.NO:
            self._workplace.drop(self._workplace.glimpse(number))
        self._roll.failed(number, failure)

    def service_failed(self) -> None:
        """See `Desk`."""
        self._pace.failed()

    def halt(self, why: Halt) -> None:
        """See `Desk`."""
        self._pace.halt(why)
