"""The app: three ways to an edit, the list of models, and whether it is well. Nothing is forwarded."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from privateedit._version import __version__
from privateedit.errors import NotServed, PrivateEditError
from privateedit.server import envelope, schema
from privateedit.server.access import Access
from privateedit.server.edits import Edit
from privateedit.server.guardian import Guardian
from privateedit.server.metrics import CONTENT_TYPE
from privateedit.server.page.routes import PageRoutes

_EDITS = ("/v1/images/edits", "/images/edits")
_DEPLOYED = "/openai/deployments/{model}/images/edits"
_SAFE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


def make_app(guardian: Guardian) -> FastAPI:
    """Return the app."""
    app = FastAPI(
        title="PrivateEdit",
        summary="Image edits in OpenAI's shape, without the service seeing a face.",
        version=__version__,
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    app.add_middleware(OnlyFromHere, access=guardian.access)
    app.add_exception_handler(HTTPException, _not_here)
    _add_edits(app, guardian)
    _add_models(app, guardian)
    _add_health(app, guardian)
    PageRoutes(guardian).add_to(app)
    return app


def _add_edits(app: FastAPI, guardian: Guardian) -> None:
    described: dict[str, Any] = {
        "responses": schema.responses(),
        "openapi_extra": schema.request(),
    }

    async def edit(request: Request) -> Response:
        """Edit a photo without the service seeing a face."""
        return Edit(guardian, request)

    async def edit_deployed(request: Request, model: str) -> Response:
        """Edit a photo as Azure's clients ask for it."""
        return Edit(guardian, request, model)

    for path in _EDITS:
        app.add_api_route(
            path, edit, methods=["POST"], operation_id=f"edit{path.replace('/', '_')}", **described
        )
    app.add_api_route(_DEPLOYED, edit_deployed, methods=["POST"], **described)


def _add_models(app: FastAPI, guardian: Guardian) -> None:
    def described(model: str) -> dict[str, object]:
        return {"id": model, "object": "model", "created": 0, "owned_by": guardian.upstream.profile.name}

    async def models(request: Request) -> Response:
        """List the models that may be named."""
        guardian.access.caller(request.headers)
        return _json({"object": "list", "data": [described(each) for each in guardian.upstream.models]})

    async def one_model(request: Request, model: str) -> Response:
        """Describe one model."""
        guardian.access.caller(request.headers)
        if model not in guardian.upstream.models:
            raise NotServed("There is no such model here.", status=404, code="model_not_found", param="model")
        return _json(described(model))

    for path in ("/v1/models", "/models"):
        app.add_api_route(
            path,
            models,
            methods=["GET"],
            operation_id=f"list{path.replace('/', '_')}",
            responses=schema.refusals(),
        )
    app.add_api_route("/v1/models/{model:path}", one_model, methods=["GET"], responses=schema.refusals(404))


def _add_health(app: FastAPI, guardian: Guardian) -> None:
    @app.get("/healthz", responses={503: {"description": "The server is being stopped."}})
    async def health() -> Response:
        """Tell whether requests are taken."""
        state = {"status": "closing" if guardian.desk.closing else "ok", "inside": guardian.desk.inside}
        return _json(state, 503 if guardian.desk.closing else 200)

    @app.get(
        "/metrics",
        response_class=Response,
        responses={200: schema.plain("Counts and timings."), **schema.refusals()},
    )
    async def metrics(request: Request) -> Response:
        """Tell counts and timings, in Prometheus' format."""
        if not guardian.access.loopback:
            guardian.access.require_token(request.headers)
        return Response(guardian.metrics.text(), headers={"content-type": CONTENT_TYPE})


def _json(said: object, status: int = 200) -> Response:
    return Response(json.dumps(said), status, media_type="application/json")


async def _not_here(_: Request, error: Exception) -> Response:
    """Answer what Starlette refuses, in OpenAI's shape."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = "This method is not taken here." if status == 405 else "There is nothing here."
    code = "method_not_allowed" if status == 405 else "not_found"
    answer = answer_to(NotServed(said, status=status, code=code))
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


def answer_to(error: PrivateEditError) -> Response:
    """Return an error as OpenAI's clients read it."""
    status = envelope.meaning_of(error).status
    return Response(
        envelope.encoded(error),
        status,
        headers=dict(envelope.headers_of(error)),
        media_type="application/json",
    )


async def too_many(scope: Scope, receive: Receive, send: Send) -> None:
    """Tell one connection too many to come back."""
    busy = NotServed("Too many connections at once.", status=503, code="busy", retry_after=5)
    await answer_to(busy)(scope, receive, partial(_sent_safely, send))


def answer_to_no_http() -> Response:
    """Return the answer to bytes that are no HTTP."""
    return answer_to(NotServed("This is no HTTP that can be read.", code="invalid_http"))


class OnlyFromHere:
    """Turns away other pages and other names, and lets no error out but in OpenAI's shape."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        safe = partial(_sent_safely, send)
        try:
            opens = scope["method"] == "GET" and scope["path"] == "/"
            self._access.require_here(Headers(scope=scope), opens_page=opens)
            await self._app(scope, receive, safe)
        except PrivateEditError as error:
            await answer_to(error)(scope, receive, safe)
        except Exception as error:  # noqa: BLE001 (no traceback leaves, or enters a log)
            kind = type(error).__name__
            failed = PrivateEditError(f"Something unexpected went wrong ({kind}).")
            await answer_to(failed)(scope, receive, safe)


async def _sent_safely(send: Send, message: dict[str, object]) -> None:
    if message["type"] == "http.response.start":
        more = [(name.encode(), value.encode()) for name, value in _SAFE.items()]
        message = {**message, "headers": [*message.get("headers", ()), *more]}  # type: ignore[misc]
    await send(message)
