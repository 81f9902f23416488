import json

import pytest
from tests.doubles.batches import Stage, parts_that_see_red
from tests.doubles.fleets import posting

from privateedit import wiring
from privateedit.batch.cluster_hand import Hand
from privateedit.batch.merged_journal import Part, write_report
from privateedit.errors import OutputError
from privateedit.settings import STATE_VARIABLE


def nothing(*_):
    raise AssertionError


def fetched(hand):
    data = b""
    while piece := hand.journal_piece(len(data)):
        data += piece
    return data


@pytest.fixture
def journal(tmp_path, monkeypatch):
    """Makes a node's journal, with a line for each photo; returns what the node says and a copy."""

    def made(name, photos=2):
        monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / name))
        records = wiring.records()
        stage = Stage(
            tmp_path / f"{name}-stage", *"abc"[:photos], parts=parts_that_see_red(journal=records.journal)
        )
        stage.plan()
        list_names = [str(stage.photos / each) for each in "abc"[:photos]]
        stage.plan(*list_names)
        stage.work()
        hand = Hand(posting(stage), 0, nothing)
        check = hand.check_journal()
        copy = tmp_path / f"{name}.jsonl"
        copy.write_bytes(fetched(hand))
        return check, copy

    return made


def told(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_lines_of_all_nodes_stand_in_the_order_of_time_and_lost_nodes_are_named(tmp_path, journal):
    first, second = journal("one"), journal("two", 1)
    write_report([Part("n1", *first), Part("n2", *second), Part("n3")], tmp_path / "journals.jsonl")
    lines = told(tmp_path / "journals.jsonl")
    assert [(each["node"], each["reached"]) for each in lines[:3]] == [
        ("n1", True),
        ("n2", True),
        ("n3", False),
    ]
    assert [each["whole"] for each in lines[:2]] == [True, True]
    assert (lines[0]["lines"], lines[1]["lines"]) == (5, 3)
    rest = lines[3:]
    assert len(rest) == 8
    assert [each["time"] for each in rest] == sorted(each["time"] for each in rest)
    assert lines[0]["end"] == [each["hash"] for each in rest if each["node"] == "n1"][-1]
    assert all("mac" not in each and "previous" not in each for each in rest)  # no chain, and none pretended


def test_nodes_with_one_journal_tell_it_once(tmp_path, journal):
    found = journal("one")
    write_report([Part("n1", *found), Part("n2", *found)], tmp_path / "journals.jsonl")
    lines = told(tmp_path / "journals.jsonl")
    assert [each["same_as"] for each in lines[:2]] == [None, "n1"]
    assert len(lines) == 2 + 5


def test_a_journal_that_was_altered_is_told_up_to_there(tmp_path, journal):
    journal("one")
    path = tmp_path / "one" / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"hidden":1', b'"hidden":2', 1))
    hand = Hand(posting(Stage(tmp_path / "more", "a")), 0, nothing)
    check = hand.check_journal()
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(fetched(hand))
    write_report([Part("n1", check, copy)], tmp_path / "journals.jsonl")
    about, *lines = told(tmp_path / "journals.jsonl")
    assert about["whole"] is False
    assert about["problem"] == "Line 2 of the journal was altered."
    assert len(lines) == about["lines"] == 1


def test_a_report_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(OutputError):
        write_report([], tmp_path / "none" / "journals.jsonl")
