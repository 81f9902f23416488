"""From measured photos to the rates of `bench restore` that people read."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from privateedit.audit.restore_measures import quantiles
from privateedit.audit.restore_outcomes import FaceOutcome, Outcome, PhotoOutcome
from privateedit.audit.restore_scenarios import Answer, Family, Scenario
from privateedit.audit.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 95th percentile; NaN without values."""

    median: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Summarize values; NaN are left out."""
        return cls(*quantiles(np.array(list(values), np.float64)))


@dataclass(frozen=True, slots=True)
class Row:
    """Cases of one scenario, or of several.

    Attributes:
        name: of the scenario or the group.
        cases: how many were tried.
        refused: how many were refused.
        must_refuse: how many had to be.
        regimes: how faces were placed.
        alignment, identity, floor, seam, color: see `FaceOutcome`.
        wrong: faces put on somebody else or where nobody is.
        outside: cases with pixels changed where nothing may change.
        compared: faces that were also restored with harmonization off.
        harmed: those that harmonization made worse.
        seconds: time of a restore.
    """

    name: str
    cases: int
    refused: int
    must_refuse: int
    regimes: Mapping[str, int]
    alignment: Spread
    identity: Spread
    floor: Spread
    seam: Spread
    color: Spread
    wrong: int
    outside: int
    compared: int
    harmed: int
    seconds: Spread


@dataclass(frozen=True, slots=True)
class RestoreSummary:
    """What the benchmark found.

    Attributes:
        photos: how many were measured.
        recognizer: whether identity was measured.
        rows: one a scenario.
        groups: one a group of scenarios with a limit of its own.
        verdicts: every limit, and whether it was kept.
        not_tried: reasons why scenarios did not fit photos, with how often.
        skipped: photos that could not be used, with the reason.
    """

    photos: int
    recognizer: bool
    rows: tuple[Row, ...]
    groups: tuple[Row, ...]
    verdicts: tuple[Verdict, ...]
    not_tried: Mapping[str, int]
    skipped: Mapping[str, str]


_Choice = Callable[[Scenario], bool]

GROUPS: Mapping[str, _Choice] = {
    "hole, look kept": lambda each: each.family is Family.HOLE and not each.relit,
    "hole, relit": lambda each: each.family is Family.HOLE and each.relit,
    "face, look kept": lambda each: each.family is Family.FACE and not each.relit,
    "face, relit": lambda each: each.family is Family.FACE and each.relit,
    "style": lambda each: each.family is Family.STYLE,
    "groups": lambda each: each.family is Family.GROUP,
    "must be refused": lambda each: each.must_refuse,
}
"""Groups of scenarios that have limits of their own."""

_ALIGNED = {Answer.HOLE: (0.005, 0.02), Answer.FACE: (0.04, 0.08)}
_IDENTITY = {False: (0.15, 0.25), True: (0.20, 0.30)}
_SEAM = 1.5
_ROUNDING = 1e-9


def summarized(photos: Sequence[PhotoOutcome], *, recognizer: bool) -> RestoreSummary:
    """Return the rates over `photos`."""
    outcomes = [outcome for photo in photos for outcome in photo.outcomes]
    names = dict.fromkeys(outcome.scenario for outcome in outcomes)
    groups = {name: [each for each in outcomes if fits(each.scenario)] for name, fits in GROUPS.items()}
    reasons = Counter(
        f"{scenario}: {reason}" for photo in photos for scenario, reason in photo.not_tried.items()
    )
    return RestoreSummary(
        photos=sum(not photo.skipped for photo in photos),
        recognizer=recognizer,
        rows=tuple(_row(each.name, [one for one in outcomes if one.scenario == each]) for each in names),
        groups=tuple(_row(name, group) for name, group in groups.items() if group),
        verdicts=tuple(_verdicts(outcomes)),
        not_tried=dict(sorted(reasons.items())),
        skipped={photo.photo: photo.skipped for photo in photos if photo.skipped},
    )


def _row(name: str, outcomes: Sequence[Outcome]) -> Row:
    faces = [face for each in outcomes for face in each.faces]
    compared = [face for face in faces if not math.isnan(face.seam_plain)]
    return Row(
        name=name,
        cases=len(outcomes),
        refused=sum(bool(each.refused) for each in outcomes),
        must_refuse=sum(each.scenario.must_refuse for each in outcomes),
        regimes=dict(Counter(face.regime for face in faces)),
        alignment=Spread.of(face.alignment for face in faces),
        identity=Spread.of(face.identity for face in faces),
        floor=Spread.of(face.floor for face in faces),
        seam=Spread.of(face.seam for face in faces),
        color=Spread.of(face.color for face in faces),
        wrong=sum(face.wrong for face in _honest(outcomes)),
        outside=sum(each.outside > 0 for each in outcomes),
        compared=len(compared),
        harmed=sum(face.harmed for face in compared),
        seconds=Spread.of(each.seconds for each in outcomes),
    )


def _verdicts(outcomes: Sequence[Outcome]) -> Iterable[Verdict]:
    portraits = [each for each in outcomes if each.scenario.family in {Family.HOLE, Family.FACE}]
    for answer, (median, high) in _ALIGNED.items():
        aligned = [
            face.alignment for each in portraits if each.scenario.answer is answer for face in each.faces
        ]
        yield from _limits(f"{answer}: alignment error", aligned, median, high)
    for relit, (median, high) in _IDENTITY.items():
        look = "grade or light changed" if relit else "grade and light unchanged"
        for answer in _ALIGNED:
            group = [
                each for each in portraits if (each.scenario.relit, each.scenario.answer) == (relit, answer)
            ]
            distances = [face.identity for each in group for face in each.faces]
            yield from _limits(f"{answer}: identity distance, {look}", distances, median, high)
    for answer in _ALIGNED:
        seams = [face.seam for each in portraits if each.scenario.answer is answer for face in each.faces]
        if not math.isnan(Spread.of(seams).median):
            yield _verdict(
                f"{answer}: seam against the unedited photo, median", Spread.of(seams).median, _SEAM
            )
    yield from _counts(outcomes)


def _counts(outcomes: Sequence[Outcome]) -> Iterable[Verdict]:
    faces = [face for each in outcomes for face in each.faces]
    wanted = [each for each in outcomes if each.scenario.must_restore]
    yield _verdict("wrong-person pastes", sum(face.wrong for face in _honest(outcomes)), 0)
    yield _verdict(
        "not refused though it must be",
        sum(each.scenario.must_refuse and not each.refused for each in outcomes),
        0,
    )
    yield _verdict("refused though it fits", sum(bool(each.refused) for each in wanted), 0)
    yield _verdict("cases with pixels changed outside", sum(each.outside > 0 for each in outcomes), 0)
    if any(not math.isnan(face.seam_plain) for face in faces):
        yield _verdict("faces that harmonization made worse", sum(face.harmed for face in faces), 0)
        beyond = sum(face.harmed_beyond_edit for face in faces)
        yield _verdict("faces with a look that is worse than the edit asks for", beyond, 0)
        nothing = sum(face.harmed_for_nothing for face in faces)
        yield _verdict("faces with a look that is worse for nothing", nothing, 0)


def _honest(outcomes: Sequence[Outcome]) -> list[FaceOutcome]:
    """Return faces of cases that have a right result; in the others a paste is a missing refusal."""
    return [face for each in outcomes if not each.scenario.must_refuse for face in each.faces]


def _limits(rule: str, values: Sequence[float], median: float, high: float) -> Iterable[Verdict]:
    spread = Spread.of(values)
    if not math.isnan(spread.median):
        yield _verdict(f"{rule}, median", spread.median, median)
        yield _verdict(f"{rule}, 95th percentile", spread.high, high)


def _verdict(rule: str, measured: float, limit: float) -> Verdict:
    return Verdict(rule, float(measured), float(limit), measured <= limit + _ROUNDING)
