"""CenterFace (Xu et al., 2019, arXiv 1911.03599): one-stage detection of boxes and five points."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.face import Box
from privateedit.core.photo import Pixels
from privateedit.vision.candidate import Candidate, strongest
from privateedit.vision.network import Network, Tensor

_STRIDE = 4
_SMALL = 1_400_000  # pixels seen of a photo, up to which it is a small one
_OUTPUTS = ("537", "538", "539", "540")  # heat map, log size, offset, landmarks


class CenterFace:
    """Finds faces from about 10 pixels at the size the network sees."""

    def __init__(self) -> None:
        self._network = Network("centerface.onnx", _OUTPUTS)
        self._seen = 0  # pixels, since the last rest

    def find(self, pixels: Pixels, long_side: int, threshold: float) -> list[Candidate]:
        """Return candidates in the coordinates of `pixels` (RGB), seen at `long_side` pixels.

        Boxes are not clipped to the frame, but the network boxes mostly what is visible of a cut face.
        """
        height, width = pixels.shape[:2]
        scale = long_side / max(height, width)
        seen_width = _multiple_of_32(width * scale)
        seen_height = _multiple_of_32(height * scale)
        seen = pixels
        if (seen_width, seen_height) != (width, height):
            way = cv2.INTER_AREA if seen_width < width else cv2.INTER_LINEAR
            seen = np.asarray(cv2.resize(pixels, (seen_width, seen_height), interpolation=way), np.uint8)
        blob = np.ascontiguousarray(seen.transpose(2, 0, 1)[None], dtype=np.float32)
        self._seen += seen_width * seen_height
        found = _decode(self._network.run(blob), threshold)
        return [each.scaled(width / seen_width, height / seen_height) for each in strongest(found)]

    def rest(self) -> None:
        """Give back the memory that a large view took, about 75 MiB: for the end of looking at a photo.

        To get it anew takes some 30 ms, so a photo of which only a few small views were seen leaves it.
        """
        if self._seen > _SMALL:
            self._network.rest()
        self._seen = 0


def _multiple_of_32(length: float) -> int:
    return max(32, int(np.ceil(length / 32)) * 32)


def _decode(outputs: list[Tensor], threshold: float) -> list[Candidate]:
    heat, size, offset, points = (output[0] for output in outputs)
    # Only peaks: around each, neighbors tell of the same face more weakly.
    peak = heat[0] >= cv2.dilate(heat[0], np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero(peak & (heat[0] > threshold))
    # The exponent is bounded: a wild value must not become an infinite box.
    extent = np.exp(np.minimum(size[:, rows, columns], 8.0)) * _STRIDE
    middle = (np.stack([rows, columns]) + offset[:, rows, columns] + 0.5) * _STRIDE
    low = middle - extent / 2
    marks = points[:, rows, columns].reshape(5, 2, -1) * extent + low
    return [
        Candidate(Box(float(x), float(y), float(x + width), float(y + height)), float(score), each)
        for (y, x), (height, width), score, each in zip(
            low.T,
            extent.T,
            heat[0, rows, columns],
            marks[:, ::-1].transpose(2, 0, 1).astype(np.float32),
            strict=True,
        )
    ]
