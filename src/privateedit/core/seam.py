"""How visible a seam is: the color step across an outline."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.color_difference import delta_e_2000, lab
from privateedit.core.mask import Hidden, Mask
from privateedit.core.pull_push import Floats

_NEAR, _FAR = 0.5, 2.0  # widths from the outline between which the two sides are looked at
_FEWEST = 8  # points of the outline
_ENOUGH = 2.0  # square widths of a side that a point must see; a straight outline shows 6
_SHARE = 0.02
_SEEN = 2  # levels; less is the tail of a blend


def seam_width(area: Hidden) -> float:
    """Return the width to measure a seam of `area` with: 2 % of a square of its size, at least 3 pixels."""
    return max(3.0, _SHARE * float(np.sqrt(np.count_nonzero(area))))


def changed_area(first: NDArray[Any], second: NDArray[Any]) -> Hidden:
    """Return where two pictures of one size, H×W×3 levels, visibly differ, without specks and pinholes."""
    apart = np.abs(np.asarray(first, np.float32) - second).max(2) >= _SEEN
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    closed = cv2.morphologyEx(apart.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, kernel) > 0)


def seam_difference(picture: NDArray[Any], area: Hidden, width: float) -> float:
    """Return the median CIEDE2000 across the outline of `area`; NaN where there is no outline to look at.

    At every point of the outline the mean colors inside and outside are compared, each from half a width to
    two widths away from the outline and at most two widths along it. So a step is seen whether it is hard or
    blended over a width, and grain is not. The outline is left out where it runs along the frame and where
    one side is too thin to look at. What a picture shows there anyway, such as the edge of a cheek, counts
    too: compare with the same outline in the unedited photo.

    Args:
        picture: H×W×3 RGB levels, uint8 or float32.
        area: bool H×W.
        width: pixels; see `seam_width`.
    """
    rows, columns = _window(area, width)
    inside = area[rows, columns]
    if inside.all() or not inside.any():
        return float("nan")
    pixels = np.asarray(picture[rows, columns], np.float32)
    points = _outline(inside)
    away = _signed_distance(inside)
    sides = [_mean_colors(pixels, sign * away, points, width) for sign in (-1, 1)]
    beside = (sides[0][1] > _ENOUGH * width**2) & (sides[1][1] > _ENOUGH * width**2)
    if np.count_nonzero(beside) < _FEWEST:
        return float("nan")
    return float(np.median(delta_e_2000(lab(sides[0][0][beside]), lab(sides[1][0][beside]))))


def _window(area: Hidden, width: float) -> tuple[slice, slice]:
    """Return the part of the picture that can matter."""
    margin = int(np.ceil(2 * _FAR * width)) + 2
    rows, columns = Mask(area).bounds
    low = max(rows.start - margin, 0), max(columns.start - margin, 0)
    return slice(low[0], rows.stop + margin), slice(low[1], columns.stop + margin)


def _outline(inside: Hidden) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows and columns of the pixels on both sides of the outline."""
    kernel = np.ones((3, 3), np.uint8)
    ink = inside.astype(np.uint8)
    rows, columns = np.nonzero(
        cv2.morphologyEx(ink, cv2.MORPH_GRADIENT, kernel, borderType=cv2.BORDER_REPLICATE)
    )
    return rows, columns


def _signed_distance(area: Hidden) -> Floats:
    """Return pixels to the outline, negative inside."""
    inside, outside = area.astype(np.uint8), (~area).astype(np.uint8)
    away, within = (
        cv2.distanceTransform(each, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) for each in (outside, inside)
    )
    return np.asarray(np.where(area, 0.5 - within, away - 0.5), np.float32)


def _mean_colors(
    pixels: Floats, away: Floats, points: tuple[NDArray[np.intp], NDArray[np.intp]], width: float
) -> tuple[Floats, Floats]:
    """Return for each point the mean color of one side near it, and how many pixels that is of."""
    side = ((away > _NEAR * width) & (away < _FAR * width)).astype(np.float32)
    size = 2 * round(_FAR * width) + 1
    count = _sums(side, size)[points]
    total = _sums(pixels * side[..., None], size)[points]
    return np.asarray(total / np.maximum(count, 1)[:, None], np.float32), count


def _sums(plane: Floats, size: int) -> Floats:
    """Return the sum over a square around every pixel; nothing lies beyond the frame."""
    border = cv2.BORDER_CONSTANT
    return np.asarray(cv2.boxFilter(plane, -1, (size, size), normalize=False, borderType=border), np.float32)
