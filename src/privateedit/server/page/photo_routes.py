"""A photo is opened, looked at, hidden and sealed."""

from __future__ import annotations

from functools import partial

from fastapi import Request
from starlette.responses import Response

from privateedit import wiring
from privateedit.core.concealment import Concealment
from privateedit.errors import NotServed
from privateedit.server.page import facts, photo_story, sketches
from privateedit.server.page.bodies import Look, ToHandOver, ToSeal, Words
from privateedit.server.page.looks import concealment_in
from privateedit.server.page.open_photo import View
from privateedit.server.page.reading import attached_to, said_in
from privateedit.server.page.served import Served, as_json, as_picture, keys_told_apart


class PhotoRoutes:
    """Everything up to the bytes that would leave; none of it sends anything."""

    def __init__(self, served: Served) -> None:
        self._served = served

    async def open_photo(self, request: Request) -> Response:
        """Open a photo and find its faces."""
        visit = self._served.visit(request)
        desk, visits = self._served.desk, self._served.visits
        with visits.opening(), desk.budget.share() as take:
            attached, _ = await attached_to(request, "photo", desk, take)
            photo = await self._served.at_work(request, lambda: photo_story.opened(attached, wiring.parts()))
            said = await desk.work(lambda: facts.photo_facts(photo))
            visits.require_pixels(photo.photo.width * photo.photo.height)
            visit.photos[photo.id] = photo
        return as_json(said, 201)

    async def close_photo(self, request: Request, photo: str) -> Response:
        """Forget a photo; an edit under way is stopped."""
        found = self._served.visit(request).photos.pop(photo, None)
        if found is not None:
            found.close()
        return Response(status_code=204)

    async def view(self, request: Request, photo: str) -> Response:
        """Return the photo at screen size, for its owner's eyes."""
        found = self._served.photo(request, photo)
        data = await self._served.glanced(request, lambda: photo_story.shown(found, "original"))
        return as_picture(data)

    async def preview(self, request: Request, photo: str) -> Response:
        """Return the masked picture at screen size."""
        found = self._served.photo(request, photo)
        look = await said_in(request, Look, self._served.desk)

        def sketch() -> bytes:
            view = found.view()
            pixels = sketches.sketched(view, self._concealment_at(look, view))
            return photo_story.looked_at(pixels, photo_story.SHOWN)

        with self._served.guardian.metrics.timed("preview"):
            return as_picture(await self._served.glanced(request, sketch))

    async def leaks(self, request: Request, photo: str) -> Response:
        """Attack the masked picture at a small size, and say what it tells."""
        found = self._served.photo(request, photo)
        look = await said_in(request, Look, self._served.desk)
        measured = await self._served.at_work(
            request,
            lambda: sketches.leaks_of_sketch(
                found, partial(self._concealment_at, look), wiring.instruments()
            ),
        )
        return as_json(facts.leaks_facts(measured))

    async def seal(self, request: Request, photo: str) -> Response:
        """Mask the photo for a service and prove it; nothing is sent."""
        found = self._served.photo(request, photo)
        wanted = await said_in(request, ToSeal, self._served.desk)
        found.require_idle()

        def sealed() -> dict[str, object]:
            size = found.photo.width, found.photo.height
            concealment = concealment_in(wanted.look, *size, self._served.guardian.policy, wiring.settings())
            return facts.sealed_facts(photo_story.sealed(found, concealment, wanted.service, wanted.model))

        async with found.lock:
            with self._served.guardian.metrics.timed("mask"), keys_told_apart():
                return as_json(await self._served.at_work(request, sealed))

    async def payload(self, request: Request, photo: str) -> Response:
        """Return the bytes that would leave."""
        sealed = self._served.photo(request, photo).sealed
        if sealed is None:
            raise NotServed("Nothing was masked yet.", status=404, code="not_found")
        return as_picture(
            sealed.prepared.payload.data, sealed.prepared.payload.media_type, {"etag": f'"{sealed.digest}"'}
        )

    async def audit(self, request: Request, photo: str) -> Response:
        """Attack the payload itself, at full size."""
        sealed = self._served.photo(request, photo).sealed
        if sealed is None:
            raise NotServed("Nothing was masked yet.", status=404, code="not_found")
        told = await self._served.at_work(
            request, lambda: sketches.leaks_of(sealed.prepared, wiring.instruments())
        )
        return as_json(facts.leaks_facts(told))

    async def words(self, request: Request, photo: str) -> Response:
        """Say what in an instruction may name somebody."""
        found = self._served.photo(request, photo)
        said = await said_in(request, Words, self._served.desk)
        with keys_told_apart():
            told = await self._served.desk.read(
                lambda: photo_story.words_found(found, said.prompt, said.service)
            )
        return as_json({"findings": list(told)})

    async def hand_over(self, request: Request, photo: str) -> Response:
        """Return the bytes for a person to take elsewhere; that is written down before."""
        found = self._served.photo(request, photo)
        wanted = await said_in(request, ToHandOver, self._served.desk)
        async with found.lock:
            data = await self._served.at_work(request, lambda: photo_story.handed_over(found, wanted.digest))
        return as_picture(data, "image/png", {"content-disposition": "attachment"})

    def _concealment_at(self, look: Look, view: View) -> Concealment:
        size = view.photo.width, view.photo.height
        return concealment_in(look, *size, self._served.guardian.policy, wiring.settings(), view.ratio)
