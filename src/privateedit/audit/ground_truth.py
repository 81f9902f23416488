"""Photos whose faces somebody marked: `boxes.json` of a folder, and folders known to show no face."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from privateedit.core.face import Box
from privateedit.errors import InputError

_FILE = "boxes.json"
_ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp", ".gif"}


@dataclass(frozen=True, slots=True)
class Annotated:
    """One photo and what is known of its faces.

    Attributes:
        path: its file.
        boxes: marked faces, in pixels of the upright picture.
        complete: every face is marked.
        count: how many faces there are by eye, if anybody counted.
    """

    path: Path
    boxes: tuple[Box, ...] = ()
    complete: bool = False
    count: int | None = None

    @property
    def faceless(self) -> bool:
        """Whether the photo is known to show no face."""
        return (self.complete and not self.boxes) or self.count == 0


def annotated(folder: Path) -> list[Annotated]:
    """Return the photos that the folder's `boxes.json` lists.

    The file maps a photo's path, from the folder or from the one above, to `boxes` (a list of x0, y0, x1,
    y1), `complete` and `count`; each may be absent.

    Raises:
        InputError: there is no such file, or it holds something else.
    """
    try:
        entries = json.loads((folder / _FILE).read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"{folder.name} has no {_FILE}; give a folder without faces as --faceless."
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(f"The {_FILE} of {folder.name} cannot be read.") from error
    if not isinstance(entries, dict) or not entries:
        raise InputError(f"The {_FILE} of {folder.name} must map photos to what they show.")
    return [_entry(folder, name, entry) for name, entry in sorted(entries.items())]


def faceless(folder: Path) -> list[Annotated]:
    """Return every picture file of a folder as a photo without a face.

    Raises:
        InputError: the folder does not exist or holds no picture.
    """
    if not folder.is_dir():
        raise InputError(f"{folder.name} is not a folder.")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS)
    if not paths:
        raise InputError(f"{folder.name} holds no picture.")
    return [Annotated(path, complete=True) for path in paths]


def _entry(folder: Path, name: str, entry: Any) -> Annotated:  # noqa: ANN401 (JSON)
    try:
        boxes = _boxes(entry.get("boxes") or ())
        count = entry.get("count")
        return Annotated(
            _located(folder, name),
            boxes,
            complete=entry.get("complete") is True,
            count=None if count is None else int(count),
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise InputError(f"The entry of {Path(name).name} in {_FILE} cannot be used.") from error


def _boxes(corners: Sequence[Sequence[float]]) -> tuple[Box, ...]:
    boxes = tuple(Box(*(float(value) for value in each)) for each in corners)
    if not all(math.isfinite(sum(box)) and box.width > 0 and box.height > 0 for box in boxes):
        raise ValueError(boxes)
    return boxes


def _located(folder: Path, name: str) -> Path:
    inside, beside = folder / name, folder.parent / name
    return beside if beside.exists() and not inside.exists() else inside
