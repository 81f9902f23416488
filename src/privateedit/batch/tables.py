"""The tables of the roll: photos, sends, the pace, other names of photos, and links; older rolls get them."""

from __future__ import annotations

import sqlite3

from privateedit.batch.outcome import LOST

VERSION = 1
_SCHEMA = """
CREATE TABLE about (version INTEGER, salt BLOB, purpose BLOB);
CREATE TABLE items (
    id INTEGER PRIMARY KEY, place BLOB NOT NULL UNIQUE, path BLOB NOT NULL,
    name BLOB NOT NULL, out BLOB NOT NULL,
    key TEXT NOT NULL UNIQUE, root INTEGER NOT NULL, run INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'waiting', owner INTEGER, kept INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0, deaths INTEGER NOT NULL DEFAULT 0, after REAL NOT NULL DEFAULT 0,
    sent TEXT NOT NULL DEFAULT 'no', error TEXT, code INTEGER NOT NULL DEFAULT 0, message TEXT, facts TEXT,
    leave INTEGER NOT NULL DEFAULT 0);
CREATE INDEX by_status ON items (status, run, id);
CREATE INDEX by_kept ON items (status, run, id) WHERE kept = 1;
CREATE TABLE numbers (key TEXT PRIMARY KEY, next INTEGER NOT NULL);
CREATE TABLE sends (id INTEGER PRIMARY KEY, item INTEGER NOT NULL, begun REAL NOT NULL);
CREATE INDEX by_time ON sends (begun);
CREATE TABLE pace (run INTEGER NOT NULL, until REAL NOT NULL, failures INTEGER NOT NULL, halt TEXT);
INSERT INTO pace VALUES (0, 0, 0, NULL);
"""
_ALIASES = """
CREATE TABLE IF NOT EXISTS aliases (place BLOB NOT NULL, name BLOB NOT NULL, PRIMARY KEY (place, name))
WITHOUT ROWID
"""
_LINKS = """
CREATE TABLE IF NOT EXISTS links (place BLOB PRIMARY KEY, real BLOB NOT NULL) WITHOUT ROWID
"""
_ADDED = (
    _ALIASES,
    _LINKS,
    "CREATE INDEX IF NOT EXISTS by_real ON links (real)",
    "CREATE INDEX IF NOT EXISTS by_leave ON items (id) WHERE leave = 1",
)
"""Other names of photos, where links lead, and who has leave; made when a roll is opened, for earlier ones
have none."""
_SENT_AGAIN = """
id IN (SELECT id FROM items JOIN (SELECT item, count(*) AS times FROM sends GROUP BY item) ON item = id
WHERE tries < times)
"""
"""Tries are counted anew when a photo is sent again after it failed, and sends never."""


def make_tables(base: sqlite3.Connection) -> None:
    """Make the tables that are not there; those that are stay as they are."""
    if not base.execute("SELECT 1 FROM sqlite_master").fetchone():
        for statement in _SCHEMA.split(";\n"):
            base.execute(statement)
    if "leave" not in {row[1] for row in base.execute("PRAGMA table_info(items)")}:
        _add_leave(base)
    for statement in _ADDED:
        base.execute(statement)


def _add_leave(base: sqlite3.Connection) -> None:
    """Let a roll know who has leave that was written when it did not end with its run.

    Photos that wait by such leave have it, so that it ends. Of one that was stopped while it was sent again,
    what is on the disk may be the answer to the earlier send: it is told, and not taken for the later one's.
    """
    base.execute("ALTER TABLE items ADD COLUMN leave INTEGER NOT NULL DEFAULT 0")
    base.execute(
        "UPDATE items SET leave = 1 WHERE status IN ('waiting', 'working') AND sent <> 'no' AND NOT kept"  # noqa: S608 (fixed texts)
        f" AND error IS NOT NULL AND {_SENT_AGAIN}"
    )
    base.execute(
        "UPDATE items SET status = 'failed', error = ?, code = ?, message = ?"  # noqa: S608 (fixed texts)
        f" WHERE status = 'sending' AND sent = 'yes' AND {_SENT_AGAIN}",
        (LOST.error, LOST.code, LOST.message),
    )
