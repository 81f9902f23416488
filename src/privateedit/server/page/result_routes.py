"""An edit is ordered, listened to, finished and taken home."""

from __future__ import annotations

import json

from fastapi import Request
from starlette.responses import Response

from privateedit import wiring
from privateedit.errors import NotServed
from privateedit.server.page import facts, photo_story
from privateedit.server.page.bodies import Finishing, ToSend, body_of
from privateedit.server.page.edit_events import EditEvents, job_in
from privateedit.server.page.looks import finish_in
from privateedit.server.page.reading import attached_to, said_in
from privateedit.server.page.served import Served, as_json, as_picture


class ResultRoutes:
    """Everything from the send on."""

    def __init__(self, served: Served) -> None:
        self._served = served

    async def order_edit(self, request: Request, photo: str) -> Response:
        """Order an edit of what was shown; it begins when its events are listened to."""
        found = self._served.photo(request, photo)
        wanted = await said_in(request, ToSend, self._served.desk)
        finish = finish_in(wanted, wiring.settings())
        found.job = photo_story.job_for(found, wanted.digest, wanted.prompt, wanted.preset, finish)
        return as_json({"job": found.job.id}, 202)

    async def edit_events(self, request: Request, photo: str, job: str) -> Response:
        """Do the edit, and tell of it in events: progress, then done or failed."""
        found = self._served.photo(request, photo)
        return EditEvents(self._served.guardian, request, found, job_in(found, job))

    async def cancel_edit(self, request: Request, photo: str, job: str) -> Response:
        """Stop an edit; its events say what was sent."""
        found = self._served.photo(request, photo)
        if found.job is not None and found.job.id == job:
            found.job.cancel()
        return Response(status_code=204)

    async def result(self, request: Request, photo: str) -> Response:
        """Return what came of the last edit."""
        found = self._served.photo(request, photo)
        if found.returned is None or found.result is None:
            raise NotServed("There is no result yet.", status=404, code="not_found")
        return as_json(facts.result_facts(found.returned, found.result))

    async def finish(self, request: Request, photo: str) -> Response:
        """Put the faces in again, otherwise; nothing is sent."""
        found = self._served.photo(request, photo)
        wanted = await said_in(request, Finishing, self._served.desk)
        returned = found.returned
        if returned is None:
            raise NotServed("There is no result yet.", status=404, code="not_found")
        found.require_idle()
        chosen = finish_in(wanted, wiring.settings())
        async with found.lock:
            done = await self._served.at_work(request, lambda: photo_story.restored(found, returned, chosen))
        return as_json(facts.result_facts(returned, done))

    async def picture(self, request: Request, photo: str, which: str) -> Response:
        """Return original, sent, returned or final at screen size."""
        found = self._served.photo(request, photo)
        return as_picture(await self._served.at_work(request, lambda: photo_story.shown(found, which)))

    async def download(
        self, request: Request, photo: str, format: str = "png", quality: str = "", metadata: str = "drop"
    ) -> Response:
        """Return the final picture as a file."""
        found = self._served.photo(request, photo)
        wanted = _quality(quality)
        if metadata not in ("drop", "keep"):
            raise NotServed("The metadata must be drop or keep.", param="metadata")
        data = await self._served.at_work(
            request, lambda: photo_story.downloaded(found, format, wanted, metadata=metadata == "keep")
        )
        return as_picture(data, f"image/{format}", {"content-disposition": "attachment"})

    async def came_back(self, request: Request, photo: str) -> Response:
        """Put the faces into a picture that another app edited."""
        found = self._served.photo(request, photo)
        attached, fields = await attached_to(request, "picture", self._served.desk)
        wanted = body_of(
            Finishing, json.dumps({name: _number(value) for name, value in fields.items()}).encode()
        )
        finish = finish_in(wanted, wiring.settings())
        found.require_idle()
        async with found.lock:
            done = await self._served.at_work(request, lambda: photo_story.came_back(found, attached, finish))
            returned = found.returned
        if returned is None:  # the photo was closed meanwhile
            raise NotServed(
                "This photo is not held any more. Open it again.", status=404, code="no_such_photo"
            )
        return as_json(facts.result_facts(returned, done))


def _quality(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:4]) <= 100):
        raise NotServed("The quality must be a whole number from 0 to 100.", param="quality")
    return int(text)


def _number(text: str) -> float | str:
    """Return a number of a form's field as one; words stay words."""
    try:
        return float(text)
    except ValueError:
        return text
