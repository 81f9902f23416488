from tests.doubles.records import an_intent, an_outcome

from privateedit.cli.journal_table import facts, lines, report
from privateedit.core.record import Result
from privateedit.errors import Sent
from privateedit.records.chain import Head
from privateedit.records.journal import _facts
from privateedit.records.sends import History, Send
from privateedit.records.verify import Problem, Verdict, Wrong

OPEN = Send("2026-01-02T03:04:05.678Z", "ab", _facts(an_intent(local=False, sealed=False, size=1_234_567)))
DONE = Send(
    "2026-01-02T03:04:06.000Z",
    "cd",
    _facts(an_intent()),
    "2026-01-02T03:04:09.000Z",
    _facts(an_outcome(Result.FAILED, Sent.UNKNOWN)),
)


def test_one_line_a_send_in_columns():
    heading, first, second = lines([OPEN, DONE])
    assert heading.startswith("time (UTC)")
    assert first.split("  ")[0] == "2026-01-02 03:04:05"
    for text in ("studio", "elsewhere", "not known", "1 of 2", "EXPOSED", "1,234,567", "0123456789ab"):
        assert text in first
    for text in ("this device", "failed", "unknown", "sealed"):
        assert text in second
    assert heading.index("sha256") == first.index("0123456789ab") == second.index("0123456789ab")


def test_nothing_yet_is_a_sentence():
    assert list(lines([])) == ["Nothing has been written down yet."]
    assert list(report(History(), None)) == ["There is no journal yet."]


def test_the_facts_of_a_send_have_one_shape_whether_it_ended_or_not():
    assert list(facts(OPEN)) == ["time", "id", *_facts(an_intent()), "ended", *_facts(an_outcome())]
    assert list(facts(DONE)) == list(facts(OPEN))
    assert (facts(OPEN)["result"], facts(DONE)["result"]) == (None, "failed")


def test_a_report_tells_everything_that_happened():
    history = History(sends=[DONE], forgotten_before=True, forgotten_photos=2, torn=1, lines=5)
    text = " ".join(report(history, Verdict(Head(5), torn=9)))
    for part in (
        "whole: 5 lines, 1 sends",
        "forgotten when",
        "cut off 2 times",
        "photo were forgotten 2 times",
    ):
        assert part in text
    problem = Verdict(Head(4), Problem(5, Wrong.ALTERED))
    assert next(report(History(lines=4), problem)) == "The journal is sound up to line 4."
