"""What the channels of a pixel say together, in one pass over each: NumPy's way takes ten times as long."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single


def largest(levels: Floats) -> Floats:
    """Return float32 H×W: the largest of the three channels of H×W×3 float32 `levels`."""
    first, second, third = cv2.split(np.ascontiguousarray(levels, np.float32))
    return single(cv2.max(cv2.max(first, second), third))


def length(vectors: Floats) -> Floats:
    """Return float32 H×W: the Euclidean length of H×W×C float32 `vectors`."""
    total = vectors[..., 0] * vectors[..., 0]
    for channel in range(1, vectors.shape[-1]):
        total += vectors[..., channel] * vectors[..., channel]
    return single(np.sqrt(total, out=total))


def rounded(levels: Floats) -> Pixels:
    """Return uint8: float32 levels rounded, halves to even, and held within 0 and 255."""
    return np.asarray(cv2.add(levels, np.zeros(1), dtype=cv2.CV_8U), np.uint8).reshape(levels.shape)


def largest_difference(first: Floats, second: Floats) -> Floats:
    """Return float32 H×W: by how many levels two H×W×3 pictures differ, in the channel that differs most.

    `second` may be one color of three levels.
    """
    return largest(np.abs(single(first - second)))
