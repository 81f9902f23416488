"""The outputs' folder whose outputs lie in storage that fsspec reaches; the state stays on this disk.

A part here is a small file that says under which name the output was delivered. So each step is the same as
in a folder: delivered, part on the disk, done on the roll, named; and it is mended in the same way.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from privateedit.batch import storage
from privateedit.batch.naming import HOME, require_inside
from privateedit.batch.returned import write_told
from privateedit.batch.workplace import Workplace
from privateedit.errors import InputError, OutputError


@dataclass(frozen=True, slots=True)
class StoredWorkplace(Workplace):
    """Paths of the state, and an address for the outputs."""

    address: str = field(default="", repr=False)

    @property
    def incoming(self) -> str:
        """Where outputs lie until they take their names; other batches into the storage have other places."""
        place = f"{self.folder}\n{self.address}".encode("utf-8", "surrogateescape")
        return f"{HOME}-{hashlib.blake2b(place, digest_size=8).hexdigest()}"

    def write_part(self, number: int, data: bytes) -> None:
        """See `Workplace`."""
        self.receive(number, self.deliver(number, secrets.token_hex(8), data))

    def deliver(self, number: int, worker: str, data: bytes) -> str:
        """See `Workplace`."""
        name = f"{number}-{worker}"
        storage.write(self.address, f"{self.incoming}/{name}", data)
        return name

    def receive(self, number: int, delivered: str) -> None:
        """See `Workplace`."""
        write_told(self.part(number), delivered.encode("ascii"), "The state of an output")

    def place(self, number: int, out: str) -> None:
        """See `Workplace`; a storage that copies and then removes may be stopped in between."""
        part = self.part(number)
        try:
            require_inside(out)
            self._move(f"{self.incoming}/{part.read_text('ascii')}", out)
        except OSError as error:
            self.drop(part)
            raise OutputError("The state of an output cannot be read.") from error
        except InputError as error:
            self.drop(part)
            raise OutputError(error.message) from error
        except OutputError:
            self.drop(part)
            raise
        self.drop(part)

    def _move(self, delivered: str, out: str) -> None:
        came, there = storage.size(self.address, delivered), storage.size(self.address, out)
        if there is None:
            storage.move(self.address, delivered, out)
        elif came is not None:
            if came != there or not self._same(delivered, out, came):
                raise OutputError(f"{PurePosixPath(out).name} exists already, and is not this batch's.")
            storage.remove(self.address, delivered)

    def _same(self, one: str, other: str, size: int) -> bool:
        return storage.read(self.address, one, size) == storage.read(self.address, other, size)

    def holds(self, out: str) -> bool:
        """Return False: to ask for each of a million names takes hours, and `place` overwrites nothing."""
        return False

    def is_linked(self, out: str) -> bool:
        """Return False: the names in a storage lead nowhere else."""
        return False

    def is_blocked(self, out: str) -> bool:
        """Return False: most storages know no folders."""
        return False

    def lacks(self, out: str) -> bool:
        """Return False, for the same reason: what is done and taken away there is not missed."""
        return False

    def withdraw(self, out: str) -> None:
        """See `Workplace`."""
        storage.remove(self.address, out)

    def sweep(self) -> None:
        """See `Workplace`."""
        storage.remove(self.address, self.incoming)


def workplace_at(folder: Path, address: str) -> Workplace:
    """Return the place of the outputs: an address, or where there is none, the folder."""
    return StoredWorkplace(folder, address) if address else Workplace(folder)
