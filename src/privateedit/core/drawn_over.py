"""What the editor drew over a hole's border: a hat's brim, falling hair, the arm of glasses."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from privateedit.core.blend import distance_outside, smoothstep
from privateedit.core.channels import largest_difference
from privateedit.core.mask import Hidden
from privateedit.core.nearby import Box, around, within
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import single

_OTHER = 30.0  # levels from the fill; compression and grain stay below
_PLAIN = 12.0  # levels
_SAME, _STRAY = 12.0, 0.06  # levels; share of the hole's size
_FARTHEST = 22.0  # pixels from a hole beyond which nothing is touched
_BORDER = 5.0  # pixels beside the outline that resampling may have mixed with anything
_DEEP = 0.04  # of the hole's size that a drawing reaches inwards, or it is a border that was moved
_ALIKE = 45.0  # levels between parts of one drawing
_SAMPLES = 50_000  # pixels of a large hole that tell its color
_MOST = 0.10  # of the hole's area: a guide covers more, and more is no hole any longer


@dataclass(frozen=True, eq=False, slots=True)
class Drawing:
    """What stays in front.

    Attributes:
        alpha: float32 H×W.
        color: float32 H×W×3 levels, its own.
        reach: bool H×W, where it is seen, outside of the hole too.
    """

    alpha: Floats
    color: Floats
    reach: Hidden

    def cut(self, box: Box) -> Drawing:
        """Return the part of it in these rows and columns."""
        return Drawing(self.alpha[box], self.color[box], self.reach[box])

    def over(self, pixels: Floats) -> Floats:
        """Return `pixels` (H×W×3 levels) with the drawing in front of them."""
        return np.asarray(pixels + self.alpha[..., None] * (self.color - pixels), np.float32)


def drawn_over(edited: Floats, hole: Hidden, size: float) -> Drawing | None:
    """Return what was drawn into the hole from outside, or None where the hole came back empty.

    A drawing differs from the hole's fill and continues beyond the hole's outline. A guide does not: it fades
    before the outline.

    Args:
        edited: H×W×3 levels as returned.
        hole: bool H×W.
        size: of the hole, in pixels.
    """
    box = around(hole, 2)
    fill = fill_of(edited[box], hole[box], size)
    if fill is None:
        return None
    drawn = np.zeros_like(hole)
    drawn[box] = _drawn(edited[box], hole[box], fill, size)
    if not drawn.any() or np.count_nonzero(drawn) > _MOST * np.count_nonzero(hole):
        return None
    return _separated(edited, fill.color, drawn, hole)


def _drawn(edited: Floats, hole: Hidden, fill: Fill, size: float) -> Hidden:
    """Return the pixels of the hole that are not its fill, and hang together with what is around it."""
    depth = distance_outside(~hole)
    apart = largest_difference(single(cv2.blur(edited, (3, 3))), fill.color)
    return _from_outside((apart > _OTHER + fill.spread) & (depth > _BORDER), depth, size)


def left_over(edited: Floats, inside: Floats, hole: Hidden, size: float) -> Hidden:
    """Return the fill that is seen beside `hole`: connected with it, and not what the original shows there.

    Nobody wants to see it, even where a hole is found a little beside its place.
    """
    found = np.zeros_like(hole)
    reach = min(_STRAY * size, _FARTHEST)
    box = around(hole, reach + 1)
    edited, inside, hole = edited[box], inside[box], hole[box]
    fill = fill_of(edited, hole, size)
    if fill is None:
        return found
    stray = within(hole, reach) & ~hole
    rows, columns = np.nonzero(stray)
    same = np.abs(edited[rows, columns] - fill.color).max(1) <= _SAME + fill.spread
    stray[rows, columns] = same & (np.abs(inside[rows, columns] - fill.color).max(1) > _OTHER)
    if stray.any():
        labels = np.asarray(cv2.connectedComponents((stray | hole).astype(np.uint8))[1])
        found[box] = stray & np.isin(labels, np.unique(labels[hole]))
    return found


@dataclass(frozen=True, eq=False, slots=True)
class Fill:
    """The one color that a hole came back in, and how far its pixels are from it, in levels."""

    color: Floats
    spread: float


def fill_of(edited: Floats, hole: Hidden, size: float) -> Fill | None:
    """Return the color that the hole shows inside its outline; None for noise, and where it shows no fill."""
    if not hole.any():
        return None
    depth = distance_outside(~hole)
    near = (depth > _BORDER) & (depth <= _BORDER + max(4.0, 0.05 * size))
    if not near.any():
        return None
    seen = edited[near]
    seen = seen[:: max(1, len(seen) // _SAMPLES)]
    color = np.median(seen, axis=0)
    spread = float(np.median(np.abs(seen - color).max(1)))
    return Fill(single(color), spread) if spread <= _PLAIN else None


def _from_outside(other: Hidden, depth: Floats, size: float) -> Hidden:
    """Return the connected parts that begin at the border and reach well into the hole."""
    count, labels, _, _ = cv2.connectedComponentsWithStats(other.astype(np.uint8))
    labels = np.asarray(labels)
    begins = np.unique(labels[other & (depth <= _BORDER + 2)])
    ends = np.unique(labels[other & (depth > max(_DEEP * size, _BORDER + 3))])
    kept = np.zeros(count, np.bool_)
    kept[np.intersect1d(begins, ends)] = True
    kept[0] = False
    return np.asarray(kept[labels])


def _separated(edited: Floats, fill: Floats, drawn: Hidden, hole: Hidden) -> Drawing:
    """Return the drawing with a soft edge: its edge pixels are a mix with the fill."""
    apart = single(largest_difference(edited, fill) * drawn)
    core = drawn & (apart >= 0.8 * cv2.dilate(apart, np.ones((5, 5), np.uint8)))
    # Beside it the outline is the drawing's, too.
    outside = ~hole & (distance_outside(drawn) <= _BORDER + 4)
    sure = core | (outside & (largest_difference(edited, fill) > _OTHER))
    color = pull_push(edited, sure.astype(np.float32))
    line = color - single(fill)
    along = np.einsum("ijk,ijk->ij", edited - single(fill), line)
    share = np.clip(along / np.maximum(np.einsum("ijk,ijk->ij", line, line), 1), 0, 1)
    near = distance_outside(drawn) <= 2.5
    border = distance_outside(drawn) <= _BORDER + 2.5
    alpha = np.where(near | (border & (distance_outside(~hole) <= _BORDER)), smoothstep(share), 0)
    alpha = np.where(core | outside, 1, alpha)
    alike = (largest_difference(edited, color) < _ALIKE) & (~hole | (distance_outside(~hole) <= _BORDER + 3))
    labels = np.asarray(cv2.connectedComponents((alike | drawn).astype(np.uint8))[1])
    seen = np.isin(labels, np.unique(labels[drawn]))
    reach = distance_outside(seen) <= _BORDER
    return Drawing(single(alpha), np.where((core | outside)[..., None], edited, color), reach)
