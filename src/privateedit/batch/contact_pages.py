"""The contact sheet of what left: small pictures on numbered pages, each page made by itself."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from privateedit.batch.outcome import Outcome, Status, unpacked
from privateedit.batch.roll import Roll
from privateedit.batch.workplace import Workplace
from privateedit.codec import write_atomically
from privateedit.core.photo import Pixels
from privateedit.errors import Sent

TILE = 160
"""Pixels of a small picture's longest side."""
COLUMNS, ROWS = 8, 6
ON_A_PAGE = COLUMNS * ROWS
_CAPTION, _GAP = 16, 6
_STEP = TILE + _CAPTION + _GAP
_PAPER, _INK = 255, (20, 20, 20)
_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 90]
_LONGEST = 24  # characters under a picture


def glimpse_of(pixels: Pixels) -> bytes:
    """Return a masked picture (H×W×3 uint8, RGB) as a JPEG no side of which is longer than a tile."""
    ratio = min(1.0, TILE / max(pixels.shape[:2]))
    size = max(1, round(pixels.shape[1] * ratio)), max(1, round(pixels.shape[0] * ratio))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small[..., ::-1], _QUALITY)[1].tobytes()


def write_pages(roll: Roll, workplace: Workplace) -> None:
    """Put the small pictures that wait for it on their pages, one page in memory at a time.

    A photo's place on its page follows from its number. A page that exists already is added to.

    Raises:
        OutputError: a page could not be written.
    """
    for page in sorted({(number - 1) // ON_A_PAGE for number in workplace.glimpses()}):
        first = page * ON_A_PAGE + 1
        waiting = [
            number
            for number in range(first, first + ON_A_PAGE)
            if workplace.glimpse(number).exists() and roll.knows(number) and _left(roll.outcome(number))
        ]
        if not waiting:
            continue
        path = workplace.sheets / f"{page + 1:04}.jpg"
        sheet = _page(path.read_bytes() if path.exists() else None)
        used = max(sheet.used, (waiting[-1] - first) // COLUMNS + 1)
        for number in waiting:
            _paste(
                sheet.picture, number - first, workplace.glimpse(number).read_bytes(), roll.outcome(number)
            )
        workplace.sheets.mkdir(exist_ok=True)
        write_atomically(path, cv2.imencode(".jpg", sheet.picture[: used * _STEP], _QUALITY)[1].tobytes())
        for number in waiting:
            workplace.drop(workplace.glimpse(number))


def _left(outcome: Outcome) -> bool:
    """Whether the masked picture left or may have: a masked file that was written is there to be sent."""
    return outcome.sent is not Sent.NO or outcome.status is Status.DONE


class _Sheet(NamedTuple):
    """A page at full height, BGR, and how many rows of it are used."""

    picture: Pixels
    used: int = 0


def _page(earlier: bytes | None) -> _Sheet:
    """Return an empty page, or the one that there is."""
    picture = np.full((ROWS * _STEP, COLUMNS * (TILE + _GAP), 3), _PAPER, np.uint8)
    if earlier is None:
        return _Sheet(picture)
    found = _decoded(earlier)
    if found is None or found.shape[1] != picture.shape[1] or found.shape[0] > picture.shape[0]:
        return _Sheet(picture)
    picture[: found.shape[0]] = found
    return _Sheet(picture, found.shape[0] // _STEP)


def _paste(sheet: Pixels, place: int, data: bytes, outcome: Outcome) -> None:
    """Draw a small picture and its number and name at its place."""
    picture = _decoded(data)
    top = place // COLUMNS * _STEP
    left = place % COLUMNS * (TILE + _GAP)
    sheet[top : top + TILE + _CAPTION, left : left + TILE] = _PAPER
    if picture is not None:
        height, width = picture.shape[:2]
        sheet[top : top + height, left : left + width] = picture
    name = unpacked(outcome.name.encode("ascii", "replace"))[-_LONGEST + 7 :]
    at = (left + 2, top + TILE + _CAPTION - 4)
    cv2.putText(sheet, f"{outcome.number} {name}", at, cv2.FONT_HERSHEY_SIMPLEX, 0.33, _INK, 1, cv2.LINE_AA)


def _decoded(data: bytes) -> Pixels | None:
    """Return a picture of ours, BGR; None for what a crash cut off."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    return None if picture is None else np.asarray(picture, np.uint8)
