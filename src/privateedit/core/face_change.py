"""How a look changes a face: its color, how its hues differ, and its structure."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.color_difference import delta_e_2000, lab
from privateedit.core.mask import Hidden
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single

_COLORLESS = 1.0  # mean a*b* distance from the face's own, below which there are no hues to differ
_DARK = 16.0  # levels that are added, so that shadows, which hold mostly noise, have hardly any proportions
_LOCAL = 0.06  # of the area's size over which structure is compared


def apart(first: Floats, second: Floats, face: Hidden) -> float:
    """Return the median CIEDE2000 between two L*a*b* pictures of a face (H×W×3); 0 without a face."""
    return float(np.median(delta_e_2000(first[face], second[face]))) if face.any() else 0.0


def hues_alike(first: Floats, second: Floats, face: Hidden) -> float:
    """Return the correlation of how hues differ within a face, of two L*a*b* pictures (H×W×3).

    It is 1 where either has none that differ.
    """
    if not face.any():
        return 1.0
    one, two = (_from_middle(each[face][:, 1:]) for each in (first, second))
    if min(float((each**2).sum()) for each in (one, two)) < _COLORLESS**2 * len(one):
        return 1.0
    return _correlation(one, two)


def proportions_alike(first: Floats, second: Floats, face: Hidden) -> float:
    """Return the correlation of how R : G : B differ within a face, of two pictures (H×W×3 levels).

    A gain for each channel, as in a picture taken to be at night, leaves all such differences as they are
    (von Kries), though it makes bright skin bluer than dark skin, which turns hues against each other in
    L*a*b*. It is 1 without a face, and 0 where either picture has no such differences.
    """
    if not face.any():
        return 1.0
    logs = [np.log(np.clip(each[face], 0, 255) + _DARK) for each in (first, second)]
    return _correlation(*(_from_middle(each - each.mean(1, keepdims=True)) for each in logs))


def _from_middle(colors: Floats) -> Floats:
    return single(colors - np.median(colors, axis=0))


def _correlation(one: Floats, two: Floats) -> float:
    power = float((one**2).sum()) * float((two**2).sum())
    return float((one * two).sum()) / float(np.sqrt(max(power, 1e-6)))


def share(part: Hidden, whole: Hidden) -> float:
    """Return how many pixels a part has of the whole's; 0 where the whole has none."""
    return float(np.count_nonzero(part)) / max(int(np.count_nonzero(whole)), 1)


def redness(pixels: Floats, face: Hidden) -> float:
    """Return the median a* of a face in H×W×3 sRGB levels: red above 0, green below, 0 without a face."""
    if not face.any():
        return 0.0
    return float(np.median(lab(np.clip(pixels[face], 0, 255))[..., 1]))


def alike(first: Floats, second: Floats, area: Hidden) -> float:
    """Return the correlation of two brightnesses (H×W levels), normalized by local contrast.

    It is 1 for any smooth rising map, and without an area.
    """
    if not area.any():
        return 1.0
    one, two = (_normalized(np.clip(each, 0, 255), area)[area] for each in (first, second))
    return float(one @ two / np.sqrt(max(float(one @ one) * float(two @ two), 1e-6)))


def _normalized(plane: Floats, area: Hidden) -> Floats:
    side = 2 * round(0.5 * _LOCAL * float(np.sqrt(np.count_nonzero(area)))) + 3
    fine = cv2.GaussianBlur(plane, (0, 0), 1.0)  # grain is no structure
    rest = fine - cv2.blur(fine, (side, side))
    return single(rest / np.sqrt(cv2.blur(rest * rest, (side, side)) + 4.0))
