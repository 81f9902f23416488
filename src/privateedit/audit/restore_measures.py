"""How well a restored picture meets the truth that a simulated edit knows."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.blend import distance_outside
from privateedit.core.color_difference import delta_e_2000, lab
from privateedit.core.conceal import MaskedPhoto
from privateedit.core.face import Face, Points
from privateedit.core.mask import Hidden
from privateedit.core.photo import Photo, Pixels
from privateedit.core.pull_push import Floats
from privateedit.core.seam import seam_difference, seam_width
from privateedit.core.similarity import Matrix, transform, warp, warp_area

RIM = 24
"""Pixels around a hole that a restore may change besides the hole, which a service's resampling mixed."""

_MESH = (33, 133, 362, 263, 168, 6, 197, 195, 5, 4)
_UNSEEN = 12  # levels by which an area may differ from black and still look like it
_WRONG = 0.5  # of a face's width: farther from where it belongs a face is somebody else's


def stable_points(face: Face) -> Points:
    """Return the corners of the eyes and the ridge of the nose, or what five points tell of them.

    Raises:
        ValueError: the face has no landmarks.
    """
    if face.landmarks is None:
        raise ValueError("There are no points to measure by.")
    return face.landmarks[:3] if face.mesh is None else face.mesh[list(_MESH)]


def eye_distance(face: Face) -> float:
    """Return pixels between the middles of both eyes, as the photo shows them."""
    points = stable_points(face)
    if face.mesh is None:
        return float(np.linalg.norm(points[0] - points[1]))
    return float(np.linalg.norm(points[:2].mean(0) - points[2:4].mean(0)))


def alignment_error(face: Face, found: Matrix, truth: Matrix) -> float:
    """Return the RMS distance between placed and true stable points, as a share of the true eye distance."""
    points = stable_points(face)
    apart = transform(found, points) - transform(truth, points)
    stretch = math.sqrt(abs(float(np.linalg.det(truth[:, :2]))))
    return float(np.sqrt((apart**2).sum(1).mean())) / (eye_distance(face) * stretch)


def belongs_elsewhere(face: Face, found: Matrix, truth: Matrix | None) -> bool:
    """Whether a face was put where it is not: on somebody else, or where nobody is."""
    if truth is None:
        return True
    return alignment_error(face, found, truth) * eye_distance(face) > _WRONG * face.box.width


def seam_ratio(final: Pixels, unedited: Pixels, area: Hidden) -> float:
    """Return how much larger the color step across an outline is than in the unedited photo; 1 is equal."""
    width = seam_width(area)
    return seam_difference(final, area, width) / max(seam_difference(unedited, area, width), 0.5)


def color_error(final: Pixels, ideal: Pixels, area: Hidden) -> float:
    """Return the median CIEDE2000 between two pictures in an area, fine detail averaged out; NaN if empty."""
    if not area.any():
        return math.nan
    rows, columns = np.flatnonzero(area.any(1)), np.flatnonzero(area.any(0))
    window = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    sigma = max(1.0, 0.01 * float(np.sqrt(np.count_nonzero(area))))
    one, two = (lab(_soft(each[window], sigma)) for each in (final, ideal))
    return float(np.median(delta_e_2000(one, two)[area[window]]))


def _soft(pixels: Pixels, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), sigma), np.float32)


def still_the_hole(masked: MaskedPhoto, pixels: Pixels, frame: Matrix) -> bool:
    """Whether what was sent can still be seen where it was hidden: black on black is no face that is gone."""
    window = (slice(0, pixels.shape[0]), slice(0, pixels.shape[1]))
    hidden = warp_area(masked.mask.hidden, frame, window)
    apart = np.abs(warp(masked.pixels, frame, window).astype(np.int16) - pixels).max(2)[hidden]
    return bool(apart.size) and float(np.median(apart)) < _UNSEEN


def changed_outside(final: Pixels, returned: Pixels, allowed: Hidden, rim: int) -> int:
    """Return how many pixels were changed farther than `rim` pixels from where that is allowed.

    A picture of another size is changed everywhere.
    """
    if final.shape != returned.shape:
        return int(final.shape[0] * final.shape[1])
    changed = (final != returned).any(2)
    return int(np.count_nonzero(changed & (distance_outside(allowed) > rim)))


def unedited(photo: Photo, matrix: Matrix, shape: tuple[int, ...]) -> Pixels:
    """Return the photo in the geometry of an edit."""
    return warp(photo.pixels, matrix, (slice(0, shape[0]), slice(0, shape[1])))


def quantiles(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the median and the 95th percentile, NaN left out; NaN without any."""
    known = values[~np.isnan(values)]
    return (float(np.median(known)), float(np.quantile(known, 0.95))) if known.size else (math.nan, math.nan)
