"""Looking only at what lies near an area: the rim of a hole needs no distances in the whole picture."""

from __future__ import annotations

import math

import cv2
import numpy as np

from privateedit.core.mask import Hidden

Box = tuple[slice, slice]
"""Rows and columns of a picture."""


def around(area: Hidden, margin: float) -> Box:
    """Return the rows and columns that hold every pixel of a bool H×W area, and `margin` pixels around it.

    Empty slices when the area is empty.
    """
    rows, columns = np.flatnonzero(area.any(1)), np.flatnonzero(area.any(0))
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    more = math.ceil(margin)
    return (
        slice(max(int(rows[0]) - more, 0), int(rows[-1]) + 1 + more),
        slice(max(int(columns[0]) - more, 0), int(columns[-1]) + 1 + more),
    )


def within(area: Hidden, reach: float) -> Hidden:
    """Return bool H×W: every pixel of the area, and every one not farther than `reach` pixels from it."""
    near = np.zeros_like(area)
    box = around(area, reach + 1)
    outside = (~area[box]).astype(np.uint8)
    if outside.size:
        near[box] = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) <= reach
    return near
