"""What `bench faces` measured so far, one JSON line a photo, so that it can be stopped and go on.

The file holds numbers and file names, nothing of a picture.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from privateedit.audit.face_bench import MarkedFace, MeasuredPhoto
from privateedit.errors import InputError, OutputError

_FORMAT = "privateedit bench faces 1"


class FaceRecords:
    """Appends results under a key (see `face_bench.key_of`); a line that a crash tore is dropped."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, MeasuredPhoto]:
        """Return every result by its key, and cut off a torn last line.

        Raises:
            InputError: the file is something else.
            OutputError: it cannot be read or written.
        """
        try:
            data = self._path.read_bytes() if self._path.exists() else b""
            whole = data[: data.rfind(b"\n") + 1]
            found = dict(self._parsed(line) for line in whole.splitlines())
            if len(whole) < len(data):
                self._path.write_bytes(whole)
        except OSError as error:
            raise self._unusable(error) from error
        return found

    def append(self, key: str, photo: MeasuredPhoto) -> None:
        """Add one result.

        Raises:
            OutputError: it cannot be written.
        """
        line = json.dumps({"format": _FORMAT, "key": key, "photo": asdict(photo)})
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:
            raise self._unusable(error) from error

    def _parsed(self, line: bytes) -> tuple[str, MeasuredPhoto]:
        try:
            entry = json.loads(line)
            if entry["format"] != _FORMAT:
                raise ValueError(entry["format"])
            facts = dict(entry["photo"])
            facts["marked"] = tuple(MarkedFace(**face) for face in facts["marked"])
            return str(entry["key"]), MeasuredPhoto(**facts)
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{self._path.name} is not a state file of this benchmark.") from error

    def _unusable(self, error: OSError) -> OutputError:
        reason = (error.strerror or "unknown reason").lower()
        return OutputError(f"The state file {self._path.name} cannot be used ({reason}).")
