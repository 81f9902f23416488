"""The file that opens the page: a browser is pointed at it, and nobody else can read the ticket in it."""

from __future__ import annotations

import secrets
from html import escape
from pathlib import Path

from privateedit.records.private_files import make_folder, replace, writing

_NAME = "open-page-{}.html"
_PAGE = """<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={address}">
<title>PrivateEdit</title>
<p><a href="{address}">Open PrivateEdit</a></p>
"""


def written_way_in(folder: Path, root: str, ticket: str) -> Path:
    """Write the file, which only its owner reads, and return its path.

    An address on a command line can be read by everybody on the machine while the command runs; this file
    cannot. The ticket stands behind a hash sign, which browsers keep to themselves; a browser's history has
    it, when it was used already. Each server has a file of its own.

    Args:
        folder: of the user's records.
        root: of the server, such as ``http://127.0.0.1:8787``.
        ticket: opens the page once.

    Raises:
        JournalUnwritable: it cannot be written.
    """
    path = folder / _NAME.format(secrets.token_hex(4))
    with writing():
        make_folder(folder)
        replace(path, _PAGE.format(address=escape(f"{root}/#{ticket}", quote=True)).encode())
    return path


def removed_way_in(path: Path) -> None:
    """Remove the file, if it is there: its ticket was used, or the server stops."""
    path.unlink(missing_ok=True)
