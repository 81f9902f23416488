from privateedit.batch.outcome import Failure, Outcome, Status
from privateedit.cli.batch_told import Watching


def test_an_instruction_that_names_somebody_is_warned_of(capsys):
    watcher = Watching(lambda done, total: None)
    watcher.ended(Outcome(1, "ann.jpg", "ann.jpg", Status.DONE, facts={"warnings": []}))
    assert capsys.readouterr().err == ""
    found = [{"kind": "file name", "count": 1}]
    watcher.ended(Outcome(1, "ann\x1b.jpg", "ann.jpg", Status.DONE, facts={"warnings": found}))
    assert capsys.readouterr().err == "Warning: ann?.jpg: what the instruction says may tell who it is.\n"


def test_no_message_steers_the_terminal(capsys):
    failure = Failure("InputError", 2, "a\x1b]0;title\x07\n.jpg does not exist.")
    Watching(lambda done, total: None).ended(Outcome(1, "a.jpg", "a.jpg", Status.FAILED, failure=failure))
    assert capsys.readouterr().err == "a.jpg: a?]0;title??.jpg does not exist.\n"


def test_a_pause_is_said_once_and_counted_down_on_the_bar(capsys):
    shown = []
    watching = Watching(lambda done, total, waits="": shown.append(waits))
    for seconds in (57.2, 56.1, 57.4, 55.0, 1.0, 0.0, 4.0, 300.5, 0.0):
        watching.paused(seconds)
    assert capsys.readouterr().err == (
        "The service asks to wait: nothing is sent for 58 seconds.\n"
        "The service asks to wait: nothing is sent for 4 seconds.\n"
        "The service asks to wait: nothing is sent for 6 minutes.\n"
    )
    assert shown[:2] == ["waits 58 seconds", "waits 57 seconds"]
    assert shown[4:7] == ["waits 1 second", "", "waits 4 seconds"]
    assert shown[-1] == ""
