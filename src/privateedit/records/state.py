"""The private folder of the records: created once, locked across processes, opened only when it is sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from privateedit.core.ports import Entropy
from privateedit.errors import JournalUnwritable, Refused
from privateedit.records import chain_file
from privateedit.records.key import Key, new_key, read_key, write_key
from privateedit.records.private_files import check_folder, make_folder, reading, writing

Clock = Callable[[], datetime]
"""Returns the current time with its zone."""

LEDGER = "ledger"
HANDOVERS = "handovers"
OF_PHOTOS = (LEDGER, HANDOVERS)
"""Folders with one file a photo."""
_LOCK = "lock"
_PATIENCE = 30.0
"""Seconds to wait for another process; each holds the lock for milliseconds."""


@dataclass(frozen=True)
class State:
    """Where the records lie, and the clock and generator they use."""

    folder: Path
    clock: Clock
    entropy: Entropy

    def likely_key(self) -> Key:
        """Return the key there is, or the one that the next first use makes, unless somebody else is first.

        Nothing is locked and nothing touched: for what takes long to work out with it, and may turn out to be
        of no use.

        Raises:
            Refused: what is there is open to others or damaged.
            OSError: it cannot be read.
        """
        return read_key(self.folder) or self._next_key

    @cached_property
    def _next_key(self) -> Key:
        """A key for one folder's first use, in memory alone until then; two threads may each draw one."""
        return new_key(self.entropy)

    def now(self) -> str:
        """Return the time in UTC, ISO 8601, to the millisecond."""
        return self.clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def files(self) -> tuple[Path, ...]:
        """Return the files there are, so that nothing is written over them."""
        return tuple(path for path in self.folder.rglob("*") if path.is_file())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder alone, among threads and processes; it is made if it is not there.

        Raises:
            Refused: it is open to others.
            JournalUnwritable: it cannot be made or locked.
        """
        import filelock  # noqa: PLC0415 (60 ms, needed only when something is written down)

        with writing():
            make_folder(self.folder)
            lock = filelock.FileLock(self.folder / _LOCK, mode=0o600)
            try:
                lock.acquire(timeout=_PATIENCE, poll_interval=0.01)
            except filelock.Timeout as error:
                raise JournalUnwritable("Another process keeps the journal of sends busy.") from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def opened(self) -> Iterator[Key]:
        """Hold the folder alone with its key; the first time, key and journal are made.

        Raises:
            Refused: the folder or the key is damaged or open to others.
            JournalUnwritable: it cannot be written.
        """
        with self.locked(), writing():
            yield read_key(self.folder) or self._begun()

    @contextmanager
    def existing(self) -> Iterator[Key | None]:
        """Hold the folder alone with its key to look into it, or give None when there are no records yet.

        Raises:
            Refused: the folder or the key is damaged or open to others.
        """
        if not self.folder.exists():
            yield None
            return
        with self.locked(), reading():
            check_folder(self.folder)
            key = read_key(self.folder)
            if key is None:
                self._require_untouched()
            yield key

    def _begun(self) -> Key:
        """Make key and journal. The key comes last: with it, everything else must be there."""
        self._require_untouched()
        key = self._next_key
        self.__dict__.pop("_next_key", None)  # records that are made anew get a key that is new
        chain_file.begin(self.folder, key, self.now(), forgotten=False)
        write_key(self.folder, key)
        return key

    def _require_untouched(self) -> None:
        """Refuse to start afresh beside records whose key is gone; a start that was stopped holds none."""
        kept = (self.folder / name for name in OF_PHOTOS)
        if chain_file.is_used(self.folder) or any(each.is_dir() and any(each.iterdir()) for each in kept):
            raise Refused("The key of PrivateEdit's records is missing.")
