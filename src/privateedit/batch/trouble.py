"""Trouble that must not cut what others have begun: it is kept until they have ended, and raised then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Trouble:
    """The first error of a run; those after it mostly follow from it, and are dropped."""

    def __init__(self) -> None:
        self.first: Exception | None = None

    def note(self, error: Exception) -> None:
        """Keep an error, if it is the first one."""
        self.first = self.first or error

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Keep an error that ends the block; a person's interrupt is none, and goes through."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 (raised again when nothing is cut by it any more)
            self.note(error)

    def stops(self, asked: Callable[[], bool]) -> bool:
        """Tell whether nothing more may begin: somebody asks for that, or there is trouble."""
        wanted = False
        with self.keeping():
            wanted = asked()
        return wanted or self.first is not None

    def raise_first(self) -> None:
        """Raise what was kept, if there is something."""
        if self.first is not None:
            raise self.first
