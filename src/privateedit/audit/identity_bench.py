"""Who is recognized in masked photos: each person's first photo is the gallery, the second the probe.

Rank-1: the nearest clean gallery face is the probe's own. TAR: the share of people whose probe is closer to
their own clean gallery face than a threshold that lets in one clean impostor pair of a thousand. Parrot: the
gallery is masked the same way, so what matches is hair, neck, clothes and place (context linkability).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from privateedit.audit import metrics
from privateedit.audit.attacks import ATTACKS
from privateedit.audit.descriptors import AS_SENT, CLEAN, ROLES, WIDE, Portrayed, Problem, Seen, key_of
from privateedit.audit.grid import Case, Kind
from privateedit.audit.metrics import Rate
from privateedit.audit.people import Person
from privateedit.audit.progress_file import ProgressFile
from privateedit.audit.workers import MakeInstruments, portray_all
from privateedit.core.ports import Descriptor
from privateedit.errors import InputError

PARROT = "parrot"
"""The gallery masked the same way, seen by the recognizer."""

PARROT_WIDE = "parrot-wide"
"""The same, with a view that takes in hair, neck and collar."""

FEWEST = 2
"""People that a comparison needs."""


@dataclass(frozen=True, slots=True)
class Row:
    """One case under one attack; `accepted` is None for parrots, whose pictures all lie close together."""

    case: str
    kind: Kind
    attack: str
    rank_one: Rate
    accepted: Rate | None


@dataclass(frozen=True, slots=True)
class Identity:
    """What a benchmark found.

    Attributes:
        people: how many were compared.
        threshold: the frozen distance for accepting.
        clean: rank-1 and accepts of photos that hide nothing.
        rows: one a case and attack.
        hidden: share of the picture that each case hides, on average.
        refused: photos that each case refused to let leave.
        single: people left out because fewer than two photos were usable.
        problems: files that were skipped.
    """

    people: int
    threshold: float
    clean: Row
    rows: tuple[Row, ...]
    hidden: Mapping[str, float]
    refused: Mapping[str, int]
    single: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def chance(self) -> float:
        """How often a blind guess is right."""
        return metrics.chance(self.people)


def bench_identity(
    people: Sequence[Person],
    cases: Sequence[Case],
    make_instruments: MakeInstruments,
    *,
    workers: int,
    progress_file: ProgressFile | None,
    tell: Callable[[int], None],
) -> Identity:
    """Measure every person in every case, going on from what `progress_file` holds already.

    Args:
        people: whom to compare.
        cases: what to measure.
        make_instruments: makes the instruments, in every worker process anew.
        workers: processes; 1 measures in this one.
        progress_file: remembers what was measured, if given.
        tell: called with the number of people done.

    Raises:
        InputError: fewer than two people have two usable photos each.
        ExtraMissing: the extra `audit` is not installed.
    """
    before = [] if progress_file is None else progress_file.read()
    known = {(seen.photo, seen.case): seen for seen in before}
    done: list[Portrayed] = []
    for portrayed in portray_all(people, cases, known.keys(), make_instruments, workers):
        if progress_file is not None:
            progress_file.append(portrayed.seen)
        known |= {(seen.photo, seen.case): seen for seen in portrayed.seen}
        done.append(portrayed)
        tell(len(done))
    return summarized(sorted(done, key=lambda each: each.name), cases, known)


def summarized(
    done: Sequence[Portrayed], cases: Sequence[Case], known: Mapping[tuple[str, str], Seen]
) -> Identity:
    """Turn descriptors into rates.

    Raises:
        InputError: fewer than two people have two usable photos each.
    """
    both = [each for each in done if len(each.photos) == len(ROLES)]
    if len(both) < FEWEST:
        raise InputError("A comparison needs at least two people with two usable photos each.")
    pairs = [(each.photos[0], each.photos[1]) for each in both]
    gallery = [known[first, CLEAN].descriptors[CLEAN] for first, _ in pairs]
    probes = [known[second, CLEAN].descriptors[CLEAN] for _, second in pairs]
    clean = metrics.distances(probes, gallery)
    threshold = metrics.frozen_threshold(clean)
    rows = chain.from_iterable(_rows(case, pairs, known, gallery, threshold) for case in cases)
    return Identity(
        people=len(both),
        threshold=threshold,
        clean=_row(CLEAN, Kind.SETTING, CLEAN, clean, threshold),
        rows=tuple(rows),
        hidden={case.name: _hidden(case, pairs, known) for case in cases},
        refused={case.name: _refused(case, pairs, known) for case in cases},
        single=tuple(each.name for each in done if len(each.photos) < len(ROLES)),
        problems=tuple(problem for each in done for problem in each.problems),
    )


Pairs = Sequence[tuple[str, str]]
Known = Mapping[tuple[str, str], Seen]


def _of(case: Case, pairs: Pairs, known: Known) -> tuple[list[Seen], list[Seen]]:
    """Return what was seen of every gallery photo, and of every probe."""
    gallery, probe = (key_of(case, role) for role in ROLES)
    return [known[first, gallery] for first, _ in pairs], [known[second, probe] for _, second in pairs]


def _rows(
    case: Case, pairs: Pairs, known: Known, clean_gallery: Sequence[Descriptor], threshold: float
) -> list[Row]:
    galleries, probes = _of(case, pairs, known)
    rows = []
    for attack in ATTACKS:
        attacked = [probe.descriptors[attack] for probe in probes]
        between = metrics.distances(attacked, clean_gallery)
        rows.append(_row(case.name, case.kind, attack, between, threshold))
    for parrot, view in ((PARROT, AS_SENT), (PARROT_WIDE, WIDE)):
        between = metrics.distances(
            [probe.descriptors[view] for probe in probes], [each.descriptors[view] for each in galleries]
        )
        rows.append(_row(case.name, case.kind, parrot, between, None))
    return rows


def _row(case: str, kind: Kind, attack: str, between: metrics.Distances, threshold: float | None) -> Row:
    accepted = None if threshold is None else metrics.rate(metrics.accepted_hits(between, threshold))
    return Row(case, kind, attack, metrics.rate(metrics.rank_one_hits(between)), accepted)


def _hidden(case: Case, pairs: Pairs, known: Known) -> float:
    return float(np.mean([seen.hidden for seen in chain(*_of(case, pairs, known))]))


def _refused(case: Case, pairs: Pairs, known: Known) -> int:
    return sum(seen.refused for seen in chain(*_of(case, pairs, known)))
