"""Work on a second core while the first goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import cv2

Result = TypeVar("Result")
Item = TypeVar("Item")


@contextmanager
def beside(work: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    """Begin `work` in another thread; what is yielded waits for its result, or raises what it raised.

    It ends before the block is left, however that is left: where the block raises, what the work gave or
    raised is thrown away. Where OpenCV may use one thread alone, because others use the other cores, the work
    is done by the one who asks for its result.
    """
    if _alone():
        yield work
        return
    with ThreadPoolExecutor(1) as another:
        yield another.submit(work).result


def two_at_once(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Return what `work` gives for each item, in their order, with two of them at work where there are cores.

    What the first to fail raises is raised.
    """
    if _alone() or len(items) < 2:
        return [work(each) for each in items]
    with ThreadPoolExecutor(2) as both:
        return list(both.map(work, items))


def _alone() -> bool:
    return cv2.getNumThreads() < 2
