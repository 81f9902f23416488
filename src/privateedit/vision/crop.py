"""Square upright crops around one face, for networks that want to see it alone."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.face import Points
from privateedit.core.photo import Pixels
from privateedit.core.scale import glimpse


def across_of(points: Points) -> NDArray[np.float64]:
    """Return the direction (x, y; not normalized) from a face's left to its right in the picture.

    `points` are left eye, right eye, nose tip and the two mouth corners.
    """
    marks = points.astype(np.float64)
    down = marks[3:].mean(0) - marks[:2].mean(0)
    across = marks[1] - marks[0] + marks[4] - marks[3]
    # In profile the eyes coincide; the eye-mouth line still tells how the head is turned in the picture.
    if np.hypot(*across) < 0.5 * np.hypot(*down):
        return np.array([down[1], -down[0]])
    return np.asarray(across)


def roll_of(points: Points) -> float:
    """Return how far the face of five points is tilted clockwise, in degrees; 0 when they coincide."""
    x, y = across_of(points)
    return float(np.degrees(np.arctan2(y, x)))


def crop_matrix(
    center: NDArray[np.float64], across: NDArray[np.float64], side: float, pixels: int
) -> NDArray[np.float64]:
    """Map a square of `side` around `center`, upright along `across`, to `pixels`×`pixels` (2×3)."""
    unit = across / max(float(np.hypot(*across)), 1e-6)
    if not unit.any():
        unit = np.array([1.0, 0.0])
    rotation = np.array([[unit[0], unit[1]], [-unit[1], unit[0]]]) * (pixels / max(side, 1.0))
    return np.column_stack([rotation, pixels / 2 - rotation @ center])


def sampled(picture: Pixels, to_crop: NDArray[np.float64], side: int) -> Pixels:
    """Cut the `side`×`side` crop out, shrinking large faces by area first so that nothing aliases.

    What lies outside the picture repeats its border.
    """
    scale = np.sqrt(abs(np.linalg.det(to_crop[:, :2])))
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float64)
    back = cv2.invertAffineTransform(to_crop)
    reach = corners @ back[:, :2].T + back[:, 2]
    height, width = picture.shape[:2]
    x0, y0 = np.clip(np.floor(reach.min(0)), 0, (width - 1, height - 1)).astype(int)
    x1, y1 = np.clip(np.ceil(reach.max(0)), (x0 + 1, y0 + 1), (width, height)).astype(int)
    region = picture[y0:y1, x0:x1]
    matrix = to_crop.copy()
    matrix[:, 2] += matrix[:, :2] @ (x0, y0)
    if scale < 0.5:
        small = (max(1, round(region.shape[1] * scale)), max(1, round(region.shape[0] * scale)))
        region, ratio = glimpse(region, *small)
        matrix[:, :2] *= ratio
    # Points have pixel centers at +0.5, warpAffine at 0.
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    region = np.ascontiguousarray(region)
    crop = cv2.warpAffine(region, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, np.uint8)
