"""The standard streams: one that is closed, or whose other end is gone, changes nothing of what is done."""

from __future__ import annotations

import io
import os
import sys
from typing import Any


def settle() -> None:
    """Have three open streams, and drop what is said to a person whose terminal or pipe is gone.

    A result is never dropped: where standard output is closed, writing to it fails.
    """
    _keep_numbers()
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(_nothing("r")))
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(_nothing("w")))
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 (for good)
    elif os.name == "posix":  # elsewhere, a console takes more than bytes
        sys.stderr = io.TextIOWrapper(
            io.BufferedWriter(_MayBeGone(sys.stderr.fileno(), "w", closefd=False)),
            encoding=sys.stderr.encoding,
            errors=sys.stderr.errors,
            line_buffering=True,
        )


def end() -> None:
    """Let what standard output did not take go, of which `run` has told; else the exit code would be lost."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _MayBeGone(io.FileIO):
    """Takes whatever is written; what cannot be is dropped."""

    def write(self, data: Any, /) -> int:  # noqa: ANN401 (any bytes)
        """Write, or drop; a terminal that takes nothing now is not waited for."""
        try:
            written = super().write(data)
        except OSError:
            written = None
        return len(data) if written is None else written


def _keep_numbers() -> None:
    """Have something open under the numbers 0 to 2, here and in the processes that are started.

    Else the next file that is opened, a database for one, would have the number to which libraries write
    messages. Writing to the one for standard output fails, as if it were closed.
    """
    for number, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, flags), True)  # it gets the lowest number that is free


def _nothing(mode: str) -> io.FileIO:
    """Return a file with nothing in it, which cannot be written either."""
    return io.FileIO(os.open(os.devnull, os.O_RDONLY), mode, closefd=False)
