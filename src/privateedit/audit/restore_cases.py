"""One photo through every scenario: mask it, let the simulated editor edit it, restore, and measure."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from privateedit import pipeline
from privateedit.audit import contact_sheet, restore_pool
from privateedit.audit import restore_measures as measures
from privateedit.audit.no_memory import NoMemory
from privateedit.audit.restore_outcomes import FaceOutcome, Outcome, PhotoOutcome
from privateedit.audit.restore_pool import Portrait
from privateedit.audit.restore_scenarios import Answer, Crowd, Recipe, Scenario, recipe
from privateedit.audit.restore_without import Without
from privateedit.audit.simulated_editor import Cast, Scene, Simulated, shared_out, simulated
from privateedit.audit.simulated_stranger import Stranger
from privateedit.core.concealment import Concealment
from privateedit.core.edit import EditResult
from privateedit.core.face import Face
from privateedit.core.mask import Hidden
from privateedit.core.parts import Parts
from privateedit.core.patch import window_of
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import Placement, place
from privateedit.core.ports import FaceDetector
from privateedit.core.prepared import Concealed
from privateedit.core.restored import Restored
from privateedit.core.seam import changed_area
from privateedit.core.similarity import warp, warp_area
from privateedit.errors import CannotAlign, NoFaceFound, Refused
from privateedit.restoring import compared


@dataclass(frozen=True, slots=True)
class RestoreInstruments:
    """What the benchmark measures with.

    Attributes:
        parts: what finds, hides and restores; its likeness, if any, also measures identity.
        open_photo: reads a photo's file.
    """

    parts: Parts
    open_photo: Callable[[Path], Photo]


@dataclass(frozen=True, eq=False, slots=True)
class Bench:
    """What is the same for every photo of a benchmark.

    Attributes:
        root: the folder; names are told from it on.
        scenarios: what is tried.
        pool: who can stand in.
        seed: for every choice.
        max_side: pixels to which photos are reduced first.
        strips: whether pictures for a contact sheet are wanted.
    """

    root: Path
    scenarios: Sequence[Scenario]
    pool: Sequence[Portrait]
    seed: int
    max_side: int
    strips: bool = False

    def name(self, path: Path) -> str:
        """Return how a photo is called in results."""
        return str(path.relative_to(self.root))


def measured(path: Path, bench: Bench, instruments: RestoreInstruments) -> PhotoOutcome:
    """Take one photo through every scenario that fits it.

    Raises:
        InputError: the file is no photo.
    """
    name = bench.name(path)
    parts = replace(instruments.parts, ledger=NoMemory(), detector=_Remembering(instruments.parts.detector))
    photo = restore_pool.small(instruments.open_photo(path), bench.max_side)
    try:
        concealed = pipeline.hide(photo, Concealment(), parts)
    except (NoFaceFound, Refused) as error:
        return PhotoOutcome(name, skipped=error.message)
    reason = _unusable(concealed)
    if reason is not None:
        return PhotoOutcome(name, skipped=reason)
    subject = _Subject(path, bench, replace(instruments, parts=parts), Scene.of(concealed, parts.segmenter))
    outcomes, not_tried = [], {}
    for scenario in bench.scenarios:
        if (scenario.crowd is None) != (len(concealed.hidden_faces) == 1):
            continue
        found = subject.outcome(scenario)
        if isinstance(found, str):
            not_tried[scenario.name] = found
        else:
            outcomes.append(found)
    return PhotoOutcome(name, tuple(outcomes), not_tried)


def _unusable(concealed: Concealed) -> str | None:
    if concealed.masked.mask.fraction > 1 - restore_pool.FEWEST_VISIBLE:
        return "nearly everything is hidden"
    return restore_pool.usable(concealed.hidden_faces)


class _Remembering:
    """A detector that does not look twice at the picture it saw last, so that asking again takes no time."""

    def __init__(self, detector: FaceDetector) -> None:
        self._detector = detector
        self._last: tuple[Pixels, Sequence[Face]] | None = None

    def detect(self, pixels: Pixels) -> Sequence[Face]:
        if self._last is None or not np.array_equal(self._last[0], pixels):
            self._last = pixels, self._detector.detect(pixels)
        return self._last[1]


@dataclass(frozen=True, eq=False, slots=True)
class _Subject:
    """One masked photo with everything that a scenario needs."""

    path: Path
    bench: Bench
    instruments: RestoreInstruments
    scene: Scene

    def outcome(self, scenario: Scenario) -> Outcome | str:
        """Return what became of the photo, or why the scenario was not tried."""
        plan = recipe(scenario, self.bench.name(self.path), self.bench.seed)
        cast = self._cast(plan)
        if isinstance(cast, str):
            return cast
        edit = simulated(plan, self.scene, cast, self.instruments.parts.segmenter)
        if edit is None:
            return "there is no room for it"
        masked = self.scene.concealed.masked
        if scenario.answer is Answer.SMOOTH and measures.still_the_hole(masked, edit.pixels, edit.frame):
            return "the smooth picture looks like what was sent"
        return self._restored(plan, edit)

    def _cast(self, plan: Recipe) -> Cast | str:
        """Return whom the editor draws, or why there is nobody."""
        pool, root, random = self.bench.pool, self.bench.root, plan.generator()
        extra = restore_pool.anybody(self.path, pool, root, random)
        answer, crowd = plan.scenario.answer, plan.scenario.crowd
        if extra is None and (answer is Answer.UNRELATED or crowd is Crowd.ADDED):
            return "there is nobody else"
        find = restore_pool.turned_away if answer is Answer.TURNED else restore_pool.alike
        strangers = {}
        for face in self.scene.concealed.hidden_faces if answer in {Answer.FACE, Answer.TURNED} else ():
            portrait = find(face, self.path, pool, root, random)
            if portrait is None:
                return "nobody looks the right way"
            strangers[face.id] = self._opened(portrait)
        return Cast(strangers, self._masked() if extra is None else self._opened(extra))

    def _masked(self) -> Stranger:
        """Return the picture as it was sent, whose background does where there is no other picture."""
        concealed = self.scene.concealed
        return Stranger(Photo(concealed.masked.pixels), concealed.hidden_faces[0])

    def _opened(self, portrait: Portrait) -> Stranger:
        photo = self.instruments.open_photo(portrait.path)
        return restore_pool.stranger_of(portrait, photo, self.bench.max_side)

    def _restored(self, plan: Recipe, edit: Simulated) -> Outcome:
        concealed, parts = self.scene.concealed, self.instruments.parts
        returned = EditResult(edit.pixels, "simulated")
        began = time.perf_counter()
        try:
            restored = pipeline.restore(concealed, returned, parts)
        except CannotAlign as error:
            seconds = time.perf_counter() - began
            strip = self._strip(edit, None)
            facts = (self.bench.name(self.path), plan.scenario, plan.choices)
            return Outcome(*facts, error.message, (), 0, seconds, strip)
        seconds = time.perf_counter() - began
        without = Without.of(concealed, returned, parts)
        comparison = compared(concealed, returned.pixels, parts)
        placements = place(comparison, concealed.hidden_faces)
        return Outcome(
            photo=self.bench.name(self.path),
            scenario=plan.scenario,
            choices=plan.choices,
            refused="",
            faces=self._faces(edit, restored, without, placements),
            outside=self._outside(edit, restored, placements),
            seconds=seconds,
            strip=self._strip(edit, restored.pixels),
        )

    def _outside(self, edit: Simulated, restored: Restored, placements: Sequence[Placement]) -> int:
        hidden = self.scene.concealed.masked.mask.hidden
        allowed = np.zeros(edit.pixels.shape[:2], np.bool_)
        for placement in placements:
            own = np.zeros_like(hidden)
            own[placement.region.window] = placement.region.hidden
            window = window_of(placement, edit.pixels.shape)
            allowed[window] |= warp_area(own, placement.alignment.matrix, window)
        rim = 0 if all(each.alignment.regime == "face" for each in placements) else measures.RIM
        return measures.changed_outside(restored.pixels, edit.pixels, allowed, rim)

    def _faces(
        self, edit: Simulated, restored: Restored, without: Without, placements: Sequence[Placement]
    ) -> tuple[FaceOutcome, ...]:
        parts = shared_out(self.scene.concealed.masked.mask.hidden, self.scene.concealed.hidden_faces)
        own = {face.id: part for face, part in zip(self.scene.concealed.hidden_faces, parts, strict=True)}
        return tuple(
            self._face(edit, restored, without, placement, face, own[face.id])
            for placement in placements
            for face in placement.faces
        )

    def _face(
        self,
        edit: Simulated,
        restored: Restored,
        without: Without,
        placement: Placement,
        face: Face,
        hidden: Hidden,
    ) -> FaceOutcome:
        alignment, truth = placement.alignment, edit.truth.get(face.id)
        wrong = measures.belongs_elsewhere(face, alignment.matrix, truth)
        if wrong or truth is None:
            return FaceOutcome(face.id, alignment.regime, wrong)
        photo, shape = self.scene.concealed.photo, edit.pixels.shape
        window = (slice(0, shape[0]), slice(0, shape[1]))
        region = warp_area(hidden, truth, window)
        unedited = measures.unedited(photo, truth, shape)
        plain, bare = without.harmonizing, without.grading(face)
        outline, outline_plain, outline_bare = region, region, region
        if alignment.regime == "face":
            outline, outline_plain, outline_bare = (
                changed_area(each, edit.pixels) & region for each in (restored.pixels, plain, bare)
            )
        likeness = self.instruments.parts.likeness
        portrayed = None if likeness is None else likeness.portrayed(photo, face)

        def distance(pixels: Pixels | None) -> float:
            return math.nan if pixels is None or portrayed is None else portrayed.distance_at(pixels, truth)

        return FaceOutcome(
            face.id,
            alignment.regime,
            wrong,
            alignment=measures.alignment_error(face, alignment.matrix, truth),
            identity=distance(restored.pixels),
            floor=distance(edit.ideal),
            seam=measures.seam_ratio(restored.pixels, unedited, outline),
            color=self._color(edit, restored.pixels, region, outline, alignment.regime),
            identity_plain=distance(plain),
            seam_plain=_or_none(measures.seam_ratio(plain, unedited, outline_plain)),
            identity_bare=distance(bare),
            seam_bare=_or_none(measures.seam_ratio(bare, unedited, outline_bare)),
            color_bare=self._color(edit, bare, region, outline_bare, alignment.regime),
        )

    def _color(self, edit: Simulated, final: Pixels, region: Hidden, outline: Hidden, regime: str) -> float:
        """A stranger's hair and neck are not the person's: there only what was put back counts."""
        if edit.ideal is None:
            return math.nan
        return measures.color_error(final, edit.ideal, outline if regime == "face" else region)

    def _strip(self, edit: Simulated, final: Pixels | None) -> bytes:
        if not self.bench.strips:
            return b""
        concealed = self.scene.concealed
        face = max(concealed.hidden_faces, key=lambda each: each.box.width * each.box.height)
        whole = len(concealed.hidden_faces) > 1
        pictures = [
            _framed(concealed.photo.pixels, edit),
            _framed(concealed.masked.pixels, edit),
            edit.pixels,
            final,
        ]
        return contact_sheet.strip(pictures, None if whole else face.box, edit.frame)


def _framed(pixels: Pixels, edit: Simulated) -> Pixels:
    """Return a picture of the photo's frame in the edit's, black beyond."""
    window = (slice(0, edit.pixels.shape[0]), slice(0, edit.pixels.shape[1]))
    return warp(pixels, edit.frame, window, beyond=cv2.BORDER_CONSTANT)


def _or_none(seam: float) -> float:
    """Return a seam, and 1, which is none, where there is no outline: any other is worse then."""
    return 1.0 if math.isnan(seam) else seam
