"""Addresses of services: what may be spoken to, and how."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from privateedit.errors import BadReply, InputError

_HOST = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:]{2,45}", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_INSIDE = (
    ".local",
    ".internal",
    ".localhost",
    ".lan",
    ".home",
    ".arpa",
    ".intranet",
    ".corp",
    ".private",
    ".nip.io",
)
HTTPS = 443
"""The usual port of an encrypted connection."""


def same_place(one: str, other: str) -> bool:
    """Whether two addresses are of one server; this device has several names."""
    first, second = origin(one), origin(other)
    here = is_here(first[1]) and is_here(second[1]) and (first[0], first[2]) == (second[0], second[2])
    return first == second or here


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port.

    Raises:
        InputError: it is no address, or holds a name and a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InputError("The address of a service cannot be read.") from None
    plain = _HOST.fullmatch(parts.hostname or "") and max(map(len, (parts.hostname or "").split("."))) < 64
    if parts.scheme not in {"http", "https"} or not plain or parts.username or parts.password:
        raise InputError("The address of a service must begin with https:// and hold no password.")
    return parts.scheme, (parts.hostname or "").lower(), port or {"http": 80, "https": HTTPS}[parts.scheme]


def require_base(url: str) -> None:
    """Refuse the address of a service that does not end with its path.

    Raises:
        InputError: it goes on.
    """
    if urlsplit(url).query or urlsplit(url).fragment:
        raise InputError("The address of a service ends before any question mark.")


def require_encrypted(url: str, plain_http: frozenset[str]) -> None:
    """Refuse an address without encryption unless it is on this device or its host is in `plain_http`.

    Raises:
        InputError: it is not encrypted.
    """
    scheme, host, _ = origin(url)
    if scheme == "http" and not is_here(host) and host not in plain_http:
        raise InputError(
            "Without encryption only this device is spoken to; list the host under plain_http_hosts."
        )


def require_public(url: str) -> None:
    """Refuse a result's address that is not encrypted, or lies inside this network.

    Raises:
        BadReply: it is one of those.
    """
    try:
        scheme, host, port = origin(url)
    except InputError:
        raise BadReply("The service named an address that cannot be read.") from None
    if scheme != "https" or port != HTTPS or is_here(host) or not _is_public(host):
        raise BadReply("The service named an address that nothing is fetched from.")


def is_here(host: str) -> bool:
    """Whether a host is this device."""
    if host.rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_public(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
        return address.is_global and not address.is_multicast and address.version == 4
    except ValueError:
        name = host.rstrip(".")
        return "." in name and not name.endswith(_INSIDE) and not _NUMBER.fullmatch(name.rpartition(".")[2])
