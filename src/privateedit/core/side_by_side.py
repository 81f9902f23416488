"""Two pieces of work that need nothing of each other, on two cores where there are two to use."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import cv2

_First = TypeVar("_First")
_Second = TypeVar("_Second")


def both(first: Callable[[], _First], second: Callable[[], _Second]) -> tuple[_First, _Second]:
    """Return what two calls return, made at the same time if OpenCV may use more than one thread.

    Neither may change anything that the other one sees, so that the result is the same either way. Where
    processes share the cores already, each says so by `cv2.setNumThreads(1)`. What one of them raises is
    raised, of two errors the first one's, once both are done.
    """
    if cv2.getNumThreads() < 2:
        return first(), second()
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(second)
        return first(), other.result()
