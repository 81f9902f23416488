"""The two layers of a picture: the person's own colors and the background's, where a matte mixes them."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.pull_push import Floats
from privateedit.core.scale import reduced_size

_SMOOTH, _EDGE = 1e-4, 1.0  # weight of smooth layers everywhere, and more where alpha changes
_COARSE, _ROUNDS, _FEWER = 32, 8, 2  # pixels up to which a level gets more rounds


def layers(picture: Floats, alpha: Floats, longest: int) -> tuple[Floats, Floats]:
    """Return float32 h×w×3 foreground and background whose mix by `alpha` (H×W) is close to `picture`.

    No side of them exceeds `longest`. Both are smooth, most of all across the matte's edges, and continue
    where they are not seen. Germer, Uelwer, Conrad and Harmeling, Fast Multi-Level Foreground Estimation,
    ICPR 2020.
    """
    size = reduced_size(alpha.shape, longest)
    picture, alpha = _sized(picture, *size), _sized(alpha, *size)
    front, back = _mean(picture, alpha), _mean(picture, 1 - alpha)
    for height, width in _sizes(alpha.shape):
        color = _sized(picture, height, width)
        share = _sized(alpha, height, width)
        front, back = _sized(front, height, width), _sized(back, height, width)
        rounds = _ROUNDS if max(height, width) <= _COARSE else _FEWER
        front, back = _solved(color, share, (front, back), rounds)
    return front, back


def _mean(picture: Floats, share: Floats) -> Floats:
    """Return the 1×1×3 mean color of one layer, or of the picture when the layer is not seen."""
    weights = share if float(share.sum()) > 1 else np.ones_like(share)
    return np.asarray((picture * weights[..., None]).sum((0, 1), keepdims=True) / weights.sum(), np.float32)


def _sizes(shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return heights and widths, doubling up to the full size."""
    steps = max(1, int(np.ceil(np.log2(max(shape[:2])))))
    sizes = [tuple(max(1, round(side / 2 ** (steps - step))) for side in shape[:2]) for step in range(steps)]
    return [(size[0], size[1]) for size in sizes] + [(shape[0], shape[1])]


def _sized(plane: Floats, height: int, width: int) -> Floats:
    if plane.shape[:2] == (height, width):
        return plane
    mode = cv2.INTER_AREA if width < plane.shape[1] else cv2.INTER_LINEAR
    resized = np.asarray(cv2.resize(plane, (width, height), interpolation=mode), np.float32)
    return resized.reshape(height, width, *plane.shape[2:])


def _solved(
    color: Floats, share: Floats, layers: tuple[Floats, Floats], rounds: int
) -> tuple[Floats, Floats]:
    """Solve both colors of every pixel, its neighbors' held fixed, several times."""
    rest, (front, back) = 1 - share, layers
    weight, slopes = np.zeros_like(share), []
    for beside in _neighbors(share):
        slope = _SMOOTH + _EDGE * np.abs(share - beside)
        weight += slope
        slopes.append(slope[..., None])
    own, other, mixed = share * share + weight, rest * rest + weight, share * rest
    scale = 1 / np.maximum(own * other - mixed * mixed, 1e-12)
    own, other, mixed = ((each * scale)[..., None] for each in (own, other, mixed))
    seen_front, seen_back = share[..., None] * color, rest[..., None] * color
    for _ in range(rounds):
        pull_front, pull_back = seen_front.copy(), seen_back.copy()
        for slope, fronts, backs in zip(slopes, _neighbors(front), _neighbors(back), strict=True):
            pull_front += slope * fronts
            pull_back += slope * backs
        front = _levels(other * pull_front - mixed * pull_back)
        back = _levels(own * pull_back - mixed * pull_front)
    return front, back


def _neighbors(plane: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the plane moved by one pixel in four directions; the frame's pixels are their own neighbors."""
    bordered = cv2.copyMakeBorder(plane, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    wide = np.asarray(bordered, np.float32).reshape(plane.shape[0] + 2, plane.shape[1] + 2, *plane.shape[2:])
    return wide[1:-1, 2:], wide[1:-1, :-2], wide[2:, 1:-1], wide[:-2, 1:-1]


def _levels(plane: Floats) -> Floats:
    return np.asarray(np.clip(plane, 0, 255), np.float32)
