"""A worker on a cluster: on any node, with models, key and journal of that node's own."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import IO

from privateedit import wiring
from privateedit._version import __version__
from privateedit.batch.bench import Bench
from privateedit.batch.cluster_desk import Ask, RemoteDesk
from privateedit.batch.roll import Claimed
from privateedit.batch.worker import Shift, editor_of, settle, warmed_parts
from privateedit.errors import InputError, PrivateEditError
from privateedit.records.chain import Line

_NAP = 1.0  # seconds between questions whether the photo may leave now
_PIECE = 1 << 22


@dataclass(frozen=True, slots=True)
class Posting:
    """What a worker is told: no key is in it.

    Attributes:
        shift: see `Shift`.
        mark: words in a file of the state's folder, by which a worker knows that it sees the same folder.
        run: this run's name.
        version: of PrivateEdit, where the batch was begun.
    """

    shift: Shift
    mark: str
    run: str
    version: str = __version__


@dataclass(frozen=True, slots=True)
class JournalCheck:
    """What a node says of its own journal.

    Attributes:
        first: the hash of the first line, which no other journal has; empty where there is none.
        lines: that are sound, from the first on.
        end: the hash of the last sound line.
        problem: what is wrong with the next one; empty when the journal is whole.
    """

    first: str
    lines: int
    end: str
    problem: str = ""


class Hand:
    """One worker; photos are given to it one by one."""

    def __init__(self, posting: Posting, owner: int, ask: Ask) -> None:
        self._posting, self._owner, self._ask = posting, owner, ask
        self._bench: Bench | None = None
        self._copy: IO[bytes] | None = None

    def warm(self) -> PrivateEditError | None:
        """Load everything, and return why it cannot work, if so."""
        shift = self._posting.shift
        try:
            require_surroundings(self._posting)
            settle(shift)
            desk = RemoteDesk(shift.workplace, f"{self._posting.run}-{self._owner}", self._ask)
            self._bench = Bench(
                shift.order, shift.roots, desk, warmed_parts(), editor_of(shift.order), wait=_patient
            )
        except PrivateEditError as error:
            return error
        return None

    def work(self, claimed: Claimed) -> PrivateEditError | None:
        """Do what is to be done with a photo; return why no photo can be done any more, if so."""
        if self._bench is None:
            return InputError("The worker was not made ready.")
        try:
            self._bench.work(claimed)
        except PrivateEditError as error:
            return error
        return None

    def check_journal(self) -> JournalCheck:
        """Check this node's journal line by line, and keep a copy of the sound ones to be fetched."""
        first, count, last = "", 0, ""
        self._drop_copy()
        copy = self._copy = tempfile.TemporaryFile()  # noqa: SIM115 (open until it is fetched)

        def visit(line: Line) -> None:
            nonlocal first, count, last
            first, count, last = first or line.hash, count + 1, line.hash
            copy.write(line.encode())

        try:
            verdict = wiring.records().journal.verify(visit)
        except PrivateEditError as error:
            return JournalCheck(first, count, last, error.message)
        problem = "" if verdict is None or verdict.problem is None else str(verdict.problem)
        return JournalCheck(first, count, last, problem)

    def journal_piece(self, start: int) -> bytes:
        """Return the next bytes of that copy; none at its end, where it is removed."""
        if self._copy is None:
            return b""
        self._copy.seek(start)
        data = self._copy.read(_PIECE)
        if not data:
            self._drop_copy()
        return data

    def _drop_copy(self) -> None:
        if self._copy is not None:
            self._copy.close()
            self._copy = None


def require_surroundings(posting: Posting) -> None:
    """Refuse to work where something is missing that the batch takes for granted.

    Raises:
        InputError: another version, or a folder that this node does not see.
    """
    shift = posting.shift
    if posting.version != __version__:
        raise InputError("The nodes of the cluster have different versions of PrivateEdit.")
    if not shift.order.store and _read(shift.workplace.home / "cluster") != posting.mark:
        raise InputError("A node of the cluster does not see the outputs' folder; share it, or use --store.")
    folders = [Path(root.locator) for root in shift.roots if not root.remote]
    if shift.order.edited is not None:
        folders.append(shift.order.edited)
    if not all(folder.is_dir() for folder in folders):
        raise InputError("A node of the cluster does not see a folder of the inputs; share it between all.")


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except OSError:
        return ""


def _patient(seconds: float) -> bool:
    """Wait a little, and have the desk asked again: it knows when the batch is to stop."""
    sleep(min(seconds, _NAP))
    return True
