"""The crew of a batch on a cluster: workers get one photo at a time, and are replaced when they are lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Protocol

from privateedit.batch.roll import Claimed
from privateedit.batch.trouble import Trouble
from privateedit.errors import Missing, PrivateEditError

_LISTEN = 0.5  # seconds
_ROOM = 120.0
"""Seconds without a worker that is ready, after which there is taken to be no room for one."""
_IN_VAIN = 3
"""Losses for each worker, with no photo done in between, after which they are not replaced any more."""

Ticket = Hashable
"""Something that a worker does, and that can be waited for."""


class Lost(Exception):
    """A worker was lost, with its node or alone."""


class Fleet(Protocol):
    """What starts workers somewhere and reaches them; the desk is reached through it as well."""

    def hire(self, owner: int) -> Ticket:
        """Start a worker and let it load its models."""

    def give(self, owner: int, claimed: Claimed) -> Ticket:
        """Give it a photo."""

    def wait(self, tickets: Iterable[Ticket], seconds: float) -> list[Ticket]:
        """Return those that ended, waiting at most so long for one."""

    def result(self, ticket: Ticket) -> PrivateEditError | None:
        """Return why the worker cannot work, if so.

        Raises:
            Lost: it is gone.
        """

    def dismiss(self, owner: int) -> None:
        """End a worker at once, if there is still one."""

    def claim(self, owner: int) -> Claimed | None:
        """See `ClusterDesk`."""

    def seconds(self) -> float | None:
        """See `ClusterDesk`."""

    def let_go(self, owner: int, *, died: bool) -> dict[int, bool]:
        """See `ClusterDesk`."""

    def close(self) -> None:
        """See `ClusterDesk`."""


@dataclass(slots=True)
class _Hand:
    """One worker: what it does now, if anything, and with which photo; 0 while it gets ready."""

    ticket: Ticket | None
    number: int = 0


class ClusterCrew:
    """The workers of one run."""

    def __init__(self, fleet: Fleet, count: int, tell: Callable[[int], None]) -> None:
        self._fleet, self._count, self._tell = fleet, count, tell
        self._hands: dict[int, _Hand] = {}
        self._next, self._in_vain, self._stopped = 0, 0, False
        self._seen = time.monotonic()
        self._trouble = Trouble()

    def work(self, stopping: Callable[[], bool]) -> None:
        """Work until nothing is left, or, once `stopping` tells so, until what was begun is ended.

        What ends one worker stops the others between photos: a send of theirs is never cut. So does an error
        of the desk, and of whoever is told or asked here. It is raised when all have ended, unless workers
        cannot be waited for any more. Workers stay when it returns, so that their nodes' journals can be
        asked for.

        Raises:
            PrivateEditError: the workers cannot work, or are lost before they do anything.
        """
        for _ in range(self._count):
            self._hire()
        while True:
            self._stop_if(stopping)
            self._assign()
            if not self._busy() and self._is_over():
                break
            self._listen()
        self._trouble.raise_first()

    def ready(self) -> list[int]:
        """Return the workers that are there and do nothing."""
        return [owner for owner, hand in self._hands.items() if hand.ticket is None]

    def _busy(self) -> bool:
        return any(hand.ticket is not None and hand.number for hand in self._hands.values())

    def _stop_if(self, stopping: Callable[[], bool]) -> None:
        if self._stopped or not self._trouble.stops(stopping):
            return
        self._stopped = True
        with self._trouble.keeping():
            self._fleet.close()

    def _is_over(self) -> bool:
        """Tell whether there is nothing to wait for, while nobody has a photo."""
        if self._stopped:
            return True
        with self._trouble.keeping():
            if self._fleet.seconds() is None:
                return True
            self._require_room()
        return False

    def _require_room(self) -> None:
        if self.ready() or self._busy():
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > _ROOM:
            raise Missing("No node of the cluster has room for a worker.")

    def _hire(self) -> None:
        owner, self._next = self._next, self._next + 1
        with self._trouble.keeping():
            self._hands[owner] = _Hand(self._fleet.hire(owner))

    def _assign(self) -> None:
        """Give a photo to everybody who has none; it is written down first whose it is."""
        for owner in self.ready():
            claimed = None
            with self._trouble.keeping():  # the others end what they have begun, as far as they can
                claimed = None if self._stopped else self._fleet.claim(owner)
                if claimed is not None:
                    self._hands[owner] = _Hand(self._fleet.give(owner, claimed), claimed.number)
            if claimed is None or self._trouble.first is not None:
                return

    def _listen(self) -> None:
        owners = {hand.ticket: owner for owner, hand in self._hands.items() if hand.ticket is not None}
        if not owners:
            time.sleep(_LISTEN)
            return
        for ticket in self._fleet.wait(list(owners), _LISTEN):
            self._heard(owners[ticket], ticket)

    def _heard(self, owner: int, ticket: Ticket) -> None:
        try:
            error: Exception | None = self._fleet.result(ticket)
        except Lost:
            self._lost(owner)
            return
        except Exception as unexpected:  # noqa: BLE001 (raised when the others have ended)
            error = unexpected
        if error is not None:
            self._trouble.note(error)
            self._settle(owner, died=False)
            return
        number, self._hands[owner] = self._hands[owner].number, _Hand(None)
        self._seen = time.monotonic()
        if number:
            self._in_vain = 0
            self._heard_of(number)

    def _heard_of(self, number: int) -> None:
        with self._trouble.keeping():
            self._tell(number)

    def _lost(self, owner: int) -> None:
        """Settle what a lost worker had, and start another one."""
        given_up = self._settle(owner, died=True)
        # A photo that was given up will not be died of again: that is progress.
        self._in_vain = 0 if given_up else self._in_vain + 1
        if self._in_vain >= _IN_VAIN * self._count:
            self._trouble.note(
                Missing("The workers are lost as soon as they begin; look into the cluster's logs.")
            )
        if not self._stopped and self._trouble.first is None:
            self._hire()

    def _settle(self, owner: int, *, died: bool) -> bool:
        """End a worker, settle what it had, and tell whether a photo was given up with it."""
        del self._hands[owner]
        lost: dict[int, bool] = {}
        with self._trouble.keeping():
            self._fleet.dismiss(owner)
            lost = self._fleet.let_go(owner, died=died)
        for number in lost:
            self._heard_of(number)
        return any(lost.values())
