import json
import re
import subprocess
import sys
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.records import a_photo, a_state, an_intent, an_outcome

from privateedit.core.record import SETTINGS, Result
from privateedit.errors import InputError, JournalUnwritable, Refused, Sent
from privateedit.records import FileJournal, FileLedger, chain_file
from privateedit.records.sends import History
from privateedit.records.verify import Wrong


def history(journal):
    found = History()
    verdict = journal.verify(found.add)
    assert verdict.problem is None
    return found


def rows(path):
    return path.read_bytes().splitlines(keepends=True)


def write(path, lines):
    path.write_bytes(b"".join(lines))


def test_there_is_no_journal_before_the_first_send(journal, state_folder):
    assert journal.verify() is None
    assert journal.copy() == b""
    assert not state_folder.exists()


def test_an_intent_is_on_the_disk_before_the_send(journal, path):
    identity = journal.intend(an_intent())
    line = json.loads(rows(path)[-1])
    assert (line["kind"], line["id"]) == ("intent", identity)
    assert line["facts"]["payload"] == an_intent().payload
    assert line["time"].startswith("2026-01-02T03:04:")
    assert chain_file.read_end(path.parent, _key(path)).count == 2


def _key(path):
    with a_state(path.parent).existing() as key:
        return key


def test_an_outcome_belongs_to_its_intent(journal):
    first, second = journal.intend(an_intent(size=1)), journal.intend(an_intent(size=2))
    journal.conclude(second, an_outcome(sent=Sent.YES, returned="a" * 64, returned_size=7))
    sends = history(journal).sends
    assert [send.id for send in sends] == [first, second]
    assert [send.facts["size"] for send in sends] == [1, 2]
    assert sends[0].outcome is None
    assert sends[1].outcome == {"result": "returned", "sent": "yes", "returned": "a" * 64, "returned_size": 7}


def test_every_fact_is_written_and_nothing_else(journal, path):
    names = set(an_intent().__dataclass_fields__)
    journal.conclude(journal.intend(an_intent()), an_outcome())
    intent, outcome = (json.loads(row)["facts"] for row in rows(path)[-2:])
    assert set(intent) == names
    assert set(outcome) == {"result", "sent", "returned", "returned_size"}
    assert intent["settings"] == dict(an_intent().settings)
    assert intent["visible"] == [1]


def test_a_send_is_concluded_once(journal, path):
    identity = journal.intend(an_intent())
    journal.conclude(identity, an_outcome())
    before = path.read_bytes()
    for wrong in (identity, "0" * 16):
        with pytest.raises(InputError) as caught:
            journal.conclude(wrong, an_outcome(sent=Sent.YES))
        assert caught.value.sent is Sent.YES
    assert path.read_bytes() == before


@pytest.mark.parametrize("sent", Sent)
def test_an_outcome_that_cannot_be_written_tells_what_was_sent(journal, path, sent):
    identity = journal.intend(an_intent())
    write(path, rows(path)[:-1])
    with pytest.raises(JournalUnwritable) as caught:
        journal.conclude(identity, an_outcome(Result.FAILED, sent))
    assert caught.value.sent is sent
    assert caught.value.knows_what_was_sent


@pytest.mark.parametrize("sent", Sent)
def test_an_outcome_whose_key_is_gone_tells_what_was_sent(journal, path, sent):
    identity = journal.intend(an_intent())
    (path.parent / "key").unlink()
    with pytest.raises(JournalUnwritable) as caught:
        journal.conclude(identity, an_outcome(Result.FAILED, sent))
    assert caught.value.sent is sent


def test_an_unexpected_failure_after_a_send_tells_what_was_sent(state_folder):
    journal = FileJournal(a_state(state_folder))
    identity = journal.intend(an_intent())
    broken = a_state(state_folder)
    object.__setattr__(broken, "clock", lambda: 1 / 0)
    journal._state = broken
    with pytest.raises(JournalUnwritable, match="ZeroDivisionError") as caught:
        journal.conclude(identity, an_outcome(sent=Sent.UNKNOWN))
    assert caught.value.sent is Sent.UNKNOWN


