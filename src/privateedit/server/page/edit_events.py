"""An edit as a stream of events. It begins when somebody listens, and ends when nobody does."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from privateedit import memory, pipeline, wiring
from privateedit.core.edit import EditResult
from privateedit.core.ports import Editor
from privateedit.errors import Cancelled, NotServed, PrivateEditError, Sent
from privateedit.pipeline import telling_what_was_sent
from privateedit.server import envelope
from privateedit.server.answers import event
from privateedit.server.desk import Stoppable
from privateedit.server.guardian import Guardian, Unstoppable, keep_alive
from privateedit.server.page import facts, photo_story
from privateedit.server.page.open_photo import Job, OpenPhoto, Returned
from privateedit.server.presence import Presence, attended, outcome_of

_LOG = logging.getLogger("privateedit.server")
_STREAM = {"content-type": "text/event-stream", "cache-control": "no-store"}


class EditEvents(Response):
    """Does an edit while it tells of it, so that whoever hangs up stops the send."""

    def __init__(self, guardian: Guardian, request: Request, photo: OpenPhoto, job: Job) -> None:
        super().__init__()
        self._guardian, self._request, self._photo, self._job = guardian, request, photo, job
        self._sent = Sent.NO

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Do it, and tell how it ended."""
        metrics = self._guardian.metrics
        await send({"type": "http.response.start", "status": 200, "headers": _raw(_STREAM)})
        try:
            with metrics.inside.track_inprogress(), self._guardian.desk.admitted():
                last = await attended(self._request.receive, partial(self._listened, send))
            status = 200
        except ClientDisconnect:
            metrics.failures.labels("ClientDisconnect").inc()
            return
        except (Exception, anyio.get_cancelled_exc_class()) as failure:  # noqa: BLE001 (the last line of defense)
            status, last = self._failed(envelope.error_for(failure, self._sent))
        finally:
            if self._photo.job is self._job:
                self._photo.job = None
        metrics.answers.labels(str(status)).inc()
        _LOG.info("edit of the page answered with %d", status)
        await send({"type": "http.response.body", "body": last})
        await self._guardian.desk.work(memory.give_back)

    def _failed(self, error: PrivateEditError) -> tuple[int, bytes]:
        self._guardian.metrics.failures.labels(type(error).__name__).inc()
        meaning = envelope.meaning_of(error)
        return meaning.status, event("failed", envelope.envelope(error, meaning))

    async def _listened(self, send: Send, presence: Presence) -> bytes:
        """Return the last event; silence before it is filled."""
        async with self._photo.lock:
            self._job.presence = presence
            if self._job.cancelled:
                raise Cancelled("The edit was cancelled.", sent=Sent.NO)
            async with anyio.create_task_group() as group:
                group.start_soon(keep_alive, send)
                outcome = await outcome_of(self._edited(send, presence))
                group.cancel_scope.cancel()
            return event("done", outcome())

    async def _edited(self, send: Send, presence: Presence) -> facts.Facts:
        guardian, job, photo = self._guardian, self._job, self._photo
        await _progress(send, "waiting")
        editor = await guardian.desk.read(self._editor)
        way = editor if isinstance(editor, Stoppable) else Unstoppable()
        await _progress(send, "sending")
        self._sent = Sent.NO if editor.local else Sent.UNKNOWN
        with guardian.metrics.timed("send"):
            returned: tuple[EditResult, ...] = await guardian.desk.send(
                partial(pipeline.send, job.sealed.prepared, job.instruction, editor, photo.parts),
                way,
                presence.left,
            )
        self._sent = Sent.NO if editor.local else Sent.YES
        if presence.left.is_set():
            raise Cancelled("The edit was cancelled.", sent=self._sent)
        await _progress(send, "restoring")
        came = Returned(job.id, job.sealed, returned[0])
        with guardian.metrics.timed("restore"), telling_what_was_sent(self._sent):
            done = await guardian.desk.work(partial(photo_story.restored, photo, came, job.finish))
        guardian.metrics.faces.inc(len(job.sealed.prepared.concealed.hidden_faces))
        guardian.metrics.results.inc()
        return facts.result_facts(came, done)

    def _editor(self) -> Editor:
        """Return the service's editor once no name stands in the instruction that it must not learn.

        Raises:
            Refused: one does; nothing was sent.
        """
        sealed, job = self._job.sealed, self._job
        with telling_what_was_sent(Sent.NO):
            editor = wiring.editor(sealed.service, model=sealed.model)
            trust = sealed.prepared.concealment.trust
            pipeline.names_in(job.instruction, self._photo.names, trust, pipeline.words_of(editor))
        return editor


def job_in(photo: OpenPhoto, number: str) -> Job:
    """Return an edit that was asked for and that nobody has listened to.

    Raises:
        NotServed: 404, there is none of that name; 409, somebody listens already. What was sent for it is
            told to whoever listened first.
    """
    job = photo.job
    if job is None or job.id != number:
        raise NotServed(
            "There is no such edit, or it has ended.", status=404, code="not_found", sent=Sent.UNKNOWN
        )
    if job.listened:
        said = "Somebody listens to this edit already."
        raise NotServed(said, status=409, code="under_way", sent=Sent.UNKNOWN)
    job.listened = True
    return job


async def _progress(send: Send, stage: str) -> None:
    await send({"type": "http.response.body", "body": event("progress", {"stage": stage}), "more_body": True})


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]
