"""The tables of the roll: photos, sends, the pace, other names of photos, and links."""

from __future__ import annotations

import sqlite3

VERSION = 1
_SCHEMA = """
CREATE TABLE about (version INTEGER, salt BLOB, purpose BLOB);
CREATE TABLE items (
    id INTEGER PRIMARY KEY, place BLOB NOT NULL UNIQUE, path BLOB NOT NULL,
    name BLOB NOT NULL, out BLOB NOT NULL,
    key TEXT NOT NULL UNIQUE, root INTEGER NOT NULL, run INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'waiting', owner INTEGER, kept INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0, deaths INTEGER NOT NULL DEFAULT 0, after REAL NOT NULL DEFAULT 0,
    sent TEXT NOT NULL DEFAULT 'no', error TEXT, code INTEGER NOT NULL DEFAULT 0, message TEXT, facts TEXT);
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
_ADDED = (_ALIASES, _LINKS, "CREATE INDEX IF NOT EXISTS by_real ON links (real)")
"""Other names of photos, and where links lead; made when a roll is opened, for earlier ones have none."""


def make_tables(base: sqlite3.Connection) -> None:
    """Make the tables that are not there; those that are stay as they are."""
    if not base.execute("SELECT 1 FROM sqlite_master").fetchone():
        for statement in _SCHEMA.split(";\n"):
            base.execute(statement)
    for statement in _ADDED:
        base.execute(statement)
