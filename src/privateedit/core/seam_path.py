"""The path around a face along which two pictures differ least: where a seam is seen least."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.channels import length
from privateedit.core.mask import Hidden
from privateedit.core.polar import COUNT, STEPS, Rays, closed_path
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single

_TURN = 3  # steps outwards or inwards from ray to ray
_BEND = 0.12  # price of one
_SMOOTH = np.array([1, 4, 6, 4, 1]) / 16.0
_DEEP = 0.06  # of the face: how far inside its silhouette a seam costs what a visible difference does
_FORBIDDEN = np.float32(1e4)


def seam_path(
    cost: Floats, stake: Floats, inner: Hidden, outer: Hidden, known: Rays | None = None
) -> NDArray[np.float32]:
    """Return N×2 points (x, y) of the closed path of least cost around `inner` that stays in `outer`.

    Dynamic programming over rays from the middle of `inner` (Efros and Freeman, Image Quilting, SIGGRAPH
    2001, closed to a ring). Where `outer` leaves no room, the path follows the outline of `inner` there.

    Args:
        cost: float32 H×W, what a seam through a pixel costs.
        stake: float32 H×W, what enclosing a pixel costs, for each pixel of the way; negative where leaving it
            out would cost.
        inner: H×W bool, star-shaped around its middle; the path runs around it.
        outer: H×W bool, contains `inner`; the path stays inside.
        known: the rays from the middle of `inner`, where somebody has them already.
    """
    rays = known or Rays.around(inner)
    within, beyond = rays.along(inner) > 0.5, rays.along(outer) <= 0.5
    start = STEPS - 1 - np.argmax(within[:, ::-1], 1)  # last step inside
    start[~within.any(1)] = 0
    step = np.arange(STEPS)[None, :]
    left = np.maximum.accumulate(beyond & (step > start[:, None]), axis=1)
    prices = np.where((step < start[:, None]) | left, _FORBIDDEN, rays.along(cost))
    every = np.arange(COUNT)
    enclosed = np.cumsum(rays.along(stake), axis=1) * rays.step
    prices += enclosed - enclosed[every, start][:, None]
    prices[every, start] = np.minimum(prices[every, start], _FORBIDDEN / 2)
    steps = closed_path(single(prices), _TURN, _BEND).astype(np.float64)
    around = np.concatenate([steps[-2:], steps, steps[:2]])
    radii = np.convolve(around, _SMOOTH, "valid") * rays.step
    return single(rays.center + radii[:, None] * rays.directions)


def seam_cost(first: Floats, second: Floats, signed: Floats, size: float) -> Floats:
    """Return float32 H×W: how much a seam between two pictures (L*a*b*) would be seen at each pixel.

    Colors and slopes that differ count, and so does what a face (`signed` depth in pixels, `size`) would
    lose: where the pictures agree, the seam runs along its silhouette.
    """
    smooth = [single(cv2.GaussianBlur(each, (0, 0), max(0.8, 0.006 * size))) for each in (first, second)]
    apart = length(single(smooth[0] - smooth[1]))
    light = np.ascontiguousarray(smooth[0][..., 0] - smooth[1][..., 0])
    across, down = (cv2.Sobel(light, cv2.CV_32F, dx, dy) / 8 for dx, dy in ((1, 0), (0, 1)))
    lost = np.clip(signed / (_DEEP * size), 0, 2)
    seen = np.minimum(apart, 40) / 10 + np.minimum(np.hypot(across, down), 10) / 5
    return single(seen + 0.25 * lost + 0.3)
