"""`Limits`: how many masked pictures may leave, how fast, and when to give up."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from enum import StrEnum

from privateedit.errors import (
    AuthenticationFailed,
    ExtraMissing,
    InputError,
    JournalUnwritable,
    OutputError,
    QuotaExceeded,
    WeightsMissing,
)

_HOPELESS = (AuthenticationFailed, QuotaExceeded, JournalUnwritable, WeightsMissing, ExtraMissing)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)
MINUTE = 60.0
MOST_TRIES = 5
"""Times that a photo is offered to a service that answers that it is asked too often."""
_PAUSE = 5.0
LONGEST_PAUSE = 3600.0
"""Seconds; no service is waited for longer, whatever it says."""


class Halt(StrEnum):
    """Why a batch stopped before its end."""

    CEILING = "as many pictures left as were allowed"
    FAILURES = "the service failed too often in a row"
    HOPELESS = "every further photo would fail in the same way"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a person allows of sends to a service.

    Attributes:
        at_most: masked pictures that may leave in all runs of a batch together; None for any number.
        per_minute: in any 60 seconds.
        failures: failures of the service in a row after which no more is sent; 0 for any number.

    Raises:
        InputError: a number is too small.
    """

    at_most: int | None = None
    per_minute: int | None = None
    failures: int = 10

    def __post_init__(self) -> None:
        if self.at_most is not None and self.at_most < 0:
            raise InputError("At most so many pictures may leave: 0 or more.")
        if self.per_minute is not None and self.per_minute < 1:
            raise InputError("At least one picture must be allowed to leave per minute.")
        if self.failures < 0:
            raise InputError("The number of failures in a row must be 0 or more.")


def is_hopeless(error: BaseException) -> bool:
    """Tell whether every further photo would fail in the same way: no key, no credit, no room on the disk."""
    cause = error.__cause__
    full = isinstance(error, OutputError) and isinstance(cause, OSError) and cause.errno in _NO_ROOM
    return full or isinstance(error, _HOPELESS)


def pause_after(tries: int, told: float | None) -> float:
    """Return seconds to wait after a service asked for patience: what it said, else longer each time."""
    wanted = _PAUSE * 2 ** (max(1, tries) - 1) if told is None else max(0.0, told)
    return min(wanted, LONGEST_PAUSE)
