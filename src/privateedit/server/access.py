"""Who may ask: no other web page, no other name for this machine, nobody without key or token."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field

from starlette.datastructures import Headers

from privateedit.errors import NotServed
from privateedit.server.token import PREFIX, TOKEN_HEADER, Token

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
_BEARER = "bearer "
_A_KEY = re.compile(r"[!-~]+")
_A_TOKEN = re.compile(rf"(?<![\w-]){PREFIX}", re.IGNORECASE)
"""A local token, this server's or another's, also in quotes or behind something else: never passed on."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who may ask. `key` is a service's key of their own, to be shown to it and nobody else."""

    key: str = field(default="", repr=False)


@dataclass(slots=True)
class Access:
    """The rules of one server.

    Attributes:
        token: the local token.
        hosts: what `Host` may say, without the port.
        port: where it listens; `Host` names it unless it is HTTP's own.
        loopback: whether only this machine can reach it.
        open_to_keys: whether somebody without the token may come with a key of their own for the upstream:
            on loopback, in front of a service that takes OpenAI's keys.
        takes_keys: whether the upstream takes a client's own key.
    """

    token: Token
    hosts: frozenset[str]
    port: int
    loopback: bool = True
    open_to_keys: bool = False
    takes_keys: bool = False

    def require_here(self, headers: Headers, *, opens_page: bool = False) -> None:
        """Refuse what another page, or a name that was pointed at this machine, asks for.

        A browser tells in `Host` which name it was given (DNS rebinding), in `Origin` and `Sec-Fetch-Site`
        which page asks. Other clients send neither of the last two.

        What `opens_page` may be asked for from elsewhere as a window of its own, since the file that opens
        PrivateEdit's page is no part of this server; never for a frame, a script or a picture.

        Raises:
            NotServed: 421 for the name, 403 for the page.
        """
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_own(hosts[0]):
            raise NotServed("The server is not known by this name.", status=421, code="wrong_host")
        own = all(self._is_own_page(each) for each in headers.getlist("origin"))
        elsewhere = set(headers.getlist("sec-fetch-site")) - {"none", "same-origin"}
        if not own or (elsewhere and not (opens_page and _is_window(headers))):
            raise NotServed("Other pages may not use this server.", status=403, code="wrong_origin")

    def _is_own_page(self, origin: str) -> bool:
        scheme, gap, place = origin.partition("://")
        return (scheme, gap) == ("http", "://") and self._is_own(place)

    def _is_own(self, host: str) -> bool:
        name, colon, port = host.lower().rpartition(":")
        if not colon or port.endswith("]"):
            name, port = host.lower(), "80"
        return name in self.hosts and port == str(self.port)

    def caller(self, headers: Headers) -> Caller:
        """Return who asks.

        Raises:
            NotServed: 401, neither token nor a key that may be used here.
        """
        said = _bearer(headers)
        known = self._knows(headers)
        own = said if said and _A_KEY.fullmatch(said) and not _A_TOKEN.search(said) else ""
        if known:
            return Caller(own if self.takes_keys else "")
        if own and self.open_to_keys and headers.get(TOKEN_HEADER) is None:
            return Caller(own)
        raise _unknown()

    def require_token(self, headers: Headers) -> None:
        """Refuse whoever does not show the token.

        Raises:
            NotServed: 401.
        """
        if not self._knows(headers):
            raise _unknown()

    def _knows(self, headers: Headers) -> bool:
        return self.token.is_in(headers.get(TOKEN_HEADER)) or self.token.is_in(_bearer(headers))


def _is_window(headers: Headers) -> bool:
    """Whether a browser fetches a document for a window or a tab, which the page that asked cannot read."""
    said = [headers.getlist(f"sec-fetch-{name}") for name in ("mode", "dest")]
    return said == [["navigate"], ["document"]]


def _unknown() -> NotServed:
    return NotServed(
        "The server wants its token as the API key (privateedit serve --show-token tells it).",
        status=401,
        code="invalid_api_key",
    )


def _bearer(headers: Headers) -> str | None:
    """Return the key that a client shows, in OpenAI's way or in Azure's."""
    said = headers.get("authorization", "")
    if said.lower().startswith(_BEARER):
        return said[len(_BEARER) :].strip()
    return headers.get("api-key")


def hosts_of(bound: str, more: tuple[str, ...]) -> frozenset[str]:
    """Return the names by which a server is known that listens at `bound`."""
    own = _LOOPBACK_NAMES if is_loopback(bound) else ()
    named = (f"[{bound}]" if ":" in bound else bound, *more)
    return frozenset(each.lower() for each in (*own, *named) if not is_unspecified(each))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_unspecified(host: str) -> bool:
    """Whether an address stands for all of the machine's, which is no name."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return False
