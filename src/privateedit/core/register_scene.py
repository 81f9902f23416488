"""Where the frame went: guesses of the similarity between a sent picture and what came back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels
from privateedit.core.scale import averaged
from privateedit.core.similarity import Matrix, compose, inverse, scale_of, scaling

_SIDE = 800  # pixels; enough for sub-pixel registration, small enough to be quick
_CROP_SIDE, _PIECE = 300, 384
_RATIO = 0.75  # Lowe, 2004
_MIN_INLIERS = 12
_MOST_ZOOM = 20.0  # times, either way, between the two reduced pictures
_SAME_ASPECT = 0.02


@dataclass(frozen=True, eq=False, slots=True)
class Guess:
    """A possible frame transform; `inliers` counts the features that agree, 0 for plain geometry."""

    matrix: Matrix
    inliers: int = 0


def frame_guesses(sent: tuple[int, int], edited: tuple[int, int]) -> list[Guess]:
    """Return the plain ways a (height, width) frame becomes another: stretched, padded, or cropped."""
    y, x = edited[0] / sent[0], edited[1] / sent[1]
    if abs(x / y - 1) < _SAME_ASPECT:
        return [Guess(scaling(x, y))]
    guesses = []
    for scale in (min(x, y), max(x, y)):
        matrix = scaling(scale, scale)
        matrix[:, 2] = ((edited[1] - scale * sent[1]) / 2, (edited[0] - scale * sent[0]) / 2)
        guesses.append(Guess(matrix))
    return guesses


def crop_guess(sent: Pixels, edited: Pixels) -> Guess | None:
    """Return where a smaller picture was cut out of the sent one, or None when it is not smaller.

    Normalized correlation at a reduced size; the hole, which is part of both, takes part.
    """
    if edited.shape == sent.shape or (np.array(edited.shape) > np.array(sent.shape)).any():
        return None
    ratio = min(1.0, _CROP_SIDE / max(sent.shape))
    small, part = (_gray_at(picture, ratio) for picture in (sent, edited))
    if (np.array(part.shape) > np.array(small.shape)).any() or part.std() < 1:
        return None
    _, _, _, corner = cv2.minMaxLoc(cv2.matchTemplate(small, part, cv2.TM_CCOEFF_NORMED))
    matrix = scaling(1.0, 1.0)
    matrix[:, 2] = -_exact_corner(sent, edited, np.rint(np.array(corner) / ratio).astype(int), ratio)
    return Guess(matrix)


def _exact_corner(sent: Pixels, edited: Pixels, corner: NDArray[np.int_], ratio: float) -> NDArray[np.int_]:
    """Move a crop's corner to the pixel, by the most textured piece of the crop."""
    height, width = edited.shape[:2]
    side = min(_PIECE, height, width)
    places = [
        (y, x)
        for y in np.linspace(0, height - side, 5).astype(int)
        for x in np.linspace(0, width - side, 5).astype(int)
    ]
    top, left = max(places, key=lambda place: _variance(edited[place[0] :, place[1] :][:side, :side]))
    slack = int(np.ceil(2 / ratio)) + 1
    y, x = top + corner[1] - slack, left + corner[0] - slack
    y0, x0 = max(0, y), max(0, x)
    around = _gray_at(sent[y0 : y + side + 2 * slack, x0 : x + side + 2 * slack], 1.0)
    piece = _gray_at(edited[top : top + side, left : left + side], 1.0)
    if around.shape[0] < side or around.shape[1] < side:
        return corner
    _, _, _, found = cv2.minMaxLoc(cv2.matchTemplate(around, piece, cv2.TM_CCOEFF_NORMED))
    return np.array([x0 + found[0] - left, y0 + found[1] - top])


def _variance(pixels: Pixels) -> float:
    """Return the variance of all levels of H×W×3 pixels, times the square of how many there are."""
    return pixels.size * cv2.norm(pixels, cv2.NORM_L2SQR) - sum(cv2.sumElems(pixels)) ** 2


def _gray_at(pixels: Pixels, ratio: float) -> Pixels:
    gray = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    size = (max(1, round(gray.shape[1] * ratio)), max(1, round(gray.shape[0] * ratio)))
    return averaged(gray, size[1], size[0])


