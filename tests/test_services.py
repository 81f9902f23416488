import pytest
from tests.standins.openai import OpenAIStandIn

from privateedit import services
from privateedit import settings as module
from privateedit.errors import InputError
from privateedit.services import Wish
from privateedit.settings import read_settings


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    path = tmp_path / "settings.toml"
    monkeypatch.setattr(module, "settings_file", lambda: path)
    for name in ("OPENAI_API_KEY", "PRIVATEEDIT_OPENAI_BASE_URL", "PRIVATEEDIT_OPENAI_MODEL"):
        monkeypatch.delenv(name, raising=False)
    return path


def made(**wish):
    return services.editor("openai", read_settings(), lambda data: data, Wish(**wish))


def test_what_is_asked_for_goes_before_variables_and_those_before_the_file(file, monkeypatch):
    assert (made().model, made().door.base) == ("gpt-image-2.5-sunburst", "https://api.openai.com/v1")
    file.write_text(
        '[providers.openai]\nmodel = "a"\nbase_url = "https://a.example.com/v1"\nquality = "low"\n', "utf-8"
    )
    assert (made().model, made().door.base) == ("a", "https://a.example.com/v1")
    assert made().options == {"quality": "low"}
    monkeypatch.setenv("PRIVATEEDIT_OPENAI_MODEL", "b")
    monkeypatch.setenv("PRIVATEEDIT_OPENAI_BASE_URL", "https://b.example.com/v1")
    assert (made().model, made().door.base) == ("b", "https://b.example.com/v1")
    chosen = made(model="c", base_url="https://c.example.com/v1", options={"quality": "high"})
    assert (chosen.model, chosen.door.base) == ("c", "https://c.example.com/v1")
    assert chosen.options == {"quality": "high"}


def test_connections_are_as_the_settings_say(file):
    file.write_text('plain_http_hosts = ["Studio.lan"]\nsystem_proxy = true\nretries = 2\n', "utf-8")
    policy = made().door.policy
    assert (policy.plain_http, policy.system_proxy, policy.retries) == (frozenset({"studio.lan"}), True, 2)


def test_the_key_comes_from_its_variable_or_from_the_keyring(monkeypatch):
    assert services.standing("openai", read_settings()).missing == "OPENAI_API_KEY"
    monkeypatch.setattr(services, "kept_secret", lambda variable: f"kept {variable}")
    assert services.standing("openai", read_settings()).ready
    monkeypatch.setattr(services, "kept_secret", lambda variable: "")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    standing = services.standing("openai", read_settings())
    assert standing.ready
    assert standing.reachable is None


def test_a_service_that_is_asked_answers_or_does_not(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", OpenAIStandIn.key)
    with OpenAIStandIn() as service:
        monkeypatch.setenv("PRIVATEEDIT_OPENAI_BASE_URL", service.url)
        answered = services.standing("openai", read_settings(), check=True)
        assert not service.carried
    gone = services.standing("openai", read_settings(), check=True)
    assert (answered.reachable, gone.reachable) == (True, False)


def test_an_unknown_provider():
    with pytest.raises(InputError):
        services.standing("nobody", read_settings())
