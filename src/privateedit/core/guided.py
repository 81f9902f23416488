"""The guided filter, for colors, with pixels that do not count."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.pull_push import Floats, pull_push


def guided_coefficients(
    guide: Floats, target: Floats, weights: Floats, *, radius: int, floor: float
) -> Floats:
    """Return finite float32 H×W×4: a, b, c, d so that a·R + b·G + c·B + d follows `target` and `guide`.

    Guided image filtering, He, Sun and Tang, TPAMI 2013, in the color form, with every mean taken over
    pixels of positive weight only (normalized convolution).

    Args:
        guide: float32 H×W×3 in [0, 1].
        target: float32 H×W.
        weights: float32 H×W, 0 for pixels that must have no influence.
        radius: of the box, in pixels.
        floor: variance below which an edge of the guide is not followed.
    """
    window = (2 * radius + 1, 2 * radius + 1)

    def box(plane: Floats) -> Floats:
        summed = cv2.boxFilter(plane, -1, window, normalize=True, borderType=cv2.BORDER_REFLECT)
        return np.asarray(summed, np.float32).reshape(plane.shape)

    total = np.maximum(box(weights), 1e-6)

    def mean(plane: Floats) -> Floats:
        return np.asarray(box(plane * weights) / total, np.float32)

    red, green, blue = (np.ascontiguousarray(guide[..., channel]) for channel in range(3))
    channels = (red, green, blue)
    means = [mean(channel) for channel in channels]
    target_mean = mean(target)
    cross = [mean(c * target) - m * target_mean for c, m in zip(channels, means, strict=True)]
    pairs = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    spread = [mean(channels[i] * channels[j]) - means[i] * means[j] for i, j in pairs]
    slopes = _solved(spread, cross, floor)
    offset = target_mean - sum(s * m for s, m in zip(slopes, means, strict=True))
    found = np.stack([mean(np.asarray(plane, np.float32)) for plane in (*slopes, offset)], axis=-1)
    # A window that sees next to nothing says nothing: what the nearest ones found is continued into the hole.
    heard = (total > 0.05).astype(np.float32)
    return found if heard.all() or not heard.any() else pull_push(found, heard)


def _solved(spread: list[Floats], cross: list[Floats], floor: float) -> list[Floats]:
    """Return x, y, z of a symmetric 3×3 system at every pixel; `floor` keeps it solvable (Cramer's rule)."""
    # In flat black areas the products of tiny variances drown in single precision.
    rr, rg, rb, gg, gb, bb = (plane.astype(np.float64) for plane in spread)
    rr, gg, bb = rr + floor, gg + floor, bb + floor
    minor_r, minor_g, minor_b = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    determinant = np.maximum(rr * minor_r + rg * minor_g + rb * minor_b, floor**3)
    p, q, r = cross
    x = (minor_r * p + minor_g * q + minor_b * r) / determinant
    y = (minor_g * p + (rr * bb - rb * rb) * q + (rb * rg - rr * gb) * r) / determinant
    z = (minor_b * p + (rb * rg - rr * gb) * q + (rr * gg - rg * rg) * r) / determinant
    return [np.asarray(slope, np.float32) for slope in (x, y, z)]
