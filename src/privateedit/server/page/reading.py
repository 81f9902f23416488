"""Bodies of the page's requests, read within bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel
from starlette.requests import Request

from privateedit.errors import NotServed
from privateedit.server.asked import Attached
from privateedit.server.body import bounded, require_announced_fits
from privateedit.server.desk import Desk
from privateedit.server.multipart import fields_of_form
from privateedit.server.page.bodies import body_of

_JSON = 8 << 20
"""Bytes of a body in JSON: the longest strokes that are taken."""

_Kind = TypeVar("_Kind", bound=BaseModel)


async def said_in(request: Request, kind: type[_Kind], desk: Desk, most: int = _JSON) -> _Kind:
    """Return what a body in JSON says, of `most` bytes.

    Raises:
        NotServed: it is too large, too slow, of another type, or says something else.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise NotServed("The body must be application/json.", status=415, code="unsupported_media_type")
    limits = replace(desk.limits, body=most)
    require_announced_fits(request.headers.get("content-length"), limits)
    with desk.budget.share() as take:
        body = b"".join([piece async for piece in bounded(request.stream(), limits, take)])
    return await desk.read(lambda: body_of(kind, body))


async def attached_to(
    request: Request, name: str, desk: Desk, take: Callable[[int], None]
) -> tuple[Attached, dict[str, str]]:
    """Return the one file of a form, and its other fields; `take` counts what they take of the memory.

    Raises:
        NotServed: there is none, or another; the form is too large, too slow, or broken.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise NotServed("The body must be multipart/form-data.", status=415, code="unsupported_media_type")
    limits = replace(desk.limits, body=desk.limits.file + desk.limits.text)
    require_announced_fits(request.headers.get("content-length"), limits)
    pieces = bounded(request.stream(), limits, take)
    fields = await fields_of_form(request.headers, pieces, limits)
    files = [value for field, value in fields if field == name and isinstance(value, Attached)]
    others = {field: value for field, value in fields if isinstance(value, str)}
    if len(files) != 1 or len(fields) != len(files) + len(others):
        raise NotServed(f"The form must hold one file called {name}.", param=name, code="invalid_form")
    return files[0], others
