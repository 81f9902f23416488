"""`Deadline` ends an exchange in time, whatever trickles in; `Stop` ends it because somebody asked."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

_BOTH_WAYS = 2  # how a connection is shut down


class DeadlinePassed(Exception):
    """An exchange took longer than it may."""


class Stopped(Exception):
    """Somebody asked that an exchange ends, or does not begin."""


class Stop:
    """A wish from another thread that exchanges end; once it was asked for, none begins any more."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._lock = threading.Lock()
        self._under_way: set[Deadline] = set()

    def ask(self) -> None:
        """End all exchanges under way, and let no other begin."""
        with self._lock:
            self._asked.set()
            for each in self._under_way:
                each.stop()

    @property
    def asked(self) -> bool:
        """Whether it was asked for."""
        return self._asked.is_set()

    def wait(self, seconds: float) -> None:
        """Sleep, and wake when it is asked for."""
        self._asked.wait(seconds)

    def watch(self, deadline: Deadline) -> None:
        """Begin an exchange, unless it was asked to stop.

        Raises:
            Stopped: it was.
        """
        with self._lock:
            if self.asked:
                raise Stopped
            self._under_way.add(deadline)

    def leave(self, deadline: Deadline) -> None:
        """An exchange is over."""
        with self._lock:
            self._under_way.discard(deadline)


class Deadline:
    """Shuts the connection when time is up or somebody asks for it, which wakes who waits for it.

    Timeouts of a connection are for one read or write; a byte a second never meets them. A connection that is
    only being opened cannot be woken; it is closed as soon as it is open, before a byte is written.
    """

    def __init__(self, seconds: float, stop: Stop | None = None) -> None:
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True
        self._stop = stop or Stop()
        self._connection: Any = None
        self.passed = self.stopped = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Remember the connection once it is open; httpcore calls this.

        Raises:
            DeadlinePassed, Stopped: it is too late.
        """
        if not event.endswith(("connect_tcp.complete", "start_tls.complete")):
            return
        stream = info["return_value"]
        self._connection = stream.get_extra_info("socket")
        if self.stopped or self.passed:
            stream.close()
            raise Stopped if self.stopped else DeadlinePassed

    def stop(self) -> None:
        """End the exchange now; another thread calls this."""
        self.stopped = True
        self._shut()

    def _pass(self) -> None:
        self.passed = True
        self._shut()

    def _shut(self) -> None:
        with suppress(OSError, AttributeError):
            self._connection.shutdown(_BOTH_WAYS)

    def __enter__(self) -> Deadline:
        self._stop.watch(self)
        self._timer.start()
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._timer.cancel()
        self._stop.leave(self)
        if not isinstance(error, Exception):
            return
        if self.stopped:
            raise Stopped from error
        if self.passed:
            raise DeadlinePassed from error
