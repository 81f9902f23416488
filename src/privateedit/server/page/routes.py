"""The page, and its interface under /api."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import Response

from privateedit import wiring
from privateedit.server.guardian import Guardian
from privateedit.server.page import facts, schema
from privateedit.server.page.bodies import Finishing, Look, SignIn, ToHandOver, ToSeal, ToSend, Words
from privateedit.server.page.photo_routes import PhotoRoutes
from privateedit.server.page.reading import said_in
from privateedit.server.page.result_routes import ResultRoutes
from privateedit.server.page.served import Served, as_json
from privateedit.server.page.static_files import static_file
from privateedit.server.page.visits import KEPT

_TICKET = 1024  # bytes of a body that anybody may send


class PageRoutes:
    """Every request of the page."""

    def __init__(self, guardian: Guardian) -> None:
        self._served = Served(guardian)

    def add_to(self, app: FastAPI) -> None:
        """Add them to the app, where only this machine can reach it: the page shows photos as they are."""
        if not self._served.guardian.access.loopback:
            return
        for method, path, answer, described in self._table():
            app.add_api_route(
                path,
                answer,
                methods=[method],
                operation_id=answer.__name__,
                response_class=Response,
                include_in_schema=path.startswith("/api"),
                **described,
            )

    def _table(self) -> list[tuple[str, str, Callable[..., Awaitable[Response]], dict[str, Any]]]:
        one = "/api/photos/{photo}"
        photos, results = PhotoRoutes(self._served), ResultRoutes(self._served)
        taken, form = schema.taken, schema.form
        return [
            ("GET", "/", self.page, {}),
            ("GET", "/static/{name}", self.file, {}),
            ("POST", "/api/sign-in", self.sign_in, taken(SignIn, schema.KEY)),
            ("GET", "/api/session", self.session, taken(None, schema.SESSION)),
            ("DELETE", "/api/session", self.leave, taken(None, None)),
            ("GET", "/api/choices", self.choices, taken(None, schema.CHOICES)),
            ("POST", "/api/photos", photos.open_photo, form("photo", schema.PHOTO, 201)),
            ("DELETE", one, photos.close_photo, taken(None, None)),
            ("GET", f"{one}/view", photos.view, taken(None, schema.JPEG)),
            ("POST", f"{one}/preview", photos.preview, taken(Look, schema.JPEG)),
            ("POST", f"{one}/leaks", photos.leaks, taken(Look, schema.LEAKS)),
            ("POST", f"{one}/seal", photos.seal, taken(ToSeal, schema.SEALED)),
            ("GET", f"{one}/payload", photos.payload, taken(None, schema.PNG)),
            ("POST", f"{one}/audit", photos.audit, taken(None, schema.LEAKS)),
            ("POST", f"{one}/words", photos.words, taken(Words, schema.FINDINGS)),
            ("POST", f"{one}/edits", results.order_edit, taken(ToSend, schema.JOB, 202)),
            ("POST", f"{one}/edits/{{job}}/events", results.edit_events, taken(None, schema.EVENTS)),
            ("DELETE", f"{one}/edits/{{job}}", results.cancel_edit, taken(None, None)),
            ("GET", f"{one}/result", results.result, taken(None, schema.RESULT)),
            ("POST", f"{one}/finish", results.finish, taken(Finishing, schema.RESULT)),
            ("GET", f"{one}/pictures/{{which}}", results.picture, taken(None, schema.JPEG)),
            ("GET", f"{one}/download", results.download, schema.download()),
            ("POST", f"{one}/hand-over", photos.hand_over, taken(ToHandOver, schema.PNG)),
            ("POST", f"{one}/returned", results.came_back, form("picture", schema.RESULT, 200, Finishing)),
        ]

    async def page(self) -> Response:
        """Return the page."""
        return static_file("index.html")

    async def file(self, name: str) -> Response:
        """Return one of the page's files."""
        return static_file(name)

    async def sign_in(self, request: Request) -> Response:
        """Exchange a ticket for a key."""
        said = await said_in(request, SignIn, self._served.desk, most=_TICKET)
        return as_json({"key": self._served.visits.sign_in(said.ticket)})

    async def session(self, request: Request) -> Response:
        """Say which photos are held, and for how long nobody need ask."""
        visit = self._served.visit(request)
        return as_json({"photos": list(visit.photos), "expires_in": round(KEPT)})

    async def leave(self, request: Request) -> Response:
        """Forget everything of this visit."""
        self._served.visits.leave(request.headers.get("authorization"))
        return Response(status_code=204)

    async def choices(self, request: Request) -> Response:
        """Return everything there is to choose from."""
        self._served.visit(request)

        def read() -> dict[str, object]:
            standings = [wiring.standing(name) for name in wiring.provider_names()]
            largest, policy = self._served.desk.limits.file, self._served.guardian.policy
            usual = wiring.default_provider()
            told = facts.choices_facts(standings, usual, policy, wiring.settings(), largest)
            return {**told, "recognizer": wiring.parts().likeness is not None}

        return as_json(await self._served.desk.read(read))
