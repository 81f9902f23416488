"""Names of outputs: they mirror the inputs, and no two are alike on any file system."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from itertools import count
from pathlib import Path, PurePosixPath

from privateedit.errors import OutputError

HOME = ".privateedit-batch"
"""Folder in the outputs' folder that holds the state."""
SHEETS = "contact-sheet"
"""Folder in the outputs' folder that shows what left."""
OUTCOMES = "outcomes"
"""Stem of the file that tells what became of each photo."""
JOURNALS = "journals"
"""Stem of the report on what the nodes of a cluster wrote down."""
ENDINGS = frozenset(
    {".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png"}
    | {".pnm", ".ppm", ".tif", ".tiff", ".webp"}
)
"""Endings of what is taken for a photo in a folder; a file that is named is tried whatever its ending."""

_FOLDERS = frozenset((HOME, SHEETS))
_OURS = _FOLDERS | {OUTCOMES, JOURNALS}
_DRIVE = re.compile(r"[A-Za-z]:(?:[\\/]|$)")
_OUTSIDE = frozenset(("", ".", ".."))
_LONGEST = 255  # bytes of a file's or a folder's name that nearly every file system takes
_ENDING = 5  # bytes of the longest ending of an output, so that a name is cut alike in every kind of batch


def is_photo(name: str) -> bool:
    """Tell whether a file in a folder is taken for a photo: by its ending, and hidden files never."""
    path = PurePosixPath(name)
    return path.suffix.lower() in ENDINGS and not path.name.startswith(".")


def stem_of(name: str) -> str:
    """Return a relative name without the ending of its last part."""
    path = PurePosixPath(name)
    return str(path.with_suffix("")) if path.suffix else str(path)


def key_of(name: str) -> str:
    """Return what two names share that some file system takes for one: case and composition do not count.

    It is text that can be stored, whatever bytes the name has.
    """
    key = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    return key.encode("utf-8", "backslashreplace").decode("utf-8")


def wanted_stem(name: str, ending: str) -> str:
    """Return the stem that a photo's output is to have, if it is free: the photo's own.

    Where no file in the outputs' folder could have it, with that ending, it is one that a file can have: a
    photo's name may hold backslashes, and one in storage may be of any length.
    """
    own = stem_of(name)
    stem = beside_ours(own)
    if not is_inside(stem + ending):
        stem = beside_ours(made_inside(own.replace("\\", "_")))
    return numbered(stem, 1, ending)


def numbered(stem: str, number: int, ending: str = "") -> str:
    """Return a stem with its number, if it is not the first; cut where it is too long for a file."""
    *folders, last = stem.split("/")
    more = "" if number == 1 else f"-{number}"
    if _bytes(last + more + ending) > _LONGEST:
        last = _cut(last, _LONGEST - _ENDING - len(more))
    return "/".join((*(_cut(each, _LONGEST) for each in folders), last + more))


def _bytes(text: str) -> int:
    return len(os.fsencode(text))


def _cut(text: str, most: int) -> str:
    """Return the beginning of a text that has no more than so many bytes, in whole characters."""
    while _bytes(text) > most:
        text = text[:-1]
    return text


def free_stem(
    wanted: str, is_taken: Callable[[str], bool], start: int = 1, ending: str = ""
) -> tuple[str, int]:
    """Return the first of `wanted`, `wanted-2`, `wanted-3`… that is free, and its number.

    Args:
        wanted: a relative name without ending.
        is_taken: tells whether a stem cannot be had.
        start: the first number that is tried, where the ones before are known to be taken.
        ending: what follows the stem, which takes its share of a name's length.
    """
    wanted = beside_ours(wanted)
    for number in count(start):
        stem = numbered(wanted, number, ending)
        if not is_ours(stem) and not is_taken(stem):
            return stem, number
    raise AssertionError("unreachable")


def is_ours(stem: str) -> bool:
    """Tell whether a name lies where the batch keeps its own files."""
    first, *rest = stem.split("/")
    return key_of(first) in (_FOLDERS if rest else _OURS)


def beside_ours(stem: str) -> str:
    """Return a stem whose folder is none of the batch's own: a folder that is called so gets a number."""
    first, *rest = stem.split("/")
    return "/".join((f"{first}-2", *rest)) if rest and is_ours(stem) else stem


def is_inside(name: str) -> bool:
    """Tell whether a relative name leads to a place inside, on any system: no `..`, no root, no drive."""
    parts = re.split(r"[\\/]", name)
    return not (_OUTSIDE & set(parts) or "\0" in name or _DRIVE.match(name))


def require_inside(out: str) -> None:
    """Refuse an output's name that leads elsewhere: whatever the state says, nothing is written there.

    Raises:
        OutputError: it does.
    """
    if not is_inside(out) or is_ours(out):
        raise OutputError("The output's name leads out of the outputs' folder.")


def require_nameable(out: str) -> None:
    """Refuse an output's name that no file in the outputs' folder can have, before anything leaves for it.

    Raises:
        OutputError: it leads elsewhere, or is too long.
    """
    require_inside(out)
    if any(_bytes(part) > _LONGEST for part in out.split("/")):
        raise OutputError("The output's name is longer than the name of a file can be.")


def made_inside(name: str) -> str:
    """Return a name that leads inside, for one that would not; the same for one that does."""
    if is_inside(name):
        return name
    parts = re.split(r"[\\/]", name.replace("\0", "_"))
    return "/".join("_" if part in _OUTSIDE or _DRIVE.match(part) else part for part in parts)


def is_there(path: Path) -> bool:
    """Tell whether something has that name; a name that no file can have, one too long for one, is free."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def folders_of(name: str) -> list[str]:
    """Return the keys of the folders that a relative name lies in."""
    return [key_of(str(each)) for each in PurePosixPath(name).parents if str(each) != "."]
