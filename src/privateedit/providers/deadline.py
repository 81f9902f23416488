"""`Deadline`: ends an exchange in time, whatever trickles in."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

_BOTH_WAYS = 2  # how a connection is shut down


class DeadlinePassed(Exception):
    """An exchange took longer than it may."""


class Deadline:
    """Shuts the connection when time is up, which wakes who waits for it.

    Timeouts of a connection are for one read or write; a byte a second never meets them.
    """

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True
        self._connection: Any = None
        self.passed = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Remember the connection once it is open; httpcore calls this."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._connection = info["return_value"].get_extra_info("socket")

    def _shut(self) -> None:
        self.passed = True
        with suppress(OSError, AttributeError):
            self._connection.shutdown(_BOTH_WAYS)

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._timer.cancel()
        if self.passed and isinstance(error, Exception):
            raise DeadlinePassed from error
