"""The edge of a hole, found to a fraction of a pixel along its known outline."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.channels import largest_difference
from privateedit.core.mask import Hidden
from privateedit.core.middle import median
from privateedit.core.photo import Pixels
from privateedit.core.similarity import Matrix

_SEARCH = 8  # pixels on either side of the outline where its edge is looked for
_STEP = 0.5
_CONTRAST = 50.0  # levels by which the surroundings must stand out from the hole
_MIN_POINTS, _MIN_SHARE = 24, 0.25
_FORMER = 0.4  # of what stands out now, which must have stood out before


@dataclass(frozen=True, eq=False, slots=True)
class Trace:
    """Points on an outline, their outward normals, and where the edge lies in the sent picture.

    Offsets are measured against the sent picture's own, so that rasterization cancels.
    """

    points: NDArray[np.float64]
    normals: NDArray[np.float64]
    reference: NDArray[np.float64]
    told: Hidden
    noisy: bool

    @classmethod
    def of(cls, hidden: Hidden, sent: Pixels, color: NDArray[np.float64], noisy: bool) -> Trace:
        """Trace the outline of `hidden` (H×W) in the `sent` picture, whose hole may have another color."""
        points, normals = _outline(hidden)
        own = np.median(sent[hidden], axis=0) if hidden.any() and not noisy else color
        reference, told = _offsets(sent, own, points, normals, noisy)
        return cls(points, normals, reference, told, noisy)

    def update(self, seen: Pixels, color: NDArray[np.float64]) -> Matrix | None:
        """Return the small similarity that brings the outline onto the edge in `seen`, or None."""
        steps, told = self._steps(seen, color)
        if not self._enough(told):
            return None
        return _similarity(self.points[told], self.normals[told], steps[told], max(seen.shape))

    def misfit(self, seen: Pixels, color: NDArray[np.float64]) -> float:
        """Return how far the edge lies from the outline, in pixels; infinite when too little can be told."""
        steps, told = self._steps(seen, color)
        if not self._enough(told):
            return float("inf")
        return float(np.quantile(np.abs(steps[told]), 0.7))

    def _enough(self, told: Hidden) -> bool:
        return int(np.count_nonzero(told)) >= max(_MIN_POINTS, _MIN_SHARE * len(told))

    def _steps(self, seen: Pixels, color: NDArray[np.float64]) -> tuple[NDArray[np.float64], Hidden]:
        offsets, told = _offsets(seen, color, self.points, self.normals, self.noisy)
        # Dark hair beside a black hole looks like hole in both pictures: only what stood out before counts.
        both = told & self.told
        if np.count_nonzero(both) >= _FORMER * np.count_nonzero(told):
            return offsets - self.reference, both
        # Nearly all was dark before, and no more: the outline itself is the edge now.
        return offsets - np.where(self.told, self.reference, 0.0), told


def _outline(hidden: Hidden) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points on the edge of `hidden`, away from the border, and the directions outwards."""
    soft = cv2.GaussianBlur(hidden.astype(np.float32), (0, 0), 2.0)
    contours, _ = cv2.findContours(hidden.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    pixels = np.concatenate(contours)[:, 0] if contours else np.zeros((0, 2), np.int32)
    across = cv2.Sobel(soft, cv2.CV_32F, 1, 0)[pixels[:, 1], pixels[:, 0]]
    down = cv2.Sobel(soft, cv2.CV_32F, 0, 1)[pixels[:, 1], pixels[:, 0]]
    outwards = -np.stack([across, down], -1).astype(np.float64)
    length = np.linalg.norm(outwards, axis=1)
    limit = np.array(hidden.shape[::-1]) - _SEARCH - 2
    inner = (pixels > _SEARCH + 1).all(1) & (pixels < limit).all(1) & (length > 1e-3)
    normals = outwards[inner] / length[inner, None]
    # The edge lies half a pixel outside the outermost hidden pixel's center.
    return pixels[inner] + 0.5 + 0.5 * normals, normals


def _offsets(
    seen: Pixels,
    color: NDArray[np.float64],
    points: NDArray[np.float64],
    normals: NDArray[np.float64],
    noisy: bool,
) -> tuple[NDArray[np.float64], Hidden]:
    """Return how far outwards the edge of `color` lies at every point, and where that could be told."""
    if not len(points):
        return np.zeros(0), np.zeros(0, np.bool_)
    smooth = cv2.blur(seen, (5, 5)) if noisy else seen
    apart = largest_difference(smooth.astype(np.float32), color.astype(np.float32))
    reach = np.arange(-_SEARCH, _SEARCH + _STEP / 2, _STEP)
    along = (points[:, None, :] + reach[None, :, None] * normals[:, None, :] - 0.5).astype(np.float32)
    profile = cv2.remap(apart, along[..., 0], along[..., 1], cv2.INTER_LINEAR)
    inside, outside = profile[:, :8].mean(1), profile[:, -8:].mean(1)
    middle = (inside + outside) / 2
    beyond = profile > middle[:, None]
    first = np.maximum(beyond.argmax(1), 1)
    told = (outside - inside > _CONTRAST) & (beyond.argmax(1) > 0) & beyond[:, -6:].all(1)
    before = np.take_along_axis(profile, (first - 1)[:, None], 1)[:, 0]
    after = np.take_along_axis(profile, first[:, None], 1)[:, 0]
    share = np.clip((middle - before) / np.maximum(after - before, 1e-6), 0, 1)
    return reach[first - 1] + _STEP * share, told


def _similarity(
    points: NDArray[np.float64], normals: NDArray[np.float64], steps: NDArray[np.float64], extent: float
) -> Matrix:
    """Return the small similarity that moves points by `steps` along their normals (robust least squares)."""
    center = points.mean(0)
    x, y = (points - center).T / extent
    turning = normals[:, 1] * x - normals[:, 0] * y
    growing = normals[:, 0] * x + normals[:, 1] * y
    design = np.column_stack([growing, turning, normals])
    weights = np.ones(len(steps))
    # A shape that is nearly round hardly tells its rotation: the prior keeps that still.
    prior = np.diag([1e-5, 2e-4, 1e-5, 1e-5]) * len(steps)
    solution = np.zeros(4)
    for _ in range(6):
        weighted = design * weights[:, None]
        solution = np.linalg.solve(weighted.T @ design + prior, weighted.T @ steps)
        misfit = np.abs(steps - design @ solution)
        weights = 1 / (1 + (misfit / max(2 * median(misfit), 0.1)) ** 2)
    grow, turn = solution[0] / extent, solution[1] / extent
    linear = np.array([[1 + grow, -turn], [turn, 1 + grow]])
    return np.column_stack([linear, center + solution[2:] - linear @ center])
