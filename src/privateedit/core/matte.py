"""Soft edges: refining a matte against the picture, and filling unknown pixels smoothly."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.photo import Pixels

Plane = NDArray[np.float32]
"""H×W or H×W×C float32."""


def refined(matte: Plane, pixels: Pixels, radius: int, softness: float = 1e-3) -> Plane:
    """Return an H×W matte whose edges follow those of RGB `pixels` (guided filter, He et al., 2013).

    The color guide is used, so that hair against a background of equal brightness still separates.
    `radius` is in pixels; a smaller `softness` follows weaker edges.
    """
    guide = pixels.astype(np.float32) / 255.0
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(plane: Plane) -> Plane:
        return np.asarray(cv2.blur(plane, window), np.float32)

    average, level = mean(guide), mean(matte)
    covariance = np.empty((*matte.shape, 3, 3), np.float32)
    for i in range(3):
        for j in range(i, 3):
            value = mean(guide[..., i] * guide[..., j]) - average[..., i] * average[..., j]
            covariance[..., i, j] = covariance[..., j, i] = value
    covariance += np.float32(softness) * np.eye(3, dtype=np.float32)
    shared = np.stack([mean(guide[..., i] * matte) for i in range(3)], -1) - average * level[..., None]
    slope = np.linalg.solve(covariance, shared[..., None])[..., 0]
    offset = level - (slope * average).sum(-1)
    result = (mean(slope.astype(np.float32)) * guide).sum(-1) + mean(offset.astype(np.float32))
    return np.asarray(np.clip(result, 0.0, 1.0), np.float32)


def spread(values: Plane, weights: Plane) -> Plane:
    """Return H×W×C values known where `weights` (H×W, 0–1) say, extended smoothly everywhere else.

    Push-pull interpolation (Gortler et al., 1996): averages go down a pyramid until everything is known,
    then come back up where nothing finer is.
    """
    weighted = values * weights[..., None]
    if min(weights.shape) <= 2:
        total = float(weights.sum())
        average = weighted.sum((0, 1)) / total if total > 0 else values.mean((0, 1))
        known = weights[..., None]
        return np.asarray(weighted + (1 - known) * average, np.float32)
    size = ((weights.shape[1] + 1) // 2, (weights.shape[0] + 1) // 2)
    coarse_weights = cv2.resize(weights, size, interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(weighted, size, interpolation=cv2.INTER_AREA).reshape(*size[::-1], -1)
    coarse = coarse / np.maximum(coarse_weights, 1e-8)[..., None]
    saturated = np.minimum(coarse_weights * 4, 1.0)
    below = spread(np.asarray(coarse, np.float32), np.asarray(saturated, np.float32))
    wide = cv2.resize(below, weights.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(weighted + (1 - weights[..., None]) * wide.reshape(values.shape), np.float32)


def smoothstep(values: NDArray[np.floating]) -> Plane:
    """Map 0…1 to a curve that leaves 0 and reaches 1 flat; values beyond are clamped."""
    clamped = np.clip(values, 0.0, 1.0)
    return np.asarray(clamped * clamped * (3 - 2 * clamped), np.float32)
