"""`Outcome`: what became of one photo, as it is kept and as it is told."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from privateedit.errors import PrivateEditError, Sent

UNEXPECTED = 1
_UNEXPECTED_ERROR = "Unexpected"


class Status(StrEnum):
    """How far a photo is."""

    WAITING = "waiting"
    WORKING = "working"
    SENDING = "sending"
    """It may be leaving; on the disk before the send begins."""
    RETURNED = "returned"
    """It was sent, and what came back is kept."""
    DONE = "done"
    FAILED = "failed"


ENDED = (Status.DONE, Status.FAILED)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a photo was not done: the error's name, exit code, sentence, and what was sent."""

    error: str
    code: int
    message: str
    sent: Sent = Sent.NO

    def __post_init__(self) -> None:
        """Make the sentence text that can be stored: it may repeat a file name that is none."""
        told = self.message.encode("utf-8", "backslashreplace").decode("utf-8")
        object.__setattr__(self, "message", told)

    @classmethod
    def of(cls, error: Exception, sent: Sent) -> Failure:
        """Return the failure that an exception means; `sent` tells where the exception does not know."""
        if isinstance(error, PrivateEditError):
            told = error.sent if error.knows_what_was_sent else sent
            return cls(type(error).__name__, error.exit_code, error.message, told)
        message = f"Something unexpected went wrong ({type(error).__name__})."
        return cls(_UNEXPECTED_ERROR, UNEXPECTED, message, sent)


LOST = Failure(
    "ProviderError", 5, "The batch was stopped while this was being sent; it may have arrived.", Sent.UNKNOWN
)
"""Of a photo whose sender was stopped in the middle."""
ABSENT = Failure(
    "OutputError",
    2,
    "Its output is not in the outputs' folder any more; --resend-failed sends the photo again.",
    Sent.YES,
)
"""Of a photo that was sent and done, and whose output somebody took away."""
DAMAGED = Failure(
    "InputError",
    2,
    "What came back was damaged on the disk; --resend-failed sends the photo again.",
    Sent.YES,
)
"""Of a photo that was sent, and whose answer cannot be used."""
PUT_OFF = Failure(
    "RateLimited",
    5,
    "When it was sent again, the service was asked too often; leave to send it was for that run.",
    Sent.YES,
)
"""Of a photo that was offered again with leave, and not taken before the run ended."""
CHANGED = (
    "The photo was changed since it was sent, so that what came back is not its own; put it back, or"
    " --resend-failed sends this one."
)
"""The message for a photo that what came back is not fitted to."""
GONE = Failure(
    "InputError", 2, "The photo is not among what was given any more; what came back of it is kept.", Sent.YES
)
"""Of a photo that was sent, waits to be restored, and is not given to this run."""
GONE_UNTAKEN = Failure(
    "InputError",
    2,
    "The photo is not among what was given any more; when it was sent, the service asked to wait.",
    Sent.YES,
)
"""Of a photo that the service put off, and that is not given to this run."""
DIGEST = "photo"
"""Among the facts of a photo whose answer is kept: a salted digest of its pixels, which is told to nobody."""
DIED = Failure(_UNEXPECTED_ERROR, UNEXPECTED, "The process that worked on it died, more than once.")
"""Of a photo that stops whoever works on it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one photo.

    Attributes:
        number: from 1, in the order of names.
        name: relative, as it was found.
        out: the output's, relative to its folder.
        status: how far it is.
        sent: whether it left the device, masked.
        failure: why it was not done.
        facts: more, in plain values.
        also: other names, of links that lead to the same file.
    """

    number: int
    name: str
    out: str
    status: Status
    sent: Sent = Sent.NO
    failure: Failure | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    def line(self) -> str:
        """Return it as one line of JSON; a name that is no text is escaped as Python does."""
        failure = self.failure
        told = {
            "number": self.number,
            "name": self.name,
            "status": str(self.status),
            "out": self.out if self.status is Status.DONE else None,
            "sent": str(self.sent),
            "error": failure.error if failure else None,
            "code": failure.code if failure else 0,
            "message": failure.message if failure else None,
            **({"also": list(self.also)} if self.also else {}),
            **self.facts,
        }
        return json.dumps(told, ensure_ascii=True) + "\n"


def packed(name: str) -> bytes:
    """Return a name as the bytes that the system has; any file name has some."""
    return os.fsencode(name)


def unpacked(data: bytes) -> str:
    """Return the name that `packed` was given."""
    return os.fsdecode(data)


def shown(name: str) -> str:
    """Return a name or a message that holds one for a terminal: on one line, without what could steer it."""
    text = "".join(each if each.isprintable() else "?" for each in name)
    return text.encode("utf-8", "replace").decode("utf-8")


def worst(codes: Mapping[int, int]) -> int:
    """Return the exit code for a batch whose photos ended with these codes: the highest, but 1 above all.

    An unexpected end (1) says that something is wrong with PrivateEdit itself.
    """
    failed = [code for code, count in codes.items() if code and count]
    if UNEXPECTED in failed:
        return UNEXPECTED
    return max(failed, default=0)
