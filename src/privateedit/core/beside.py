"""Work on other cores while the first goes on."""

from __future__ import annotations

from collections import deque
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


def side_by_side(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """Yield what `work` makes of each item, in their order; as many cores work as OpenCV may use.

    Each item is worked on once. What it raises is raised where its result would come, and nothing is begun
    after that, or after the generator is closed; what was begun has ended by then. Where the system has no
    thread to give, the one who asks works.
    """
    threads = min(cv2.getNumThreads(), len(items))
    if threads < 2:
        yield from map(work, items)
        return
    results: list[Future[Result]] = [Future() for _ in items]
    left = deque(zip(results, items, strict=True))

    def go_on() -> None:
        with suppress(IndexError):  # nothing is left
            while True:
                result, item = left.popleft()
                if not _given(result, work, item):
                    left.clear()

    with ThreadPoolExecutor(threads) as others:
        started = 0
        with suppress(RuntimeError):  # the system has no thread, or no further one, to give
            while started < threads:
                others.submit(go_on)
                started += 1
        if not started:
            go_on()
        try:
            for each in results:
                yield each.result()
        finally:
            left.clear()


def _given(result: Future[Result], work: Callable[[Item], Result], item: Item) -> bool:
    """Give a result what `work` makes of an item, or what it raises, and tell whether it made something."""
    try:
        result.set_result(work(item))
    except BaseException as error:  # noqa: BLE001 (whatever it is, it is for the one who asks)
        result.set_exception(error)
        return False
    return True
