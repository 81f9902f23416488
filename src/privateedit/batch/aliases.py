"""Aliases: a photo that links lead to under several names is done once, and its other names are told.

That holds over runs: the file itself, or another link to it, is the same photo when it is named later.
"""

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


def know_again(base: sqlite3.Connection) -> None:
    """Let what is found be the photo of an earlier run that led to the same file under another name.

    It keeps the name that it had then; the new one is written down beside it. `keep_one_name` comes first.
    """
    base.execute(
        "CREATE TABLE known AS SELECT * FROM (SELECT place, name, coalesce("
        "(SELECT items.place FROM items WHERE items.place = found.real),"
        " (SELECT min(links.place) FROM links WHERE links.real = found.real)) AS earlier FROM found"
        " WHERE NOT EXISTS (SELECT 1 FROM items WHERE items.place = found.place))"
        " WHERE earlier IS NOT NULL AND earlier NOT IN (SELECT place FROM found)"
    )
    base.execute("UPDATE aliases SET place = known.earlier FROM known WHERE aliases.place = known.place")
    base.execute("INSERT OR IGNORE INTO aliases SELECT earlier, name FROM known")
    base.execute(
        "UPDATE OR IGNORE found SET place = known.earlier FROM known WHERE found.place = known.place"
    )
    base.execute("DROP TABLE known")


def note_links(base: sqlite3.Connection) -> None:
    """Write down where the links in `found` lead, for later runs; of a photo that is done, where they led."""
    base.execute(
        "INSERT OR REPLACE INTO links SELECT found.place, real FROM found"
        " JOIN items ON items.place = found.place WHERE real <> found.place AND status <> 'done'"
    )


def count_aliases(roll: Roll) -> int:
    """Return how many names lead to photos of this run that are done under another one.

    Raises:
        OutputError: the roll cannot be read.
    """
    with telling_trouble():
        return int(roll.base.execute("SELECT count(*) FROM aliases").fetchone()[0])
