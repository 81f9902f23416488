"""What a person hears of a batch: a bar, every photo that was not done, and how it ended."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from privateedit.cli import files
from privateedit.cli.progress import Bar, say

if TYPE_CHECKING:
    from privateedit.batch.outcome import Outcome
    from privateedit.batch.running import Summary

_STOPPING = "Ending what was begun; press Ctrl-C again to stop at once. The same command goes on later."
_LONGER = 2.0  # seconds; every worker that is refused makes a pause a little longer
_MINUTES = 120  # seconds from which minutes are told


class Watching:
    """Implements `Watcher`: a bar for a terminal, and the name of every photo that was not done."""

    def __init__(self, bar: Bar) -> None:
        self._bar, self._total, self._ended = bar, 0, 0
        self._held = 0.0

    def waiting(self) -> None:
        """See `Watcher`."""
        say("Waiting for workers of an earlier run to end what they began.")

    def planned(self, total: int, ended: int, aliases: int) -> None:
        """See `Watcher`."""
        self._total, self._ended = total, ended
        if aliases:
            say(f"Links to photos that are done anyway, and once: {aliases}.")
        if ended:
            say(f"{total} photos; {ended} of them were ended by earlier runs.")
        self._bar(self._ended, self._total)

    def ended(self, outcome: Outcome) -> None:
        """See `Watcher`."""
        from privateedit.batch.outcome import shown

        self._ended += 1
        self._bar(self._ended, self._total)
        if outcome.failure is not None:
            sent = f" (sent: {outcome.sent})" if outcome.sent != "no" else ""
            say(f"{shown(outcome.name)}: {shown(outcome.failure.message)}{sent}")
        if outcome.facts.get("warnings"):
            say(f"Warning: {shown(outcome.name)}: what the instruction says may tell who it is.")

    def paused(self, seconds: float) -> None:
        """See `Watcher`; a line tells of each pause once, or again when it became longer."""
        if seconds > self._held + _LONGER:
            say(f"The service asks to wait: nothing is sent for {_spoken(seconds)}.")
        self._held = seconds
        self._bar(self._ended, self._total, f"waits {_spoken(seconds)}" if seconds else "")

    def stopping(self) -> None:
        """See `Watcher`."""
        say(_STOPPING)


def _spoken(seconds: float) -> str:
    """Return a time in words, never shorter than it is."""
    whole = math.ceil(seconds)
    if whole >= _MINUTES:
        return f"{math.ceil(whole / 60)} minutes"
    return f"{whole} seconds" if whole != 1 else "1 second"


def tell(summary: Summary, out: Path, as_json: bool) -> None:
    """Print how a batch ended: facts on stdout, or words for a person on stderr."""
    halt = str(summary.halt) if summary.halt else None
    if as_json:
        files.print_json(
            {
                "out": str(out),
                "total": summary.total,
                "done": summary.done,
                "failed": sum(summary.failed.values()),
                "codes": {str(code): count for code, count in sorted(summary.failed.items())},
                "waiting": summary.waiting,
                "unknown": summary.unknown,
                "stopped": "interrupted" if summary.interrupted else halt,
            }
        )
        return
    counted = f"{summary.done} of {summary.total} photos done"
    failed = sum(summary.failed.values())
    more = [
        f"{count} {what}" for count, what in ((failed, "not done"), (summary.waiting, "waiting")) if count
    ]
    say(f"{', '.join([counted, *more])}. Written to {out}; outcomes.jsonl tells of each.")
    if summary.unknown:
        say(
            f"Of {summary.unknown} it is not known whether they were sent; --resend-unknown sends them again."
        )
    if halt:
        say(f"Stopped: {halt}.")
