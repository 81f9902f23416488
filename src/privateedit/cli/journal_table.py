"""The journal in words: one line a send, and what a check found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from privateedit.records.sends import History, Send
    from privateedit.records.verify import Verdict

_HEADINGS = ("time (UTC)", "provider", "place", "ended", "sent", "faces hidden", "proof", "bytes", "sha256")
_OPEN: Mapping[str, Any] = {"result": None, "sent": None, "returned": None, "returned_size": None}


def facts(send: Send) -> dict[str, Any]:
    """Return everything written down about one send, for JSON."""
    outcome = _OPEN if send.outcome is None else send.outcome
    return {"time": send.time, "id": send.id, **send.facts, "ended": send.ended, **outcome}


def lines(sends: Sequence[Send]) -> Iterator[str]:
    """Yield a heading and one line a send, in columns."""
    if not sends:
        yield "Nothing has been written down yet."
        return
    rows = [_HEADINGS, *(_row(facts(send)) for send in sends)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _row(send: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        send["time"][:19].replace("T", " "),
        send["provider"],
        "this device" if send["local"] else "elsewhere",
        send["result"] or "not known",
        send["sent"] or "not known",
        f"{send['hidden']} of {send['faces']}",
        "sealed" if send["sealed"] else "EXPOSED",
        f"{send['size']:,}",
        send["payload"][:12],
    )


def report(history: History, verdict: Verdict | None) -> Iterator[str]:
    """Yield what a check found, in sentences."""
    if verdict is None:
        yield "There is no journal yet."
        return
    if verdict.problem is None:
        yield f"The journal is whole: {history.lines} lines, {len(history.sends)} sends."
    else:
        yield f"The journal is sound up to line {history.lines}."
    if history.forgotten_before:
        yield "An earlier journal was forgotten when this one was begun."
    if history.torn or verdict.torn:
        count = history.torn + (1 if verdict.torn else 0)
        yield f"Writing was cut off {count} times (crash or full disk); what was being written is missing."
    if history.forgotten_photos:
        yield f"The earlier uploads of a photo were forgotten {history.forgotten_photos} times."
