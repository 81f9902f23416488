"""Work on a second core while the first goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TypeVar

import cv2

Result = TypeVar("Result")


@contextmanager
def beside(work: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    """Begin `work` in another thread; what is yielded waits for its result, or raises what it raised.

    It ends before the block is left, however that is left: where the block raises, what the work gave or
    raised is thrown away. Where OpenCV may use one thread alone, because others use the other cores, or where
    the system has no thread to give, the work is done by the one who asks for its result.
    """
    if cv2.getNumThreads() < 2:
        yield work
        return
    with ThreadPoolExecutor(1) as another:
        result = work
        with suppress(RuntimeError):  # the system has no thread to give
            result = another.submit(work).result
        yield result
