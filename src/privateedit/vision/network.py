"""One neural network: loaded when first needed, run by one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.vision import weights

Tensor = NDArray[np.float32]


class Network:
    """A verified model file behind a lock.

    The digest is checked before the file reaches the parser, so an altered file never runs. OpenCV networks
    keep state between `setInput` and `forward` and must not be shared between threads without a lock.
    """

    def __init__(self, file: str, outputs: Sequence[str]) -> None:
        self._file = file
        self._outputs = list(outputs)
        self._lock = threading.Lock()
        self._net: Any = None

    def run(self, blob: Tensor) -> list[Tensor]:
        """Return the named outputs for a 1×3×H×W float32 input.

        Raises:
            WeightsMissing: the model file is absent or altered.
        """
        with self._lock:
            if self._net is None:
                with weights.verified(self._file) as path:
                    self._net = _parse(str(path))
            self._net.setInput(blob)
            return [np.array(output, np.float32) for output in self._net.forward(self._outputs)]


def _parse(path: str) -> Any:  # noqa: ANN401 (OpenCV has no stub for it)
    if path.endswith(".onnx"):
        return cv2.dnn.readNetFromONNX(path)
    # The new engine of OpenCV 5.0 gives only one output of a TFLite graph; the classic one gives all. It can
    # be chosen for a path but not for a buffer (the argument is ignored there).
    return cv2.dnn.readNetFromTFLite(path, cv2.dnn.ENGINE_CLASSIC)
