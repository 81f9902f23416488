"""The folder of the outputs: how a file takes its name there, and what else the batch keeps in it.

An output is first a part in the state's folder, on the disk; then the roll says that the photo is done; then
the part takes the output's name. Whoever is stopped in between leaves a part of a photo that is done, which
takes its name at the next start, or a part of one that is not, which is removed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from privateedit.batch.account import account_of
from privateedit.batch.locks import Locks
from privateedit.batch.naming import HOME, JOURNALS, OUTCOMES, SHEETS, require_inside
from privateedit.batch.returned import Returned, reason_of, write_told
from privateedit.batch.roll import Roll
from privateedit.codec import sync_folder
from privateedit.errors import OutputError

_MOST_DIGITS = 18
_OUTPUT = "The output"


@dataclass(frozen=True, slots=True)
class Workplace:
    """Paths in and below the outputs' folder."""

    folder: Path

    @property
    def home(self) -> Path:
        """The state's folder."""
        return self.folder / HOME

    @property
    def database(self) -> Path:
        """The roll."""
        return self.home / "photos.sqlite"

    @property
    def outcomes(self) -> Path:
        """One line of JSON a photo."""
        return self.folder / f"{OUTCOMES}.jsonl"

    @property
    def sheets(self) -> Path:
        """Pages that show what left."""
        return self.folder / SHEETS

    @property
    def journals(self) -> Path:
        """What the nodes of a cluster wrote down."""
        return self.folder / f"{JOURNALS}.jsonl"

    def answer(self, number: int) -> Path:
        """Where what a service returned is kept until the faces are back in it."""
        return self.returned.answer(number)

    @property
    def returned(self) -> Returned:
        """What services returned, and room for it."""
        return Returned(self.home / "returned")

    def glimpse(self, number: int) -> Path:
        """Where a small picture of what left waits for its page."""
        return self.home / "left" / f"{number}.jpg"

    def part(self, number: int) -> Path:
        """Where an output is until it takes its name."""
        return self.home / "parts" / str(number)

    @property
    def locks(self) -> Locks:
        """Who may be at work here."""
        return Locks(self.home)

    def make(self) -> None:
        """Have the folders there; the state's can be entered by its owner alone.

        Raises:
            OutputError: they cannot be made.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.home.mkdir(mode=0o700, exist_ok=True)
            for each in (self.answer(0), self.glimpse(0), self.part(0)):
                each.parent.mkdir(exist_ok=True)
            (self.home / "incoming").mkdir(exist_ok=True)
        except OSError as error:
            raise OutputError(f"The outputs' folder cannot be used ({reason_of(error)}).") from error

    def write_part(self, number: int, data: bytes) -> None:
        """Have an output's bytes on the disk, under no name yet.

        Raises:
            OutputError: they could not be written.
        """
        write_told(self.part(number), data, _OUTPUT)

    def deliver(self, number: int, worker: str, data: bytes) -> str:
        """Have an output's bytes on the disk before its worker asks for a name; return what to `receive`.

        No two workers write at one place, so that one that is taken for dead cannot spoil another's part.

        Raises:
            OutputError: they could not be written.
        """
        path = self.part(number).parent.with_name("incoming") / f"{number}-{worker}"
        write_told(path, data, _OUTPUT)
        return path.name

    def receive(self, number: int, delivered: str) -> None:
        """Make what was delivered the photo's part.

        Raises:
            OutputError: it is not there.
        """
        part = self.part(number)
        try:
            (part.parent.with_name("incoming") / delivered).replace(part)
        except OSError as error:
            raise OutputError(f"An output did not arrive ({reason_of(error)}).") from error

    def sweep(self) -> None:
        """Remove what was delivered and never received; no worker may be at work."""
        for path in (self.home / "incoming").glob("*"):
            self.drop(path)

    def write_glimpse(self, number: int, data: bytes) -> None:
        """Write a small picture of what leaves.

        Raises:
            OutputError: it could not be written.
        """
        try:
            self.glimpse(number).write_bytes(data)
        except OSError as error:
            raise OutputError(f"The contact sheet could not be written ({reason_of(error)}).") from error

    def place(self, number: int, out: str) -> None:
        """Give a part its output's name; nothing is ever overwritten.

        Raises:
            OutputError: there is a file of that name, the name leads elsewhere, or the folder cannot be
                made; the part is gone.
        """
        part, target = self.part(number), self.folder / out
        try:
            require_inside(out)
            if self.is_linked(out):
                raise OutputError(f"A link leads from the folder of {target.name} to another place.")
            target.parent.mkdir(parents=True, exist_ok=True)
            if self.holds(out):
                raise OutputError(f"{target.name} exists already, and is not this batch's.")
            part.rename(target)
            for folder in target.parents:  # folders that were made for it have their names there as well
                sync_folder(folder)
                if folder == self.folder:
                    break
        except OSError as error:
            self.drop(part)
            raise OutputError(f"{target.name} could not be written ({reason_of(error)}).") from error
        except OutputError:
            self.drop(part)
            raise

    def holds(self, out: str) -> bool:
        """Tell whether there is something at an output's place, and be it a link that leads nowhere."""
        return os.path.lexists(self.folder / out)  # of a name too long for a file, it says no

    def is_linked(self, out: str) -> bool:
        """Tell whether a link stands between the outputs' folder and an output's place."""
        above = PurePosixPath(out).parent
        return Path(os.path.realpath(self.folder / above)) != Path(os.path.realpath(self.folder)) / above

    def is_blocked(self, out: str) -> bool:
        """Tell whether something that is no folder has the name of one that an output is to lie in."""
        above = [self.folder / each for each in PurePosixPath(out).parents]
        return next((not each.is_dir() for each in above if os.path.lexists(each)), False)

    def lacks(self, out: str) -> bool:
        """Tell whether an output that was done is known to be gone."""
        return not self.holds(out)

    def withdraw(self, out: str) -> None:
        """Remove an output again."""
        self.drop(self.folder / out)

    def drop(self, path: Path) -> None:
        """Remove a file that is not needed any more, if it is there."""
        with suppress(OSError):
            path.unlink()

    def parts(self, *, cleaning: bool) -> Iterator[int]:
        """Yield the numbers of the photos of which there is a part; `cleaning` removes half-written files."""
        yield from self._numbers(self.part(0).parent, cleaning)

    def answers(self) -> Iterator[int]:
        """Yield the numbers of the photos of which an answer is kept, removing half-written files."""
        yield from self._numbers(self.answer(0).parent, cleaning=True)

    def glimpses(self) -> Iterator[int]:
        """Yield the numbers of the photos of which a small picture waits for its page."""
        yield from self._numbers(self.glimpse(0).parent, cleaning=False)

    def _numbers(self, folder: Path, cleaning: bool) -> Iterator[int]:
        with os.scandir(folder) as entries:
            for entry in entries:
                stem = entry.name.partition(".")[0]
                if stem.isascii() and stem.isdigit() and len(stem) < _MOST_DIGITS:
                    yield int(stem)
                elif cleaning:
                    self.drop(Path(entry.path))

    def write_outcomes(self, roll: Roll) -> None:
        """Write the account of all photos afresh, in the order of their numbers, whole or not at all.

        Raises:
            OutputError: it could not be written.
        """
        temporary = self.home / "outcomes.part"
        try:
            with temporary.open("w", encoding="ascii") as file:
                for outcome in account_of(roll):
                    file.write(outcome.line())
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.outcomes)
        except OSError as error:
            raise OutputError(f"{self.outcomes.name} could not be written ({reason_of(error)}).") from error

    def add_outcome(self, line: str) -> None:
        """Add a line on what became of a photo, for whoever looks on.

        Raises:
            OutputError: it could not be written.
        """
        try:
            with self.outcomes.open("a", encoding="ascii") as file:
                file.write(line)
        except OSError as error:
            raise OutputError(f"{self.outcomes.name} could not be written ({reason_of(error)}).") from error
