"""`bench restore` on all cores: each worker process loads its models once and keeps to one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import cv2

from privateedit.audit import restore_pool
from privateedit.audit.restore_cases import Bench, PhotoOutcome, RestoreInstruments, measured
from privateedit.audit.restore_pool import Portrait
from privateedit.errors import InputError

_Result = TypeVar("_Result")

MakeRestoreInstruments = Callable[[], RestoreInstruments]
"""A function that can be named from another process."""


def portray_all(
    paths: Sequence[Path], max_side: int, make_instruments: MakeRestoreInstruments, workers: int
) -> Iterator[list[Portrait]]:
    """Yield the stand-ins that each photo gives, in the order of `paths`; none for what cannot be read."""
    yield from _each(_Portray(max_side), paths, make_instruments, workers, ordered=True)


def measure_all(
    paths: Sequence[Path], bench: Bench, make_instruments: MakeRestoreInstruments, workers: int
) -> Iterator[PhotoOutcome]:
    """Yield what became of each photo, in any order.

    Raises:
        ExtraMissing: the recognizer needs an optional part that is not installed.
    """
    yield from _each(_Measure(bench), paths, make_instruments, workers)


@dataclass(frozen=True, eq=False)
class _Portray:
    max_side: int

    def __call__(self, path: Path, instruments: RestoreInstruments) -> list[Portrait]:
        try:
            photo = instruments.open_photo(path)
        except InputError:
            return []
        return restore_pool.portraits_of(path, photo, self.max_side, instruments.parts.detector)


@dataclass(frozen=True, eq=False)
class _Measure:
    bench: Bench

    def __call__(self, path: Path, instruments: RestoreInstruments) -> PhotoOutcome:
        try:
            return measured(path, self.bench, instruments)
        except InputError as error:
            return PhotoOutcome(self.bench.name(path), skipped=error.message)


def _each(
    job: Callable[[Path, RestoreInstruments], _Result],
    paths: Sequence[Path],
    make_instruments: MakeRestoreInstruments,
    workers: int,
    *,
    ordered: bool = False,
) -> Iterator[_Result]:
    if workers <= 1 or len(paths) <= 1:
        instruments = make_instruments()
        yield from (job(path, instruments) for path in paths)
        return
    pool = ProcessPoolExecutor(
        min(workers, len(paths)), get_context("spawn"), _set_up, (make_instruments, job)
    )
    try:
        waiting = [pool.submit(_work, path) for path in paths]
        for done in waiting if ordered else as_completed(waiting):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


_WORK: list[tuple[RestoreInstruments, Callable[[Path, RestoreInstruments], Any]]] = []


def _set_up(
    make_instruments: MakeRestoreInstruments, job: Callable[[Path, RestoreInstruments], object]
) -> None:
    cv2.setNumThreads(1)  # the processes share the cores already
    _WORK.append((make_instruments(), job))


def _work(path: Path) -> Any:  # noqa: ANN401 (what the job returns)
    instruments, job = _WORK[-1]
    return job(path, instruments)
