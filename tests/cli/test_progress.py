import sys
import time

from privateedit.cli.progress import counting, say, working, working_through


def test_nothing_is_drawn_when_nobody_looks(capsys):
    with working("Masking"):
        pass
    assert capsys.readouterr().err == ""


def test_a_terminal_sees_what_happens(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with working("Masking"):
        say("hello")
    assert "hello" in capsys.readouterr().err


def test_counting_shows_a_bar_to_a_terminal_and_nothing_else(monkeypatch, capsys):
    with counting("Photos", 3) as tell:
        tell(2)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with counting("Photos", 4) as tell:
        tell(2)
    assert capsys.readouterr().out == ""


def test_working_through_shows_rate_and_time_left_to_a_terminal_and_nothing_else(monkeypatch, capsys):
    with working_through("Photos") as tell:
        tell(1, 3)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    with working_through("Photos") as tell:
        tell(40, 90)  # of an earlier run
        for done in range(41, 61):
            tell(done, 90)
            time.sleep(0.01)
    shown = capsys.readouterr().err
    assert "60/90" in shown
    assert "a minute" in shown
    assert "waits" not in shown
    with working_through("Photos") as tell:
        tell(40, 90)
        tell(40, 90, "waits 57 seconds")
    assert "waits 57 seconds" in capsys.readouterr().err
