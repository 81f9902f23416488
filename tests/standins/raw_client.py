"""A client that says on the wire exactly what it is told to: nothing that a library adds or forbids."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass, field

EDITS = "/v1/images/edits"
KEYS = {"message", "type", "param", "code"}


@dataclass
class Heard:
    """An answer as it came."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    head: bytes = field(repr=False, default=b"")

    def all(self, name):
        return [value for each, value in self.headers if each == name]

    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The error's code; the answer must be in OpenAI's shape."""
        return self.error["code"]

    @property
    def error(self):
        assert self.all("content-type") == ["application/json"], self
        found = self.json()["error"]
        assert found.keys() >= KEYS, found
        assert isinstance(found["message"], str) and isinstance(found["type"], str)
        return found


def head(method="POST", path=EDITS, *, port, version="1.1", host=None, headers=()):
    """Return the head of a request; `host` in place of the right one, "" for none."""
    named = f"127.0.0.1:{port}" if host is None else host
    lines = [f"{method} {path} HTTP/{version}"]
    if named:
        lines.append(f"Host: {named}")
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def form(parts, boundary="b"):
    """Return a form's content type and body; a part is (head, content)."""
    pieces = [f"--{boundary}\r\n{said}\r\n\r\n".encode() + content + b"\r\n" for said, content in parts]
    body = b"".join(pieces) + f"--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body


def text(name, value):
    return f'Content-Disposition: form-data; name="{name}"', value.encode()


def file(name, data, called="photo.png", kind="image/png"):
    return (
        f'Content-Disposition: form-data; name="{name}"; filename="{called}"\r\nContent-Type: {kind}',
        data,
    )


class RawClient:
    """One connection."""

    def __init__(self, port, timeout=20.0):
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self._left = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def say(self, data):
        self.socket.sendall(data)

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self):
        """Go without a word: the other side gets a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()

    def hears(self):
        """Return the next answer."""
        data = self._until(b"\r\n\r\n")
        start, _, rest = data.partition(b"\r\n\r\n")
        first, *lines = start.split(b"\r\n")
        pairs = [line.decode("latin-1").partition(":") for line in lines]
        headers = [(name.lower(), value.strip()) for name, _, value in pairs]
        status = int(first.split(b" ")[1])
        lengths = [int(value) for name, value in headers if name == "content-length"]
        if 100 <= status < 200:
            self._left = rest
            return Heard(status, headers, b"", start)
        if lengths:
            body = self._exactly(rest, lengths[0])
        elif ("transfer-encoding", "chunked") in headers:
            body = self._chunks(rest)
        else:
            body = rest + self.rest()
        return Heard(status, headers, body, start)

    def rest(self):
        """Return what comes until the other side hangs up; a reset is one way to."""
        pieces = []
        try:
            while piece := self.socket.recv(1 << 16):
                pieces.append(piece)
        except ConnectionError:
            pass
        return b"".join(pieces)

    def hung_up_after(self):
        """Return the seconds until the other side hangs up."""
        start = time.monotonic()
        self.rest()
        return time.monotonic() - start

    def _until(self, mark):
        data, self._left = self._left, b""
        while mark not in data:
            piece = self.socket.recv(1 << 16)
            if not piece:
                raise ConnectionError(f"hung up after {data[:200]!r}")
            data += piece
        return data

    def _exactly(self, data, length):
        while len(data) < length:
            piece = self.socket.recv(1 << 16)
            if not piece:
                raise ConnectionError("hung up in the middle of a body")
            data += piece
        self._left = data[length:]
        return data[:length]

    def _chunks(self, data):
        body = b""
        while True:
            self._left = data
            line = self._until(b"\r\n")
            size, _, data = line.partition(b"\r\n")
            length = int(size, 16)
            piece = self._exactly(data, length + 2)
            data = self._left
            if not length:
                return body
            body += piece[:-2]


def asked(port, data, timeout=20.0):
    """Say something on a connection of its own, and return the answer."""
    with RawClient(port, timeout) as client:
        client.say(data)
        return client.hears()
