"""What a person set once for every run: environment variables first, then the settings file.

Variables are named `PRIVATEEDIT_<SETTING>`, such as `PRIVATEEDIT_TRUST=none`. The file is `settings.toml` in
the user's configuration folder (`privateedit doctor` names it). Leave to expose a face, or to show more than
an earlier upload did, is given for one run only and can never be set here.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from platformdirs import user_config_path, user_state_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from privateedit.errors import InputError

STATE_VARIABLE = "PRIVATEEDIT_STATE_DIR"
"""Environment variable that names another folder for journal, ledger and key."""

_APP = "privateedit"
_PREFIX = "PRIVATEEDIT_"
_STRUCTURED = ("providers", "plain_http_hosts")
"""What a variable may give as JSON."""
_PROVIDERS_OWN = re.compile(r"PRIVATEEDIT_([A-Z0-9_]+)_(BASE_URL|MODEL|AUTH|KEY)")


class Settings(BaseModel):
    """Settings as they were given; None where nobody said anything."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    trust: str | None = None
    coverage: str | None = None
    grow: float | None = None
    shape: str | None = None
    fill: str | None = None
    opacity: float | None = None
    under: str | None = None
    tone: str | None = None
    backdrop: str | None = None
    size: str | None = None
    harmonize: float | str | None = None
    style_match: str | None = None
    blend: float | str | None = None
    provider: str | None = None
    plain_http_hosts: str | tuple[str, ...] | None = None
    system_proxy: bool | None = None
    retries: Annotated[int | None, Field(ge=0, le=5)] = None
    providers: dict[str, dict[str, str | int | float | bool]] | None = None
    state_dir: Annotated[Path | None, Field(description="where journal and ledger live")] = None

    @property
    def state_folder(self) -> Path:
        """Where journal, ledger and key live."""
        return self.state_dir or user_state_path(_APP, appauthor=False)

    @property
    def plain_http(self) -> frozenset[str]:
        """Hosts that may be spoken to without encryption."""
        said = self.plain_http_hosts or ()
        hosts = said.split(",") if isinstance(said, str) else said
        return frozenset(host.strip().lower() for host in hosts if host.strip())

    def require_providers(self, names: Iterable[str]) -> None:
        """Refuse settings of a provider that does not exist: a slip of the pen must not send elsewhere.

        Raises:
            InputError: naming the variable or the table.
        """
        known = set(names)
        variables = {variable_of(name).removeprefix(_PREFIX) for name in known}
        for variable in os.environ:  # noqa: TID251 (this is where settings enter)
            own = _PROVIDERS_OWN.fullmatch(variable)
            if own is not None and own[1] not in variables:
                raise InputError(f"There is no provider for the variable {variable} (see docs/settings.md).")
        for name in (*(self.providers or {}), *([self.provider] if self.provider else [])):
            if name not in known:
                raise InputError(
                    "The settings name a provider that does not exist (see: privateedit providers)."
                )

    def of_provider(self, name: str) -> ProviderSettings:
        """Return what is set for one provider: its variables, then its table in the file."""
        table = {key: _text(value) for key, value in (self.providers or {}).get(name, {}).items()}
        named = {key: secret(f"{variable_of(name)}_{key.upper()}") for key in ("base_url", "model")}
        base_url, model = (named[key] or table.pop(key, "") for key in ("base_url", "model"))
        options = {key: value for key, value in table.items() if key not in named}
        return ProviderSettings(base_url, model, options)


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What is set for one provider; empty where nobody said anything."""

    base_url: str = ""
    model: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


def variable_of(name: str) -> str:
    """Return what the variables of a provider begin with, such as `PRIVATEEDIT_OPENAI`."""
    return _PREFIX + name.upper().replace("-", "_")


def secret(variable: str) -> str:
    """Return an environment variable's value, stripped; empty when it is not set."""
    return os.environ.get(variable, "").strip()  # noqa: TID251 (this is where settings enter)


def kept_secret(variable: str) -> str:
    """Return what the system's keyring keeps for `privateedit` under a variable's name; empty for nothing.

    It needs the extra `keyring`.
    """
    try:
        import keyring  # noqa: PLC0415 (an extra)
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        return ""
    try:
        return (keyring.get_password(_APP, variable) or "").strip()
    except KeyringError:
        return ""


def _text(value: object) -> str:
    """Return a value of the file as text; True and False as the services write them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def settings_file() -> Path:
    """Return the path of the settings file, whether there is one or not."""
    return user_config_path(_APP, appauthor=False) / "settings.toml"


def read_settings() -> Settings:
    """Return the settings of this run.

    Raises:
        InputError: the file is no TOML, or a setting has no such name or not this kind of value; the message
            names the setting and never its value.
    """
    environment = os.environ  # noqa: TID251 (this is where settings enter)
    _require_known(environment)
    try:
        return Settings.model_validate(_over(_in_file(settings_file()), _in_environment(environment)))
    except ValidationError as error:
        name = _first_name(error.errors(include_input=False, include_context=False, include_url=False))
        raise InputError(f"The setting {name} cannot be used as it is (see docs/settings.md).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise InputError(f"The settings file {settings_file().name} is not valid TOML.") from None
    except OSError:
        raise InputError(f"The settings file {settings_file().name} cannot be read.") from None


def _in_file(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_bytes().decode("utf-8")) if path.is_file() else {}


def _in_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return what variables say, written in any case; an empty one says nothing."""
    said = {name.lower(): value for name, value in environment.items() if value}
    variables = {name: f"{_PREFIX}{name}".lower() for name in Settings.model_fields}
    found = {name: _value(name, said[key]) for name, key in variables.items() if key in said}
    return {name: value for name, value in found.items() if value is not None}


def _value(name: str, text: str) -> object:
    if name in _STRUCTURED:
        with suppress(
            ValueError, RecursionError
        ):  # plain text is good for hosts; for all else it is refused as it is
            return json.loads(text)
    return text


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay tables over tables: where both say something, `above` is heard."""
    both = below.keys() & above.keys()
    tables = {name for name in both if isinstance(below[name], dict) and isinstance(above[name], dict)}
    return {**below, **above, **{name: _over(below[name], above[name]) for name in tables}}


def _require_known(environment: Iterable[str]) -> None:
    """Refuse a variable that looks like a setting and is none: a slip of the pen must not hide less.

    Raises:
        InputError: naming the variable, without its value.
    """
    known = {f"{_PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in environment:
        if name.startswith(_PREFIX) and name not in known and not _PROVIDERS_OWN.fullmatch(name):
            raise InputError(f"There is no setting for the variable {name} (see docs/settings.md).")


def _first_name(problems: list[Any]) -> str:
    known = [
        str(part) for problem in problems for part in problem["loc"][:1] if str(part) in Settings.model_fields
    ]
    return known[0] if known else "of an unknown name"
