"""The journal's files: lines that are only ever added, and an end mark that tells how many there must be.

A line is on the disk before the end mark is. A writer that was stopped in between left one whole line, which
its MAC proves genuine, or part of one. The part is taken away and a line of kind ``torn`` says so: what it
announced had not begun, because nothing is sent before its line is on the disk.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from privateedit.errors import JournalUnwritable, Refused
from privateedit.records.chain import LONGEST_LINE, Head, Line, parse
from privateedit.records.key import Key
from privateedit.records.private_files import append, open_private, read_private, replace, shorten

_JOURNAL = "journal.jsonl"
_HEAD = "journal.head"
_VERSION = 1
_MOST_UNMARKED = 1_048_576
"""Bytes that may lie after the end mark; more than any stopped writer leaves."""


def begin(folder: Path, key: Key, time: str, *, forgotten: bool) -> None:
    """Put a new chain in place of any other; its first line tells whether an earlier one was forgotten.

    Raises:
        OSError: it could not be written.
    """
    facts = {"version": _VERSION, "forgotten": forgotten}
    line = Head().next_line(key, time=time, kind="start", identity="", facts=facts)
    replace(folder / _JOURNAL, line.encode())
    replace(folder / _HEAD, Head().past(line).encode(key))


def exists(folder: Path) -> bool:
    """Tell whether there is a journal, or what is left of one."""
    return any((folder / name).exists() for name in (_JOURNAL, _HEAD))


def is_used(folder: Path) -> bool:
    """Tell whether the journal has more than its first line.

    Raises:
        Refused, OSError: it cannot be read.
    """
    return (read_private(folder / _JOURNAL) or b"").count(b"\n") > 1


def add(folder: Path, key: Key, time: str, *, kind: str, identity: str, facts: Mapping[str, Any]) -> None:
    """Add one line and have it on the disk, reading no more than the end of the journal.

    Raises:
        JournalUnwritable: the end of the journal is not what was last written.
        Refused: others can open it.
        OSError: it could not be written.
    """
    head = _sound_end(folder, key, time)
    line = head.next_line(key, time=time, kind=kind, identity=identity, facts=facts)
    if len(line.encode()) > LONGEST_LINE:
        raise JournalUnwritable("The send has too many facts: its line in the journal would be too long.")
    _add_after(head, line, folder, key)


def _add_after(head: Head, line: Line, folder: Path, key: Key) -> Head:
    append(folder / _JOURNAL, line.encode())
    after = head.past(line)
    replace(folder / _HEAD, after.encode(key))
    return after


def _sound_end(folder: Path, key: Key, time: str) -> Head:
    """Return the end to add to, after finishing what a stopped writer left."""
    head = read_end(folder, key)
    with opened(folder) as file:
        if not _ends_as_marked(file, head, key):
            raise _altered()
        file.seek(head.size)
        rest = file.read(_MOST_UNMARKED)
    torn = b""
    for row in rest.splitlines(keepends=True):
        line = parse(row)
        if line is not None and line.holds(key) and head.precedes(line):
            head = head.past(line)
        elif row.endswith(b"\n") or len(rest) == _MOST_UNMARKED:
            raise _altered()
        else:
            torn = row
    if torn:
        shorten(folder / _JOURNAL, head.size)
        facts = {"bytes": len(torn)}
        line = head.next_line(key, time=time, kind="torn", identity="", facts=facts)
        head = _add_after(head, line, folder, key)
    return head


def _ends_as_marked(file: BinaryIO, head: Head, key: Key) -> bool:
    start = max(0, head.size - LONGEST_LINE)
    file.seek(start)
    tail = file.read(head.size - start)
    rows = tail.splitlines(keepends=True)
    line: Line | None = parse(rows[-1]) if rows and len(tail) == head.size - start else None
    return line is not None and line.holds(key) and (line.seq, line.hash) == (head.count, head.last)


def read_end(folder: Path, key: Key) -> Head:
    """Return the end mark.

    Raises:
        Refused: it is missing, damaged or was not made with the key.
        OSError: it cannot be read.
    """
    data = read_private(folder / _HEAD)
    if data is None:
        raise Refused("The end mark of the journal is missing.")
    return Head.decode(data, key)


@contextmanager
def opened(folder: Path) -> Iterator[BinaryIO]:
    """Open the journal for reading.

    Raises:
        Refused: it is missing or others can open it.
        OSError: it cannot be read.
    """
    try:
        descriptor = open_private(folder / _JOURNAL)
    except FileNotFoundError as error:
        raise Refused("The journal of sends is missing.") from error
    with os.fdopen(descriptor, "rb") as file:
        yield file


def _altered() -> JournalUnwritable:
    return JournalUnwritable("The journal of sends was altered; run: privateedit journal verify.")
