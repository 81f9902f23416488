"""The body of a request, read within bounds: bytes, seconds, and memory shared by all requests."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import contextmanager

import anyio

from privateedit.errors import NotServed
from privateedit.server.limits import ServerLimits


class Budget:
    """Counts the bytes of bodies that are in memory."""

    def __init__(self, most: int) -> None:
        self._most, self.taken = most, 0

    @contextmanager
    def share(self) -> Iterator[Callable[[int], None]]:
        """Give a function that takes bytes of the budget; all are given back at the end of the block.

        The function raises `NotServed` (503) when nothing is left.
        """
        mine = 0

        def take(count: int) -> None:
            nonlocal mine
            if self.taken + count > self._most:
                raise NotServed(
                    "The server holds as many pictures as it can.", status=503, code="busy", retry_after=5
                )
            mine += count
            self.taken += count

        try:
            yield take
        finally:
            self.taken -= mine


async def bounded(
    stream: AsyncIterator[bytes],
    limits: ServerLimits,
    take: Callable[[int], None],
    clock: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[bytes, None]:
    """Yield the pieces of a body.

    Raises:
        NotServed: it is too large (413), too slow (408), or there is no memory left for it (503).
    """
    until = clock() + limits.upload
    size = 0
    while True:
        left = min(limits.idle, until - clock())
        try:
            with anyio.fail_after(max(left, 0)):
                piece = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise NotServed("The request took too long to arrive.", status=408, code="slow_request") from None
        size += len(piece)
        if size > limits.body:
            raise too_large(limits)
        take(len(piece))
        yield piece


def require_announced_fits(length: str | None, limits: ServerLimits) -> None:
    """Refuse a body that says by itself that it is too large.

    Raises:
        NotServed: it is (413).
    """
    if length is not None and length.isascii() and length.isdigit() and int(length[:20]) > limits.body:
        raise too_large(limits)


def picture_too_large(most: int) -> NotServed:
    """Return the refusal of one picture of more than `most` bytes."""
    return NotServed(f"A picture may have {most >> 20} MiB at most.", status=413, code="picture_too_large")


def too_large(limits: ServerLimits) -> NotServed:
    """Return the refusal of a request that is too large."""
    return NotServed(
        f"The request is larger than the {limits.body >> 20} MiB that are taken.",
        status=413,
        code="request_too_large",
    )
