"""One photo through every scenario: mask it, let the simulated editor edit it, restore, and measure."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from privateedit import pipeline
from privateedit.audit import contact_sheet, restore_pool
from privateedit.audit import restore_measures as measures
from privateedit.audit.no_memory import NoMemory
from privateedit.audit.restore_pool import Portrait
from privateedit.audit.restore_scenarios import Answer, Recipe, Scenario, recipe
from privateedit.audit.simulated_editor import Cast, Scene, Simulated, shared_out, simulated
from privateedit.audit.simulated_stranger import Stranger
from privateedit.core.concealment import Concealment
from privateedit.core.edit import EditResult
from privateedit.core.face import Face
from privateedit.core.mask import Hidden
from privateedit.core.parts import Parts
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import Comparison, Placement, place
from privateedit.core.ports import FaceDetector
from privateedit.core.prepared import Concealed
from privateedit.core.restored import Restored
from privateedit.core.similarity import warp_area
from privateedit.errors import CannotAlign, NoFaceFound, Refused


@dataclass(frozen=True, slots=True)
class RestoreInstruments:
    """What the benchmark measures with.

    Attributes:
        parts: what finds, hides and restores.
        likeness: measures how much a face is still the person's; None leaves that out.
        open_photo: reads a photo's file.
    """

    parts: Parts
    likeness: measures.Likeness | None
    open_photo: Callable[[Path], Photo]


@dataclass(frozen=True, slots=True)
class FaceOutcome:
    """What became of one face; NaN where something could not be measured.

    Attributes:
        id: the face's.
        regime: how it was placed.
        wrong: it was put on somebody else or where nobody is.
        alignment: RMS distance of its stable points from their true places, in true eye distances.
        identity: distance by a recognizer from the photo's face to the restored one, at its true place.
        floor: the same to what the edit would show had nothing been hidden.
        seam: color step across the outline, in times that of the unedited photo.
        color: CIEDE2000 to what the edit would show had nothing been hidden, median over the region.
        identity_plain, seam_plain: the same with harmonization off.
    """

    id: int
    regime: str
    wrong: bool
    alignment: float = math.nan
    identity: float = math.nan
    floor: float = math.nan
    seam: float = math.nan
    color: float = math.nan
    identity_plain: float = math.nan
    seam_plain: float = math.nan

    @property
    def harmed(self) -> bool:
        """Whether harmonization made it worse."""
        return self.seam > 1.02 * self.seam_plain or self.identity > self.identity_plain + 0.02


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one photo in one scenario.

    Attributes:
        photo: its file's name.
        scenario: what was tried.
        choices: what the recipe chose, in words.
        refused: why the restore was refused; empty when it was not.
        faces: what became of each face that was put back.
        outside: pixels changed outside the region that may change.
        seconds: time of the restore.
        strip: original, sent, returned and final around the face, encoded; empty if nobody wants it.
    """

    photo: str
    scenario: Scenario
    choices: str
    refused: str
    faces: tuple[FaceOutcome, ...]
    outside: int
    seconds: float
    strip: bytes = b""

    @property
    def failed(self) -> bool:
        """Whether it was refused or put back when the other was right, or put onto somebody else."""
        if self.refused:
            return self.scenario.must_restore
        return self.scenario.must_refuse or any(face.wrong for face in self.faces)


@dataclass(frozen=True, slots=True)
class PhotoOutcome:
    """Everything about one photo: what was measured, what was not tried and why, or why it was skipped."""

    photo: str
    outcomes: tuple[Outcome, ...] = ()
    not_tried: Mapping[str, str] | None = None
    skipped: str = ""


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
        return self._restored(plan, edit)

    def _cast(self, plan: Recipe) -> Cast | str:
        pool, root, random = self.bench.pool, self.bench.root, plan.generator()
        extra = restore_pool.anybody(self.path, pool, root, random)
        if extra is None:
            return "there is nobody else"
        find = restore_pool.turned_away if plan.scenario.answer is Answer.TURNED else restore_pool.alike
        strangers = {}
        if plan.scenario.answer in {Answer.FACE, Answer.TURNED}:
            for face in self.scene.concealed.hidden_faces:
                portrait = find(face, self.path, pool, root, random)
                if portrait is None:
                    return "nobody looks the right way"
                strangers[face.id] = self._opened(portrait)
        return Cast(strangers, self._opened(extra))

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
        plain = without_harmonizing(concealed, returned, parts)
        comparison = Comparison(concealed.faces, concealed.masked, returned.pixels, parts.detector)
        placements = place(comparison, concealed.hidden_faces)
        return Outcome(
            photo=self.bench.name(self.path),
            scenario=plan.scenario,
            choices=plan.choices,
            refused="",
            faces=self._faces(edit, restored, plain, placements),
            outside=self._outside(edit, restored, placements),
            seconds=seconds,
            strip=self._strip(edit, restored.pixels),
        )

    def _outside(self, edit: Simulated, restored: Restored, placements: Sequence[Placement]) -> int:
        hidden = self.scene.concealed.masked.mask.hidden
        window = (slice(0, edit.pixels.shape[0]), slice(0, edit.pixels.shape[1]))
        allowed = np.zeros(edit.pixels.shape[:2], np.bool_)
        for placement in placements:
            own = np.zeros_like(hidden)
            own[placement.region.window] = placement.region.hidden
            allowed |= warp_area(own, placement.alignment.matrix, window)
        rim = 0 if all(each.alignment.regime == "face" for each in placements) else measures.RIM
        return measures.changed_outside(restored.pixels, edit.pixels, allowed, rim)

    def _faces(
        self, edit: Simulated, restored: Restored, plain: Restored | None, placements: Sequence[Placement]
    ) -> tuple[FaceOutcome, ...]:
        parts = shared_out(self.scene.concealed.masked.mask.hidden, self.scene.concealed.hidden_faces)
        own = {face.id: part for face, part in zip(self.scene.concealed.hidden_faces, parts, strict=True)}
        return tuple(
            self._face(edit, restored, plain, placement, face, own[face.id])
            for placement in placements
            for face in placement.faces
        )

    def _face(
        self,
        edit: Simulated,
        restored: Restored,
        plain: Restored | None,
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
        outline = region
        if alignment.regime == "face":
            outline = measures.changed_area(restored.pixels, edit.pixels) & region
        likeness = self.instruments.likeness
        distance = (lambda pixels: math.nan) if likeness is None else likeness.distances(photo, face, truth)
        return FaceOutcome(
            face.id,
            alignment.regime,
            wrong,
            alignment=measures.alignment_error(face, alignment.matrix, truth),
            identity=distance(restored.pixels),
            floor=math.nan if edit.ideal is None else distance(edit.ideal),
            seam=measures.seam_ratio(restored.pixels, unedited, outline),
            color=self._color(edit, restored.pixels, region, outline, alignment.regime),
            identity_plain=math.nan if plain is None else distance(plain.pixels),
            seam_plain=math.nan if plain is None else measures.seam_ratio(plain.pixels, unedited, outline),
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
            measures.unedited(concealed.photo, edit.frame, edit.pixels.shape),
            measures.unedited(Photo(concealed.masked.pixels), edit.frame, edit.pixels.shape),
            edit.pixels,
            final,
        ]
        return contact_sheet.strip(pictures, None if whole else face.box, edit.frame)


def without_harmonizing(concealed: Concealed, returned: EditResult, parts: Parts) -> Restored | None:
    """Return the restore with harmonization off, or None while it cannot be switched off."""
    return None
