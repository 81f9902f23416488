from importlib.metadata import EntryPoint

import pytest
from tests.providers.test_exchange import Jobs

from privateedit.errors import InputError
from privateedit.providers import registry
from privateedit.providers.registry import SERVICES, service, service_names


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_is_complete_and_honest_about_itself(name):
    profile = service(name).profile
    assert profile.name == name
    assert profile.title
    assert not profile.base_url.endswith("/")
    assert profile.base_url.startswith(("https://", "http://127.0.0.1")) or not profile.base_url
    assert len(set(profile.models)) == len(profile.models)
    assert 30 <= profile.patience <= 3600
    assert not profile.retention.endswith(".")
    assert profile.key or not profile.key_needed


def added(monkeypatch, value, name="job"):
    entry = EntryPoint(name, value, registry.GROUP)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: (entry,))


def test_another_package_can_add_one(monkeypatch):
    added(monkeypatch, "tests.providers.test_exchange:Jobs")
    assert service_names()[-1] == "job"
    assert isinstance(service("job"), Jobs) or type(service("job")).__name__ == "Jobs"


def test_what_another_package_adds_never_replaces_ours(monkeypatch):
    added(monkeypatch, "tests.providers.test_exchange:Jobs", "openai")
    assert service_names().count("openai") == 1
    assert service("openai").profile.title == "OpenAI"


@pytest.mark.parametrize("value", ["builtins:object", "tests.providers.test_exchange:Carrier"])
def test_what_is_no_service_is_refused(monkeypatch, value):
    added(monkeypatch, value)
    with pytest.raises(InputError, match="is none"):
        service("job")


def test_an_unknown_name():
    with pytest.raises(InputError, match="no provider"):
        service("nobody")
