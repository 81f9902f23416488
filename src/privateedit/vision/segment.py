"""MediaPipe selfie segmentation (general model): a person matte from one 256×256 pass."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.photo import Pixels
from privateedit.vision.network import Network

_SIDE = 256


class SelfieSegmenter:
    """Implements `PersonSegmenter` with the selfie segmentation network."""

    def __init__(self) -> None:
        self._network = Network("selfie_segmentation.tflite", ("activation_10",))

    def segment(self, pixels: Pixels) -> NDArray[np.float32]:
        """Return an H×W float32 matte in [0, 1], 1 where RGB `pixels` show a person.

        The matte carries the network's 256×256 detail; refine it against the picture where edges matter.
        """
        height, width = pixels.shape[:2]
        seen = cv2.resize(pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        blob = seen.transpose(2, 0, 1)[None].astype(np.float32) / 255.0
        (output,) = self._network.run(blob)
        matte = cv2.resize(output[0, 0], (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(np.clip(matte, 0.0, 1.0), np.float32)
