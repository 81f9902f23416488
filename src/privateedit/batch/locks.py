"""Locks in the state's folder: one batch at a time, and none beside workers whose batch was killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import filelock

from privateedit.batch.returned import reason_of
from privateedit.errors import InputError, OutputError

_ORPHANS = 900.0  # seconds in which a worker whose batch was killed ends what it does
_SLOT = 60.0


@dataclass(frozen=True, slots=True)
class Locks:
    """Who may be at work in an outputs' folder."""

    home: Path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder among batches.

        Raises:
            InputError: another batch is at work in it.
        """
        with self._locked("lock", 0, "Another batch is at work in the outputs' folder."):
            yield

    @contextmanager
    def slot(self, owner: int) -> Iterator[None]:
        """Hold a worker's place; whoever begins a batch waits until all places are free."""
        with self._locked(f"worker-{owner}.lock", _SLOT, "A worker of an earlier run does not end."):
            yield

    def await_orphans(self, say: Callable[[], None]) -> None:
        """Wait for workers whose batch was killed: what they have begun, they end.

        Args:
            say: is called when there is something to wait for.

        Raises:
            InputError: one does not end.
        """
        names = sorted(path.name for path in self.home.glob("worker-*.lock"))
        held = [name for name in names if not self._is_free(name)]
        if held:
            say()
        for name in held:
            with self._locked(name, _ORPHANS, "A worker of an earlier run does not end."):
                continue

    def _is_free(self, name: str) -> bool:
        lock = filelock.FileLock(self.home / name, mode=0o600)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            return False
        lock.release()
        return True

    @contextmanager
    def _locked(self, name: str, patience: float, refusal: str) -> Iterator[None]:
        lock = filelock.FileLock(self.home / name, mode=0o600)
        try:
            lock.acquire(timeout=patience, poll_interval=0.05)
        except filelock.Timeout as error:
            raise InputError(refusal) from error
        except OSError as error:
            raise OutputError(f"The outputs' folder cannot be used ({reason_of(error)}).") from error
        try:
            yield
        finally:
            lock.release()
