"""Where to cut a headshot. Only cut, never scaled: the hole keeps its pixels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from privateedit.core.pull_push import Floats
from privateedit.providers.studio.hole import Bools

_ASPECT = 4 / 5
_FACE_SHARE = 0.40
"""Height of the face in the frame; what remains are hair, neck and shoulders."""

_EYE_LINE = 0.42
"""Where the middle of the face sits, from the top: the upper part, with room above the hair."""

_HEADROOM = 0.07


class Frame(NamedTuple):
    """A crop in whole pixels, x1 and y1 exclusive; lies within the picture and is not empty."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, for indexing an array."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)


def headshot_frame(hidden: Bools, alpha: Floats) -> Frame:
    """Return a crop that holds every hidden pixel, 4:5 wherever the picture has room for that.

    Without hidden pixels the person's outline decides, and without a person the frame's middle.

    Args:
        hidden: bool H×W.
        alpha: float32 H×W in [0, 1], the person.
    """
    rows, columns = hidden.shape
    keep = _bounds(hidden)
    face = keep or _head_of(alpha) or Frame(0, 0, columns, rows)
    top = _top_of_head(alpha, face)
    head_height = face.y1 - face.y0
    height = head_height / _FACE_SHARE
    # Several faces, or a wide one, need the width instead; shoulders take as much again on both sides.
    height = max(height, (face.x1 - face.x0) * 1.6 / _ASPECT)
    height = min(height, rows, columns / _ASPECT)
    center = (face.y0 + face.y1) / 2
    start = min(center - _EYE_LINE * height, top - _HEADROOM * height)
    if keep is None and face.y1 - face.y0 >= rows:
        start = 0.0
    y0, y1 = _placed(start, height, face.y0, face.y1, rows)
    width = height * _ASPECT
    x0, x1 = _placed((face.x0 + face.x1 - width) / 2, width, face.x0, face.x1, columns)
    return Frame(x0, y0, x1, y1)


def _placed(start: float, length: float, first: int, last: int, limit: int) -> tuple[int, int]:
    """Return an interval of about `length` within 0..limit, moved or grown until it holds first..last."""
    size = max(1, min(limit, max(round(length), last - first)))
    begin = round(start)
    begin = min(max(begin, last - size), first)
    begin = min(max(begin, 0), limit - size)
    return begin, begin + size


def _bounds(mask: Bools) -> Frame | None:
    """Return the bounding box of a mask, or None when it is empty."""
    across, down = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not across.size:
        return None
    return Frame(int(across[0]), int(down[0]), int(across[-1]) + 1, int(down[-1]) + 1)


def _head_of(alpha: Floats) -> Frame | None:
    """Return a guess at the face when none is hidden: below the person's top, as wide as they are there."""
    person = _bounds(alpha > 0.5)
    if person is None:
        return None
    depth = max(1, round(0.18 * (person.y1 - person.y0)))
    upper = _bounds(alpha[person.y0 : person.y0 + 2 * depth] > 0.5)
    if upper is None:
        return None
    width = max(2, upper.x1 - upper.x0)
    height = max(1, min(round(1.1 * width), person.y1 - person.y0))
    return Frame(upper.x0, person.y0, upper.x1, person.y0 + height)


def _top_of_head(alpha: Floats, face: Frame) -> int:
    """Return the row where the hair ends, looked for above the face but no further than a face's height."""
    reach = face.y1 - face.y0
    first = max(0, face.y0 - reach)
    above = alpha[first : face.y0 + 1, face.x0 : face.x1] > 0.5
    # A row counts when a fair part of it is person; a raised hand or a stray matte does not.
    filled = np.flatnonzero(above.mean(axis=1) > 0.15) if above.size else np.empty(0, np.intp)
    return first + int(filled[0]) if filled.size else face.y0
