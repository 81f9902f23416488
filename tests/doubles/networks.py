"""Networks that remember: hundreds of tests show the same few pictures to the same networks."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from privateedit.vision.network import Network

LOOKING = Network.run
"""What looks every time."""

_MOST = 100  # pictures; what a network says of one takes 2 MB at most in nearly all tests


@contextmanager
def remembering(most: int = _MOST) -> Iterator[None]:
    """Let a loaded network that has seen an input say what it said then; only its outputs are kept."""
    one_at_a_time = threading.Lock()
    said: OrderedDict[tuple[object, ...], list[np.ndarray]] = OrderedDict()

    def run(self: Network, blob: np.ndarray) -> list[np.ndarray]:
        if self._net is None:
            return LOOKING(self, blob)
        digest = hashlib.sha256(np.ascontiguousarray(blob)).digest()  # in hardware: a third of the time
        seen = (self._file, *self._outputs, blob.shape, digest)
        outputs = said.get(seen)
        if outputs is None:
            outputs = LOOKING(self, blob)
        with one_at_a_time:
            said[seen] = outputs
            said.move_to_end(seen)
            while len(said) > most:
                said.popitem(last=False)
        return [output.copy() for output in outputs]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Network, "run", run)
        yield
