"""New processes: for what is measured cold or by its memory, and for what would make this one large."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
_NO_BYTECODE, _BYTECODE = "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"


class Whole(NamedTuple):
    """A process from its start to its end: seconds on the clock and of processors, MiB at its peak."""

    wall: float
    cpu: float
    peak_mib: float


def environment() -> dict[str, str]:
    """Return what other processes get: this one's environment, but with bytecode.

    An installation is compiled. Whoever keeps Python from writing bytecode would measure its compiler at
    every start, so there it is written into a folder of this run.
    """
    known = dict(os.environ)  # noqa: TID251 (handed on)
    return known | {_BYTECODE: _bytecode()} if known.pop(_NO_BYTECODE, None) else known


@cache
def _bytecode() -> str:
    folder = tempfile.mkdtemp(prefix="privateedit-benchmarks-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def said(command: Sequence[object]) -> str:
    """Return what a command prints; its errors are shown as they are."""
    words = list(map(str, command))
    done = subprocess.run(words, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def told(module: str, *words: object) -> Any:
    """Return what `python -m benchmarks.MODULE WORDS` prints as JSON on the last line."""
    printed = said([sys.executable, "-m", f"benchmarks.{module}", *words])
    return json.loads(printed.splitlines()[-1])


def whole(command: Sequence[object], more: Mapping[str, str] | None = None) -> Whole:
    """Run a command to its end and return what it took; `more` is added to its environment.

    A child's peak starts at its parent's, so whoever calls this must be small.

    Raises:
        SystemExit: it failed; its own words are shown.
    """
    words = list(map(str, command))
    known = environment() | dict(more or {})
    with tempfile.TemporaryFile() as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(words, env=known, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            raise SystemExit(f"{words[0]} failed: {errors.read().decode(errors='replace')}")
    scale = 1024**2 if sys.platform == "darwin" else 1024
    return Whole(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale)
