"""`Mask`: which pixels of a photo are hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.face import Points
from privateedit.errors import InputError

Hidden = NDArray[np.bool_]
"""H×W bool, True where a pixel is hidden."""


@dataclass(frozen=True, eq=False)
class Mask:
    """Hidden pixels of one photo: H×W bool, read-only, True is hidden.

    `demands` are convex polygons (N×2, pixels) that must be hidden wherever they meet the frame, border
    rows and columns included. The constructor checks them against the raster, however it was made.

    Raises:
        InputError: the array is not H×W bool, or a demanded pixel is not hidden.
    """

    hidden: Hidden
    demands: tuple[Points, ...] = ()

    def __post_init__(self) -> None:
        if self.hidden.dtype != np.bool_ or self.hidden.ndim != 2 or self.hidden.size == 0:
            raise InputError("A mask must be an H×W array of true and false.")
        hidden = np.array(self.hidden, dtype=np.bool_, order="C", copy=True)
        hidden.flags.writeable = False
        object.__setattr__(self, "hidden", hidden)
        object.__setattr__(self, "demands", tuple(self.demands))
        for polygon in self.demands:
            _require_hidden(hidden, polygon)

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.hidden.shape[1])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.hidden.shape[0])

    @cached_property
    def fraction(self) -> float:
        """Share of the picture that is hidden, 0 to 1."""
        return float(np.count_nonzero(self.hidden)) / self.hidden.size

    @cached_property
    def bounds(self) -> tuple[slice, slice]:
        """The smallest row and column slices that hold every hidden pixel (empty when none is)."""
        rows = np.flatnonzero(self.hidden.any(1))
        if rows.size == 0:
            return slice(0, 0), slice(0, 0)
        columns = np.flatnonzero(self.hidden[rows[0] : rows[-1] + 1].any(0))
        return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)

    def union(self, other: Mask) -> Mask:
        """Hide what either mask hides; the demands of both hold.

        Raises:
            InputError: the sizes differ.
        """
        if self.hidden.shape != other.hidden.shape:
            raise InputError(
                f"The mask is {other.width}×{other.height} but the photo is {self.width}×{self.height}."
            )
        return Mask(self.hidden | other.hidden, self.demands + other.demands)

    def __repr__(self) -> str:
        return f"Mask({self.width}×{self.height}, {self.fraction:.1%} hidden)"


def demanded_pixels(polygon: Points, shape: Sequence[int]) -> tuple[tuple[slice, slice], Hidden]:
    """Return the window of the frame that a convex polygon touches and the pixels it demands there.

    A pixel is demanded when the polygon, its corners rounded outwards to whole pixels, covers it.
    """
    height, width = shape[:2]
    middle = polygon.mean(0)
    outward = np.where(polygon < middle, np.floor(polygon), np.ceil(polygon) - 1).astype(np.int64)
    low = np.clip(outward.min(0), 0, (width, height))
    high = np.clip(outward.max(0) + 1, low, (width, height))
    window = (slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0])))
    inside = np.zeros((high - low)[::-1], np.uint8)
    if inside.size:
        cv2.fillConvexPoly(inside, (outward - low).astype(np.int32), 1)
    return window, inside.astype(bool)


def _require_hidden(hidden: Hidden, polygon: Points) -> None:
    window, demanded = demanded_pixels(polygon, hidden.shape)
    if (demanded & ~hidden[window]).any():
        raise InputError("The mask leaves part of a face visible that it should hide.")
