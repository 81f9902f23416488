"""A hole and its surroundings on a small square grid, where what was sent and what came back are compared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from privateedit.core.conceal import RGB, MaskedPhoto
from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels
from privateedit.core.region import Region
from privateedit.core.similarity import Matrix, Picture, compose, inverse, scale_of, scaling, warp, warp_area

GRID = 224
"""Pixels across the window in which outlines are compared."""

_MARGIN = 0.35  # of the region's extent, on every side
_MIDDLE_GREY: RGB = (128, 128, 128)
_LIKE_GUIDE, _ENOUGH_PIXELS = 0.8, 200  # correlation with a guide that came back, and on how many pixels
_LIKE_GUIDE_IN_NOISE = 0.5  # the same where noise lies over it
_RIM = 4  # pixels
_GRAINS, _MOST_ENLARGED = 9, 2.6
_BENEATH = 4  # pixels more over which noise is averaged where something else shows beneath
_ROUGH = 0.3  # of the deviation from grain to grain that was sent
_WHOLE = (slice(0, GRID), slice(0, GRID))


@dataclass(frozen=True, eq=False)
class HoleView:
    """One hole as it was sent.

    Attributes:
        to_grid: 2×3, photo to grid.
        hidden: GRID×GRID bool, where the hole is.
        sent: GRID×GRID×3 uint8, the masked picture.
        noisy: whether the fill is noise.
        guided: whether something known shows in the hole: a mannequin, or the face of an exposed picture.
        fill: the fill's color, the mean for noise.
    """

    to_grid: Matrix
    hidden: Hidden
    sent: Pixels
    noisy: bool
    guided: bool
    fill: RGB

    @cached_property
    def smoothing(self) -> int:
        """Pixels, an odd number, over which noise averages out; of a small hole every grain is enlarged."""
        enlarged = min(max(1.0, scale_of(self.to_grid)), _MOST_ENLARGED)
        return 2 * round(_GRAINS * enlarged / 2 - 0.5) + 1

    @cached_property
    def core(self) -> Hidden:
        """The hole without its rim, where nothing but the fill shows, nor gets there by smoothing noise."""
        return eroded(self.hidden, self.smoothing // 2 if self.noisy else _RIM)

    def rough(self, seen: Pixels) -> bool:
        """Whether a noisy hole is rough from grain to grain, as noise is, and not only grey on average.

        Where a small hole is smoothed widely, a face may be as grey once its features are gone; it keeps less
        than a tenth of the roughness. Strong compression leaves two thirds, shrinking to a half a quarter.
        """
        if self.smoothing <= _GRAINS or not self.core.any():
            return True
        return self._roughness(seen) >= _ROUGH * self._sent_rough

    @cached_property
    def _sent_rough(self) -> float:
        return self._roughness(self.sent)

    def _roughness(self, pixels: Pixels) -> float:
        across = self.smoothing // 3 | 1
        apart = pixels.astype(np.float32) - cv2.blur(pixels, (across, across))
        return float(np.abs(apart[self.core]).mean())

    @cached_property
    def inner_core(self) -> Hidden:
        """The hole far from its rim; all of a small one."""
        core = eroded(self.hidden, 7)
        return core if core.any() else self.hidden

    @cached_property
    def ring(self) -> Hidden:
        """What lies right beside the hole."""
        return dilated(self.hidden, 18) & ~dilated(self.hidden, 4)

    @cached_property
    def around(self) -> Hidden:
        """What lies around the hole, to be compared."""
        return dilated(self.hidden, 25) & ~dilated(self.hidden, 2)

    @cached_property
    def band(self) -> Hidden:
        """Both sides of the outline."""
        return dilated(self.hidden, 9) & ~eroded(self.hidden, 9)

    @cached_property
    def perimeter(self) -> int:
        """Pixels along the outline, at least 1."""
        return max(1, int((self.hidden & ~eroded(self.hidden, 1)).sum()))

    def seen(self, edited: Picture, matrix: Matrix) -> Pixels:
        """Resample the edited picture onto the grid as if `matrix` (photo to edited) were right."""
        return warp(edited, compose(self.to_grid, inverse(matrix)), _WHOLE)

    def flat(self, seen: Pixels) -> Pixels:
        """Return `seen` with the guide taken off its hole, so that only the fill is left there.

        The guide is known; how an edit graded it is found by regression. What does not look like the guide
        stays as it is.
        """
        return _without_guide(self, seen) if self.guided else seen


def view_of(region: Region, masked: MaskedPhoto) -> HoleView:
    """Return the region and its surroundings in the sent picture."""
    rows, columns = region.window
    extent = max(rows.stop - rows.start, columns.stop - columns.start) * (1 + 2 * _MARGIN)
    scale = GRID / extent
    to_grid = scaling(scale, scale)
    center = np.array([(columns.start + columns.stop) / 2, (rows.start + rows.stop) / 2])
    to_grid[:, 2] = GRID / 2 - scale * center
    local = compose(to_grid, np.array([[1.0, 0.0, columns.start], [0.0, 1.0, rows.start]]))
    hidden = warp_area(region.hidden, local, _WHOLE)
    color = masked.paint.fill.color
    sent = warp(masked.pixels, to_grid, _WHOLE)
    shows = masked.paint.guided or masked.exposed
    return HoleView(to_grid, hidden, sent, color is None, shows, color or _MIDDLE_GREY)


def eroded(hidden: Hidden, pixels: int) -> Hidden:
    """Return the area without everything nearer than `pixels` to its edge."""
    kernel = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    return np.asarray(cv2.erode(hidden.astype(np.uint8), kernel)).astype(bool)


def dilated(hidden: Hidden, pixels: int) -> Hidden:
    """Return the area and everything within `pixels` of it."""
    kernel = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    return np.asarray(cv2.dilate(hidden.astype(np.uint8), kernel)).astype(bool)


def _without_guide(view: HoleView, seen: Pixels) -> Pixels:
    smooth = view.smoothing + _BENEATH
    core = eroded(view.hidden, smooth // 2 if view.noisy else 2)
    if np.count_nonzero(core) < _ENOUGH_PIXELS:
        return seen
    # Noise is drawn anew whenever a photo is masked again: only what lies under it can be compared.
    sent, shown = (cv2.blur(each, (smooth, smooth)) if view.noisy else each for each in (view.sent, seen))
    least = _LIKE_GUIDE_IN_NOISE if view.noisy else _LIKE_GUIDE
    flat = seen.astype(np.float32)
    for channel, fill in enumerate(view.fill):
        before = sent[..., channel][core].astype(np.float64)
        after = shown[..., channel][core].astype(np.float64)
        if min(before.std(), after.std()) < 1 or np.corrcoef(before, after)[0, 1] < least:
            return seen
        gain = float(np.cov(before, after)[0, 1] / before.var(ddof=1))
        flat[..., channel] -= np.where(view.hidden, gain * (sent[..., channel] - np.float32(fill)), 0)
    return np.clip(np.rint(flat), 0, 255).astype(np.uint8)
