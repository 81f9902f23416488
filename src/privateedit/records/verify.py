"""Reads a journal from its first line to its end mark and says what is wrong, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from privateedit.records.chain import Head, Line, parse
from privateedit.records.key import Key


class Wrong(StrEnum):
    """What can have happened to a line."""

    ALTERED = "altered"
    REMOVED = "removed"
    REORDERED = "reordered"
    INSERTED = "inserted"
    CUT_OFF = "cut off"


_SENTENCES = {
    Wrong.ALTERED: "Line {line} of the journal was altered.",
    Wrong.REMOVED: "Line {line} of the journal was removed.",
    Wrong.REORDERED: "Line {line} of the journal is not where it belongs.",
    Wrong.INSERTED: "Line {line} of the journal was inserted.",
    Wrong.CUT_OFF: "The journal was cut off: line {line} and what followed is missing.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and at which line of the file, counted from 1."""

    line: int
    what: Wrong

    def __str__(self) -> str:
        return _SENTENCES[self.what].format(line=self.line)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far a journal is sound: its end, the first problem, and bytes of an unfinished last line."""

    head: Head
    problem: Problem | None = None
    torn: int = 0


def verify(rows: Iterable[bytes], key: Key, end: Head, visit: Callable[[Line], object]) -> Verdict:
    """Follow the chain as far as it is sound, and name the first thing that is not.

    What the end mark does not cover yet was added by a writer that was stopped; the key tells whether by one.

    Args:
        rows: the file's lines, newlines included.
        key: the device's.
        end: the end mark.
        visit: gets every sound line in order.
    """
    head = Head()
    rows = iter(rows)
    for row in rows:
        line = parse(row)
        if line is None or not line.holds(key) or not head.precedes(line):
            if head == end and not row.endswith(b"\n") and next(rows, None) is None:
                return Verdict(head, torn=len(row))
            what = Wrong.CUT_OFF if _is_cut(row, head, end) else _what(line, head, key, rows)
            return Verdict(head, Problem(head.count + 1, what))
        head = head.past(line)
        if head.count == end.count and head != end:
            return Verdict(head, Problem(head.count, Wrong.ALTERED))
        visit(line)
    if head.count < end.count:
        return Verdict(head, Problem(head.count + 1, Wrong.CUT_OFF))
    return Verdict(head)


def _is_cut(row: bytes, head: Head, end: Head) -> bool:
    return head.count < end.count and not row.endswith(b"\n")


def _what(line: Line | None, head: Head, key: Key, following: Iterator[bytes]) -> Wrong:
    """Tell what happened to the line after `head`, from it and what follows."""
    after = [each for each in map(parse, following) if each is not None and each.holds(key)]
    if line is None or not line.holds(key):
        return Wrong.INSERTED if after and head.precedes(after[0]) else Wrong.ALTERED
    if line.seq <= head.count:
        return Wrong.INSERTED
    if any(head.precedes(each) for each in after):
        return Wrong.REORDERED
    return Wrong.REMOVED if line.seq > head.count + 1 else Wrong.INSERTED
