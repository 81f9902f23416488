"""`Key`: a secret that is shown to its service and to nobody else."""

from __future__ import annotations

import base64

from privateedit.errors import InputError
from privateedit.providers.service import Profile


class Key:
    """A secret; it is in no `repr`, and cannot be pickled by accident."""

    __slots__ = ("_secret",)

    def __init__(self, secret: str) -> None:
        if not secret.isascii() or not secret.isprintable():
            raise InputError("A key holds characters that no key has.")
        self._secret = secret

    def __repr__(self) -> str:
        return "Key(…)"

    def __reduce__(self) -> str:
        raise TypeError("A key is never written down.")

    def header(self, profile: Profile) -> tuple[str, str]:
        """Return the header that shows the key to its service."""
        secret = base64.b64encode(self._secret.encode()).decode() if profile.login.basic else self._secret
        return profile.login.header, f"{profile.login.prefix}{secret}"
