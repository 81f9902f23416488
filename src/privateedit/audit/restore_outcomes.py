"""What became of a face, a case and a photo in `bench restore`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from privateedit.audit.restore_scenarios import Scenario
from privateedit.core.gate import VISIBLE

_NOTICED = 1.0  # CIEDE2000
_CLOSED = 0.5  # of the unedited photo's seam


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
        identity_bare, seam_bare, color_bare: the same of a face that is not graded like its picture either.
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
    identity_bare: float = math.nan
    seam_bare: float = math.nan
    color_bare: float = math.nan

    @property
    def harmed(self) -> bool:
        """Whether harmonization made it worse."""
        return self.seam > 1.02 * self.seam_plain or self.identity > self.identity_plain + 0.02

    @property
    def harmed_beyond_edit(self) -> bool:
        """Whether its look made it worse than both doing nothing and what was asked for.

        A face in a night picture is dark and farther from the photo, as the whole picture is; and a seam that
        the unedited photo has as well is none.
        """
        cost = max(self.identity_bare, 0.0 if math.isnan(self.floor) else self.floor)
        return self.seam > 1.02 * max(self.seam_bare, 1.0) or self.identity > cost + 0.02

    @property
    def harmed_for_nothing(self) -> bool:
        """Whether its look made a seam that the unedited photo has not, or cost likeness and brought nothing.

        A face that would sit bright in a night, or pink beside a face that became yellow, is worth likeness;
        so is a seam that goes. What it brings must be seen: its color was off by what any eye sees, and is
        less so by what is just noticed.
        """
        seam = self.seam > 1.02 * max(self.seam_bare, 1.0)
        return seam or (self.identity > self.identity_bare + 0.02 and not self._brought)

    @property
    def _brought(self) -> bool:
        color = self.color_bare >= VISIBLE and self.color <= self.color_bare - _NOTICED
        return color or self.seam <= self.seam_bare - _CLOSED


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
    not_tried: Mapping[str, str] = field(default_factory=dict)
    skipped: str = ""
