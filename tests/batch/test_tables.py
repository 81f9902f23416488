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


def earlier(*rows):
    """A roll as it was written when leave did not end with its run: (status, sent, kept, tries, sends)."""
    base = sqlite3.connect(":memory:")
    make_tables(base)
    base.execute("DROP INDEX by_leave")
    base.execute("ALTER TABLE items DROP COLUMN leave")
    for number, (status, sent, kept, tries, sends) in enumerate(rows, 1):
        base.execute(
            "INSERT INTO items (id, place, path, name, out, key, root, run, status, sent, kept, tries, error)"
            " VALUES (?, ?, 'p', 'n', 'o', ?, 0, 1, ?, ?, ?, ?, 'X')",
            (number, str(number), str(number), status, sent, kept, tries),
        )
        for _ in range(sends):
            base.execute("INSERT INTO sends (item, begun) VALUES (?, 0)", (number,))
    return base


def test_on_an_earlier_roll_photos_that_wait_by_leave_have_it_and_no_others():
    base = earlier(
        ("waiting", "unknown", 0, 0, 1),  # by --resend-unknown
        ("working", "yes", 0, 0, 2),  # by --resend-failed
        ("waiting", "yes", 0, 1, 2),  # the same, and put off by the service
        ("waiting", "yes", 0, 1, 1),  # put off by the service at first
        ("waiting", "yes", 1, 0, 1),  # its answer is kept
        ("waiting", "no", 0, 0, 1),  # nothing left
        ("failed", "unknown", 0, 0, 1),
    )
    make_tables(base)
    told = base.execute("SELECT leave FROM items ORDER BY id").fetchall()
    assert [each for (each,) in told] == [1, 1, 1, 0, 0, 0, 0]
    make_tables(base)
    assert told == base.execute("SELECT leave FROM items ORDER BY id").fetchall()


def test_on_an_earlier_roll_no_answer_is_taken_for_that_of_another_send():
    base = earlier(("sending", "yes", 0, 1, 2), ("sending", "no", 0, 1, 1), ("sending", "yes", 0, 2, 2))
    make_tables(base)
    rows = base.execute("SELECT status, message IS NULL FROM items ORDER BY id").fetchall()
    assert rows == [("failed", 0), ("sending", 1), ("sending", 1)]
