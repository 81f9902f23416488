import csv
import io

from tests.doubles.ports import seeded
from tests.doubles.records import an_intent, an_outcome

from privateedit.records import FileJournal
from privateedit.records.chain import Head
from privateedit.records.key import new_key
from privateedit.records.sends import COLUMNS, History, as_csv


def recorded(state):
    journal, history = FileJournal(state), History()
    journal.conclude(journal.intend(an_intent(visible=(0, 2), faces=3)), an_outcome(returned_size=9))
    journal.intend(an_intent(sealed=False, exposed_psnr=33.5))
    journal.verify(history.add)
    return history


def table(history):
    return list(csv.DictReader(io.StringIO(as_csv(history.sends).decode())))


def test_a_table_has_one_row_a_send(state):
    first, second = table(recorded(state))
    assert list(first) == list(COLUMNS)
    assert (first["visible"], first["sealed"], first["setting_coverage"]) == ("0 2", "true", "face")
    assert (first["result"], first["sent"], first["returned_size"]) == ("returned", "no", "9")
    assert (second["result"], second["ended"], second["exposed_psnr"]) == ("", "", "33.5")


def test_no_cell_starts_a_formula(state):
    for row in table(recorded(state)):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row.values())


def test_an_empty_history_is_a_heading():
    assert as_csv([]).decode().splitlines() == [",".join(COLUMNS)]


def test_lines_that_belong_to_no_send_are_passed_over():
    key, history = new_key(seeded(1)), History()
    for kind in ("start", "outcome", "from a later version"):
        history.add(Head().next_line(key, time="", kind=kind, identity="ab", facts={}))
    assert (history.lines, history.sends, history.forgotten_before) == (3, [], False)