def test_a_broken_clock_before_a_send_stops_it(state_folder):
    broken = a_state(state_folder)
    object.__setattr__(broken, "clock", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        FileJournal(broken).intend(an_intent())


ALTERATIONS = {
    "altered": lambda lines: [*lines[:3], lines[3].replace(b'"size":3', b'"size":4'), *lines[4:]],
    "deleted": lambda lines: [*lines[:3], *lines[4:]],
    "swapped": lambda lines: [*lines[:3], lines[5], lines[4], lines[3], *lines[6:]],
    "inserted": lambda lines: [*lines[:3], lines[1], *lines[3:]],
    "truncated": lambda lines: lines[:3],
    "torn": lambda lines: [*lines[:3], lines[3][:40]],
}
TAMPERED = {
    "altered": Wrong.ALTERED,
    "deleted": Wrong.REMOVED,
    "swapped": Wrong.REORDERED,
    "inserted": Wrong.INSERTED,
    "truncated": Wrong.CUT_OFF,
    "torn": Wrong.CUT_OFF,
}


@pytest.mark.parametrize("how", ALTERATIONS)
def test_tampering_is_reported_at_the_right_line(journal, path, how):
    for size in range(1, 8):
        journal.intend(an_intent(size=size))  # sizes 1 to 7 in lines 2 to 8
    write(path, ALTERATIONS[how](rows(path)))
    problem = journal.verify().problem
    assert (problem.line, problem.what) == (4, TAMPERED[how])


def test_a_missing_or_foreign_end_mark_is_noticed(journal, path):
    journal.intend(an_intent())
    head = path.with_name("journal.head")
    mark = head.read_bytes()
    journal.intend(an_intent())
    head.write_bytes(mark.replace(b'"count":2', b'"count":3'))
    with pytest.raises(Refused, match="end mark"):
        journal.verify()
    head.unlink()
    with pytest.raises(Refused, match="end mark"):
        journal.verify()


def test_a_torn_end_is_told_and_then_noted(journal, path):
    journal.intend(an_intent())
    with path.open("ab") as file:
        file.write(b'{"facts":{"expo')
    verdict = journal.verify()
    assert (verdict.problem, verdict.torn) == (None, 15)
    journal.intend(an_intent())
    assert history(journal).torn == 1


def test_a_copy_is_the_journal_byte_for_byte(journal, path):
    for _ in range(3):
        journal.conclude(journal.intend(an_intent()), an_outcome())
    assert journal.copy() == path.read_bytes()
    write(path, rows(path)[::-1])
    assert journal.copy() == path.read_bytes()


def test_a_line_without_end_is_read_in_pieces(journal, path):
    journal.intend(an_intent())
    with path.open("ab") as file:
        file.write(b"x" * 200_000 + b"\n")
    assert journal.verify().problem.line == 3


WRITER = """
    import sys
    from pathlib import Path
    from privateedit import wiring
    from tests.doubles.records import a_photo, an_intent, an_outcome
    records = wiring.records()
    assert records.state.folder == Path(sys.argv[1])
    for number in range(int(sys.argv[2])):
        identity = records.journal.intend(an_intent(size=number, provider=sys.argv[3]))
        records.journal.conclude(identity, an_outcome())
"""


def test_two_processes_at_once_keep_one_valid_chain(state_folder):
    """They also meet at the very beginning, when key and journal are made."""
    code = textwrap.dedent(WRITER)
    count, names = 25, ("one", "two", "three")
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(state_folder), str(count), name],
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    for writer in writers:
        assert (writer.communicate()[1], writer.returncode) == ("", 0)
    journal = FileJournal(a_state(state_folder))
    found = history(journal)
    assert found.lines == 1 + 2 * count * len(names)
    for name in names:
        mine = [send for send in found.sends if send.facts["provider"] == name]
        assert [send.facts["size"] for send in mine] == list(range(count))
        assert all(send.outcome for send in mine)


def test_a_writer_killed_in_the_middle_leaves_a_journal_that_goes_on(state_folder):
    code = textwrap.dedent(WRITER).replace(
        "for number in range(int(sys.argv[2]))", "for number in range(10**9)"
    )
    writer = subprocess.Popen([sys.executable, "-c", code, str(state_folder), "0", "one"])
    journal = FileJournal(a_state(state_folder))
    path = state_folder / "journal.jsonl"
    while not path.exists() or path.stat().st_size < 20_000:
        assert writer.poll() is None
    writer.kill()
    writer.wait()
    journal.intend(an_intent(provider="after"))
    assert history(journal).sends[-1].facts["provider"] == "after"


TIME_OR_DIGEST = re.compile(r"[0-9a-f]{64}|[0-9a-f]{16}|2026-01-02T03:04:[0-9.]{6}Z|#[0-9a-f]{6}|")
WORDS = {
    *("facts", "hash", "id", "kind", "mac", "previous", "seq", "time", "count", "last", "size"),
    *("start", "intent", "outcome", "version", "forgotten", "result", "sent", "returned", "returned_size"),
    *("studio", "image/png", "no", "eyes", "inner", "face", "head", "black", "noise"),
}


def texts(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


SETTING_VALUES = {
    "coverage": st.sampled_from(["eyes", "inner", "face", "head"]),
    "fill": st.sampled_from(["black", "noise", "#00ff7f"]),
    "grow": st.floats(0, 4),
    "max_side": st.none() | st.integers(1, 9999),
    "backdrop": st.booleans(),
}


@settings(deadline=None, max_examples=30)
@given(st.fixed_dictionaries({}, optional=SETTING_VALUES), st.lists(st.integers(0, 99), max_size=9))
def test_no_line_holds_anything_but_the_programs_own_words(tmp_path_factory, chosen, visible):
    """Every text in a journal is a digest, an id, a time, or a word of a list: no room for names or keys."""
    folder = tmp_path_factory.mktemp("state") / "records"
    place = a_state(folder)
    journal, photo = FileJournal(place), a_photo()
    FileLedger(place).reveal(photo, photo.pixels[..., 0] > 100)
    intent = an_intent(
        settings=chosen, visible=visible, faces=20, hidden=0, photo=FileLedger(place).name(photo)
    )
    journal.conclude(journal.intend(intent), an_outcome(returned="a" * 64))
    data = (folder / "journal.jsonl").read_bytes() + (folder / "journal.head").read_bytes()
    secret = (folder / "key").read_bytes()
    assert secret not in data
    assert secret.hex().encode() not in data
    for row in data.splitlines():
        for text in texts(json.loads(row)):
            known = text in WORDS or text in SETTINGS or text in intent.__dataclass_fields__
            assert known or TIME_OR_DIGEST.fullmatch(text), text
