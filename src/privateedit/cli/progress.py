"""What a person sees while waiting: one line on stderr, and nothing when nobody is looking."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol


class Bar(Protocol):
    """Shows how far many things are."""

    def __call__(self, done: int, total: int, waits: str = "") -> None:
        """Show how many are done, of how many, and what it waits for."""


@contextmanager
def working(message: str) -> Iterator[None]:
    """Show `message` with a spinner while the block runs, when stderr is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        progress.add_task(message, total=None)
        yield


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar over `total` things while the block runs; what is given counts those that are done.

    Nothing is shown when stderr is no terminal.
    """
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)


@contextmanager
def working_through(what: str) -> Iterator[Bar]:
    """Show a bar with rate and time left while the block runs; it is told how many are done, and of how many.

    A third value, if there is one, is a word on what it waits for, in place of the rate. What was done when
    it is first told does not count into the rate. Nothing is shown when stderr is no terminal.
    """
    if not sys.stderr.isatty():
        yield lambda done, total, waits="": None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None, rate="")

        def tell(done: int, total: int, waits: str = "") -> None:
            if progress.tasks[0].total is None:
                progress.reset(task, total=total, completed=done, rate="")
            speed = progress.tasks[0].speed
            shown = "" if speed is None else f"{60 * speed:.0f} a minute"
            progress.update(task, completed=done, total=total, rate=waits or shown)

        yield tell


def say(message: str) -> None:
    """Print one line for a person on stderr."""
    sys.stderr.write(message + "\n")
