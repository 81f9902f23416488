"""Compositing: seams that cannot be seen, and pixels outside that are not touched."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.mask import Hidden
from privateedit.core.matte import Plane, smoothstep, spread
from privateedit.core.photo import Pixels


def multi_band(base: Plane, top: Plane, alpha: Plane, levels: int) -> Plane:
    """Return `top` over `base` (H×W×3 float32), every frequency band blended over its own width.

    Laplacian pyramids (Burt & Adelson, 1983). `alpha` is H×W, 1 where `top` shows.
    """
    bases, tops, alphas = [base], [top], [alpha]
    for _ in range(levels):
        if min(bases[-1].shape[:2]) < 8:
            break
        bases.append(np.asarray(cv2.pyrDown(bases[-1]), np.float32))
        tops.append(np.asarray(cv2.pyrDown(tops[-1]), np.float32))
        alphas.append(np.asarray(cv2.pyrDown(alphas[-1]), np.float32))
    result = _over(bases[-1], tops[-1], alphas[-1])
    for level in range(len(bases) - 2, -1, -1):
        size = bases[level].shape[1::-1]
        fine = _over(
            bases[level] - cv2.pyrUp(bases[level + 1], dstsize=size),
            tops[level] - cv2.pyrUp(tops[level + 1], dstsize=size),
            alphas[level],
        )
        result = np.asarray(cv2.pyrUp(result, dstsize=size), np.float32) + fine
    return result


def _over(base: Plane, top: Plane, alpha: Plane) -> Plane:
    return np.asarray(base + alpha[..., None] * (top - base), np.float32)


def membrane(inside: Plane, around: Plane, hole: Hidden, trusted: Hidden, reach: float) -> Plane:
    """Return `inside` shifted so that it meets `around` along the hole's edge.

    The low-frequency difference seen on `trusted` pixels next to the hole is carried inwards and fades over
    `reach` pixels, so the middle keeps its color. Differences beyond 40 levels are taken for another object.
    """
    difference = around - inside
    usable = trusted & ~hole & (np.abs(difference).max(2) < 40)
    near = usable & (distance_outside(hole) <= max(2.0, 0.25 * reach))
    if np.count_nonzero(near) < 8:
        return inside
    weights = near.astype(np.float32)
    blur = max(1.0, 0.06 * reach)
    soft_weights = np.asarray(cv2.GaussianBlur(weights, (0, 0), blur), np.float32)
    soft = (
        cv2.GaussianBlur(difference * weights[..., None], (0, 0), blur)
        / np.maximum(soft_weights, 1e-6)[..., None]
    )
    carried = spread(np.asarray(soft, np.float32), np.minimum(soft_weights * 4, 1.0) * (soft_weights > 0.02))
    depth = _depth(hole)
    fade = 1 - smoothstep(depth / max(reach, 1.0))
    # Far from trusted pixels the difference is a guess, and counts less.
    evidence = np.asarray(cv2.GaussianBlur(weights, (0, 0), max(1.0, 0.5 * reach)), np.float32)
    evidence = np.minimum(evidence / max(float(evidence.max()), 1e-6) * 4, 1.0)
    return np.asarray(inside + carried * (fade * evidence)[..., None], np.float32)


def feathered(core: Hidden, limit: Hidden, width: float) -> Plane:
    """Return alpha: 1 in `core`, falling to 0 over `width` pixels around it and before leaving `limit`."""
    alpha = 1 - smoothstep(distance_outside(core) / max(width, 1.0))
    return np.asarray(alpha * smoothstep(_depth(limit) / max(0.5 * width, 1.0)), np.float32)


def composite(edited: Pixels, blended: Plane, alpha: Plane) -> Pixels:
    """Return uint8 pixels: `blended` weighted by `alpha`, and exactly `edited` where alpha is 0."""
    mixed = edited.astype(np.float32) + alpha[..., None] * (blended - edited)
    rounded = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    return np.where((alpha > 0)[..., None], rounded, edited)


def _depth(hole: Hidden) -> NDArray[np.float32]:
    """Return how deep each hole pixel lies, in pixels; the frame's border is no edge."""
    padded = cv2.copyMakeBorder(hole.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    distance = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(distance[1:-1, 1:-1], np.float32)


def distance_outside(area: Hidden) -> Plane:
    """Return each pixel's distance to `area` in pixels, 0 inside."""
    outside = (~area).astype(np.uint8)
    return np.asarray(cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)
