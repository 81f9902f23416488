"""An edit is ordered, listened to, finished and taken home."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from fastapi import Request
from starlette.responses import Response

from privateedit import wiring
from privateedit.core.finish import Finish
from privateedit.errors import NotServed, PrivateEditError, Sent
from privateedit.server.page import facts, photo_story
from privateedit.server.page.bodies import Finishing, ToSend, body_of
from privateedit.server.page.edit_events import EditEvents, job_in
from privateedit.server.page.looks import finish_in
from privateedit.server.page.open_photo import OpenPhoto
from privateedit.server.page.reading import attached_to, said_in
from privateedit.server.page.served import Served, as_json, as_picture, keys_told_apart


class ResultRoutes:
    """Everything from the send on."""

    def __init__(self, served: Served) -> None:
        self._served = served

    async def order_edit(self, request: Request, photo: str) -> Response:
        """Order an edit of what was shown; it begins when its events are listened to."""
        found = self._served.photo(request, photo)
        wanted = await said_in(request, ToSend, self._served.desk)
        finish = self._finish(wanted)
        job = photo_story.job_for(found, wanted.digest, wanted.prompt, wanted.preset, finish)
        if not wanted.names_seen:
            with keys_told_apart():
                await self._served.desk.read(lambda: photo_story.require_no_names(found, job))
        found.require_idle()
        found.job = job
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
        found.require_idle()
        chosen = self._finish(wanted)
        async with found.lock:
            returned = found.returned
            if returned is None:
                raise NotServed("There is no result yet.", status=404, code="not_found")
            with _told(found):
                work = partial(photo_story.restored, found, returned, chosen)
                done = await self._served.at_work(request, work)
        return as_json(facts.result_facts(returned, done))

    async def picture(self, request: Request, photo: str, which: str) -> Response:
        """Return original, sent, returned or final at screen size."""
        found = self._served.photo(request, photo)
        with _told(found):
            return as_picture(await self._served.at_work(request, lambda: photo_story.shown(found, which)))

    async def download(
        self, request: Request, photo: str, format: str = "png", quality: str = "", metadata: str = "drop"
    ) -> Response:
        """Return the final picture as a file."""
        found = self._served.photo(request, photo)
        wanted = _quality(quality)
        if metadata not in ("drop", "keep"):
            raise NotServed("The metadata must be drop or keep.", param="metadata")
        with _told(found):
            data = await self._served.at_work(
                request, lambda: photo_story.downloaded(found, format, wanted, metadata=metadata == "keep")
            )
        return as_picture(data, f"image/{format}", {"content-disposition": "attachment"})

    async def came_back(self, request: Request, photo: str) -> Response:
        """Put the faces into a picture that another app edited."""
        found = self._served.photo(request, photo)
        with self._served.desk.budget.share() as take:
            attached, fields = await attached_to(request, "picture", self._served.desk, take)
            said = json.dumps({name: _number(value) for name, value in fields.items()})
            finish = self._finish(body_of(Finishing, said.encode()))
            found.require_idle()
            async with found.lock:
                work = partial(photo_story.came_back, found, attached, finish)
                done = await self._served.at_work(request, work)
                returned = found.returned
        if returned is None:  # the photo was closed meanwhile
            raise NotServed(
                "This photo is not held any more. Open it again.", status=404, code="no_such_photo"
            )
        return as_json(facts.result_facts(returned, done))

    def _finish(self, wanted: Finishing) -> Finish:
        return finish_in(wanted, self._served.guardian.policy, wiring.settings())


@contextmanager
def _told(photo: OpenPhoto) -> Iterator[None]:
    """Let an error in the block say what left of a photo before it, not that nothing did."""
    left = photo.left
    try:
        yield
    except PrivateEditError as error:
        if error.sent is Sent.NO:
            error.sent, error.knows_what_was_sent = left, True
        raise


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
