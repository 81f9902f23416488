import pytest
from tests.standins.openai import OpenAIStandIn

from privateedit import services, wiring
from privateedit import settings as module
from privateedit.errors import AuthenticationFailed, InputError, ProviderError
from privateedit.settings import ProviderSettings, read_settings


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    path = tmp_path / "settings.toml"
    monkeypatch.setattr(module, "settings_file", lambda: path)
    for name in ("OPENAI_API_KEY", "PRIVATEEDIT_OPENAI_BASE_URL", "PRIVATEEDIT_OPENAI_MODEL"):
        monkeypatch.delenv(name, raising=False)
    return path


def made(key="", **wish):
    return services.editor("openai", read_settings(), lambda data: data, ProviderSettings(**wish), key)


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")


def test_what_is_asked_for_goes_before_variables_and_those_before_the_file(file, key, monkeypatch):
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


def test_connections_are_as_the_settings_say(file, key):
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


def test_without_a_key_or_with_a_wrong_option_there_is_no_editor(file, monkeypatch):
    with pytest.raises(AuthenticationFailed, match="OPENAI_API_KEY"):
        made()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    with pytest.raises(ProviderError):
        made(options={"nothing": "1"})


def test_what_cannot_be_used_is_told_beside_the_others(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-\u00e9")
    assert "key" in services.standing("openai", read_settings()).missing
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    monkeypatch.setenv("PRIVATEEDIT_OPENAI_BASE_URL", "http://example.com/v1")
    assert "encryption" in services.standing("openai", read_settings(), check=True).missing


@pytest.mark.parametrize(
    "slip", ["PRIVATEEDIT_OPNAI_BASE_URL", "PRIVATEEDIT_OPNAI_MODEL", "PRIVATEEDIT_STABILTY_KEY"]
)
def test_a_slip_in_a_providers_variable_is_an_error(monkeypatch, slip):
    monkeypatch.setenv(slip, "https://example.com")
    with pytest.raises(InputError, match=slip):
        read_settings().require_providers(wiring.provider_names())


@pytest.mark.parametrize("text", ['[providers.opnai]\nmodel = "a"\n', 'provider = "opnai"\n'])
def test_a_slip_in_the_file_is_an_error(file, text):
    file.write_text(text, "utf-8")
    with pytest.raises(InputError, match="does not exist"):
        read_settings().require_providers(wiring.provider_names())


def shown_key(editor):
    return editor.door._key.header(editor.service.profile)[1]


def test_a_key_of_this_run_goes_before_the_one_that_is_set(monkeypatch, key):
    assert shown_key(made()) == "Bearer sk-x"
    assert shown_key(made(key="sk-client")) == "Bearer sk-client"
    assert shown_key(made()) == "Bearer sk-x"
    monkeypatch.delenv("OPENAI_API_KEY")
    editor = made(key="sk-client")
    assert shown_key(editor) == "Bearer sk-client"
    assert "sk-client" not in repr(editor) + repr(editor.door) + repr(editor.door._key)


@pytest.mark.parametrize("given", ["sk-secret\r\nx: y", "sk-secret\u00e9"])
def test_a_key_of_this_run_that_is_none_is_not_repeated(given):
    with pytest.raises(InputError) as raised:
        made(key=given)
    assert "secret" not in raised.value.message


def test_a_service_without_keys_is_shown_none():
    with pytest.raises(InputError, match="takes no key"):
        services.editor("comfyui", read_settings(), lambda data: data, ProviderSettings(), "sk-client")
