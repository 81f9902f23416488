"""A folder of people: one subfolder a person, and the photos in it in the order of their names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from privateedit.errors import InputError

ENDINGS = frozenset({".avif", ".bmp", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
"""Endings of what is taken for a photo."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's name (the folder's) and photos, sorted by name."""

    name: str
    photos: tuple[Path, ...]


def people_in(folder: Path) -> tuple[Person, ...]:
    """Return every person of `folder`, sorted by name; hidden files and other kinds of files are left out.

    Raises:
        InputError: it is no folder, cannot be read, or has no subfolder with a photo.
    """
    try:
        homes = sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith("."))
        found = tuple(Person(home.name, _photos(home)) for home in homes)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise InputError(f"The folder of people cannot be read ({reason}).") from error
    someone = tuple(person for person in found if person.photos)
    if not someone:
        raise InputError("There is nobody: each person needs a folder of their own with photos in it.")
    return someone


def digest(photo: Path) -> str:
    """Return the hex SHA-256 of a photo's file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return hashlib.sha256(photo.read_bytes()).hexdigest()
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise InputError(f"The file cannot be read ({reason}).") from error


def _photos(home: Path) -> tuple[Path, ...]:
    return tuple(
        sorted(
            each
            for each in home.iterdir()
            if each.is_file() and each.suffix.lower() in ENDINGS and not each.name.startswith(".")
        )
    )
