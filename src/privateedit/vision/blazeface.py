"""BlazeFace short range (Bazarevsky et al., 2019, arXiv 1907.05047): large and near faces, independent."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.face import Box
from privateedit.core.photo import Pixels
from privateedit.vision.candidate import Candidate, strongest
from privateedit.vision.network import Network, Tensor

_SIDE = 128


class BlazeFace:
    """Finds faces that fill more than about a tenth of a square picture."""

    def __init__(self) -> None:
        self._network = Network("face_detection_short_range.tflite", ("regressors", "classificators"))
        self._anchors = _anchors()

    def find(self, pixels: Pixels, threshold: float) -> list[Candidate]:
        """Return candidates in the coordinates of `pixels` (RGB), seen whole on a 128×128 canvas."""
        height, width = pixels.shape[:2]
        scale = _SIDE / max(height, width)
        inner = (max(1, round(width * scale)), max(1, round(height * scale)))
        canvas = np.zeros((_SIDE, _SIDE, 3), np.uint8)
        canvas[: inner[1], : inner[0]] = cv2.resize(pixels, inner, interpolation=cv2.INTER_AREA)
        blob = canvas.transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1.0
        regressors, scores = self._network.run(blob)
        found = self._decode(regressors[0], scores[0, :, 0], threshold)
        return [each.scaled(width / inner[0], height / inner[1]) for each in strongest(found)]

    def _decode(self, regressors: Tensor, logits: Tensor, threshold: float) -> list[Candidate]:
        scores = 1.0 / (1.0 + np.exp(-np.clip(logits, -60, 60)))
        candidates = []
        for index in np.nonzero(scores > threshold)[0]:
            points = regressors[index].reshape(8, 2) + self._anchors[index]
            center, size = points[0], regressors[index, 2:4]
            if (size <= 0).any():
                continue
            x0, y0 = center - size / 2
            x1, y1 = center + size / 2
            box = Box(float(x0), float(y0), float(x1), float(y1))
            candidates.append(Candidate(box, float(scores[index]), _five(points[2:])))
        return candidates


def _five(points: Tensor) -> Tensor:
    """Turn eyes, nose, mouth center and ears into eyes, nose and two mouth corners."""
    left_eye, right_eye, nose, mouth = points[:4]
    half_mouth = (right_eye - left_eye) * 0.35
    return np.array([left_eye, right_eye, nose, mouth - half_mouth, mouth + half_mouth], np.float32)


def _anchors() -> Tensor:
    """Return the 896 anchor centers in input pixels: two per cell at stride 8, six at stride 16."""
    layers = []
    for stride, count in ((8, 2), (16, 6)):
        cells = (np.arange(_SIDE // stride) + 0.5) * stride
        y, x = np.meshgrid(cells, cells, indexing="ij")
        layers.append(np.repeat(np.stack([x, y], -1).reshape(-1, 2), count, axis=0))
    return np.concatenate(layers).astype(np.float32)
