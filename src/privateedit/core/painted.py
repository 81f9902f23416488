"""Areas drawn as polygons: boxes and outlines given by hand, contours of faces."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.face import Points
from privateedit.core.mask import Hidden, Mask
from privateedit.errors import InputError

_FARTHEST = 1e6  # pixels
_FRACTION_BITS = 4  # OpenCV draws on sixteenths of a pixel


def painted(width: int, height: int, areas: Iterable[Points]) -> Mask:
    """Return the mask that hides every pixel one of the polygons touches.

    Args:
        width: of the photo, in pixels.
        height: of the photo, in pixels.
        areas: polygons of at least three corners (N×2, x then y, pixels; the top left corner is 0, 0).
            They may cross themselves and reach beyond the frame; what lies between the lines is hidden.

    Raises:
        InputError: an area has fewer than three corners, is not finite, or hides no pixel of the photo.
    """
    total = np.zeros((height, width), np.bool_)
    for area in areas:
        corners = np.asarray(area, np.float64)
        if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3:
            raise InputError("An area needs at least three corners of two coordinates.")
        if not (np.abs(corners) < _FARTHEST).all():
            raise InputError("The corners of an area must be finite.")
        drawn = np.zeros((height, width), np.bool_)
        draw_polygon(drawn, corners)
        if not drawn.any():
            raise InputError("An area lies outside the photo.")
        total |= drawn
    return Mask(total)


def draw_polygon(hidden: Hidden, corners: NDArray[np.floating]) -> None:
    """Set every pixel of an H×W bool array that a polygon (N×2, pixels) may touch, in place."""
    # OpenCV puts pixel centers at whole numbers. The line is thick enough to take in every pixel that the
    # outline crosses.
    plane = hidden.view(np.uint8)
    fixed = np.rint((np.asarray(corners, np.float64) - 0.5) * (1 << _FRACTION_BITS)).astype(np.int32)
    cv2.fillPoly(plane, [fixed], (1,), lineType=cv2.LINE_8, shift=_FRACTION_BITS)
    cv2.polylines(plane, [fixed], True, (1,), thickness=2, lineType=cv2.LINE_8, shift=_FRACTION_BITS)
