"""What one request, and all of them together, may take of this machine."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Bounds; beyond each of them stands an answer, never an unbounded wait or unbounded memory.

    Attributes:
        file: bytes of one picture.
        body: bytes of one request: sixteen pictures and a mask at most.
        json: bytes of a body in JSON, which takes up to four times as much while it is read.
        memory: bytes of all requests that are being read or worked on.
        text: bytes of one field that is no file.
        files, fields: how many of each one request may have.
        head: seconds from the first byte of a request to the end of its headers.
        idle: seconds that a body may pause.
        upload: seconds that a body may take in all.
        waiting: requests that may be inside at once; the next is asked to come back.
        workers: pictures that are worked on at once.
        connections: open connections, those that wait for nothing included.
        grace: seconds that requests under way get when the server is stopped.
    """

    file: int = 50 * _MIB
    body: int = 840 * _MIB
    json: int = 256 * _MIB
    memory: int = 1024 * _MIB
    text: int = 256 * 1024
    files: int = 17
    fields: int = 64
    head: float = 15.0
    idle: float = 30.0
    upload: float = 300.0
    waiting: int = 16
    workers: int = 2
    connections: int = 256
    grace: float = 20.0
