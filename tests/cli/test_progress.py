import sys

from privateedit.cli.progress import say, working


def test_nothing_is_drawn_when_nobody_looks(capsys):
    with working("Masking"):
        pass
    assert capsys.readouterr().err == ""


def test_a_terminal_sees_what_happens(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with working("Masking"):
        say("hello")
    assert "hello" in capsys.readouterr().err
