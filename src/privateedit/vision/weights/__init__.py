"""Model files: which there are, where they come from, and whether they are what the manifest says."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from privateedit.errors import WeightsMissing

REPAIR = "pip install --force-reinstall --no-deps . (in PrivateEdit's source folder)"
"""The command that puts every model file back."""


class State(StrEnum):
    """What was found in place of a model file."""

    OK = "ok"
    MISSING = "missing"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class Weight:
    """One model file of the manifest: its digest, licence, and the public wheel it was taken from."""

    name: str
    purpose: str
    file: str
    sha256: str
    licence: str
    wheel: str
    member: str
    source: str


@cache
def manifest() -> tuple[Weight, ...]:
    """Return every model file PrivateEdit uses, in the manifest's order."""
    text = (files(__name__) / "manifest.toml").read_text("utf-8")
    return tuple(Weight(**entry) for entry in tomllib.loads(text)["weight"])


def state(weight: Weight) -> State:
    """Read the file and compare its SHA-256 with the manifest."""
    try:
        data = (files(__name__) / weight.file).read_bytes()
    except OSError:
        return State.MISSING
    return State.OK if hashlib.sha256(data).hexdigest() == weight.sha256 else State.ALTERED


@contextmanager
def verified(file: str) -> Iterator[Path]:
    """Give the path of a model file whose bytes were just verified against the manifest.

    Raises:
        WeightsMissing: the file is absent or altered; the message names the command that repairs it.
    """
    weight = next(entry for entry in manifest() if entry.file == file)
    found = state(weight)
    if found is not State.OK:
        raise WeightsMissing(f"The model {weight.name} ({weight.file}) is {found}; run: {REPAIR}.")
    with as_file(files(__name__) / file) as path:
        yield path
