"""One neural network: loaded when first needed, run by as many threads at a time as its runtime allows."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from privateedit.vision import weights
from privateedit.vision.opencv_runtime import OpenCVRuntime

Tensor = NDArray[np.float32]

_LAST_SILENT = (1, 28)  # of ONNX Runtime's versions


class Runtime(Protocol):
    """A parsed network.

    Attributes:
        at_once: how many threads may run it at the same time.
    """

    at_once: int

    def run(self, blob: Tensor, outputs: Sequence[str]) -> Sequence[Tensor]:
        """Return the named outputs for an input; they may be overwritten by the next run."""
        ...

    def rest(self) -> None:
        """Give back memory that only the next run needs again."""
        ...


class Network:
    """A verified model file behind a gate.

    The digest is checked before the file reaches the parser, so an altered file never runs. Only so many
    threads run it at a time as its runtime allows, and no more than that many views' memory is taken, however
    many photos are worked on.
    """

    def __init__(self, file: str, outputs: Sequence[str]) -> None:
        self._file = file
        self._outputs = list(outputs)
        self._lock = threading.Lock()
        self._net: Runtime | None = None
        self._gate = threading.Semaphore(1)

    def run(self, blob: Tensor) -> list[Tensor]:
        """Return the named outputs for a 1×3×H×W float32 input.

        Raises:
            WeightsMissing: the model file is absent or altered.
        """
        net = self._loaded()
        with self._gate:
            return [np.array(output, np.float32) for output in net.run(blob, self._outputs)]

    def _loaded(self) -> Runtime:
        with self._lock:
            if self._net is None:
                with weights.verified(self._file) as path:
                    self._net = _parse(path)
                self._gate = threading.Semaphore(self._net.at_once)
            return self._net

    def rest(self) -> None:
        """Give back memory that only the next run needs again; a few milliseconds of work then."""
        if self._net is not None:
            self._net.rest()


def _parse(path: Path) -> Runtime:
    if path.suffix == ".onnx" and _has_silent_onnx_runtime():
        from privateedit.vision.onnx_runtime import OnnxRuntime  # noqa: PLC0415 (loads it, which takes time)

        return OnnxRuntime(path.read_bytes())
    return OpenCVRuntime(path)


def _has_silent_onnx_runtime() -> bool:
    """Whether ONNX Runtime is installed in a version that cannot report its use to anybody.

    From 1.29 on it holds an uploader that is on by default, in all its forms for Windows the system's own
    tracing. Such a version is not even imported: nothing that can send belongs into a process with photos.
    """
    try:
        numbers = version("onnxruntime").split(".")[:2]
    except PackageNotFoundError:
        return False
    silent = all(each.isdecimal() for each in numbers) and tuple(map(int, numbers)) <= _LAST_SILENT
    return silent and sys.platform != "win32"
