"""Every way to tamper with a journal is noticed, at the right line."""

from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.ports import seeded

from privateedit.records.chain import Head
from privateedit.records.key import new_key
from privateedit.records.verify import Problem, Wrong, verify

UNHURRIED = settings(deadline=None)
KEY, OTHER = new_key(seeded(1)), new_key(seeded(2))
START = Head()
COUNT = 9


def chained(count, key=KEY, salt=0, head=START):
    lines = []
    for number in range(count):
        facts = {"number": number, "salt": salt}
        line = head.next_line(key, time="2026-01-02T03:04:05.000Z", kind="intent", identity="ab", facts=facts)
        head = head.past(line)
        lines.append(line.encode())
    return lines, head


ROWS, END = chained(COUNT)
LINE = st.integers(1, COUNT)


def checked(rows, end=END, key=KEY):
    seen = []
    verdict = verify(rows, key, end, seen.append)
    assert [line.encode() for line in seen] == list(rows)[: len(seen)] == ROWS[: len(seen)]
    return verdict, len(seen)


def found(rows, end=END):
    verdict, seen = checked(rows, end)
    assert verdict.problem is not None
    assert seen == verdict.problem.line - 1  # everything before it was sound
    return verdict.problem.line, verdict.problem.what


def test_an_untouched_journal_is_sound():
    assert checked(ROWS) == (checked(ROWS)[0], COUNT)
    verdict, _ = checked(ROWS)
    assert verdict.problem is None
    assert verdict.head == END
    assert verdict.torn == 0


@UNHURRIED
@given(LINE, st.data())
def test_an_altered_line(line, data):
    row = bytearray(ROWS[line - 1])
    at = data.draw(st.integers(0, len(row) - 2))
    row[at] = data.draw(st.integers(32, 126).filter(lambda value: value != row[at]))
    assert found([*ROWS[: line - 1], bytes(row), *ROWS[line:]]) == (line, Wrong.ALTERED)


@UNHURRIED
@given(LINE)
def test_a_removed_line(line):
    rows = [*ROWS[: line - 1], *ROWS[line:]]
    assert found(rows) == (line, Wrong.CUT_OFF if line == COUNT else Wrong.REMOVED)


@UNHURRIED
@given(LINE, LINE)
def test_swapped_lines(first, second):
    if first != second:
        rows = list(ROWS)
        rows[first - 1], rows[second - 1] = rows[second - 1], rows[first - 1]
        assert found(rows) == (min(first, second), Wrong.REORDERED)


@UNHURRIED
@given(LINE, st.integers(1, COUNT + 1))
def test_a_line_copied_to_another_place(line, place):
    rows = [*ROWS[: place - 1], ROWS[line - 1], *ROWS[place - 1 :]]
    where, what = found(rows)
    if line < place:
        assert (where, what) == (place, Wrong.INSERTED)
    elif line == place:
        assert (where, what) == (place + 1, Wrong.INSERTED)  # the second of two equal lines
    else:
        assert (where, what) == (place, Wrong.REORDERED)


@UNHURRIED
@given(st.integers(1, COUNT))
def test_a_forged_line_inserted(place):
    (forged,), _ = chained(1, OTHER)
    assert found([*ROWS[: place - 1], forged, *ROWS[place - 1 :]]) == (place, Wrong.INSERTED)
    assert found([*ROWS[: place - 1], b"nonsense\n", *ROWS[place - 1 :]]) == (place, Wrong.INSERTED)


@UNHURRIED
@given(st.integers(0, COUNT - 1))
def test_a_journal_cut_off_between_lines(kept):
    assert found(ROWS[:kept]) == (kept + 1, Wrong.CUT_OFF)


@UNHURRIED
@given(st.integers(1, sum(map(len, ROWS)) - 1))
def test_a_journal_cut_off_anywhere(size):
    rows = b"".join(ROWS)[:size].splitlines(keepends=True)
    whole = sum(end <= size for end in accumulate(map(len, ROWS)))
    assert found(rows) == (whole + 1, Wrong.CUT_OFF)


def test_a_chain_written_anew_without_the_key():
    rows, end = chained(COUNT, OTHER)
    assert found(rows) == (1, Wrong.ALTERED)
    assert found(rows, end) == (1, Wrong.ALTERED)


def test_another_chain_of_the_same_key():
    rows, _ = chained(COUNT, salt=1)
    verdict = verify(rows, KEY, END, lambda line: None)
    assert verdict.problem == Problem(COUNT, Wrong.ALTERED)
    mixed = [*ROWS[:3], *rows[3:]]
    assert found(mixed) == (4, Wrong.INSERTED)


@pytest.mark.parametrize("beyond", [1, 2])
def test_what_a_stopped_writer_added_is_sound(beyond):
    _, end = chained(COUNT - beyond)
    verdict, seen = checked(ROWS, end)
    assert (verdict.problem, verdict.head, seen) == (None, END, COUNT)


@UNHURRIED
@given(st.integers(1, 300))
def test_what_a_stopped_writer_left_of_a_line_is_told(size):
    more, _ = chained(1, head=END)
    torn = more[0][: min(size, len(more[0]) - 1)]
    verdict, seen = checked([*ROWS, torn])
    assert (verdict.problem, verdict.torn, seen) == (None, len(torn), COUNT)


def test_lines_added_without_the_key_are_not_sound():
    more, _ = chained(1, OTHER, head=END)
    assert found([*ROWS, *more]) == (COUNT + 1, Wrong.ALTERED)


@pytest.mark.parametrize("what", Wrong)
def test_a_problem_is_a_sentence_with_its_line(what):
    sentence = str(Problem(7, what))
    assert " 7 " in sentence
    assert sentence.endswith(".")
