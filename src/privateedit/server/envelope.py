"""Errors in OpenAI's shape: what happened, what was sent, and that no client sends again by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from privateedit.errors import (
    AuthenticationFailed,
    BadReply,
    Cancelled,
    CannotAlign,
    ContentRefused,
    InputError,
    Missing,
    NoFaceFound,
    NotServed,
    PrivateEditError,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    Refused,
    RequestRejected,
    Sent,
    TimedOut,
    UnknownInstruction,
    UnreadablePhoto,
)

INVALID = "invalid_request_error"
FINAL = 424
"""The status of what failed after a picture may have left, for clients that would send it again: none does
after this one."""

_REPEATED = frozenset({408, 409, 425, 429})


class Meaning(NamedTuple):
    """Status, type and code of an error as OpenAI's clients know them."""

    status: int
    kind: str
    code: str


_MEANINGS: tuple[tuple[type[PrivateEditError], Meaning], ...] = (
    (NoFaceFound, Meaning(400, INVALID, "no_face_found")),
    (UnreadablePhoto, Meaning(400, INVALID, "invalid_image_file")),
    (UnknownInstruction, Meaning(400, INVALID, "unknown_instruction")),
    (InputError, Meaning(400, INVALID, "invalid_value")),
    (Refused, Meaning(400, INVALID, "privacy_check_failed")),
    (CannotAlign, Meaning(422, INVALID, "cannot_align")),
    (AuthenticationFailed, Meaning(401, "authentication_error", "invalid_api_key")),
    (QuotaExceeded, Meaning(429, "insufficient_quota", "insufficient_quota")),
    (RateLimited, Meaning(429, "rate_limit_error", "rate_limit_exceeded")),
    (ContentRefused, Meaning(400, "image_generation_user_error", "moderation_blocked")),
    (RequestRejected, Meaning(400, INVALID, "request_rejected")),
    (TimedOut, Meaning(504, "server_error", "upstream_timeout")),
    (Cancelled, Meaning(503, "server_error", "cancelled")),
    (BadReply, Meaning(502, "server_error", "bad_upstream_reply")),
    (ProviderError, Meaning(502, "server_error", "upstream_failed")),
    (Missing, Meaning(503, "server_error", "installation_incomplete")),
    (PrivateEditError, Meaning(500, "server_error", "internal_error")),
)


def meaning_of(error: PrivateEditError) -> Meaning:
    """Return how OpenAI's clients are told of an error."""
    if isinstance(error, NotServed):
        return Meaning(error.status, _kind(error.status), error.code)
    return next(meaning for kind, meaning in _MEANINGS if isinstance(error, kind))


def meaning_for(error: PrivateEditError, *, heeds: bool) -> Meaning:
    """Return what a client is told, so that it does not send again by itself what may have left.

    Args:
        error: what went wrong.
        heeds: whether the client obeys ``x-should-retry``, as OpenAI's libraries do. Others go by the status
            alone and repeat what is 408, 409, 425, 429 or 5xx, or speaks of a rate limit.
    """
    meaning = meaning_of(error)
    repeated = meaning.status in _REPEATED or meaning.status >= 500
    if heeds or not repeated or error.sent is Sent.NO:
        return meaning
    code = "upstream_limit" if isinstance(error, RateLimited) else meaning.code
    return Meaning(FINAL, "upstream_error", code)


def _kind(status: int) -> str:
    return {401: "authentication_error", 403: "permission_error"}.get(
        status, INVALID if status < 500 else "server_error"
    )


def error_for(failure: BaseException, sent: Sent) -> PrivateEditError:
    """Return what is told of whatever ended an edit: one sentence, and nothing of a traceback.

    Args:
        failure: an error of ours, which is told as it is; a cancelled task, since the server stops; or
            something unexpected, of which the kind is told.
        sent: what may have left, of something unexpected.
    """
    if isinstance(failure, PrivateEditError):
        return failure
    if isinstance(failure, Exception):
        kind = type(failure).__name__
        return PrivateEditError(f"Something unexpected went wrong ({kind}).", sent=sent)
    return Cancelled("The server was stopped.", sent=Sent.UNKNOWN)


def envelope(error: PrivateEditError, meaning: Meaning | None = None) -> dict[str, object]:
    """Return the body: OpenAI's four keys, and what was sent."""
    meaning = meaning or meaning_of(error)
    said: dict[str, object] = {
        "message": error.sentence,
        "type": meaning.kind,
        "param": error.param if isinstance(error, NotServed) else None,
        "code": meaning.code,
        "sent": str(error.sent),
    }
    if isinstance(error, CannotAlign):
        said["measured"] = {name: _plain(value) for name, value in error.measured.items()}
    return {"error": said}


def _plain(value: float) -> float | None:
    """JSON has no infinity."""
    return round(value, 4) if value == value and abs(value) != float("inf") else None  # noqa: PLR0124 (NaN)


def headers_of(error: PrivateEditError) -> Mapping[str, str]:
    """Return the headers of an error.

    OpenAI's clients send again by themselves after some statuses. What may have been sent is not sent again
    unless a person says so; what was turned away at the door may be.
    """
    wait = error.retry_after if isinstance(error, (NotServed, RateLimited)) else None
    again = isinstance(error, NotServed) and wait is not None
    headers = {"x-should-retry": "true" if again else "false", "x-privateedit-sent": str(error.sent)}
    if wait is not None:
        headers["retry-after"] = str(max(1, round(wait)))
    if isinstance(error, ProviderError) and error.request_id and error.request_id.isascii():
        headers["x-request-id"] = error.request_id
    return headers


def encoded(error: PrivateEditError, meaning: Meaning | None = None) -> bytes:
    """Return the body as bytes."""
    return json.dumps(envelope(error, meaning), ensure_ascii=False, allow_nan=False).encode()
