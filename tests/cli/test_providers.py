import json

import pytest
from tests.standins.openai import OpenAIStandIn

from privateedit.cli.app import run
from privateedit.providers.registry import SERVICES


@pytest.fixture
def service(monkeypatch):
    with OpenAIStandIn() as found:
        monkeypatch.setenv("OPENAI_API_KEY", found.key)
        monkeypatch.setenv("PRIVATEEDIT_OPENAI_BASE_URL", found.url)
        yield found


def listed(capsys, *options):
    assert run(["providers", "--json", *options]) == 0
    return {each["name"]: each for each in json.loads(capsys.readouterr().out)["providers"]}


def test_every_provider_is_listed_with_what_it_needs_and_does(capsys, monkeypatch):
    for name in ("OPENAI_API_KEY", "PRIVATEEDIT_PROVIDER"):
        monkeypatch.delenv(name, raising=False)
    found = listed(capsys)
    assert {"studio", *SERVICES} <= set(found)
    assert found["studio"]["ready"]
    assert found["studio"]["local"]
    openai = found["openai"]
    assert (openai["ready"], openai["missing"], openai["reachable"]) == (False, "OPENAI_API_KEY", None)
    assert (openai["redraws"], openai["mask"]) == ("everything", "as guidance")
    assert "gpt-image-2" in openai["models"]


def test_checking_sends_no_picture_and_never_shows_the_key(capsys, service):
    assert listed(capsys, "--check")["openai"]["reachable"] is True
    assert [(asked.method, asked.path) for asked in service.asked] == [("GET", "/v1/models")]
    assert run(["providers", "--check"]) == 0
    shown = capsys.readouterr().out
    assert "openai: OpenAI, ready, answers" in shown
    assert service.key not in shown


def test_the_usual_one_is_marked(capsys, monkeypatch):
    monkeypatch.setenv("PRIVATEEDIT_PROVIDER", "openai")
    assert run(["providers"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert next(line for line in lines if "--provider is left out" in line).startswith("openai:")
