import sys

import pytest

from privateedit.cli import serve
from privateedit.server import serving


@pytest.fixture
def served(monkeypatch):
    """What would be served, without serving it."""
    found = []
    monkeypatch.setattr(serve, "run", lambda wanted, **_: found.append(wanted))
    return found


def test_what_is_asked_for_is_what_is_served(cli, served):
    outcome = cli(
        "serve", "--host", "0.0.0.0", "--port", "9000", "--name", "studio.lan", "--model", "m",
        "--upstream", "stability", "--option", "seed=1", "--alias", "gpt-image-1=m",
        "--coverage", "head", "--trust", "low",
        "--size", "original", "--no-face", "allow", "--fixed-policy", "--workers", "3", "--max-requests", "5",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    (wanted,) = served
    assert (wanted.host, wanted.port, wanted.names) == ("0.0.0.0", 9000, ("studio.lan",))
    assert (wanted.upstream, wanted.model, wanted.options) == ("stability", "m", {"seed": "1"})
    assert wanted.aliases == {"gpt-image-1": "m"}
    assert wanted.policy.choices == {"coverage": "head", "trust": "low"}
    assert wanted.policy.finishes["size"] == "original"
    assert (wanted.policy.fixed, wanted.policy.allow_no_face) == (True, True)
    assert (wanted.limits.workers, wanted.limits.waiting) == (3, 5)


def test_left_alone_it_serves_openai_on_this_machine_only(cli, served):
    assert cli("serve").code == 0
    (wanted,) = served
    assert (wanted.host, wanted.port, wanted.upstream) == ("127.0.0.1", 8787, "openai")
    assert (wanted.policy.choices, wanted.policy.fixed, wanted.policy.allow_no_face) == ({}, False, False)


@pytest.mark.parametrize(
    "wrong",
    [("--no-face", "maybe"), ("--alias", "x"), ("--option", "=1"), ("--port", "70000"), ("--workers", "0")],
)
def test_what_cannot_be_served_is_said(cli, served, wrong):
    assert cli("serve", *wrong).code == 2
    assert not served


def test_the_token_is_shown_when_asked_for_and_stays(cli):
    first, second = cli("serve", "--show-token"), cli("serve", "--show-token")
    assert first.out == second.out
    assert first.out.strip() == serving.token().text


def test_the_extra_is_named_when_it_is_missing(cli, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    outcome = cli("serve")
    assert outcome.code == 8
    assert "privateedit[server]" in outcome.err


def test_it_serves_until_it_is_interrupted(cli, monkeypatch):
    class Server:
        listening = None

        def run(self):
            self.listening(8787)
            raise KeyboardInterrupt

    monkeypatch.setattr(serving, "server_of", lambda *_: Server())
    outcome = cli("serve", "--upstream", "studio")
    assert outcome.code == 0
    assert "OPENAI_BASE_URL=http://127.0.0.1:8787/v1" in outcome.err
    assert "Stopped." in outcome.err
