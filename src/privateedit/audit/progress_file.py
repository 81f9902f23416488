"""What a benchmark has measured so far, one JSON line each, so that it can be stopped and go on.

The file holds face descriptors. It is written only where the user asks for it, readable by the user alone.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from privateedit.audit.descriptors import Seen
from privateedit.errors import InputError, OutputError

_FORMAT = "privateedit bench identity 1"
_BEGINNING = json.dumps({"format": _FORMAT})[:-1].encode("ascii")  # of every line, whole or torn


class ProgressFile:
    """Appends what was measured; a line that a crash tore is dropped when it is opened again.

    Entries count only with the same versions of everything that measures; others are kept and ignored.
    """

    def __init__(self, path: Path, versions: str) -> None:
        self._path = path
        self._versions = versions

    def read(self) -> list[Seen]:
        """Return everything measured by these versions, and cut off a torn last line.

        Raises:
            InputError: the file is something else.
            OutputError: it cannot be read or written.
        """
        try:
            data = self._path.read_bytes() if self._path.exists() else b""
        except OSError as error:
            raise self._unusable(error) from error
        whole = data[: data.rfind(b"\n") + 1]
        found = [seen for line in whole.splitlines() if (seen := self._parsed(line)) is not None]
        torn = data[len(whole) :]
        if not (torn.startswith(_BEGINNING) or _BEGINNING.startswith(torn)):
            raise self._foreign()
        if torn:
            self._cut_off(len(whole))
        return found

    def _cut_off(self, length: int) -> None:
        try:
            os.truncate(self._path, length)
        except OSError as error:
            raise self._unusable(error) from error

    def append(self, seen: Iterable[Seen]) -> None:
        """Add lines, all on the disk before this returns.

        Raises:
            OutputError: they cannot be written.
        """
        text = "".join(json.dumps(self._line(each)) + "\n" for each in seen)
        if not text:
            return
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "ab") as file:
                file.write(text.encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._unusable(error) from error

    def _line(self, seen: Seen) -> dict[str, Any]:
        packed = {
            name: base64.b64encode(np.asarray(values, np.float32).tobytes()).decode("ascii")
            for name, values in seen.descriptors.items()
        }
        return {
            "format": _FORMAT,
            "versions": self._versions,
            "photo": seen.photo,
            "case": seen.case,
            "hidden": seen.hidden,
            "refused": seen.refused,
            "descriptors": packed,
        }

    def _parsed(self, line: bytes) -> Seen | None:
        try:
            entry = json.loads(line)
            if entry["format"] != _FORMAT:
                raise ValueError(entry["format"])
            if entry["versions"] != self._versions:
                return None
            unpacked = {
                name: np.frombuffer(base64.b64decode(text), np.float32).astype(np.float64)
                for name, text in entry["descriptors"].items()
            }
            return Seen(entry["photo"], entry["case"], entry["hidden"], entry["refused"], unpacked)
        except (ValueError, KeyError, TypeError) as error:
            raise self._foreign() from error

    def _foreign(self) -> InputError:
        return InputError(f"{self._path.name} is not a state file of this benchmark.")

    def _unusable(self, error: OSError) -> OutputError:
        reason = (error.strerror or "unknown reason").lower()
        return OutputError(f"The state file {self._path.name} cannot be used ({reason}).")
