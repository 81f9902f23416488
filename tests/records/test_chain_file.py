import importlib.util
import subprocess
import sys
import textwrap

import pytest
from tests.doubles.ports import seeded

from privateedit.errors import JournalUnwritable, Refused
from privateedit.records import chain_file
from privateedit.records.key import new_key
from privateedit.records.private_files import append, read_private, replace
from privateedit.records.verify import verify

KEY = new_key(seeded(1))
NOW = "2026-01-02T03:04:05.000Z"


@pytest.fixture
def folder(tmp_path):
    chain_file.begin(tmp_path, KEY, NOW, forgotten=False)
    return tmp_path


def add(folder, number=1):
    chain_file.add(folder, KEY, NOW, kind="intent", identity="ab", facts={"number": number})


def lines(folder):
    found = []
    rows = read_private(folder / "journal.jsonl").splitlines(keepends=True)
    verdict = verify(rows, KEY, chain_file.read_end(folder, KEY), found.append)
    assert verdict.problem is None
    assert verdict.torn == 0
    return found


def test_a_chain_begins_with_a_line_that_says_whether_one_was_forgotten(folder):
    assert not chain_file.is_used(folder)
    assert [(line.kind, line.facts) for line in lines(folder)] == [
        ("start", {"version": 1, "forgotten": False})
    ]
    chain_file.begin(folder, KEY, NOW, forgotten=True)
    assert lines(folder)[0].facts["forgotten"] is True


def test_lines_are_added_in_order(folder):
    for number in range(5):
        add(folder, number)
    assert [line.facts["number"] for line in lines(folder)[1:]] == [0, 1, 2, 3, 4]
    assert chain_file.is_used(folder)


def test_adding_to_a_large_journal_reads_its_end_only(folder, monkeypatch):
    for number in range(80):
        add(folder, number)
    size = (folder / "journal.jsonl").stat().st_size
    read = []

    class Counting:
        def __init__(self, file):
            self.file = file

        def read(self, count):
            read.append(len(data := self.file.read(count)))
            return data

        def seek(self, to):
            return self.file.seek(to)

    opened = chain_file.opened
    monkeypatch.setattr(chain_file, "LONGEST_LINE", 1000)

    @chain_file.contextmanager
    def counting(folder):
        with opened(folder) as file:
            yield Counting(file)

    monkeypatch.setattr(chain_file, "opened", counting)
    add(folder, 80)
    assert 0 < sum(read) <= 1000 < size
    assert len(lines(folder)) == 82


def test_a_line_that_the_end_mark_does_not_cover_yet_is_taken_in(folder):
    add(folder, 1)
    before = read_private(folder / "journal.head")
    add(folder, 2)
    replace(folder / "journal.head", before)  # the writer was stopped between line and mark
    add(folder, 3)
    assert [line.facts["number"] for line in lines(folder)[1:]] == [1, 2, 3]


@pytest.mark.parametrize("torn", [b"{", b'{"facts":{"number":2},"hash":"00', b"\0" * 700])
def test_a_torn_line_is_taken_away_and_told(folder, torn):
    add(folder, 1)
    append(folder / "journal.jsonl", torn)
    add(folder, 2)
    kinds = [(line.kind, line.facts.get("bytes")) for line in lines(folder)]
    assert kinds == [("start", None), ("intent", None), ("torn", len(torn)), ("intent", None)]


def test_a_genuine_line_whose_newline_is_missing_is_torn(folder):
    add(folder, 1)
    before = read_private(folder / "journal.head")
    add(folder, 2)
    replace(folder / "journal.head", before)
    replace(folder / "journal.jsonl", read_private(folder / "journal.jsonl")[:-1])
    add(folder, 3)
    assert [line.kind for line in lines(folder)] == ["start", "intent", "torn", "intent"]


def spoiled(folder, change):
    rows = read_private(folder / "journal.jsonl").splitlines(keepends=True)
    replace(folder / "journal.jsonl", b"".join(change(rows)))


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[:-1],
        lambda rows: [],
        lambda rows: [*rows, rows[-1]],
        lambda rows: [*rows, b"nonsense\n"],
        lambda rows: [*rows, b"\0" * 1_100_000],
        lambda rows: [*rows[:-1], rows[-1].replace(b'"number":3', b'"number":4')],
        lambda rows: [*rows[:-2], rows[-1], rows[-2]],
        lambda rows: [*rows[:-1], rows[-1][:-1]],
    ],
)
def test_nothing_is_added_to_an_end_that_was_tampered_with(folder, change):
    for number in range(4):
        add(folder, number)
    spoiled(folder, change)
    before = read_private(folder / "journal.jsonl")
    with pytest.raises(JournalUnwritable, match="journal verify"):
        add(folder)
    assert read_private(folder / "journal.jsonl") == before


def test_a_line_added_without_the_key_is_not_taken_in(folder):
    add(folder)
    forged = chain_file.read_end(folder, KEY).next_line(
        new_key(seeded(2)), time=NOW, kind="intent", identity="ab", facts={}
    )
    append(folder / "journal.jsonl", forged.encode())
    with pytest.raises(JournalUnwritable, match="journal verify"):
        add(folder)


@pytest.mark.parametrize("name", ["journal.jsonl", "journal.head"])
def test_nothing_is_added_when_a_file_is_missing_or_open_to_others(folder, name):
    (folder / name).chmod(0o644)
    with pytest.raises(Refused, match="other users"):
        add(folder)
    (folder / name).unlink()
    with pytest.raises(Refused, match="missing"):
        add(folder)
    assert chain_file.exists(folder)


def test_a_line_too_long_to_be_read_again_is_not_written(folder):
    with pytest.raises(JournalUnwritable, match="too long"):
        chain_file.add(folder, KEY, NOW, kind="intent", identity="ab", facts={"text": "x" * 70_000})
    assert len(lines(folder)) == 1


@pytest.mark.skipif(importlib.util.find_spec("resource") is None, reason="no limit on file sizes")
def test_a_disk_that_is_full_in_the_middle_of_a_line_stops_the_send(folder):
    """A real short write: the system takes 100 bytes of the line and no more."""
    add(folder, 1)
    size = (folder / "journal.jsonl").stat().st_size
    code = f"""
        import resource
        from pathlib import Path
        from tests.doubles.ports import seeded
        from privateedit.errors import JournalUnwritable
        from privateedit.records import chain_file
        from privateedit.records.key import new_key
        from privateedit.records.private_files import writing
        resource.setrlimit(resource.RLIMIT_FSIZE, ({size + 100}, {size + 100}))
        try:
            with writing():
                folder, key = Path({str(folder)!r}), new_key(seeded(1))
                chain_file.add(folder, key, {NOW!r}, kind="intent", identity="ab", facts={{"number": 2}})
        except JournalUnwritable as error:
            print(error.sentence)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert "could not be written (file too large). Nothing was sent." in done.stdout
    assert (folder / "journal.jsonl").stat().st_size == size + 100
    add(folder, 3)
    assert [line.kind for line in lines(folder)] == ["start", "intent", "torn", "intent"]
