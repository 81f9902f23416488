"""`Reply`: what a service answered, read with suspicion."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from privateedit.errors import BadReply

_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_REQUEST_IDS = ("x-request-id", "x-fal-request-id", "request-id", "x-goog-request-id", "x-litellm-call-id")
_DATA_URI = re.compile(r"data:image/[a-z0-9.+\-]+;base64,")
_MOST_PARTS = 200_000  # of a JSON answer; each takes memory
_LONGEST_WAIT = 86_400.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, already limited in size. `repr` shows neither body nor headers.

    Attributes:
        stage, memory: those of the request.
        status: of HTTP.
        headers: by lower-case name.
        body: the bytes.
    """

    stage: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    memory: Mapping[str, str] = field(repr=False)

    @property
    def request_id(self) -> str | None:
        """What the service calls this request, if it says so in a word that can be shown."""
        for name in _REQUEST_IDS:
            if word := shown(self.headers.get(name)):
                return word
        return None

    @property
    def retry_after(self) -> float | None:
        """Seconds that the service asks to wait, if it says so."""
        try:
            seconds = float(self.headers.get("retry-after", ""))
        except ValueError:
            return None  # or a date, by a clock that is not ours
        return min(seconds, _LONGEST_WAIT) if seconds >= 0 else None

    @property
    def media_type(self) -> str:
        """What the service says the body is, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> dict[str, Any]:
        """Return the object that the body is.

        Raises:
            BadReply: it is none.
        """
        if sum(self.body.count(each) for each in (b",", b"[", b"{")) > _MOST_PARTS:
            raise BadReply("The service answered with far too many parts.")
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            raise BadReply("The service answered with something that is no JSON.") from None
        if not isinstance(found, dict):
            raise BadReply("The service answered with JSON of another kind.")
        return found


def shown(value: object) -> str | None:
    """Return a short code word of a service that can stand in a message, else None.

    Free text is never repeated: services echo prompts.
    """
    return value if isinstance(value, str) and _CODE.fullmatch(value) else None


def dig(value: object, *path: str | int) -> object:
    """Return what lies at a path through objects and lists, or None where anything is missing."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def unwrapped(text: object) -> bytes:
    """Return the bytes of a base64 text, in either alphabet, or of a data URI.

    Raises:
        BadReply: it is neither.
    """
    if not isinstance(text, str) or not text:
        raise BadReply("The service answered without a picture.")
    plain = text[match.end() :] if (match := _DATA_URI.match(text)) else text
    try:
        return base64.b64decode(plain.translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError):
        raise BadReply("The service answered with a picture that cannot be read.") from None
