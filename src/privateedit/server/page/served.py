"""What every request of the page needs: whose it is, which photo is meant, and who works on it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread
from fastapi import Request
from starlette.responses import Response

from privateedit.errors import AuthenticationFailed, NotServed
from privateedit.server.guardian import Guardian
from privateedit.server.page.open_photo import OpenPhoto
from privateedit.server.page.visits import Visit
from privateedit.server.presence import Presence, attended

_Result = TypeVar("_Result")
_PRIVATE = {"cache-control": "no-store"}


class Served:
    """What the page's requests share.

    Looking at sketches has a thread of its own, so that a restore under way never freezes a slider.
    """

    def __init__(self, guardian: Guardian) -> None:
        self.guardian, self.visits, self.desk = guardian, guardian.visits, guardian.desk
        self._glances = anyio.CapacityLimiter(1)

    def visit(self, request: Request) -> Visit:
        """Return whose request it is.

        Raises:
            NotServed: 401, nobody's.
        """
        return self.visits.of(request.headers.get("authorization"))

    def photo(self, request: Request, number: str) -> OpenPhoto:
        """Return the photo that is meant.

        Raises:
            NotServed: 401, the request is nobody's; 404, there is no such photo of theirs.
        """
        found = self.visit(request).photos.get(number)
        if found is None:
            said = "This photo is not held any more. Open it again."
            raise NotServed(said, status=404, code="no_such_photo")
        return found

    async def at_work(self, request: Request, task: Callable[[], _Result]) -> _Result:
        """Return what a task returns that takes its time; one whose client has left is not begun."""
        with self.desk.admitted():
            return await _for(request, task, self.desk.work)

    async def glanced(self, request: Request, task: Callable[[], _Result]) -> _Result:
        """Return what a task returns that must be quick."""
        return await _for(request, task, partial(anyio.to_thread.run_sync, limiter=self._glances))


async def _for(
    request: Request,
    task: Callable[[], _Result],
    run: Callable[[Callable[[], _Result]], Awaitable[_Result]],
) -> _Result:
    async def work(presence: Presence) -> _Result:
        def begin() -> _Result:
            presence.require()
            return task()

        return await run(begin)

    return await attended(request.receive, work)


def as_json(said: object, status: int = 200) -> Response:
    """Return an answer in JSON."""
    return Response(
        json.dumps(said, ensure_ascii=False, allow_nan=False),
        status,
        headers=_PRIVATE,
        media_type="application/json",
    )


def as_picture(data: bytes, kind: str = "image/jpeg", more: dict[str, str] | None = None) -> Response:
    """Return a picture, which no browser keeps."""
    return Response(bytes(data), headers={**_PRIVATE, **(more or {})}, media_type=kind)


@contextmanager
def keys_told_apart() -> Iterator[None]:
    """Tell a service's missing key from a missing key of the page, which is 401."""
    try:
        yield
    except AuthenticationFailed as error:
        raise NotServed(error.message, status=424, code="service_key_missing", sent=error.sent) from error
