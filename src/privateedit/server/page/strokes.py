"""A brush and an eraser: what a person painted on the photo, as a mask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from privateedit.core.mask import Mask

_FINE = 4  # bits of a pixel's fraction that OpenCV draws with


@dataclass(frozen=True, slots=True)
class Stroke:
    """One stroke: points in pixels of the upright photo, drawn with a round tip of `radius` pixels."""

    kind: Literal["brush", "eraser"]
    radius: float
    points: tuple[tuple[float, float], ...]


def painted_by(strokes: Sequence[Stroke], width: int, height: int, ratio: float = 1.0) -> Mask | None:
    """Return what is painted after all strokes, in order; None where nothing is.

    The eraser takes back what the brush painted, and nothing else: faces that are hidden stay hidden under
    it, since the mask of a face is joined with this one.

    Args:
        strokes: in pixels of the photo.
        width: columns of the mask.
        height: rows of the mask.
        ratio: pixels of the mask in one of the photo.
    """
    plane = np.zeros((height, width), np.uint8)
    for stroke in strokes:
        _draw(plane, stroke, ratio)
    return Mask(plane.astype(bool)) if plane.any() else None


def _draw(plane: np.ndarray, stroke: Stroke, ratio: float) -> None:
    value = 1 if stroke.kind == "brush" else 0
    radius = max(0.5, stroke.radius * ratio)
    # The middle of a pixel is half a pixel from its edge; points count from the edge.
    points = np.asarray(stroke.points, np.float64) * ratio - 0.5
    limit = 4.0 * max(plane.shape)
    fixed = np.rint(np.clip(points, -limit, limit) * (1 << _FINE)).astype(np.int32)
    thick = max(1, round(2 * radius))
    if len(fixed) > 1:
        cv2.polylines(plane, [fixed.reshape(-1, 1, 2)], False, value, min(thick, 32767), cv2.LINE_8, _FINE)
    for x, y in fixed[[0, -1]]:
        cv2.circle(plane, (int(x), int(y)), round(radius * (1 << _FINE)), value, -1, cv2.LINE_8, _FINE)
