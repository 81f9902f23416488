"""A real HTTP server on loopback that plays an image service strictly, and records every byte it gets.

A subclass says what the service answers (`answer`); what goes wrong on the wire (`Fault`) is played here, on
the request that carries the picture, or on the reply that brings the result.
"""

from __future__ import annotations

import base64
import json
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Fault(StrEnum):
    """What can go wrong besides a status."""

    SILENT_BEFORE = "no answer, body unread"
    SILENT_AFTER = "no answer, body read"
    RESET_UPLOAD = "reset mid-upload"
    RESET_REPLY = "reset mid-reply"
    WRONG_TYPE = "result of another type"
    TRUNCATED = "truncated picture"
    HUGE = "100 MB result"
    BOMB = "decompression bomb"
    REFUSAL_200 = "refusal as 200"


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    raw_head: bytes = b""

    def json(self):
        return json.loads(self.body)


@dataclass
class Answer:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def of(cls, value, status=200, **headers):
        named = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return cls(status, named, json.dumps(value).encode())


class StandIn:
    """One service; use as a context manager, `url` is its root."""

    prefix = ""
    """What a base URL of the service ends in, such as `/v1`."""

    key = "sk-test-key-0123456789"

    def __init__(self, fault: Fault | None = None, status: int | None = None, redraw=None):
        self.fault, self.status = fault, status
        self.redraw = redraw or (lambda picture, hidden: picture)
        self.asked: list[Asked] = []
        self.problems: list[str] = []
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def _any(self):
                stand_in._handle(self)

            do_GET = do_POST = do_PUT = do_DELETE = _any

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # a client that hangs up is part of the tests

        self._make = lambda: Server(("127.0.0.1", 0), Handler)
        self.hangs, self._closing = threading.Event(), threading.Event()

    @property
    def root(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def url(self):
        return f"{self.root}{self.prefix}"

    def __enter__(self):
        self._server = self._make()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def carried(self):
        """Requests in which a picture came."""
        return [asked for asked in self.asked if self.carries(asked)]

    # what a subclass says

    def carries(self, asked: Asked) -> bool:
        """Whether this request brings the picture; the first faults strike there."""
        return asked.method == "POST"

    def delivers(self, asked: Asked) -> bool:
        """Whether the answer to this request holds the finished picture; the last faults strike there."""
        return asked.method == "POST"

    def authorized(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == f"Bearer {self.key}"

    def unauthorized(self) -> Answer:
        return self.error(401)

    def error(self, status: int) -> Answer:
        """The service's own error of a status."""
        raise NotImplementedError

    def answer(self, asked: Asked) -> Answer:
        """The service's answer; `self.reject(...)` where the request is not as the reference says."""
        raise NotImplementedError

    def refuse(self, asked: Asked) -> Answer:
        """How the service says no with status 200."""
        raise NotImplementedError

    def delivery(self, asked: Asked, picture: bytes) -> Answer:
        """The answer that brings `picture`, whatever its bytes are."""
        raise NotImplementedError

    # what is played here

    def reject(self, why: str, status: int = 400) -> Answer:
        """Note what is wrong with a request, and answer as the service does."""
        self.problems.append(why)
        return self.error(status)

    def _handle(self, handler):
        length = int(handler.headers.get("content-length") or 0)
        parts = urlsplit(handler.path)
        head = f"{handler.requestline}\r\n{handler.headers.as_string()}".encode("latin-1", "replace")
        headers = {name.lower(): value for name, value in handler.headers.items()}
        asked = Asked(handler.command, parts.path, parse_qs(parts.query), headers, b"", head)
        if self.fault is Fault.SILENT_BEFORE and handler.command == "POST" and length > 1000:
            handler.rfile.peek(1)  # its first bytes have come
            self._hang()
            return
        if self.fault is Fault.RESET_UPLOAD and handler.command == "POST" and length > 1000:
            asked.body = handler.rfile.read(min(length // 2, 20_000))
            self.asked.append(asked)
            self._reset(handler)
            return
        asked.body = handler.rfile.read(length)
        self.asked.append(asked)
        self._answer(handler, asked)

    def _answer(self, handler, asked):
        carries, delivers = self.carries(asked), self.delivers(asked)
        if not self.authorized(asked) and not (delivers and not carries):
            self._send(handler, self.unauthorized())
            return
        if self.status is not None and carries:
            self._send(handler, self.error(self.status))
            return
        if self.fault is Fault.SILENT_AFTER and carries:
            self._hang()
            return
        if self.fault is Fault.REFUSAL_200 and (delivers or carries):
            self._send(handler, self.refuse(asked))
            return
        answer = self.answer(asked)
        if delivers and answer.status == 200 and not self.problems:
            if self.fault is Fault.RESET_REPLY:
                self._send(handler, answer, part=0.5)
                self._reset(handler)
                return
            spoiled = {
                Fault.WRONG_TYPE: b"<html><body>not a picture</body></html>",
                Fault.TRUNCATED: PNG[: len(PNG) // 2],
                Fault.BOMB: bomb(),
                Fault.HUGE: WHOLE,
            }.get(self.fault)
            if spoiled is not None:
                answer = self.delivery(asked, spoiled)
            if self.fault is Fault.HUGE:
                self._send(handler, answer, swollen(answer.body))
                return
        self._send(handler, answer)

    def _send(self, handler, answer, pieces=None, part=1.0):
        pieces = pieces or [answer.body]
        try:
            handler.send_response(answer.status)
            for name, value in answer.headers.items():
                handler.send_header(name, value)
            handler.send_header("content-length", str(sum(map(len, pieces))))
            handler.end_headers()
            for piece in pieces:
                handler.wfile.write(piece[: int(len(piece) * part)])
            handler.wfile.flush()
        except OSError:
            handler.close_connection = True

    def _hang(self):
        self.hangs.set()
        self._closing.wait(20)

    def _reset(self, handler):
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        handler.close_connection = True
        time.sleep(0.01)


def _png():
    import io

    import numpy as np
    from PIL import Image

    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    written = io.BytesIO()
    Image.fromarray(noise).save(written, "PNG")
    return written.getvalue()


PNG = _png()

WHOLE = PNG + bytes(-len(PNG) % 3)
"""The same, in Base64 without padding, so that more of it may follow."""


def swollen(body: bytes) -> list[bytes]:
    """An answer whose picture, if it is in there, goes on for 100 MB; in pieces, all but two the same one."""
    for picture, more in ((WHOLE, bytes(3 << 18)), (base64.b64encode(WHOLE), b"A" * (1 << 20))):
        before, found, after = body.partition(picture)
        if found:
            return [before + found, *[more] * (100 * 4 // 3 + 1), after]
    return [body]


def bomb():
    """A PNG of 60,000 × 60,000 black pixels in a few hundred bytes of header and zeros."""
    import zlib

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1 << 20)))
        + chunk(b"IEND", b"")
    )
