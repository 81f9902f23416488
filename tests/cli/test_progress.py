import sys

from privateedit.cli.progress import counting, say, working


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
