"""What services returned, kept until the faces are back in it, and room for it before a photo leaves."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from privateedit.codec import sync_folder, write_atomically
from privateedit.errors import InputError, OutputError

_ZEROS = bytes(1 << 20)


@dataclass(frozen=True, slots=True)
class Returned:
    """A folder with one file a photo."""

    folder: Path

    def answer(self, number: int) -> Path:
        """Where what came back for a photo is kept."""
        return self.folder / f"{number}.png"

    def reserve(self, number: int, size: int) -> None:
        """Have room on the disk for an answer before a photo leaves for it.

        Args:
            number: the photo's.
            size: in bytes; a longer answer still needs room for the rest.

        Raises:
            OutputError: there is no such room.
        """
        room = self._room(number)
        try:
            with room.open("wb") as file:
                # Written, not only asked for: not every file system keeps what it was asked for.
                for start in range(0, size, len(_ZEROS)):
                    file.write(_ZEROS[: size - start])
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            _drop(room)
            raise OutputError(f"There is no room for what comes back ({reason_of(error)}).") from error

    def release(self, number: int) -> None:
        """Give the room for an answer back, if it was not used."""
        _drop(self._room(number))

    def keep(self, number: int, data: bytes) -> None:
        """Have on the disk what came back, in the room that was reserved for it, whole or not at all.

        Raises:
            OutputError: it could not be written.
        """
        room = self._room(number)
        if not room.exists():
            write_told(self.answer(number), data, "What came back")
            return
        try:
            with room.open("r+b") as file:
                file.write(data)
                file.truncate()
                file.flush()
                os.fsync(file.fileno())
            room.replace(self.answer(number))
            sync_folder(room.parent)
        except OSError as error:
            raise OutputError(f"What came back could not be written ({reason_of(error)}).") from error

    def forget(self, number: int) -> None:
        """Have on the disk that nothing is kept of a photo, so that nothing is taken for a later answer.

        Raises:
            OutputError: what is kept cannot be removed.
        """
        answer = self.answer(number)
        try:
            answer.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"What came back earlier could not be removed ({reason_of(error)}).") from error
        sync_folder(answer.parent)

    def read(self, number: int) -> bytes:
        """Return what a service returned.

        Raises:
            InputError: it cannot be read.
        """
        try:
            return self.answer(number).read_bytes()
        except OSError as error:
            raise InputError("What the service returned cannot be read any more.") from error

    def _room(self, number: int) -> Path:
        # Its name does not begin with a number: whatever is left of it is cleared with half-written files.
        return self.folder / f"room-{number}.part"


def _drop(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def write_told(path: Path, data: bytes, what: str) -> None:
    """Write a file whose name is a number, which says nothing to a person: trouble is told of `what`.

    Raises:
        OutputError: it could not be written; nothing partial is left.
    """
    try:
        write_atomically(path, data)
    except OutputError as error:
        cause = error.__cause__
        reason = reason_of(cause) if isinstance(cause, OSError) else "unknown reason"
        raise OutputError(f"{what} could not be written ({reason}).") from cause


def reason_of(error: OSError) -> str:
    """Return what the system says is wrong."""
    return (error.strerror or "unknown reason").lower()
