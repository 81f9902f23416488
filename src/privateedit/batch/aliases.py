"""Aliases: a photo that links lead to under several names is done once, and its other names are told."""

from __future__ import annotations

import sqlite3

from privateedit.batch.roll import Roll, telling_trouble


def keep_one_name(base: sqlite3.Connection) -> None:
    """Of the names in `found` that lead to one file keep one, and write down the others.

    Kept is one that an earlier run knows, else that of the file itself, else the first one.
    """
    base.execute("DELETE FROM aliases")
    base.execute(
        "CREATE TABLE ranked AS SELECT place, real, name, row_number() OVER (PARTITION BY real ORDER BY"
        " EXISTS (SELECT 1 FROM items WHERE items.place = found.place) DESC, place = real DESC, name, root)"
        " AS rank FROM found WHERE real IN (SELECT real FROM found WHERE real <> place)"
    )
    base.execute(
        "INSERT INTO aliases SELECT kept.place, ranked.name FROM ranked JOIN ranked AS kept"
        " ON kept.real = ranked.real AND kept.rank = 1 WHERE ranked.rank > 1"
    )
    base.execute("DELETE FROM found WHERE place IN (SELECT place FROM ranked WHERE rank > 1)")
    base.execute("DROP TABLE ranked")


def count_aliases(roll: Roll) -> int:
    """Return how many names lead to photos of this run that are done under another one.

    Raises:
        OutputError: the roll cannot be read.
    """
    with telling_trouble():
        return int(roll.base.execute("SELECT count(*) FROM aliases").fetchone()[0])
