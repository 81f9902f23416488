"""ONNX Runtime on the processor: half of OpenCV's time for CenterFace, with the same result to 1e-4."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from privateedit.vision.onnx_graph import freed

_ONLY_WHAT_ENDS_IT = 4
_SMALLEST = (1, 3, 32, 32)


class OnnxRuntime:
    """A network with one input, run by as many threads as OpenCV uses when it is made.

    Two views at once took as long as one after the other, and twice the memory.
    """

    def __init__(self, model: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = max(1, cv2.getNumThreads())
        options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # one plan for each size seen would be kept for ever
        options.log_severity_level = _ONLY_WHAT_ENDS_IT
        # Threads that wait for work by turning in circles would take the cores from everything else.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(freed(model), options, ["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._giving_back = onnxruntime.RunOptions()
        self._giving_back.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")

    def run(self, blob: NDArray[np.float32], outputs: Sequence[str]) -> Sequence[NDArray[np.float32]]:
        """Return the named outputs for a 1×3×H×W input.

        Raises:
            MemoryError: there is not enough memory.
        """
        try:
            return self._session.run(list(outputs), {self._input: blob})  # type: ignore[no-any-return]
        except Exception as error:
            if "alloc" in str(error).lower():  # it has no error of its own for that
                raise MemoryError from error
            raise

    def rest(self) -> None:
        """Give back the memory that pictures took; it is kept for the next one until then."""
        # It is after a run that memory can be given back, of whatever size.
        self._session.run(None, {self._input: np.zeros(_SMALLEST, np.float32)}, self._giving_back)
