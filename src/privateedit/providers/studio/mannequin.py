"""Stand-ins for hidden faces, drawn from the hole's place alone, so that a segmenter sees a head."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats
from privateedit.providers.studio.hole import Bools

_TONE = (150.0, 140.0, 135.0)
"""Between the skin tones there are: on 19 portraits it did better than a light or a dark one."""

_HAIR_TONE = (45.0, 38.0, 34.0)
"""Dark, as most hair is: a bald head ends for a segmenter wherever the hair beside the hole does."""

_WIDE, _HIGH, _LOWER, _HAIR = 0.32, 0.45, 0.03, 0.14
"""Half width, half height, how far it sits below the middle, and how far the hair stands above it: shares of
a hole, which is wider than the head in it."""

_SOFT = 0.05
"""Of the head's half width: over which its edge fades."""

_FEATURES = (  # dx, dy, half width, half height (in half heads), brightness
    *((side * 0.38, -0.30, 0.24, 0.03, 0.35) for side in (-1, 1)),  # brows
    *((side * 0.38, -0.15, 0.15, 0.055, 0.25) for side in (-1, 1)),  # eyes
    (0.0, 0.22, 0.12, 0.05, 0.65),  # nose
    (0.0, 0.50, 0.30, 0.06, 0.50),  # mouth
)


def stand_ins(picture: Pixels, hidden: Bools) -> tuple[Pixels, Pixels]:
    """Return `picture` with a mannequin's head in every hole, and with black holes; the rest unchanged.

    Args:
        picture: uint8 h×w×3, its holes already continued smoothly.
        hidden: bool h×w.
    """
    drawn = picture.astype(np.float32)
    count, _, boxes, _ = cv2.connectedComponentsWithStats(hidden.astype(np.uint8))
    for label in range(1, count):
        left, top, width, height, _ = (int(value) for value in boxes[label])
        if min(width, height) >= 4:
            _draw_head(drawn, left, top, width, height)
    face = np.where(hidden[..., None], np.clip(np.rint(drawn), 0, 255).astype(np.uint8), picture)
    return face, np.where(hidden[..., None], np.uint8(0), picture)


def _draw_head(canvas: Floats, left: int, top: int, width: int, height: int) -> None:
    """Paint a shaded head with dark hair and soft features into a hole's box on `canvas`, in place."""
    half_width, half_height = _WIDE * width, _HIGH * height
    x, y = left + width / 2, top + (0.5 + _LOWER) * height
    hair = _soft(canvas, x, y - _HAIR * height, 1.08 * half_width, half_height)
    canvas += hair * (np.array(_HAIR_TONE, np.float32) - canvas)
    across = np.arange(canvas.shape[1], dtype=np.float32)
    shade = 1 - 0.25 * np.clip(((across - x) / half_width) ** 2, 0, 1)
    for dx, dy, wide, high, brightness in _FEATURES:
        spot = _ellipse(
            canvas, x + dx * half_width, y + dy * half_height, wide * half_width, high * half_height
        )
        shade = shade + spot * (brightness - shade)
    shade = cv2.GaussianBlur(shade, (0, 0), max(0.6, 0.03 * half_width))
    tone = np.asarray(shade, np.float32)[..., None] * np.array(_TONE, np.float32)
    canvas += _soft(canvas, x, y, half_width, half_height) * (tone.reshape(canvas.shape) - canvas)


def _soft(canvas: Floats, x: float, y: float, half_width: float, half_height: float) -> Floats:
    """Return float32 h×w×1: the ellipse with a soft edge."""
    plane = _ellipse(canvas, x, y, half_width, half_height)
    soft = cv2.GaussianBlur(plane, (0, 0), max(1.0, _SOFT * half_width))
    return np.asarray(soft, np.float32).reshape(*plane.shape, 1)


def _ellipse(canvas: Floats, x: float, y: float, half_width: float, half_height: float) -> Floats:
    """Return float32 h×w, 1 inside an upright ellipse and 0 outside."""
    plane = np.zeros(canvas.shape[:2], np.float32)
    axes = (max(1, round(half_width)), max(1, round(half_height)))
    cv2.ellipse(plane, (round(x), round(y)), axes, 0, 0, 360, (1.0,), -1)
    return plane
