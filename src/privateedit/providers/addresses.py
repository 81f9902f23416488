"""Addresses of services: what may be spoken to, and how."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from privateedit.errors import BadReply, InputError


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
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise InputError("The address of a service must begin with https:// and hold no password.")
    return parts.scheme, parts.hostname.lower(), port or {"http": 80, "https": 443}[parts.scheme]


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
        scheme, host, _ = origin(url)
    except InputError:
        raise BadReply("The service named an address that cannot be read.") from None
    if scheme != "https" or is_here(host) or not _is_public(host):
        raise BadReply("The service named an address that nothing is fetched from.")


def is_here(host: str) -> bool:
    """Whether a host is this device."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".internal", ".localhost", ".lan"))
