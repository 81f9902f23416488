"""Measuring on all cores: worker processes that load their models once, each on one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context

import cv2

from privateedit.audit.descriptors import Portrayed, portray
from privateedit.audit.grid import Case
from privateedit.audit.instruments import Instruments
from privateedit.audit.people import Person

MakeInstruments = Callable[[], Instruments]
"""A function that can be named from another process."""


@dataclass(frozen=True)
class _Bench:
    """What a worker process is told once and keeps between people."""

    cases: Sequence[Case]
    known: AbstractSet[tuple[str, str]]
    instruments: Instruments

    def portray(self, person: Person) -> Portrayed:
        return portray(person, self.cases, self.known, self.instruments)


_BENCH: list[_Bench] = []


def portray_all(
    people: Sequence[Person],
    cases: Sequence[Case],
    known: AbstractSet[tuple[str, str]],
    make_instruments: MakeInstruments,
    workers: int,
) -> Iterator[Portrayed]:
    """Yield each person as soon as measured, in any order; one worker measures in this process.

    An error of a worker stops the others and is raised here.
    """
    if workers <= 1:
        bench = _Bench(cases, known, make_instruments())
        yield from (bench.portray(person) for person in people)
        return
    told = (make_instruments, tuple(cases), frozenset(known))
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _set_up, told)
    try:
        for done in as_completed([pool.submit(_portray, person) for person in people]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _set_up(
    make_instruments: MakeInstruments, cases: Sequence[Case], known: AbstractSet[tuple[str, str]]
) -> None:
    cv2.setNumThreads(1)  # the processes share the cores already
    _BENCH.append(_Bench(cases, known, make_instruments()))


def _portray(person: Person) -> Portrayed:
    return _BENCH[-1].portray(person)
