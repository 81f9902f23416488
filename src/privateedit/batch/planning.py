"""Planning: photos that are found get numbers and names of outputs; those of earlier runs are known again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from privateedit.batch.aliases import keep_one_name, know_again, note_links
from privateedit.batch.leave import give_leave
from privateedit.batch.naming import folders_of, free_stem, key_of, wanted_stem
from privateedit.batch.outcome import Status, packed, shown, unpacked
from privateedit.batch.roll import Roll, telling_trouble
from privateedit.batch.sources import Found
from privateedit.errors import InputError

_AT_ONCE = 1000


def plan(
    roll: Roll,
    found: Iterable[tuple[bytes, Found]],
    ending_of: Callable[[str], str],
    is_foreign: Callable[[str], bool],
    real_of: Callable[[Found], bytes | None] = lambda each: None,
) -> None:
    """Begin a run with the photos that were found, all in one change.

    New ones are numbered in the order of their names, byte by byte, and named after themselves. Where two
    names differ in their ending or in case alone, the later one gets a number. Only as many names as fit into
    one change of the database are in memory at a time, however many there are.

    Args:
        roll: where they are written down.
        found: the photos, each with the digest of where it lies.
        ending_of: the ending of the output for a photo of that name.
        is_foreign: whether there is a file at an output's place already.
        real_of: the digest of where links lead from a photo's place; None where there are none.

    Raises:
        InputError: an output's name belongs to a photo of an earlier run that is not found any more.
        OutputError: the roll cannot be written.
    """
    with roll.change() as base:
        _begin(base)
        _gather(base, found, ending_of, real_of)
        keep_one_name(base)
        know_again(base)
        base.execute(
            "UPDATE items SET run = (SELECT run FROM pace), root = found.root, path = found.path FROM found"
            " WHERE items.place = found.place"
        )
        _number(base, ending_of, is_foreign)
        note_links(base)
        base.execute("DROP TABLE found")
        base.execute("DROP TABLE folders")


def _begin(base: sqlite3.Connection) -> None:
    """Begin a run, with empty tables for what is found in it."""
    base.execute("UPDATE pace SET run = run + 1, halt = NULL, failures = 0")
    base.execute("CREATE TABLE found (place BLOB PRIMARY KEY, real BLOB, name BLOB, root INTEGER, path BLOB)")
    base.execute("CREATE TABLE folders (key TEXT PRIMARY KEY)")


def _gather(
    base: sqlite3.Connection,
    found: Iterable[tuple[bytes, Found]],
    ending_of: Callable[[str], str],
    real_of: Callable[[Found], bytes | None],
) -> None:
    for rows in _batches(found):
        told = (
            (place, real_of(each) or place, packed(each.name), each.root, packed(each.path))
            for place, each in rows
        )
        base.executemany("INSERT OR IGNORE INTO found VALUES (?, ?, ?, ?, ?)", told)
        names = {each.name for _, each in rows}
        names |= {wanted_stem(each, ending_of(each)) for each in names}
        folders = {folder for name in names for folder in folders_of(name)}
        base.executemany("INSERT OR IGNORE INTO folders VALUES (?)", ((each,) for each in folders))


def _batches(found: Iterable[tuple[bytes, Found]]) -> Iterator[list[tuple[bytes, Found]]]:
    rest = iter(found)
    while rows := list(islice(rest, _AT_ONCE)):
        yield rows


def _number(
    base: sqlite3.Connection, ending_of: Callable[[str], str], is_foreign: Callable[[str], bool]
) -> None:
    new = base.execute(
        "SELECT place, name, root, path FROM found WHERE NOT EXISTS (SELECT 1 FROM items WHERE items.place ="
        " found.place) ORDER BY name, root"
    )
    for place, data, root, path in new:
        name = unpacked(data)
        ending = ending_of(name)
        wanted = wanted_stem(name, ending)
        replacing = _make_way(base, wanted, name, ending_of, is_foreign)
        known = None if replacing else _next_number(base, wanted)
        stem = _free(base, wanted, ending, is_foreign, start=known or 1)
        base.execute(
            "INSERT INTO items (place, path, name, out, key, root, run)"
            " SELECT ?, ?, ?, ?, ?, ?, run FROM pace",
            (place, path, data, packed(stem + ending), key_of(stem), root),
        )


def _free(
    base: sqlite3.Connection, wanted: str, ending: str, is_foreign: Callable[[str], bool], start: int
) -> str:
    """Return the first stem from number `start` on that nothing has, and remember where to look next."""

    def is_taken(stem: str) -> bool:
        return (
            _one(base, "SELECT id FROM items WHERE key = ?", key_of(stem)) is not None
            or _one(base, "SELECT 1 FROM folders WHERE key = ?", key_of(stem + ending)) is not None
            or is_foreign(stem + ending)
        )

    stem, number = free_stem(wanted, is_taken, start, ending)
    if number > 1:
        base.execute("INSERT OR REPLACE INTO numbers VALUES (?, ?)", (key_of(wanted), number + 1))
    return stem


def _next_number(base: sqlite3.Connection, wanted: str) -> int | None:
    return _one(base, "SELECT next FROM numbers WHERE key = ?", key_of(wanted))


def _one(base: sqlite3.Connection, question: str, value: str) -> int | None:
    row = base.execute(question, (value,)).fetchone()
    return None if row is None else int(row[0])


def _make_way(
    base: sqlite3.Connection,
    wanted: str,
    name: str,
    ending_of: Callable[[str], str],
    is_foreign: Callable[[str], bool],
) -> bool:
    """Tell whether a photo that is not found any more leaves its name to this one, and give it another.

    It does if nothing came of it and nothing of it left: what a person exports anew, because it could not be
    read, is restored under the name that it is masked under. A photo that was sent for nothing keeps its
    name, and one that is called otherwise gets a number.

    Raises:
        InputError: a photo of that name was done, or sent, and lay elsewhere: which is which?
    """
    row = base.execute(
        "SELECT id, name, status, sent = 'no' AND NOT kept FROM items"
        " WHERE key = ? AND run < (SELECT run FROM pace)",
        (key_of(wanted),),
    ).fetchone()
    if row is None:
        return False
    number, data, status, untouched = row
    earlier = unpacked(data)
    if status == Status.DONE or not (untouched or key_of(earlier) != key_of(name)):
        raise InputError(
            f"The outputs' folder holds a batch of other photos, with a {shown(earlier)} of its own;"
            " take another folder."
        )
    if untouched:
        ending = ending_of(earlier)
        own = wanted_stem(earlier, ending)
        stem = _free(base, own, ending, is_foreign, start=_next_number(base, own) or 2)
        base.execute(
            "UPDATE items SET key = ?, out = ? WHERE id = ?", (key_of(stem), packed(stem + ending), number)
        )
    return bool(untouched)


def try_again(roll: Roll, *, sends: bool, unknown: bool, sent: bool) -> None:
    """Let the photos of this run wait again that failed, where that sends nothing twice without leave.

    How many workers died of a photo stays known: one that was given up is tried once, and given up again.

    Args:
        roll: of the photos.
        sends: whether photos leave in this batch at all.
        unknown: leave to send those again of which nobody knows whether they were sent, in this run.
        sent: leave to send those again that were sent for nothing, in this run.

    Raises:
        OutputError: the roll cannot be written.
    """
    with roll.change() as base:
        give_leave(base, unknown=sends and unknown, sent=sends and sent)
        base.execute(
            "UPDATE items SET status = 'waiting', after = 0, tries = 0 WHERE status = 'failed'"
            " AND run = (SELECT run FROM pace) AND (kept OR sent = 'no' OR NOT :sends)",
            {"sends": sends},
        )


def counts(roll: Roll) -> dict[tuple[str, int, str], int]:
    """Return how many photos of this run have a status, exit code and answer to whether they were sent.

    Raises:
        OutputError: the roll cannot be read.
    """
    with telling_trouble():
        rows = roll.base.execute(
            "SELECT status, code, sent, count(*) FROM items WHERE run = (SELECT run FROM pace)"
            " GROUP BY status, code, sent"
        ).fetchall()
    return {(status, code, sent): count for status, code, sent, count in rows}
