"""OpenCV's `dnn`: every TFLite model here, and CenterFace where ONNX Runtime is not built for the system."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray


class OpenCVRuntime:
    """A network that OpenCV parsed from an ONNX or TFLite file.

    OpenCV keeps state between setting the input and asking for the outputs, so only one thread may run it.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix == ".onnx":
            self._net = cv2.dnn.readNetFromONNX(str(path))
        else:
            # The new engine of OpenCV 5.0 gives only one output of a TFLite graph; the classic one gives all.
            # It can be chosen for a path but not for a buffer (the argument is ignored there).
            self._net = cv2.dnn.readNetFromTFLite(str(path), cv2.dnn.ENGINE_CLASSIC)

    def run(self, blob: NDArray[np.float32], outputs: Sequence[str]) -> Sequence[NDArray[np.float32]]:
        """Return the named outputs; the next run overwrites them."""
        self._net.setInput(blob)
        return [np.asarray(output, np.float32) for output in self._net.forward(list(outputs))]

    def rest(self) -> None:
        """Do nothing: OpenCV keeps its memory."""
