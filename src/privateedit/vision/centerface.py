"""CenterFace (Xu et al., 2019, arXiv 1911.03599): one-stage detection of boxes and five points."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.face import Box
from privateedit.core.photo import Pixels
from privateedit.vision.candidate import Candidate, strongest
from privateedit.vision.network import Network, Tensor

_STRIDE = 4
_OUTPUTS = ("537", "538", "539", "540")  # heat map, log size, offset, landmarks


class CenterFace:
    """Finds faces from about 10 pixels at the size the network sees."""

    def __init__(self) -> None:
        self._network = Network("centerface.onnx", _OUTPUTS)

    def find(self, pixels: Pixels, long_side: int, threshold: float) -> list[Candidate]:
        """Return candidates in the coordinates of `pixels` (RGB), seen at `long_side` pixels.

        Boxes are not clipped to the frame, but the network boxes mostly what is visible of a cut face.
        """
        height, width = pixels.shape[:2]
        scale = long_side / max(height, width)
        seen_width = _multiple_of_32(width * scale)
        seen_height = _multiple_of_32(height * scale)
        shrinking = seen_width < width
        seen = cv2.resize(
            pixels,
            (seen_width, seen_height),
            interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR,
        )
        blob = np.ascontiguousarray(seen.transpose(2, 0, 1)[None], dtype=np.float32)
        found = _decode(self._network.run(blob), threshold)
        return [each.scaled(width / seen_width, height / seen_height) for each in strongest(found)]


def _multiple_of_32(length: float) -> int:
    return max(32, int(np.ceil(length / 32)) * 32)


def _decode(outputs: list[Tensor], threshold: float) -> list[Candidate]:
    heat, size, offset, points = (output[0] for output in outputs)
    rows, columns = np.nonzero(heat[0] > threshold)
    candidates = []
    for row, column in zip(rows, columns, strict=True):
        # The exponent is bounded: a wild value must not become an infinite box.
        height, width = np.exp(np.minimum(size[:, row, column], 8.0)) * _STRIDE
        y = (row + offset[0, row, column] + 0.5) * _STRIDE - height / 2
        x = (column + offset[1, row, column] + 0.5) * _STRIDE - width / 2
        marks = points[:, row, column].reshape(5, 2)[:, ::-1] * (width, height) + (x, y)
        box = Box(float(x), float(y), float(x + width), float(y + height))
        candidates.append(Candidate(box, float(heat[0, row, column]), marks.astype(np.float32)))
    return candidates
