import csv
import io

import numpy as np
import pytest
from tests.doubles.records import an_intent, an_outcome

import privateedit
from privateedit import wiring


@pytest.fixture
def records():
    return wiring.records()


@pytest.fixture
def sends(records):
    """Three sends in lines 2 to 7, with sizes 1 to 3."""
    for size in (1, 2, 3):
        records.journal.conclude(records.journal.intend(an_intent(size=size)), an_outcome())


@pytest.fixture
def tampered(sends, state_folder):
    """The size in line 4 is another one."""
    path = state_folder / "journal.jsonl"
    rows = path.read_bytes().splitlines(keepends=True)
    rows[3] = rows[3].replace(b'"size":2', b'"size":9')
    path.write_bytes(b"".join(rows))


def test_the_group_alone_shows_its_commands(cli):
    done = cli("journal")
    assert done.code == 2
    for name in ("show", "verify", "export", "forget"):
        assert name in done.out + done.err


def test_before_the_first_send_there_is_nothing(cli, state_folder):
    assert cli("journal", "show").out == "Nothing has been written down yet.\n"
    assert cli("journal", "verify").out == "There is no journal yet.\n"
    assert cli("journal", "show", "--json").facts == {"total": 0, "forgotten_before": False, "sends": []}
    assert cli("journal", "verify", "--json").facts["ok"] is True
    assert not state_folder.exists()


def test_show_lists_every_send(cli, sends):
    done = cli("journal", "show")
    assert (done.code, done.err) == (0, "")
    assert len(done.out.splitlines()) == 4
    assert len(cli("journal", "show", "--last", 2).out.splitlines()) == 3
    assert len(cli("journal", "show", "--last", 99).out.splitlines()) == 4
    facts = cli("journal", "show", "--json", "--last", 1).facts
    assert facts["total"] == 3
    assert [send["size"] for send in facts["sends"]] == [3]
    assert cli("journal", "show", "--last", 0).code == 2


def test_verify_counts(cli, sends):
    done = cli("journal", "verify")
    assert (done.code, done.out) == (0, "The journal is whole: 7 lines, 3 sends.\n")
    facts = cli("journal", "verify", "--json").facts
    assert (facts["lines"], facts["sends"], facts["line"], facts["problem"]) == (7, 3, None, None)


def test_verify_names_the_line_that_was_altered(cli, tampered):
    done = cli("journal", "verify")
    assert done.code == 4
    assert "Line 4 of the journal was altered." in done.err
    assert "forget --all" in done.err
    facts = cli("journal", "verify", "--json").facts
    assert (facts["ok"], facts["line"], facts["problem"], facts["lines"]) == (False, 4, "altered", 3)


def test_show_and_export_of_a_damaged_journal_do_what_they_can_and_fail(
    cli, tampered, tmp_path, state_folder
):
    done = cli("journal", "show")
    assert (done.code, len(done.out.splitlines())) == (4, 2)
    assert "Line 4" in done.err
    copy = tmp_path / "copy.jsonl"
    done = cli("journal", "export", "-o", copy)
    assert (done.code, "Line 4" in done.err) == (4, True)
    assert copy.read_bytes() == (state_folder / "journal.jsonl").read_bytes()


def test_export_copies_lines_or_writes_a_table(cli, sends, tmp_path, state_folder):
    assert cli("journal", "export", "-o", tmp_path / "a.jsonl").code == 0
    assert (tmp_path / "a.jsonl").read_bytes() == (state_folder / "journal.jsonl").read_bytes()
    facts = cli("journal", "export", "-o", tmp_path / "a.csv", "--json").facts
    assert facts == {"out": str(tmp_path / "a.csv"), "format": "csv", "sends": 3}
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text("utf-8"))))
    assert [row["size"] for row in rows] == ["1", "2", "3"]


def test_export_to_a_stream(cli, sends, state_folder):
    done = cli("journal", "export", "-o", "-")
    assert (done.code, done.err) == (0, "")
    assert done.out.encode() == (state_folder / "journal.jsonl").read_bytes()
    assert cli("journal", "export", "-o", "-", "--json").code == 2


@pytest.mark.parametrize("name", ["journal.txt", "journal"])
def test_export_takes_two_endings(cli, sends, tmp_path, name):
    done = cli("journal", "export", "-o", tmp_path / name)
    assert done.code == 2
    assert ".csv, .jsonl" in done.err


def test_export_never_writes_over_the_journal(cli, sends, state_folder):
    before = (state_folder / "journal.jsonl").read_bytes()
    assert cli("journal", "export", "-o", state_folder / "journal.jsonl").code == 2
    assert (state_folder / "journal.jsonl").read_bytes() == before


def test_forget_a_photo(cli, records, portrait):
    photo = privateedit.open(portrait)
    assert cli("journal", "forget", "--photo", portrait, "--json").facts == {
        "forgot": "photo",
        "known": False,
    }
    records.ledger.reveal(photo, np.ones((photo.height, photo.width), bool))
    done = cli("journal", "forget", "--photo", portrait)
    assert (done.code, done.err) == (0, "Forgotten.\n")
    assert records.ledger.protected(photo) is None
    assert "photo were forgotten 1 times" in cli("journal", "verify").out


def test_forget_everything_asks_first(cli, sends, monkeypatch):
    for answer in ("n\n", ""):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        done = cli("journal", "forget", "--all")
        assert done.code == 130
        assert "cannot be undone" in done.err
        assert done.out == ""
    assert cli("journal", "verify").out.startswith("The journal is whole: 7 lines")
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert cli("journal", "forget", "--all").code == 0
    assert "An earlier journal was forgotten" in cli("journal", "verify").out


def test_forget_everything_without_asking(cli, tampered):
    assert cli("journal", "forget", "--all", "--yes", "--json").facts == {"forgot": "all", "known": True}
    done = cli("journal", "verify")
    assert (done.code, done.out.splitlines()[0]) == (0, "The journal is whole: 1 lines, 0 sends.")
    assert cli("journal", "show", "--json").facts["forgotten_before"] is True


@pytest.mark.parametrize("options", [(), ("--all", "--photo", "a.png")])
def test_forget_needs_one_of_two(cli, sends, options):
    done = cli("journal", "forget", *options)
    assert done.code == 2
    assert "--photo and --all" in done.err


def test_records_open_to_others_are_refused(cli, sends, state_folder):
    (state_folder / "key").chmod(0o644)
    done = cli("journal", "show")
    assert done.code == 4
    assert "Nothing was sent." in done.err
