"""One edit from the first byte of its body to the last of its answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

import anyio
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from privateedit import memory, wiring
from privateedit.core.edit import EditResult
from privateedit.errors import NotServed, PrivateEditError, Sent
from privateedit.pipeline import telling_what_was_sent
from privateedit.server import envelope
from privateedit.server.access import Caller
from privateedit.server.answers import event, event_answer, facts_after, facts_before, json_answer
from privateedit.server.asked import Asked, asked_of
from privateedit.server.body import bounded, require_announced_fits
from privateedit.server.desk import Stoppable
from privateedit.server.guardian import Guardian, Unstoppable, keep_alive
from privateedit.server.json_body import fields_of_json
from privateedit.server.multipart import fields_of_form
from privateedit.server.presence import Presence, attended, outcome_of
from privateedit.server.story import Finished, Ready, finished, prepared, sent
from privateedit.server.upstream import Chosen
from privateedit.server.wishes import wish_of

_LOG = logging.getLogger("privateedit.server")
_HEEDS = "x-stainless-lang"  # sent by OpenAI's own libraries, which obey x-should-retry


class Edit(Response):
    """An answer that does its work while it is given, so that all it holds is given back with it."""

    def __init__(self, guardian: Guardian, request: Request, deployment: str = "") -> None:
        super().__init__()
        self._guardian, self._request, self._deployment = guardian, request, deployment
        self._told = False  # whether the head of the answer has left
        self._work: _Work | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Do it, and answer whatever comes of it."""
        metrics = self._guardian.metrics
        try:
            with metrics.inside.track_inprogress(), self._guardian.desk.admitted():
                await self._answered(send)
        except ClientDisconnect:
            metrics.failures.labels("ClientDisconnect").inc()
        except (Exception, anyio.get_cancelled_exc_class()) as failure:  # noqa: BLE001 (the last line of defense)
            await self._fail(envelope.error_for(failure, self._sent), send)
        if self._work is not None:
            await self._guardian.desk.work(memory.give_back)

    @property
    def _sent(self) -> Sent:
        """What may have left, whatever went wrong."""
        return Sent.UNKNOWN if self._work is not None and self._work.begun else Sent.NO

    async def _answered(self, send: Send) -> None:
        caller = self._guardian.access.caller(self._request.headers)
        with self._guardian.desk.budget.share() as take:
            asked = await self._asked(take)
            await attended(self._request.receive, partial(self._carried_out, asked, caller, send))

    async def _carried_out(self, asked: Asked, caller: Caller, send: Send, presence: Presence) -> None:
        guardian, headers = self._guardian, self._request.headers
        work = await guardian.desk.read(partial(_Work, guardian, asked, headers, caller))
        self._work = work
        ready = await work.prepare(presence)
        presence.require()
        local = work.chosen.editor.local
        with nullcontext() if local else guardian.repeats.sending(headers, ready.mark):
            if asked.stream:
                await self._stream(work, ready, presence, send)
                return
            done = await work.carry_out(ready, presence)
            with telling_what_was_sent(work.sent):
                facts = {**facts_before(ready, work.chosen), **facts_after(done, work.chosen)}
                body = await guardian.desk.work(partial(json_answer, done, asked, guardian.now()))
            await self._say(200, "application/json", facts, body, send)

    async def _asked(self, take: Callable[[int], None]) -> Asked:
        """Read the body, and make sense of it."""
        request, limits = self._request, self._guardian.desk.limits
        require_announced_fits(request.headers.get("content-length"), limits)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "multipart/form-data":
            pieces = bounded(request.stream(), limits, take)
            return asked_of(await fields_of_form(request.headers, pieces, limits), self._deployment)
        if kind == "application/json":
            small = bounded(request.stream(), replace(limits, body=min(limits.body, limits.json)), take)
            body = b"".join([piece async for piece in small])
            fields = await self._guardian.desk.work(partial(fields_of_json, body, limits))
            return asked_of(fields, self._deployment)
        raise NotServed(
            "The body must be multipart/form-data or application/json.",
            status=415,
            code="unsupported_media_type",
        )

    async def _stream(self, work: _Work, ready: Ready, presence: Presence, send: Send) -> None:
        """Answer with events: silence is filled, and whoever hangs up stops the send."""
        before = facts_before(ready, work.chosen)
        await self._begin(
            200, {"content-type": "text/event-stream", "cache-control": "no-store", **before}, send
        )
        async with anyio.create_task_group() as group:
            group.start_soon(keep_alive, send)
            outcome = await outcome_of(work.carry_out(ready, presence))
            group.cancel_scope.cancel()
        done = outcome()
        now = self._guardian.now()
        with telling_what_was_sent(work.sent):
            facts = {**before, **facts_after(done, work.chosen)}
            body = await self._guardian.desk.work(partial(event_answer, done, work.asked, now, facts))
        self._count(200)
        await send({"type": "http.response.body", "body": body})

    async def _fail(self, error: PrivateEditError, send: Send) -> None:
        self._guardian.metrics.failures.labels(type(error).__name__).inc()
        meaning = envelope.meaning_for(error, heeds=_HEEDS in self._request.headers)
        if self._told:  # the status has left; OpenAI's clients understand an event called error
            self._count(meaning.status)
            body = event("error", envelope.envelope(error, meaning))
            await send({"type": "http.response.body", "body": body})
            return
        body = envelope.encoded(error, meaning)
        await self._say(meaning.status, "application/json", envelope.headers_of(error), body, send)

    async def _say(self, status: int, kind: str, headers: Mapping[str, str], body: bytes, send: Send) -> None:
        self._count(status)
        length = {"content-type": kind, "content-length": str(len(body)), "cache-control": "no-store"}
        await self._begin(status, {**length, **headers}, send)
        await send({"type": "http.response.body", "body": body})

    async def _begin(self, status: int, headers: Mapping[str, str], send: Send) -> None:
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        self._told = True
        await send({"type": "http.response.start", "status": status, "headers": raw})

    def _count(self, status: int) -> None:
        self._guardian.metrics.answers.labels(str(status)).inc()
        _LOG.info("edit answered with %d", status)


