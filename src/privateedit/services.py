"""Image services as the settings describe them: their editors, and whether they can be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from privateedit.core.photo import Pixels
from privateedit.errors import AuthenticationFailed, InputError, ProviderError
from privateedit.providers.egress import Door
from privateedit.providers.exchange import RemoteEditor
from privateedit.providers.keys import Key
from privateedit.providers.policy import Policy
from privateedit.providers.registry import service, service_names
from privateedit.providers.service import Configurable, Profile, Service, Standing
from privateedit.settings import ProviderSettings, Settings, kept_secret, secret, variable_of

_PATIENCE = 10.0  # seconds for asking whether a service answers
_FINE = 400  # statuses below it


def editor(
    name: str, told: Settings, decode: Callable[[bytes], Pixels], wish: ProviderSettings, key: str = ""
) -> RemoteEditor:
    """Return the editor of a service; what this run does not wish for comes from the settings.

    Args:
        name: of the service.
        told: the settings.
        decode: from bytes to pixels, within limits.
        wish: what this run asks for.
        key: of this run; goes before the one that is set.

    Raises:
        InputError: there is none of that name, its address cannot be used, or it has no keys.
        AuthenticationFailed: it needs a key and none is known.
    """
    chosen = told.of_provider(name)
    options = {**chosen.options, **wish.options}
    found = _configured(service(name), options)
    address = wish.base_url or chosen.base_url or found.profile.base_url
    if not address:
        raise InputError(f"Say where {found.profile.title} is: set {variable_of(name)}_BASE_URL.")
    door = _door(found.profile, address, told, key)
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
    try:
        profile = service(name).profile
    except Exception:
        if name not in service_names():
            raise
        return Standing(Profile(name, name, ""), False, "a package that works", "", None)
    address = told.of_provider(name).base_url or profile.base_url
    if not address:
        return Standing(profile, False, f"{variable_of(name)}_BASE_URL", "", None)
    try:
        door = _door(profile, address, told)
        door.require_key()
    except AuthenticationFailed:
        return Standing(profile, False, profile.key, address, None)
    except InputError as error:
        return Standing(profile, False, f"another setting: {error.message}", address, None)
    return Standing(profile, False, "", address, _answers(door) if check and profile.check else None)


def _answers(door: Door) -> bool:
    try:
        return door.ask(door.profile.check, _PATIENCE) < _FINE
    except ProviderError:
        return False
    finally:
        door.close()


def _door(profile: Profile, address: str, told: Settings, key: str = "") -> Door:
    return Door(profile, address, _key_of(profile, key), _policy(told))


def _policy(told: Settings) -> Policy:
    return Policy(told.plain_http, bool(told.system_proxy), told.retries or 0)


def _key_of(profile: Profile, given: str) -> Key | None:
    """Return the key given, else that of its usual variable or the system's keyring; None without one."""
    if not profile.key:
        if given:
            raise InputError(f"{profile.title} takes no key.")
        return None
    found = given or secret(profile.key) or kept_secret(profile.key)
    return Key(found) if found else None