def agreed(pairs: FeaturePairs | None) -> Guess | None:
    """Return the similarity that most pairs agree on, by RANSAC, or None when too few do."""
    if pairs is None:
        return None
    matrix, inliers = cv2.estimateAffinePartial2D(
        pairs.source,
        pairs.target,
        method=cv2.RANSAC,
        ransacReprojThreshold=2.5,
        maxIters=3000,
        confidence=0.999,
    )
    if matrix is None or inliers is None or int(inliers.sum()) < _MIN_INLIERS:
        return None
    # Many features may look like a single one; what agrees on a point is no picture.
    if not 1 / _MOST_ZOOM < scale_of(np.asarray(matrix, np.float64)) < _MOST_ZOOM:
        return None
    found = compose(pairs.to_edited, compose(np.asarray(matrix, np.float64), inverse(pairs.to_sent)))
    return Guess(found, int(inliers.sum()))


@dataclass(frozen=True, eq=False, slots=True)
class FeaturePairs:
    """Features seen in both pictures: N×2 float32 each, in evenly reduced pictures.

    `to_sent` and `to_edited` lead from those back to the pictures' own coordinates.
    """

    source: NDArray[np.float32]
    target: NDArray[np.float32]
    to_sent: Matrix
    to_edited: Matrix


def feature_pairs(
    sent: Pixels, hidden: Hidden, edited: Pixels, seen: Features | None = None
) -> FeaturePairs | None:
    """Return visible features of the sent picture with those they look like, or None when there are few.

    SIFT features (Lowe, 2004) outside the mask, matched with the ratio test. Those of the edited picture are
    not looked for if they were `seen`.
    """
    first, second = features_of(sent, hidden), features_of(edited) if seen is None else seen
    pairs = _matches(first, second)
    return None if pairs is None else FeaturePairs(*pairs, first.back, second.back)


@dataclass(frozen=True, eq=False, slots=True)
class Features:
    """N×2 places and N×128 descriptions in a reduced picture, and the matrix `back` from there."""

    places: NDArray[np.float32]
    described: NDArray[np.float32]
    back: Matrix


def features_of(pixels: Pixels, hidden: Hidden | None = None) -> Features:
    """Return the SIFT features of a picture but for those in and next to what is `hidden`."""
    small, back = _reduced(pixels)
    visible = None
    if hidden is not None:
        ink = cv2.resize(hidden.view(np.uint8), small.shape[1::-1], interpolation=cv2.INTER_NEAREST)
        # Descriptors reach over the outline; those next to the hole describe the hole.
        visible = cv2.erode(np.where(ink > 0, 0, 255).astype(np.uint8), np.ones((9, 9), np.uint8))
    marks, described = cv2.SIFT.create(nfeatures=3000).detectAndCompute(small, visible)
    # OpenCV puts pixel centers at 0; everything else here at 0.5.
    places = np.array([mark.pt for mark in marks], np.float32).reshape(-1, 2) + np.float32(0.5)
    found = np.zeros((0, 128)) if described is None else described
    return Features(places, np.asarray(found, np.float32), back)


def _reduced(pixels: Pixels) -> tuple[Pixels, Matrix]:
    """Return a gray reduction and the matrix from its coordinates back to the picture's."""
    gray = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    height, width = gray.shape
    ratio = min(1.0, _SIDE / max(height, width))
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    small = averaged(gray, size[1], size[0]) if ratio < 1 else gray
    return small, scaling(width / size[0], height / size[1])


def _matches(first: Features, second: Features) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    if min(len(first.places), len(second.places)) < _MIN_INLIERS:
        return None
    nearest = cv2.BFMatcher(cv2.NORM_L2).knnMatch(first.described, second.described, k=2)
    good = [pair[0] for pair in nearest if len(pair) == 2 and pair[0].distance < _RATIO * pair[1].distance]
    if len(good) < _MIN_INLIERS:
        return None
    source = first.places[[match.queryIdx for match in good]]
    target = second.places[[match.trainIdx for match in good]]
    return source, target
