"""The page itself: a few files of the package, under a policy that lets nothing else in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from starlette.responses import Response

from privateedit.errors import NotServed

_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".svg": "image/svg+xml",
    }
)
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
"""Scripts and styles from this server's files alone; requests to this server alone; never in a frame."""

_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "content-security-policy": POLICY,
        "cache-control": "no-store",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "x-frame-options": "DENY",
    }
)


def static_file(name: str) -> Response:
    """Return one of the page's files.

    Raises:
        NotServed: 404, there is none of that name.
    """
    found = _known().get(name)
    if found is None:
        raise NotServed("There is nothing here.", status=404, code="not_found")
    kind = _TYPES[name[name.rindex(".") :]]
    return Response(found, headers={**_HEADERS, "content-type": kind})


@cache
def _known() -> Mapping[str, bytes]:
    """Return the files by name, read once; a name from outside is looked up and never becomes a path."""
    folder = files("privateedit.server") / "static"
    return {
        each.name: each.read_bytes()
        for each in folder.iterdir()
        if each.is_file() and each.name.endswith(tuple(_TYPES))
    }
