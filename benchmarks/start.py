"""How long commands take to start, each as a whole process, beside the start of Python itself.

`python -m benchmarks.start` prints the names of all commands as JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks import fresh, timing
from benchmarks.effort import Effort, Photos
from benchmarks.table import Row

TITLE = (
    "Whole processes in turns, medians in milliseconds. `beyond` is beyond `python -c pass`, whose time is "
    "the interpreter's and that of what is installed beside it."
)
BARE, PYTHON = "python -I -S -c pass", "python -c pass"
LIBRARIES = "python -c 'import cv2, numpy, PIL.Image'"
OFTEN = ("mask", "restore", "edit", "serve")
STATE = "PRIVATEEDIT_STATE_DIR"


def rows(effort: Effort, photos: Photos) -> Iterator[Row]:
    """Yield a row a command; the photo was never masked before, as far as each run knows."""
    names = fresh.told("start") if effort.each_command else OFTEN
    with tempfile.TemporaryDirectory() as out:
        commands = interpreters() | {
            f"privateedit {name} --help".replace("  ", " "): [*program(), *name.split(), "--help"]
            for name in ("", *names)
        }
        masked = f"privateedit mask, {effort.usual:g} MP"
        commands[masked] = mask(photos.portrait(effort.usual), Path(out) / "masked.png")
        found = in_turns(commands, effort.starts)
    middles = {
        name: timing.middle([timing.Spent(whole.wall, whole.cpu) for whole in each])
        for name, each in found.items()
    }
    python = middles[PYTHON]
    for name, each in middles.items():
        beyond = timing.Spent(each.wall - python.wall, each.cpu - python.cpu)
        ratio = round(each.wall / python.wall, 2)
        yield {"command": name, "ms": each.ms, "cpu": each.cpu_ms, "beyond": beyond.ms, "ratio": ratio}


def in_turns(commands: Mapping[str, Sequence[object]], rounds: int) -> dict[str, list[fresh.Whole]]:
    """Run each command once a round, none knowing of another, after one round that fills the caches."""
    found: dict[str, list[fresh.Whole]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            with state() as kept:
                whole = fresh.whole(command, kept)
            if number:
                found[name].append(whole)
    return found


def interpreters() -> dict[str, list[str]]:
    """Return what is compared with: Python without anything, with what is installed, with the libraries."""
    return {
        BARE: [sys.executable, "-I", "-S", "-c", "pass"],
        PYTHON: [sys.executable, "-c", "pass"],
        LIBRARIES: [sys.executable, "-c", "import cv2, numpy, PIL.Image"],
    }


def program() -> list[str]:
    """Return what a person's `privateedit` runs."""
    script = Path(sys.executable).with_name("privateedit")
    return [str(script)] if script.exists() else [sys.executable, "-m", "privateedit"]


def mask(photo: Path, out: Path) -> list[str]:
    return [*program(), "mask", str(photo), "-o", str(out)]


@contextmanager
def state() -> Iterator[dict[str, str]]:
    """Give a folder of records without any."""
    with tempfile.TemporaryDirectory() as folder:
        yield {STATE: folder}


def commands() -> list[str]:
    """Return the names of all commands, those of groups with their group's."""
    import typer

    from privateedit.cli.app import app

    def walk(command, path: tuple[str, ...]) -> Iterator[str]:
        inner = getattr(command, "commands", {})
        if not inner:
            yield " ".join(path)
        for name, each in inner.items():
            yield from walk(each, (*path, name))

    return list(walk(typer.main.get_command(app), ()))


if __name__ == "__main__":
    print(json.dumps(commands()))
