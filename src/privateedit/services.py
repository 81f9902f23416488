"""Image services as the settings describe them: their editors, and whether they can be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from privateedit.core.photo import Pixels
from privateedit.errors import AuthenticationFailed, InputError, ProviderError
from privateedit.providers.egress import Door
from privateedit.providers.exchange import RemoteEditor
from privateedit.providers.keys import Key
from privateedit.providers.policy import Policy
from privateedit.providers.registry import service, service_names
from privateedit.providers.service import Configurable, Profile, Service
from privateedit.settings import Settings, kept_secret, secret, variable_of

_PATIENCE = 10.0  # seconds for asking whether a service answers
_FINE = 400  # statuses below it


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked for in this run; empty where the settings decide."""

    model: str = ""
    base_url: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


class Standing(NamedTuple):
    """A provider, and whether it can be used now.

    Attributes:
        profile: facts about it.
        local: whether it runs on this device.
        missing: what it needs and has not; empty when it is ready.
        address: where it is.
        reachable: whether it answered; None when it was not asked.
    """

    profile: Profile
    local: bool
    missing: str
    address: str
    reachable: bool | None

    @property
    def ready(self) -> bool:
        """Whether an edit can be tried."""
        return not self.missing


def editor(name: str, told: Settings, decode: Callable[[bytes], Pixels], wish: Wish) -> RemoteEditor:
    """Return the editor of a service; what is not wished for comes from the settings.

    Raises:
        InputError: there is none of that name, or its address cannot be used.
    """
    chosen = told.of_provider(name)
    options = {**chosen.options, **wish.options}
    found = _configured(service(name), options)
    address = wish.base_url or chosen.base_url or found.profile.base_url
    if not address:
        raise InputError(f"Say where {found.profile.title} is: set {variable_of(name)}_BASE_URL.")
    door = Door(found.profile, address, _key_of(found.profile), _policy(told))
    door.require_key()
    made = RemoteEditor(found, door, decode, wish.model or chosen.model, options)
    made.rehearse()
    return made


def _configured(found: Service, options: Mapping[str, str]) -> Service:
    """Return a service made as options say, if it has options that make it another."""
    return found.configured(options, _read) if isinstance(found, Configurable) else found


def _read(path: str) -> str:
    try:
        return Path(path).expanduser().read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise InputError("The file that an option of the provider names cannot be read.") from None


def standing(name: str, told: Settings, *, check: bool = False) -> Standing:
    """Return how a service stands; with `check`, ask it, without a picture, whether it answers.

    Raises:
        InputError: there is none of that name.
    """
    if name not in service_names():
        service(name)
    try:
        profile = service(name).profile
    except Exception:  # noqa: BLE001 (another package's; the others are listed all the same)
        return Standing(Profile(name, name, ""), False, "a package that works", "", None)
    address = told.of_provider(name).base_url or profile.base_url
    missing = _missing(profile, address, told)
    asked = check and not missing and bool(profile.check)
    return Standing(profile, False, missing, address, _answers(profile, address, told) if asked else None)


def _missing(profile: Profile, address: str, told: Settings) -> str:
    """Return what a service needs and has not, in a few words; empty when it is ready."""
    if not address:
        return f"{variable_of(profile.name)}_BASE_URL"
    try:
        Door(profile, address, _key_of(profile), _policy(told)).require_key()
    except AuthenticationFailed:
        return profile.key
    except InputError as error:
        return f"another setting: {error.message}"
    return ""


def _answers(profile: Profile, address: str, told: Settings) -> bool:
    door = Door(profile, address, _key_of(profile), _policy(told))
    try:
        return door.ask(profile.check, _PATIENCE) < _FINE
    except ProviderError:
        return False
    finally:
        door.close()


def _policy(told: Settings) -> Policy:
    return Policy(told.plain_http, bool(told.system_proxy), told.retries or 0)


def _key_of(profile: Profile) -> Key | None:
    """Return the key from its usual variable, else from the system's keyring; None without one."""
    if not profile.key:
        return None
    found = secret(profile.key) or kept_secret(profile.key)
    return Key(found) if found else None
