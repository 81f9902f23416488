"""The journal's lines joined to what a person asks about: each send, and how it ended."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from privateedit.core.record import SETTINGS, Intent
from privateedit.records.chain import Line

_FACTS = tuple(each for each in Intent.__dataclass_fields__ if each != "settings")
_OUTCOME = ("result", "sent", "returned", "returned_size")
COLUMNS = ("time", "id", *_FACTS, *(f"setting_{name}" for name in SETTINGS), "ended", *_OUTCOME)
"""Of the table that `as_csv` writes."""


@dataclass(slots=True)
class Send:
    """One intent with its outcome, which is None while it is under way or if its writer was stopped."""

    time: str
    id: str
    facts: Mapping[str, Any]
    ended: str | None = None
    outcome: Mapping[str, Any] | None = None


@dataclass(slots=True)
class History:
    """Collects lines in their order: pass `add` to `FileJournal.verify`."""

    sends: list[Send] = field(default_factory=list)
    forgotten_before: bool = False
    forgotten_photos: int = 0
    torn: int = 0
    lines: int = 0
    _by_id: dict[str, Send] = field(default_factory=dict)

    def add(self, line: Line) -> None:
        """Take in the next sound line."""
        self.lines += 1
        match line.kind:
            case "start":
                self.forgotten_before = line.facts.get("forgotten") is True
            case "torn":
                self.torn += 1
            case "forgot":
                self.forgotten_photos += 1
            case "intent":
                send = Send(line.time, line.id, line.facts)
                self.sends.append(send)
                self._by_id[line.id] = send
            case "outcome" if line.id in self._by_id:
                send = self._by_id[line.id]
                send.ended, send.outcome = line.time, line.facts
            case _:
                pass  # a later version's kind, or the outcome of a send that was forgotten under way


def as_csv(sends: Sequence[Send]) -> bytes:
    """Return one row a send, UTF-8; no cell can start a formula, for no cell holds free text."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for send in sends:
        table.writerow([_cell(value) for value in _row(send)])
    return text.getvalue().encode()


def _row(send: Send) -> list[Any]:
    settings, outcome = send.facts.get("settings", {}), send.outcome or {}
    return [
        send.time,
        send.id,
        *(send.facts.get(name) for name in _FACTS),
        *(settings.get(name) for name in SETTINGS),
        send.ended,
        *(outcome.get(name) for name in _OUTCOME),
    ]


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(map(str, value)) if isinstance(value, list) else value
