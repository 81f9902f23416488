"""HTTP/1.1 with a clock: whoever does not finish the headers of a request in time is hung up on."""

from __future__ import annotations

from typing import Any

import h11
from starlette.responses import Response
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol


class PatientProtocol(H11Protocol):
    """uvicorn's protocol, which by itself waits for ever for headers that trickle in (slow loris).

    Attributes:
        head_seconds: how long the headers of a request may take.
        most: connections that are served; as many again are told that it is busy, the rest hung up on.
        busy: the app that tells them so.
        unreadable: the answer to what is no HTTP.
    """

    head_seconds = 15.0
    most = 256
    busy: ASGIApp
    unreadable: Response

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 (as uvicorn's)
        """Start the clock."""
        super().connection_made(transport)
        self.access_log = False  # a path may hold anything
        self._late: Any = None
        if len(self.connections) > 2 * self.most:
            transport.abort()
            return
        if len(self.connections) > self.most:
            self.app = type(self).busy
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

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP in OpenAI's shape, unless an answer is under way; then hang up."""
        if self.cycle is None or self.cycle.response_complete:
            said = self.unreadable
            headers = [*said.raw_headers, (b"connection", b"close")]
            head = h11.Response(status_code=said.status_code, headers=headers, reason=b"Bad Request")
            for event in (head, h11.Data(bytes(said.body)), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

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
