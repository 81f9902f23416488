"""The outputs' folder is looked at before anything is done: what a person has there stays as it is."""

from __future__ import annotations

import os
from pathlib import PurePosixPath

from privateedit.batch.outcome import shown, unpacked
from privateedit.batch.roll import Roll, telling_trouble
from privateedit.batch.workplace import Workplace
from privateedit.errors import InputError


def is_new(roll: Roll) -> bool:
    """Tell whether no photo was ever planned, so that nothing in the folder is the batch's own yet.

    Raises:
        OutputError: the roll cannot be read.
    """
    with telling_trouble():
        return roll.base.execute("SELECT 1 FROM items LIMIT 1").fetchone() is None


def require_unused(workplace: Workplace) -> None:
    """Refuse the folder of a new batch in which something has a name that the batch writes to.

    Raises:
        InputError: something has.
    """
    for path in (workplace.outcomes, workplace.sheets, workplace.journals):
        if os.path.lexists(path):
            raise InputError(
                f"The outputs' folder holds {path.name} already, and it is not this batch's; take another."
            )


def require_folders(roll: Roll, workplace: Workplace) -> None:
    """Refuse a folder in which the output of a photo of this run would follow a link, or meet a file.

    Raises:
        InputError: one would.
        OutputError: the roll cannot be read.
    """
    with telling_trouble():
        rows = roll.base.execute(
            "SELECT out FROM items WHERE run = (SELECT run FROM pace) AND status <> 'done' ORDER BY id"
        )
        looked_at = PurePosixPath()
        for (out,) in rows:
            name = unpacked(out)
            above = PurePosixPath(name).parent
            if above == looked_at:  # names are in order, so that each folder is asked for about once
                continue
            looked_at = above
            if workplace.is_blocked(name):
                raise InputError(
                    f"In the outputs' folder, {shown(str(above))} is no folder and must be one; take it away"
                    " or take another folder."
                )
            if workplace.is_linked(name):
                raise InputError(
                    f"In the outputs' folder, {shown(str(above))} is a link to another place; take it away"
                    " or take another folder."
                )
