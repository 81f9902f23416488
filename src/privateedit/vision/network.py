"""One neural network: loaded when first needed, run by one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from privateedit.vision import weights
from privateedit.vision.opencv_runtime import OpenCVRuntime
from privateedit.vision.silence import silent_onnx_runtime

Tensor = NDArray[np.float32]


class Runtime(Protocol):
    """A parsed network."""

    def run(self, blob: Tensor, outputs: Sequence[str]) -> Sequence[Tensor]:
        """Return the named outputs for an input; they may be overwritten by the next run."""
        ...

    def rest(self) -> None:
        """Give back memory that only the next run needs again."""
        ...


class Network:
    """A verified model file behind a lock.

    The digest is checked before the file reaches the parser, so an altered file never runs. One thread runs
    it at a time: OpenCV keeps state between setting the input and asking for the outputs, and so no more than
    one view's memory is taken, however many photos are worked on.
    """

    def __init__(self, file: str, outputs: Sequence[str]) -> None:
        self._file = file
        self._outputs = list(outputs)
        self._lock = threading.Lock()
        self._net: Runtime | None = None

    def run(self, blob: Tensor) -> list[Tensor]:
        """Return the named outputs for a 1×3×H×W float32 input.

        Raises:
            WeightsMissing: the model file is absent or altered.
        """
        with self._lock:
            if self._net is None:
                with weights.verified(self._file) as path:
                    self._net = _parse(path)
            return [np.array(output, np.float32) for output in self._net.run(blob, self._outputs)]

    def rest(self) -> None:
        """Give back memory that only the next run needs again; a few milliseconds of work then."""
        with self._lock:
            if self._net is not None:
                self._net.rest()


def import_runtime() -> Callable[[bytes], Runtime] | None:
    """Import ONNX Runtime's side where it may be used, and return it; None where OpenCV does the work."""
    if not silent_onnx_runtime():
        return None
    try:
        from privateedit.vision.onnx_runtime import OnnxRuntime  # noqa: PLC0415 (takes time to load)
    except ImportError as error:  # built for another system
        if isinstance(error.__cause__, KeyboardInterrupt):
            raise
        return None
    return OnnxRuntime


def _parse(path: Path) -> Runtime:
    runtime = import_runtime() if path.suffix == ".onnx" else None
    return OpenCVRuntime(path) if runtime is None else runtime(path.read_bytes())
