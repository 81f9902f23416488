"""A picture that came back at another aspect because it was stretched, not cropped or padded."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from privateedit.core.conceal import MaskedPhoto
from privateedit.core.photo import Pixels
from privateedit.core.register_scene import FeaturePairs, feature_pairs

_SAME_ASPECT = 0.02
_LEAST = 25  # features that must agree
_OFF = 0.02  # by which the stretch may differ from that of the frames, and share of shear or turn
_CLEARLY = 0.3  # of the stretch itself
_REACH = 2.5  # pixels


def unstretched(
    masked: MaskedPhoto, edited: Pixels, pairs: Callable[[], FeaturePairs | None] | None = None
) -> Pixels:
    """Return `edited` at the proportions of what was sent when the whole frame was stretched, else as it is.

    Asked only where the aspect changed: the visible scene must have been stretched by just as much. The side
    that was squeezed is enlarged, so that nothing is lost.

    Args:
        masked: what was sent.
        edited: H×W×3 uint8 RGB.
        pairs: what gives the features of both, where somebody needs them besides; None looks for them here.
    """
    height, width = edited.shape[:2]
    rows, columns = masked.pixels.shape[:2]
    frame = (width / columns) / (height / rows)
    if abs(frame - 1) < _SAME_ASPECT:
        return edited
    found = feature_pairs(masked.pixels, masked.mask.hidden, edited) if pairs is None else pairs()
    if not _scene_stretched(found, frame):
        return edited
    size = (width, round(width * rows / columns)) if frame > 1 else (round(height * columns / rows), height)
    return np.asarray(cv2.resize(edited, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _scene_stretched(pairs: FeaturePairs | None, frame: float) -> bool:
    """Whether features went where stretching by `frame` takes them, width against height."""
    if pairs is None:
        return False
    matrix, inliers = cv2.estimateAffine2D(
        pairs.source, pairs.target, method=cv2.RANSAC, ransacReprojThreshold=_REACH, maxIters=3000
    )
    if matrix is None or inliers is None or int(inliers.sum()) < _LEAST:
        return False
    across, down = float(matrix[0, 0]), float(matrix[1, 1])
    aside = max(abs(float(matrix[0, 1])), abs(float(matrix[1, 0])))
    if min(across, down) <= 0 or aside > _OFF * max(across, down):
        return False
    # Both pictures were reduced before features were looked for, each evenly. A frame that was cropped by a
    # little must not pass for a stretch by as little.
    off = min(_OFF, _CLEARLY * abs(math.log(frame)))
    return abs(math.log(across / down / frame)) < off
