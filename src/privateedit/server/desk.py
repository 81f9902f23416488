"""How many requests are inside, who works on them, and what happens when there are too many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar, runtime_checkable

import anyio
import anyio.to_thread

from privateedit.errors import NotServed
from privateedit.server.body import Budget
from privateedit.server.limits import ServerLimits
from privateedit.server.presence import outcome_of

_Result = TypeVar("_Result")
_AGAIN = 5  # seconds after which a client may come back


@runtime_checkable
class Stoppable(Protocol):
    """A send that can be stopped from another thread."""

    def stop(self) -> None:
        """End it; a send that has not begun never begins."""


class Desk:
    """Admits requests, lets a few be worked on at once, and never blocks the event loop.

    Work on pictures and waiting for a service have threads of their own, so that slow services keep nobody
    from being masked.
    """

    def __init__(self, limits: ServerLimits) -> None:
        self.limits = limits
        self.budget = Budget(limits.memory)
        self.inside = 0
        self.closing = False
        self._stopped = False
        self._at_work = anyio.CapacityLimiter(limits.workers)
        self._waiting = anyio.CapacityLimiter(limits.waiting)
        self._sends: dict[int, Stoppable] = {}  # by identity: an editor need not be hashable

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Count a request in for the length of the block.

        Raises:
            NotServed: 503, too many are inside, or the server is being stopped.
        """
        if self.closing:
            raise NotServed(
                "The server is being stopped.", status=503, code="shutting_down", retry_after=_AGAIN
            )
        if self.inside >= self.limits.waiting:
            raise NotServed("Too many requests at once.", status=503, code="busy", retry_after=_AGAIN)
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1

    async def work(self, task: Callable[[], _Result]) -> _Result:
        """Return what `task` returns; it runs in a thread, a few at once."""
        return await anyio.to_thread.run_sync(task, limiter=self._at_work)

    async def read(self, task: Callable[[], _Result]) -> _Result:
        """Return what a `task` returns that waits for something: a service, a file, a keyring."""
        return await anyio.to_thread.run_sync(task, limiter=self._waiting)

    async def send(self, task: Callable[[], _Result], way: Stoppable, left: anyio.Event) -> _Result:
        """Return what `task`, which waits for a service, returns.

        When the client has `left`, or this is cancelled, or sends are stopped, the send is stopped; a thread
        cannot be.
        """
        finished = anyio.Event()
        if self._stopped or left.is_set():
            way.stop()
        self._sends[id(way)] = way
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(_stop_when_left, left, way, finished)
                try:
                    outcome = await outcome_of(self.read(task))
                finally:
                    finished.set()
                    group.cancel_scope.cancel()
        finally:
            del self._sends[id(way)]
        return outcome()

    def stop_sends(self) -> None:
        """Stop every send under way, from whatever thread; those that come after it never begin."""
        self._stopped = True
        for way in tuple(self._sends.values()):
            way.stop()


async def _stop_when_left(left: anyio.Event, way: Stoppable, finished: anyio.Event) -> None:
    try:
        await left.wait()
    finally:
        if not finished.is_set():
            way.stop()
