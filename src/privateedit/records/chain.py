"""The journal's hash chain: each line holds the hash of the one before, and the key vouches for each.

A line is one JSON object in canonical form (keys sorted, no spaces, ASCII). `hash` is the SHA-256 of the line
without `hash` and `mac`, so that anybody can check an exported chain; `mac` can only be made with the key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from privateedit.errors import Refused
from privateedit.records.key import Key

GENESIS = "0" * 64
"""What the first line names as the hash before it."""

_FIELDS = frozenset(("seq", "time", "kind", "id", "facts", "previous", "hash", "mac"))
LONGEST_LINE = 65_536


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number from 1, UTC time (ISO 8601), kind, the id of its send, and its facts."""

    seq: int
    time: str
    kind: str
    id: str
    facts: Mapping[str, Any]
    previous: str
    hash: str
    mac: str

    def encode(self) -> bytes:
        """Return the canonical bytes, newline included."""
        everything = {**_body(self), "hash": self.hash, "mac": self.mac}
        return _canonical(everything) + b"\n"

    def holds(self, key: Key) -> bool:
        """Tell whether hash and mac are those of the contents."""
        digest = hashlib.sha256(_canonical(_body(self))).hexdigest()
        return digest == self.hash and key.vouches("line", digest.encode(), _unhex(self.mac))


@dataclass(frozen=True, slots=True)
class Head:
    """How far a chain reaches: lines, bytes and the last hash."""

    count: int = 0
    size: int = 0
    last: str = GENESIS

    def past(self, line: Line) -> Head:
        """Return the head after one more line."""
        return Head(line.seq, self.size + len(line.encode()), line.hash)

    def precedes(self, line: Line) -> bool:
        """Tell whether `line` is the next one."""
        return line.seq == self.count + 1 and line.previous == self.last

    def next_line(self, key: Key, *, time: str, kind: str, identity: str, facts: Mapping[str, Any]) -> Line:
        """Return the line that continues the chain."""
        bare = Line(self.count + 1, time, kind, identity, dict(facts), self.last, "", "")
        digest = hashlib.sha256(_canonical(_body(bare))).hexdigest()
        return replace(bare, hash=digest, mac=key.mac("line", digest.encode()).hex())

    def encode(self, key: Key) -> bytes:
        """Return the head as a file, vouched for by the key."""
        body = {"count": self.count, "size": self.size, "last": self.last}
        return _canonical({**body, "mac": key.mac("head", _canonical(body)).hex()}) + b"\n"

    @classmethod
    def decode(cls, data: bytes, key: Key) -> Head:
        """Read what `encode` wrote.

        Raises:
            Refused: it is anything else.
        """
        try:
            found = json.loads(data)
            head = cls(found["count"], found["size"], found["last"])
            genuine = head.encode(key) == data
        except (ValueError, LookupError, TypeError) as error:
            raise Refused("The end mark of the journal is damaged.") from error
        if not genuine:
            raise Refused("The end mark of the journal was altered.")
        return head


def parse(data: bytes) -> Line | None:
    """Return the line that has exactly these bytes (newline included), or None if none has."""
    if len(data) > LONGEST_LINE:
        return None
    try:
        found = json.loads(data)
        if not isinstance(found, dict) or found.keys() != _FIELDS or not _typed(found):
            return None
        line = Line(**found)
        return line if line.encode() == data else None
    except (ValueError, TypeError, RecursionError):
        return None


def _typed(found: Mapping[str, Any]) -> bool:
    words = ("time", "kind", "id", "previous", "hash", "mac")
    typed = all(isinstance(found[name], str) for name in words)
    return typed and type(found["seq"]) is int and isinstance(found["facts"], dict)


def _body(line: Line) -> dict[str, Any]:
    return {
        "seq": line.seq,
        "time": line.time,
        "kind": line.kind,
        "id": line.id,
        "facts": dict(line.facts),
        "previous": line.previous,
    }


def _canonical(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _unhex(text: str) -> bytes:
    """Read lower-case hex digits; capitals would let a line be altered and still hold."""
    try:
        data = bytes.fromhex(text)
    except ValueError:
        return b""
    return data if data.hex() == text else b""
