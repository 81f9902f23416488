from pathlib import Path

import pytest

from privateedit import settings as module
from privateedit.core.concealment import Concealment
from privateedit.core.finish import Finish
from privateedit.errors import InputError
from privateedit.settings import Settings, read_settings, settings_file


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
    assert not {"expose_face", "allow_smaller_mask"} & set(Settings.model_fields)
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


@pytest.mark.parametrize("name", ["PRIVATEEDIT_TRUSST", "PRIVATEEDIT_EXPOSE_FACE", "PRIVATEEDIT_"])
def test_a_mistyped_variable_is_an_error_that_names_it(file, monkeypatch, name):
    monkeypatch.setenv(name, "secret-value")
    with pytest.raises(InputError, match=name) as caught:
        read_settings()
    assert "secret" not in str(caught.value)
