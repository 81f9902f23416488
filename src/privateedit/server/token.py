"""The local token: who may use this server, and the key of its owner."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from privateedit.records.private_files import make_folder, read_private, reading, replace, writing

TOKEN_HEADER = "x-privateedit-token"  # noqa: S105 (a header's name)
PREFIX = "pe-"
"""What every local token begins with, so that none is ever taken for a service's key and passed on."""

FILE = "server-token"
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Token:
    """A secret that is compared in constant time and never shown by `repr`."""

    text: str = field(repr=False)

    def is_in(self, said: str | None) -> bool:
        """Whether somebody said it."""
        return said is not None and hmac.compare_digest(said.encode(), self.text.encode())


def local_token(folder: Path) -> Token:
    """Return the token of this device; the first time, one is made, in a file that only its owner reads.

    Raises:
        Refused: others can read the file, or the folder.
        JournalUnwritable: it cannot be written.
    """
    path = folder / FILE
    if folder.exists():
        with reading():
            kept = read_private(path)
        if kept is not None and (text := kept.decode("ascii", "replace").strip()).startswith(PREFIX):
            return Token(text)
    text = f"{PREFIX}{secrets.token_urlsafe(_BYTES)}"
    with writing():
        make_folder(folder)
        replace(path, f"{text}\n".encode())
    return Token(text)
