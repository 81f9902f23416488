"""Where the original goes on beyond what was hidden: hair, neck or backdrop came back there as they were."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.blend import ring_width, smoothstep
from privateedit.core.face_areas import FaceAreas
from privateedit.core.mask import Hidden
from privateedit.core.polar import COUNT
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single

_BAND = 0.06  # of the face: how far beyond the outline is looked
_GRAIN = 0.008  # of the face, which is averaged out
_SAME, _OTHER = 3.0, 8.0  # L*a*b* distance
_FEWEST = 2.0  # samples of the band on a ray
_COVERED, _LARGE = 0.4, 0.06  # of a pixel; share of the face's area that a brim or a fringe covers
_GOES = 0.5
_SPREAD, _INWARDS = 0.05, 0.2  # of the face: over which a difference is averaged, and fades
_HARD, _SOFT = 0.05, 0.5  # of the face, over which it fades with the hardest blend and the softest
_MOST = 24.0  # levels of it
_NEIGHBORS = 9  # rays that must go on together


def continuity(own: Floats, edited: Floats, visible: Hidden, areas: FaceAreas) -> NDArray[np.float32]:
    """Return one value a ray around the face: 1 where both pictures show the same beyond the outline, else 0.

    There the original's own ear, hair and neck fit what lies beyond as well as its face does. A ray on which
    the hidden area runs into the frame meets nothing that could differ.

    Args:
        own: H×W×3 float32 L*a*b* of the original.
        edited: the same of the edited picture.
        visible: bool H×W, what the photo shows and no mask hid.
        areas: of the original face.
    """
    rays = areas.inner_rays
    band = _band(visible, areas)
    sigma = max(0.8, _GRAIN * areas.size)
    apart = np.zeros(band.shape, np.float32)
    weight = cv2.GaussianBlur(band, (0, 0), sigma)
    for channel in range(3):
        plane = single((own[..., channel] - edited[..., channel]) * band)
        apart += (cv2.GaussianBlur(plane, (0, 0), sigma) / np.maximum(weight, 1e-3)) ** 2
    seen = rays.along(band)
    mean = (rays.along(single(np.sqrt(apart))) * seen).sum(1) / np.maximum(seen.sum(1), 1e-6)
    same = 1 - smoothstep((mean - _SAME) / (_OTHER - _SAME))
    beyond = rays.along((~areas.hole).astype(np.float32)).sum(1)
    framed = beyond < 1
    same = np.where(seen.sum(1) >= _FEWEST, same, np.where(framed, 1.0, 0.0))
    return _together(single(same))


def held_back(beyond: NDArray[np.float32], drawn_over: Floats, areas: FaceAreas) -> Floats:
    """Return float32 H×W: `beyond` of every pixel's ray, 0 on rays where something is `drawn_over` the face.

    A brim, a new fringe or a hand comes in from beside the face, and must not be cut off there. A hairline
    that is merely somebody else's covers less.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        ((drawn_over > _COVERED) & areas.hull).astype(np.uint8)
    )
    large = [each for each in range(1, count) if stats[each, cv2.CC_STAT_AREA] > _LARGE * areas.size**2]
    rays = areas.inner_rays
    free = (rays.along(np.isin(labels, large).astype(np.float32)).max(1) < _COVERED).astype(np.float32)
    plane, _ = rays.spread(np.minimum(beyond, _together(free)))
    return plane


def joined(shown: Hidden, goes_on: Floats, areas: FaceAreas, gap: float) -> Hidden:
    """Return `shown` as if the original were shown beyond the hole where it `goes_on`; gaps are closed."""
    beyond = shown | (~areas.hole & (goes_on > _GOES))
    size = 2 * round(gap) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    closed = cv2.morphologyEx(beyond.astype(np.uint8), cv2.MORPH_CLOSE, kernel) > 0
    return np.asarray(beyond | (closed & (goes_on > _GOES)))


def rim_difference(
    own: Floats,
    edited: Floats,
    visible: Hidden,
    goes_on: Floats,
    areas: FaceAreas,
    blend: float | None = None,
) -> Floats:
    """Return float32 H×W×3 levels: by how much the edit differs beyond the outline, fading out inwards.

    It is added to the original where it `goes_on`, so that a slight change of light leaves no line.
    `blend` says over how much, from 0 to 1; the core gets nothing of it.
    """
    band = _band(visible & (goes_on > _GOES), areas)
    sigma = max(1.0, _SPREAD * areas.size)
    apart = np.clip(edited - own, -_MOST, _MOST) * band[..., None]
    weight = np.maximum(cv2.GaussianBlur(band, (0, 0), sigma), 1e-4)
    mean = cv2.GaussianBlur(apart, (0, 0), sigma) / weight[..., None]
    inwards = 1 - smoothstep(areas.depth / (ring_width(blend, _HARD, _INWARDS, _SOFT) * areas.size))
    ring = smoothstep(areas.inner_distance / (0.5 * _INWARDS * areas.size))
    return single(mean * (inwards * ring * goes_on)[..., None])


def _band(visible: Hidden, areas: FaceAreas) -> Floats:
    """Return float32 H×W: 1 where it is visible right beyond what is hidden."""
    return single((areas.around > 0.5) & (areas.around <= max(3.0, _BAND * areas.size)) & visible)


def _together(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the least of neighboring rays, smoothed: a gap is not jumped over."""
    around = np.concatenate([values[-_NEIGHBORS:], values, values[:_NEIGHBORS]])[:, None]
    least = cv2.erode(around, np.ones((_NEIGHBORS, 1), np.uint8))
    soft = cv2.GaussianBlur(least, (1, 2 * _NEIGHBORS + 1), 0)
    return single(soft[_NEIGHBORS : _NEIGHBORS + COUNT, 0])
