"""Faces on the page are counted from one, as people do; everywhere else from zero, as arrays are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from privateedit.errors import CannotAlign

_NAMED = re.compile(r"\b([Ff]ace )(\d{1,4})\b")


def counted_from_one(text: str) -> str:
    """Return a sentence of ours with its faces' numbers as the page shows them."""
    return _NAMED.sub(lambda found: f"{found[1]}{int(found[2]) + 1}", text)


@contextmanager
def misfits_counted_from_one() -> Iterator[None]:
    """Let a misfit name its face as the page does.

    Raises:
        CannotAlign: as it came, with that number.
    """
    try:
        yield
    except CannotAlign as error:
        error.message = counted_from_one(error.message)
        raise
