"""`bench faces` on all cores: each worker process loads its models once and keeps to one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context

import cv2

from privateedit.audit.face_bench import FaceInstruments, MeasuredPhoto, key_of, measured, read
from privateedit.audit.face_records import FaceRecords
from privateedit.audit.ground_truth import Annotated
from privateedit.errors import UnreadablePhoto

MakeFaceInstruments = Callable[[], FaceInstruments]
"""A function that can be named from another process."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be measured, and why."""

    name: str
    reason: str


_Result = tuple[str, MeasuredPhoto | Skipped]


def measure_all(
    photos: Sequence[Annotated],
    make_instruments: MakeFaceInstruments,
    *,
    versions: str,
    records: FaceRecords | None,
    workers: int,
) -> Iterator[MeasuredPhoto | Skipped]:
    """Yield a result a photo in any order, those that `records` knows first; new ones are added there.

    Raises:
        ExtraMissing: the judge needs an optional part that is not installed.
        InputError, OutputError: the records cannot be used.
    """
    known = {} if records is None else records.read()
    waiting = []
    for photo in photos:
        data = read(photo.path)
        if data is None:
            yield Skipped(photo.path.name, "it cannot be read")
        elif (key := key_of(data, photo, versions)) in known:
            yield replace(known[key], name=photo.path.name)
        else:
            waiting.append((key, photo))
    for key, result in _measured(waiting, make_instruments, workers):
        if records is not None and isinstance(result, MeasuredPhoto):
            records.append(key, result)
        yield result


def _measured(
    waiting: Sequence[tuple[str, Annotated]], make_instruments: MakeFaceInstruments, workers: int
) -> Iterator[_Result]:
    if not waiting:
        return
    if workers <= 1 or len(waiting) == 1:
        instruments = make_instruments()
        yield from (_measure_one(key, photo, instruments) for key, photo in waiting)
        return
    pool = ProcessPoolExecutor(min(workers, len(waiting)), get_context("spawn"), _set_up, (make_instruments,))
    try:
        for done in as_completed([pool.submit(_measure, key, photo) for key, photo in waiting]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


_INSTRUMENTS: list[FaceInstruments] = []


def _set_up(make_instruments: MakeFaceInstruments) -> None:
    cv2.setNumThreads(1)  # the processes share the cores already
    _INSTRUMENTS.append(make_instruments())


def _measure(key: str, photo: Annotated) -> _Result:
    return _measure_one(key, photo, _INSTRUMENTS[-1])


def _measure_one(key: str, photo: Annotated, instruments: FaceInstruments) -> _Result:
    data = read(photo.path)
    if data is None:
        return key, Skipped(photo.path.name, "it cannot be read")
    try:
        return key, measured(photo, data, instruments)
    except UnreadablePhoto as error:
        return key, Skipped(photo.path.name, error.message)
