"""Work on other cores while the first goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TypeVar

import cv2

Item = TypeVar("Item")
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


def shared_out(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """Yield what `work` makes of each item, in their order; as many cores work as OpenCV may use.

    What it raises is raised where that result would come. All work ends before the last is yielded or the
    generator is closed. Where the system has no thread to give, the one who asks works.
    """
    threads = min(cv2.getNumThreads(), len(items))
    if threads < 2:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(threads) as others:
        asked: list[Future[Result]] = []
        with suppress(RuntimeError):
            asked.extend(others.submit(work, each) for each in items)
        for number, item in enumerate(items):
            yield asked[number].result() if number < len(asked) else work(item)