class _Work:
    """The three stretches of an edit, each where it belongs."""

    def __init__(self, guardian: Guardian, asked: Asked, headers: Headers, caller: Caller) -> None:
        self._guardian, self.asked = guardian, asked
        self._wish = wish_of(headers.items(), guardian.policy, wiring.settings())
        self._parts = wiring.parts()
        self.chosen: Chosen = guardian.upstream.chosen(asked, caller.key)
        self.begun = False

    @property
    def sent(self) -> Sent:
        """What left of an edit that was carried out."""
        return Sent.NO if self.chosen.editor.local else Sent.YES

    async def prepare(self, presence: Presence) -> Ready:
        """Open, mask and seal, for somebody who is still there when the turn comes."""

        def mask() -> Ready:
            presence.require()
            return prepared(self.asked, self._wish, self.chosen, self._parts)

        with self._guardian.metrics.timed("mask"):
            ready = await self._guardian.desk.work(mask)
        self._guardian.metrics.faces.inc(sum(len(each.concealed.hidden_faces) for each in ready.all))
        return ready

    async def carry_out(self, ready: Ready, presence: Presence) -> Finished:
        """Send and restore."""
        self.begun = not self.chosen.editor.local
        editor, desk, metrics = self.chosen.editor, self._guardian.desk, self._guardian.metrics
        way = editor if isinstance(editor, Stoppable) else Unstoppable()
        with metrics.timed("send"):
            returned: tuple[EditResult, ...] = await desk.send(
                partial(sent, ready, self.asked, self.chosen, self._parts), way, presence.left
            )
        with metrics.timed("restore"):
            done = await desk.work(
                partial(finished, ready, returned, self.asked, self._wish, self.chosen, self._parts)
            )
        metrics.results.inc(len(done.files))
        return done
