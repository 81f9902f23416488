"""Hair above a hole: close up, a segmenter that sees no face takes the crown of a head for background."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats
from privateedit.providers.studio.hole import Bools

_HEAD, _BESIDE = 0.40, 1.1
"""Of a hole's width, from its middle: where a crown may be, and where only background is looked at."""

_ABOVE, _BELOW = 0.35, 0.15
"""Of a hole's height, from its top: how far up a crown may reach, and how far down is looked."""

_PLAIN, _OTHER = 12.0, 30.0
"""Levels: a plain background deviates less, the crown more."""

_FEW = 30
"""Pixels."""


class _Box(NamedTuple):
    left: int
    top: int
    width: int
    height: int


def with_crown(guess: Floats, picture: Pixels, hidden: Bools) -> Floats:
    """Return the float32 h×w matte with what sits on top of a hole and is not the plain background beside it.

    Over a busy background nothing is added: what touches the hole may be anything there.

    Args:
        guess: float32 h×w in [0, 1].
        picture: uint8 h×w×3.
        hidden: bool h×w.
    """
    found = guess.copy()
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(hidden.astype(np.uint8))
    for label in range(1, count):
        left, top, width, height, _ = (int(value) for value in boxes[label])
        found[_crown(_Box(left, top, width, height), np.asarray(labels) == label, picture, hidden)] = 1
    return found


def _crown(box: _Box, hole: Bools, picture: Pixels, hidden: Bools) -> Bools:
    """Return what is connected to the upper edge of a hole and differs from the background on both sides."""
    rows, columns = np.indices(hidden.shape)
    away = np.abs(columns - (box.left + box.width / 2)) / box.width
    down = (rows - box.top) / box.height
    beside = ~hidden & (away > _HEAD) & (away < _BESIDE) & (down > -_ABOVE) & (down < _BELOW)
    above = ~hidden & (away < _HEAD) & (down > -_ABOVE) & (down < _BELOW)
    sides = [beside & (columns < box.left + box.width / 2), beside & (columns > box.left + box.width / 2)]
    if min(int(np.count_nonzero(side)) for side in (*sides, above)) < _FEW:
        return np.zeros_like(hidden)
    apart = _off_field(picture, beside)
    if max(float(np.quantile(apart[side], 0.9)) for side in sides) > _PLAIN:
        return np.zeros_like(hidden)
    other = above & (apart > _OTHER)
    _, parts = cv2.connectedComponents((other | hole).astype(np.uint8))
    parts = np.asarray(parts)
    return np.asarray(other & np.isin(parts, np.unique(parts[hole])))


def _off_field(picture: Pixels, known: Bools) -> Floats:
    """Return how far each pixel is from the smooth field that fits the known ones, in levels."""
    rows, columns = np.indices(known.shape)
    down, across = rows / known.shape[0], columns / known.shape[1]
    terms = [np.ones(known.shape), down, across, across * across, down * across]
    design = np.stack(terms, axis=-1)
    colors = picture.astype(np.float64)
    field, *_ = np.linalg.lstsq(design[known], colors[known], rcond=None)
    return np.asarray(np.abs(colors - design @ field).max(2), np.float32)
