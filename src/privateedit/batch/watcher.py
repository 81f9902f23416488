"""Whoever looks on at a batch, and why that never ends it."""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol

from privateedit.batch.outcome import Outcome


class Watcher(Protocol):
    """Whoever looks on."""

    def waiting(self) -> None:
        """Hear that workers of an earlier run are still ending what they began."""

    def planned(self, total: int, ended: int, aliases: int) -> None:
        """Hear how many photos there are, how many of them need nothing more, and how many more names."""

    def ended(self, outcome: Outcome) -> None:
        """Hear what became of a photo."""

    def paused(self, seconds: float) -> None:
        """Hear every second for how long nothing leaves, as the service asked; 0 when it is over."""

    def stopping(self) -> None:
        """Hear that a person stops the batch, and that what was begun is being ended."""


class MayBeGone:
    """Implements `Watcher` for one whose terminal or pipe may be gone: an OSError of theirs is dropped."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher

    def waiting(self) -> None:
        """See `Watcher`."""
        with suppress(OSError):
            self._watcher.waiting()

    def planned(self, total: int, ended: int, aliases: int) -> None:
        """See `Watcher`."""
        with suppress(OSError):
            self._watcher.planned(total, ended, aliases)

    def ended(self, outcome: Outcome) -> None:
        """See `Watcher`."""
        with suppress(OSError):
            self._watcher.ended(outcome)

    def paused(self, seconds: float) -> None:
        """See `Watcher`."""
        with suppress(OSError):
            self._watcher.paused(seconds)

    def stopping(self) -> None:
        """See `Watcher`."""
        with suppress(OSError):
            self._watcher.stopping()
