from pathlib import Path

import pytest

from privateedit.cli import page, serve
from privateedit.server import serving


@pytest.fixture
def launched(monkeypatch):
    """What the browser is pointed at, without a browser."""
    found = []
    monkeypatch.setattr(serve.typer, "launch", found.append)
    return found


class Server:
    """Listens, and is interrupted."""

    listening = None

    def run(self):
        self.listening(4711)
        raise KeyboardInterrupt


def test_the_browser_is_pointed_at_a_private_file(cli, launched, monkeypatch, state_folder):
    read = []
    monkeypatch.setattr(serving, "server_of", lambda *_: Server())
    monkeypatch.setattr(serve.typer, "launch", lambda path: read.append((path, Path(path).read_text())))
    outcome = cli("app")
    assert outcome.code == 0, outcome.err
    ((path, text),) = read
    assert Path(path).parent == state_folder
    assert "http://127.0.0.1:4711/#" in text
    ticket = text.partition("4711/#")[2].partition('"')[0]
    assert len(ticket) > 20
    assert ticket not in outcome.err + outcome.out
    assert "http://127.0.0.1:4711/" in outcome.err
    assert path in outcome.err


def test_serve_opens_the_page_only_when_asked(cli, launched, monkeypatch):
    monkeypatch.setattr(serving, "server_of", lambda *_: Server())
    assert cli("serve", "--upstream", "studio").code == 0
    assert launched == []
    assert cli("serve", "--upstream", "studio", "--open").code == 0
    assert len(launched) == 1


def test_the_page_listens_on_this_machine_alone_and_takes_a_free_port(cli, monkeypatch):
    found = []
    monkeypatch.setattr(page, "run", lambda wanted, **more: found.append((wanted, more)))
    assert cli("app").code == 0
    assert cli("app", "--port", "9000").code == 0
    assert [(wanted.host, wanted.port) for wanted, _ in found] == [("127.0.0.1", 0), ("127.0.0.1", 9000)]
    assert all(wanted.page for wanted, _ in found)
    assert cli("app", "--host", "0.0.0.0").code == 2
