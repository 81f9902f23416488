"""Whether a client is still there: from the end of its request on, one task listens until it hangs up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeVar

import anyio
from starlette.requests import ClientDisconnect
from starlette.types import Receive

_Result = TypeVar("_Result")


class Presence:
    """One client. `left` is set when it has hung up."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.left = anyio.Event()

    async def watch(self) -> None:
        """Listen until it hangs up. Only who listens learns of it: the server reads no further by itself."""
        while not self.left.is_set():
            if (await self._receive())["type"] == "http.disconnect":
                self.left.set()

    def require(self) -> None:
        """Go on only for somebody who is there; any thread may ask.

        Raises:
            ClientDisconnect: it has hung up.
        """
        if self.left.is_set():
            raise ClientDisconnect


async def attended(receive: Receive, work: Callable[[Presence], Awaitable[_Result]]) -> _Result:
    """Return what `work` returns, which is told whether the client is still there."""
    presence = Presence(receive)
    async with anyio.create_task_group() as group:
        group.start_soon(presence.watch)
        outcome = await outcome_of(work(presence))
        group.cancel_scope.cancel()
    return outcome()


async def outcome_of(work: Awaitable[_Result]) -> Callable[[], _Result]:
    """Return something that returns or raises what `work` does: a group of tasks would wrap the error."""
    try:
        result = await work
    except Exception as error:  # noqa: BLE001 (raised again by whoever waits)
        failure = error

        def fail() -> NoReturn:
            raise failure

        return fail
    return lambda: result
