"""Folders that could not be entered stand among the photos as failed, until a later run can enter them."""

from __future__ import annotations

import os
from collections.abc import Sequence

from privateedit.batch.order import place_of
from privateedit.batch.outcome import unpacked
from privateedit.batch.roll import Roll
from privateedit.batch.sources import Root


def forget_opened(roll: Roll, roots: Sequence[Root], salt: bytes) -> None:
    """Forget what stands for a folder that an earlier run could not enter, and that can be entered now.

    The photos in it were found in its place. Nothing ever left of it, and nothing came of it.

    Raises:
        OutputError: the roll cannot be read or written.
    """
    with roll.change() as base:
        rows = base.execute(
            "SELECT id, place, path FROM items WHERE run < (SELECT run FROM pace)"
            " AND status = 'failed' AND sent = 'no' AND NOT kept"
        )
        opened = [
            (number, place)
            for number, place, path in rows
            if any(_is_opened(root, unpacked(path), place, salt) for root in roots)
        ]
        base.executemany("DELETE FROM items WHERE id = ?", ((number,) for number, _ in opened))
        base.executemany("DELETE FROM links WHERE place = ?", ((place,) for _, place in opened))


def _is_opened(root: Root, path: str, place: bytes, salt: bytes) -> bool:
    """Tell whether a path below a root is the place that is meant, and a folder that can be entered."""
    if root.remote or place_of(salt, root.place(path)) != place:
        return False
    try:
        with os.scandir(root.place(path)):
            return True
    except (OSError, ValueError):
        return False
