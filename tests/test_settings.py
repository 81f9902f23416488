import sys
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

from privateedit import settings as module
from privateedit.core.concealment import Concealment
from privateedit.core.finish import Finish
from privateedit.errors import InputError
from privateedit.settings import Settings, kept_secret, read_settings, settings_file


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "settings.toml"
    monkeypatch.setattr(module, "settings_file", lambda: path)
    monkeypatch.delenv("PRIVATEEDIT_STATE_DIR", raising=False)
    return path


def test_nothing_set_is_nothing_said(file):
    assert not any(read_settings().model_dump().values())


def test_the_file_is_read_and_the_environment_goes_before_it(file, monkeypatch):
    file.write_text('trust = "none"\ngrow = 0.25\n', "utf-8")
    monkeypatch.setenv("PRIVATEEDIT_GROW", "0.5")
    found = read_settings()
    assert (found.trust, found.grow) == ("none", 0.5)


def test_an_empty_variable_says_nothing(file, monkeypatch):
    monkeypatch.setenv("PRIVATEEDIT_TRUST", "")
    assert read_settings().trust is None


def test_variables_of_others_are_left_alone(file, monkeypatch):
    monkeypatch.setenv("PRIVATEEDIT_OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert read_settings().trust is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('opacity = "secret-value"\n', "opacity"),
        ('secret-name = "secret-value"\n', "unknown name"),
        ("expose_face = true\n", "unknown name"),
        ("allow_no_face = true\n", "unknown name"),
        ("trust = \n", "TOML"),
    ],
)
def test_what_cannot_be_used_is_named_and_never_repeated(file, text, named):
    file.write_text(text, "utf-8")
    with pytest.raises(InputError, match=named) as caught:
        read_settings()
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_text(file):
    file.write_bytes(b"\xff\xfe\x00trust")
    with pytest.raises(InputError):
        read_settings()


def test_leave_to_expose_can_never_be_set():
    assert not {"expose_face", "allow_smaller_mask", "allow_no_face"} & set(Settings.model_fields)
    kinds = {*Concealment.__dataclass_fields__, *Finish.__dataclass_fields__}
    of_services = {"provider", "providers", "plain_http_hosts", "system_proxy", "retries"}
    assert set(Settings.model_fields) - {"state_dir"} - of_services <= kinds


def test_the_state_folder_can_be_moved(file, monkeypatch, tmp_path):
    assert read_settings().state_folder.name == "privateedit"
    monkeypatch.setenv("PRIVATEEDIT_STATE_DIR", str(tmp_path))
    assert read_settings().state_folder == tmp_path


def test_the_file_lies_in_the_users_configuration():
    assert settings_file().name == "settings.toml"
    assert Path(settings_file()).parent.name == "privateedit"


def test_a_variable_may_be_written_in_small_letters(file, monkeypatch):
    monkeypatch.setenv("privateedit_trust", "high")
    assert read_settings().trust == "high"


@pytest.mark.parametrize(
    ("said", "hosts"),
    [
        ("a, B", {"a", "b"}),
        ('["a", "B"]', {"a", "b"}),
        ("127.0.0.1", {"127.0.0.1"}),
        ("null", {"of-the-file"}),
    ],
)
def test_hosts_are_a_text_or_a_list(file, monkeypatch, said, hosts):
    file.write_text('plain_http_hosts = ["of-the-file"]\n', "utf-8")
    monkeypatch.setenv("PRIVATEEDIT_PLAIN_HTTP_HOSTS", said)
    assert read_settings().plain_http == hosts


def test_a_variable_says_more_of_providers_than_the_file(file, monkeypatch):
    file.write_text('[providers.openai]\nmodel = "one"\nquality = "high"\n', "utf-8")
    monkeypatch.setenv("PRIVATEEDIT_PROVIDERS", '{"openai": {"model": "two"}, "bfl": {"steps": 2}}')
    found = read_settings().providers
    assert found == {"openai": {"model": "two", "quality": "high"}, "bfl": {"steps": 2}}


@pytest.mark.parametrize("said", ["no table", "[1]", "5"])
def test_providers_of_a_variable_that_are_no_table(file, monkeypatch, said):
    monkeypatch.setenv("PRIVATEEDIT_PROVIDERS", said)
    with pytest.raises(InputError, match="The setting providers"):
        read_settings()


def test_a_folder_in_place_of_the_file_says_nothing(file):
    file.mkdir()
    assert not any(read_settings().model_dump().values())


@pytest.mark.parametrize("name", ["PRIVATEEDIT_TRUSST", "PRIVATEEDIT_EXPOSE_FACE", "PRIVATEEDIT_"])
def test_a_mistyped_variable_is_an_error_that_names_it(file, monkeypatch, name):
    monkeypatch.setenv(name, "secret-value")
    with pytest.raises(InputError, match=name) as caught:
        read_settings()
    assert "secret" not in str(caught.value)


class Drawer(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self, kept=None, broken=False):
        super().__init__()
        self.kept, self.broken = kept or {}, broken

    def get_password(self, service, username):
        if self.broken:
            raise KeyringError
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


@pytest.fixture
def drawer():
    before = keyring.get_keyring()
    found = Drawer()
    keyring.set_keyring(found)
    yield found
    keyring.set_keyring(before)


def test_a_key_is_found_in_the_systems_keyring(drawer):
    assert kept_secret("OPENAI_API_KEY") == ""
    drawer.set_password("privateedit", "OPENAI_API_KEY", " sk-kept\n")
    assert kept_secret("OPENAI_API_KEY") == "sk-kept"
    drawer.broken = True
    assert kept_secret("OPENAI_API_KEY") == ""


def test_without_the_extra_there_is_no_keyring(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert kept_secret("OPENAI_API_KEY") == ""


def test_a_variable_that_is_nested_without_end_is_refused(file, monkeypatch):
    monkeypatch.setenv("PRIVATEEDIT_PROVIDERS", "[" * 200_000)
    with pytest.raises(InputError, match="providers"):
        read_settings()
