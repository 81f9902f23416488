"""The journal of sends: every intent on the disk before the send starts, every outcome after it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import fields
from typing import Any, BinaryIO

from privateedit.core.record import Intent, Outcome
from privateedit.errors import InputError, JournalUnwritable, PrivateEditError
from privateedit.records import chain_file
from privateedit.records.chain import LONGEST_LINE, Head, Line
from privateedit.records.key import Key
from privateedit.records.private_files import reading
from privateedit.records.state import State
from privateedit.records.verify import Verdict, verify


class FileJournal:
    """Implements `Journal` as a file of lines, each bound to the one before (`chain`)."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._unconcluded: set[str] = set()

    def intend(self, intent: Intent) -> str:
        """Have `intent` on the disk before returning the id to conclude it with.

        Raises:
            JournalUnwritable: it could not be written, or the journal was altered.
            Refused: the records are damaged or open to others.
        """
        identity = self._state.entropy(8).hex()
        self._add("intent", identity, _facts(intent))
        self._unconcluded.add(identity)
        return identity

    def conclude(self, identity: str, outcome: Outcome) -> None:
        """Have `outcome` on the disk, or raise an error that tells what was sent.

        Raises:
            JournalUnwritable: it could not be written; `sent` is the outcome's.
            InputError: nothing was intended under that id, or it was concluded before.
        """
        if identity not in self._unconcluded:
            raise InputError("There is no send under way with that id.", sent=outcome.sent)
        try:
            self._add("outcome", identity, _facts(outcome))
        except PrivateEditError as error:
            raise JournalUnwritable(error.message, sent=outcome.sent) from error
        except Exception as error:
            kind = type(error).__name__
            message = f"The outcome of the send could not be written down ({kind})."
            raise JournalUnwritable(message, sent=outcome.sent) from error
        self._unconcluded.discard(identity)

    def verify(self, visit: Callable[[Line], object] = lambda line: None) -> Verdict | None:
        """Check every line from the first, handing each sound one to `visit`; None when there is no journal.

        Raises:
            Refused: key, end mark or journal is missing, damaged or open to others.
        """
        with self._snapshot() as found:
            if found is None:
                return None
            key, end, rows = found
            return verify(rows, key, end, visit)

    def copy(self) -> bytes:
        """Return the journal's bytes as they are, sound or not; none when there is no journal.

        Raises:
            Refused: it is missing beside its key, or open to others.
        """
        with self._snapshot() as found:
            return b"" if found is None else b"".join(found[2])

    def _add(self, kind: str, identity: str, facts: Mapping[str, Any]) -> None:
        state = self._state
        with state.opened() as key:
            chain_file.add(state.folder, key, state.now(), kind=kind, identity=identity, facts=facts)

    @contextmanager
    def _snapshot(self) -> Iterator[tuple[Key, Head, Iterator[bytes]] | None]:
        """Give key, end mark and lines as they are now; writers go on meanwhile, for they only add."""
        with ExitStack() as stack, reading():
            with self._state.existing() as key:
                if key is None:
                    found = None
                else:
                    end = chain_file.read_end(self._state.folder, key)
                    file = stack.enter_context(chain_file.opened(self._state.folder))
                    found = key, end, _rows(file, os.fstat(file.fileno()).st_size)
            yield found


def _rows(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield the lines of the first `size` bytes; what is too long for a line comes in pieces."""
    while size > 0 and (row := file.readline(min(size, LONGEST_LINE + 1))):
        size -= len(row)
        yield row


def _facts(record: Intent | Outcome) -> dict[str, Any]:
    return {each.name: _plain(getattr(record, each.name)) for each in fields(record)}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value
