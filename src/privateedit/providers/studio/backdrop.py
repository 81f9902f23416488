"""Another background behind the person: a lit studio backdrop, or the same one out of focus."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import cv2
import numpy as np

from privateedit.core.matte import Matte
from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import dithered, enlarged, reduced, reduced_mask, resized, single
from privateedit.providers.studio.hole import Scene

_FIELD = 512
_BLUR = 1200
_SEED = 20260311

LIGHTS: Mapping[str, tuple[tuple[int, int, int], tuple[int, int, int]]] = MappingProxyType(
    {  # sRGB where the lamp falls, and far from it
        "backdrop-grey": ((192, 193, 195), (104, 105, 109)),
        "backdrop-white": ((255, 255, 255), (232, 233, 235)),
        "backdrop-navy": ((62, 82, 118), (14, 22, 42)),
        "backdrop-warm": ((240, 220, 196), (158, 118, 88)),
    }
)
"""Colors of each studio backdrop."""


def on_backdrop(scene: Scene, matte: Matte, name: str) -> Pixels:
    """Return uint8 H×W×3: the person exactly as shown, before the lit backdrop called `name`."""
    near, far = LIGHTS[name]
    return composite(scene, matte, dithered(_lit(matte, near, far), scene.shown.shape, _SEED))


def on_blur(scene: Scene, matte: Matte) -> Pixels:
    """Return uint8 H×W×3: the person exactly as shown, before the blurred background.

    A disc blur in linear light over background pixels only (normalized convolution, Knutsson and Westin,
    CVPR 1993), so that the person and the hole are not smeared into it.
    """
    small = reduced(scene.smooth, _BLUR)
    alpha = resized(matte.alpha, small.shape)
    weights = single(np.where(reduced_mask(scene.unknown, _BLUR), 0, np.clip(1 - 1.5 * alpha, 0, 1)))
    light = single((small.astype(np.float32) / 255) ** 2.2)
    # Highlights count more, as they do when they clip on a sensor: that is what makes discs of them.
    light = single(light * (1 + 2 * light.mean(axis=-1, keepdims=True) ** 4))
    disc = _disc(max(1, round(0.02 * max(small.shape[:2]))))
    total = _filtered(weights, disc)
    summed = np.stack([_filtered(light[..., c] * weights, disc) for c in range(3)], axis=-1)
    spread = single(summed / np.maximum(total, 1e-4)[..., None])
    known = single(np.clip(total * 20, 0, 1))
    spread = pull_push(spread, known) if known.any() else light
    field = single(255 * np.clip(spread, 0, 1) ** (1 / 2.2))
    return composite(scene, matte, dithered(field, scene.shown.shape, _SEED))


def composite(scene: Scene, matte: Matte, behind: Pixels) -> Pixels:
    """Return uint8 H×W×3: `behind` where the matte is 0, the picture where it is 1, a clean mix between.

    Between, the person's own color is estimated first, so that no rim of the old background comes along:
    blurred estimates plus the residual (Germer et al., Fast Multi-Level Foreground Estimation, ICPR 2020,
    and Forte, Approximate Fast Foreground Colour Estimation, ICIP 2021, use the same decomposition).
    """
    out = np.where((matte.alpha >= 1)[..., None], scene.shown, behind)
    edge = (matte.alpha > 0) & (matte.alpha < 1)
    share = matte.alpha[edge][:, None]
    person = enlarged(matte.person, out.shape)[edge].astype(np.float32)
    old = enlarged(matte.background, out.shape)[edge].astype(np.float32)
    picture = scene.shown[edge].astype(np.float32)
    person = np.clip(person + share * (picture - share * person - (1 - share) * old), 0, 255)
    mixed = share * person + (1 - share) * behind[edge]
    out[edge] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    return out


def _lit(matte: Matte, near: tuple[int, int, int], far: tuple[int, int, int]) -> Floats:
    """Return a float32 h×w×3 field in [0, 255]: a lamp behind the person's head, falling off smoothly."""
    rows, columns = _shape_of_field(matte)
    x, y = _lamp(resized(matte.alpha, (rows, columns)))
    down, across = np.mgrid[:rows, :columns].astype(np.float32) + 0.5
    diagonal = float(np.hypot(rows, columns))
    distance = np.hypot(across - x, 0.9 * (down - y)) / (0.62 * diagonal)
    lit = np.exp(-1.6 * distance**2) * (1 - 0.12 * down / rows)
    low, high = np.array(far, np.float32), np.array(near, np.float32)
    return single(low + lit[..., None] * (high - low))


def _shape_of_field(matte: Matte) -> tuple[int, int]:
    height, width = matte.alpha.shape
    factor = min(1.0, _FIELD / max(height, width))
    return max(1, round(height * factor)), max(1, round(width * factor))


def _lamp(alpha: Floats) -> tuple[float, float]:
    """Return x, y behind the upper part of the person, or of the frame when there is nobody."""
    rows, columns = alpha.shape
    by_row = (alpha > 0.5).sum(axis=1)
    if not by_row.any():
        return columns / 2, 0.4 * rows
    top = int(np.flatnonzero(by_row)[0])
    # The upper third of what is seen of the person is head and shoulders in most portraits.
    cut = top + max(1, (rows - top) // 3)
    across = np.flatnonzero((alpha[top:cut] > 0.5).any(axis=0))
    x = float(across.mean()) + 0.5 if across.size else columns / 2
    return 0.7 * x + 0.3 * columns / 2, top + 0.6 * (cut - top)


def _disc(radius: int) -> Floats:
    """Return a normalized (2r+1)² float32 disc with a soft edge."""
    reach = np.arange(-radius, radius + 1, dtype=np.float32)
    distance = np.hypot(reach[:, None], reach[None, :])
    disc = np.clip(radius + 0.5 - distance, 0, 1).astype(np.float32)
    return single(disc / disc.sum())


def _filtered(plane: Floats, kernel: Floats) -> Floats:
    """Return `plane` convolved, never below 0: large kernels go through a Fourier transform that rounds."""
    blurred = cv2.filter2D(np.ascontiguousarray(plane), -1, kernel, borderType=cv2.BORDER_REFLECT)
    return single(np.maximum(single(blurred).reshape(plane.shape), 0))
