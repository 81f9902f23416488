"""HTTP/1.1 with a clock: whoever does not finish the headers of a request in time is hung up on."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


class PatientProtocol(H11Protocol):
    """uvicorn's protocol, which by itself waits for ever for headers that trickle in (slow loris)."""

    head_seconds = 15.0

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 (as uvicorn's)
        """Start the clock."""
        super().connection_made(transport)
        self._late: Any = None
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Stop the clock when a request has begun; start it where one is expected."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before and self.cycle is not None:
            self._unwatch()
        elif self.cycle is None or self.cycle.response_complete:
            self._watch()

    def on_response_complete(self) -> None:
        """Leave the time between two requests to uvicorn's own clock."""
        self._unwatch()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self.head_seconds, self._hang_up)

    def _unwatch(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _hang_up(self) -> None:
        self._late = None
        if self.transport is not None and not self.transport.is_closing():
            self.transport.close()
