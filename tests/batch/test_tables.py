import sqlite3

from privateedit.batch.tables import make_tables


def shape(base):
    return sorted(base.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))


def test_tables_are_made_once_and_what_they_hold_stays():
    base = sqlite3.connect(":memory:")
    make_tables(base)
    before = shape(base)
    assert {"about", "items", "sends", "pace", "aliases", "numbers"} <= {name for name, _ in before}
    base.execute("UPDATE pace SET run = 7")
    make_tables(base)
    assert shape(base) == before
    assert base.execute("SELECT run, until, failures, halt FROM pace").fetchall() == [(7, 0.0, 0, None)]


def test_a_roll_of_an_earlier_version_gets_what_is_new():
    base = sqlite3.connect(":memory:")
    make_tables(base)
    base.execute("DROP TABLE aliases")
    make_tables(base)
    assert base.execute("SELECT count(*) FROM aliases").fetchone() == (0,)
