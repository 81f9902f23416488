"""The hidden region: taken out before any filter runs, put back exactly afterwards.

Every effect works on pictures whose hidden pixels were computed from the visible ones, so by construction
no fill, whatever its color, can smear into what is visible.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.photo import Pixels
from privateedit.core.pull_push import pull_push

Bools = NDArray[np.bool_]

_RIM = 3
"""Pixels beside the hole that a resize or a codec may have mixed with the fill."""


@dataclass(frozen=True, eq=False, slots=True)
class Scene:
    """A picture without its fill: H×W×3 uint8 RGB pictures, bool H×W masks.

    Attributes:
        shown: what is visible, exactly; hidden pixels continue their surroundings smoothly.
        smooth: the same, with a thin rim around the hole continued too. Edge-finding filters read this one.
        hidden: where the payload is masked.
        unknown: `hidden` and its rim.
    """

    shown: Pixels
    smooth: Pixels
    hidden: Bools
    unknown: Bools

    def with_shown(self, pixels: Pixels) -> Scene:
        """Return the scene after an effect produced `pixels`, its hole continued afresh."""
        smooth = continued(pixels, self.unknown)
        return replace(self, shown=np.where(self.hidden[..., None], smooth, pixels), smooth=smooth)


def scene_of(pixels: Pixels, hidden: Bools) -> Scene:
    """Return a `Scene` that does not depend on the hidden pixels of `pixels`."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _RIM + 1, 2 * _RIM + 1))
    unknown = cv2.dilate(hidden.astype(np.uint8), kernel).astype(np.bool_)
    if unknown.all():  # nothing would be left to continue from
        unknown = hidden
    smooth = continued(pixels, unknown)
    shown = np.where(hidden[..., None], smooth, pixels)
    return Scene(shown=shown, smooth=smooth, hidden=hidden, unknown=unknown)


def continued(pixels: Pixels, unknown: Bools) -> Pixels:
    """Return `pixels`, the unknown ones a smooth function of the known; mid-grey if none is known."""
    if not unknown.any():
        return pixels
    filled = pixels.copy()
    if unknown.all():
        filled[...] = 128
        return filled
    rows, columns = _surroundings(unknown)
    part, missing = filled[rows, columns], unknown[rows, columns]
    estimate = pull_push(part.astype(np.float32), (~missing).astype(np.float32))
    part[missing] = np.clip(np.rint(estimate[missing]), 0, 255).astype(np.uint8)
    return filled


def _surroundings(unknown: Bools) -> tuple[slice, slice]:
    """Return the unknown region's bounding box, widened by half its size on each side, as slices."""
    slices = []
    for axis in (1, 0):
        where = np.flatnonzero(unknown.any(axis=axis))
        first, last = int(where[0]), int(where[-1]) + 1
        margin = (last - first) // 2 + 8
        slices.append(slice(max(first - margin, 0), last + margin))
    rows, columns = slices
    if unknown[rows, columns].all():
        return slice(None), slice(None)
    return rows, columns
