"""How visible a seam is: the color step across an outline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
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
    return Outline.of(area, width).difference(picture)


@dataclass(frozen=True, eq=False)
class Outline:
    """The outline of an area, to measure seams of several pictures across it; see `seam_difference`."""

    window: tuple[slice, slice]
    inside: Hidden
    width: float

    @classmethod
    def of(cls, area: Hidden, width: float) -> Outline:
        """Return the outline of a bool H×W area; `width` in pixels as `seam_width` tells it."""
        window = _window(area, width)
        return cls(window, area[window], width)

    def difference(self, picture: NDArray[Any]) -> float:
        """Return the `seam_difference` of an H×W×3 picture."""
        if self._sides is None:
            return float("nan")
        pixels = np.asarray(picture[self.window], np.float32)
        first, second = (lab(side.colors(pixels)) for side in self._sides)
        return float(np.median(delta_e_2000(first, second)))

    @cached_property
    def _sides(self) -> tuple[_Side, _Side] | None:
        """Inside and outside at every point that sees enough of both; None where there are too few."""
        if self.inside.all() or not self.inside.any():
            return None
        points, away = _outline(self.inside), _signed_distance(self.inside)
        sides = [_Side.of(sign * away, points, self.width) for sign in (-1, 1)]
        beside = np.logical_and.reduce([each.count > _ENOUGH * self.width**2 for each in sides])
        if np.count_nonzero(beside) < _FEWEST:
            return None
        first, second = (each.at(beside) for each in sides)
        return first, second


@dataclass(frozen=True, eq=False, slots=True)
class _Side:
    """One side of an outline: float32 H×W, 1 where it is looked at, and how much of that each point sees."""

    weight: Floats
    size: int
    points: tuple[NDArray[np.intp], NDArray[np.intp]]
    count: Floats

    @classmethod
    def of(cls, away: Floats, points: tuple[NDArray[np.intp], NDArray[np.intp]], width: float) -> _Side:
        weight = ((away > _NEAR * width) & (away < _FAR * width)).astype(np.float32)
        size = 2 * round(_FAR * width) + 1
        return cls(weight, size, points, _sums(weight, size)[points])

    def at(self, chosen: Hidden) -> _Side:
        rows, columns = self.points
        return replace(self, points=(rows[chosen], columns[chosen]), count=self.count[chosen])

    def colors(self, pixels: Floats) -> Floats:
        """Return for each point the mean color of this side near it."""
        total = _sums(pixels * self.weight[..., None], self.size)[self.points]
        return np.asarray(total / np.maximum(self.count, 1)[:, None], np.float32)


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


def _sums(plane: Floats, size: int) -> Floats:
    """Return the sum over a square around every pixel; nothing lies beyond the frame."""
    border = cv2.BORDER_CONSTANT
    return np.asarray(cv2.boxFilter(plane, -1, (size, size), normalize=False, borderType=border), np.float32)
