"""Filling unknown pixels with a smooth continuation of the known ones."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
"""H×W or H×W×C float32."""


def pull_push(values: Floats, weights: Floats) -> Floats:
    """Return finite float32 H×W×C: `values` where weights are 1, a smooth continuation where they are 0.

    Values of weight 0 have no influence. Pull-push of Gortler et al., The Lumigraph, SIGGRAPH 1996.
    """
    levels = [(values * weights[..., None], weights)]
    while max(levels[-1][1].shape) > 1:
        color, weight = levels[-1]
        levels.append((_matrix(cv2.pyrDown(color), 3), _matrix(cv2.pyrDown(weight), 2)))
    color, weight = levels.pop()
    estimate = _ratio(color, weight)
    while levels:
        color, weight = levels.pop()
        height, width = weight.shape
        upper = _matrix(cv2.resize(estimate, (width, height), interpolation=cv2.INTER_LINEAR), 3)
        # A quarter of a pixel's worth of known neighbors is enough to trust them over the coarser level.
        trust = np.clip(weight * 4, 0, 1)[..., None]
        estimate = np.asarray(upper + trust * (_ratio(color, weight) - upper), np.float32)
    return estimate


def _ratio(color: Floats, weight: Floats) -> Floats:
    """Return the weighted mean where there is weight, and 0 where there is none."""
    return np.asarray(color / np.maximum(weight, 1e-8)[..., None], np.float32)


def _matrix(array: object, axes: int) -> Floats:
    """Return an OpenCV result as float32 with `axes` axes, which OpenCV drops for single pixels."""
    result = np.asarray(array, np.float32)
    return result.reshape(result.shape[0], result.shape[1], *([-1] if axes == 3 else []))
