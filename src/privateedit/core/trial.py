"""`Trial` and `Harm`: what a look makes of a placement, and what that does to seam, face and likeness.

The numbers alone; what passes is the gate's to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from weakref import ReferenceType, ref

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.blend import distance_outside
from privateedit.core.color_difference import delta_e_2000, lab
from privateedit.core.face_change import alike, redness, share
from privateedit.core.grade import LUMA
from privateedit.core.look import Look
from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single
from privateedit.core.seam import Outline, changed_area, seam_width

NO_SEAM = 0.5
"""CIEDE2000; compression alone makes as much."""

_FEWEST = 20  # pixels
_BEYOND = 12.0  # levels beyond black and white that are no color
_BLACK, _WHITE = 3.0, 251.0
_BESIDE, _NEAREST = 0.35, 0.02  # of the area's size: how far around it is looked, and what may hold its fill
_MUCH = 0.03  # of the face, which is enough skin beside it to tell how a face looks
_HALF, _BEST = 0.5, 0.25  # of skin there, or of anything, by which a look is judged: see `Trial.telling`
_COLOR = 0.02  # of it, over which color is averaged

Identity = Callable[[NDArray[np.uint8]], float]
"""From a composed H×W×3 window to a recognizer's distance of the face in it from the original."""


@dataclass(frozen=True, eq=False)
class Trial:
    """What a look makes of a placement, at a reduced size.

    Attributes:
        compose: from a look to the composed window, H×W×3 uint8.
        original: H×W×3 levels of the photo in the window.
        area: bool H×W, what was hidden; its outline is the seam.
        face: bool H×W, where the original face surely is.
        identity: a recognizer's judgment, if there is one.
        under: H×W×3 levels of what the original is laid over, if not over a hole: then the seam runs where
            the composed window begins to differ from it.
        beside: H×W×3 levels of what came back, and bool H×W, where the photo shows that too; if known.
        skin: returns bool H×W, where the photo shows skin of the face's own color; if known.
        closer: returns the same at a larger size, always the same one; seam and likeness are asked for once
            more there: reduced, a seam runs elsewhere, nothing has grain, and a recognizer sees less.
        close: whether this is at the size of the result itself, so that they are what they will be.
    """

    compose: Callable[[Look], Pixels]
    original: Floats
    area: Hidden
    face: Hidden
    identity: Identity | None = None
    under: Floats | None = None
    beside: tuple[Floats, Hidden] | None = None
    skin: Callable[[], Hidden] | None = None
    closer: Callable[[], Trial] | None = None
    close: bool = False

    @cached_property
    def telling(self) -> tuple[Hidden, float]:
        """Bool H×W, what beside the area tells how far a look is off, and the share of it that must fit.

        Skin must look as the face does, and half of it may be another person's or in another light. Where
        little is seen, the quarter of everything that fits best tells: the rest may be another thing now.
        """
        if self.beside is None or not self.area.any():
            return np.zeros(self.area.shape, np.bool_), _BEST
        size = float(np.sqrt(np.count_nonzero(self.area)))
        away = distance_outside(self.area)
        ring = self.beside[1] & (away > 2 + _NEAREST * size) & (away < _BESIDE * size)
        skin = np.zeros_like(ring) if self.skin is None else ring & self.skin()
        enough = max(_FEWEST, _MUCH * np.count_nonzero(self.face))
        return (skin, _HALF) if np.count_nonzero(skin) >= enough else (ring, _BEST)

    @property
    def closest(self) -> Trial:
        """The same at the largest size that is known."""
        return self if self.closer is None else self.closer()

    @cached_property
    def known(self) -> dict[Look, Harm]:
        """What has been a base, or may become one, so that it is not composed again."""
        return {}

    def of(self, look: Look) -> Harm:
        """Return what a look does, as far as it is known already; it is not remembered yet."""
        return self.known.get(look) or Harm(look, ref(self))


@dataclass(frozen=True, eq=False)
class Harm:
    """What a look does; everything is measured when it is first asked for, as composing takes long.

    The trial remembers it, and is itself only known weakly: else both, with all their pictures, would wait
    for the garbage collector.
    """

    look: Look
    told: ReferenceType[Trial]

    @property
    def trial(self) -> Trial:
        """What it was tried on; a `ReferenceError` where that is gone."""
        trial = self.told()
        if trial is None:
            raise ReferenceError("What a look does was asked for after its trial.")
        return trial

    @cached_property
    def made(self) -> Pixels:
        """The composed window, H×W×3 uint8."""
        return self.trial.compose(self.look)

    @cached_property
    def graded(self) -> Floats:
        """H×W×3 levels of the original with the look; may leave 0–255."""
        return self.look.apply(self.trial.original)

    @cached_property
    def plainly(self) -> Floats:
        """The same without fine detail, within 0–255."""
        return _smooth(self.graded, self.trial)

    @cached_property
    def color(self) -> Floats:
        """That in L*a*b*."""
        return lab(self.plainly)

    @property
    def moved(self) -> bool:
        """Whether every look has an outline of its own."""
        return self.trial.under is not None

    @cached_property
    def _outline(self) -> Outline:
        trial = self.trial
        area = trial.area if trial.under is None else changed_area(self.made, trial.under) & trial.area
        return Outline.of(area, seam_width(area))

    @cached_property
    def seam(self) -> float:
        """CIEDE2000 across the outline; NaN where there is none to look at."""
        return self._outline.difference(self.made)

    @cached_property
    def anyway(self) -> float:
        """The seam that the look draws there in the whole original."""
        return self._outline.difference(np.clip(self.graded, 0, 255))

    @cached_property
    def native(self) -> float:
        """The seam that the original by itself shows there."""
        return float(np.fmax(self._outline.difference(self.trial.original), NO_SEAM))

    @cached_property
    def like(self) -> float:
        """Correlation of the face's local structure with the original's."""
        return alike(self._bright[0], self._bright[1], self.trial.face)

    @cached_property
    def clipped(self) -> float:
        """Share of the face that became black or white."""
        own, shown = self._bright
        cut = ((shown < _BLACK) | (shown > _WHITE)) & (own >= _BLACK) & (own <= _WHITE)
        return share(self.trial.face & cut, self.trial.face)

    @cached_property
    def forced(self) -> float:
        """Share of the face that was pushed out of all colors."""
        beyond = ((self.graded < -_BEYOND) | (self.graded > 255 + _BEYOND)).any(2)
        return share(self.trial.face & beyond, self.trial.face)

    @cached_property
    def red(self) -> float:
        """The a* of the face; falling far below 0 it is green."""
        return redness(self.graded, self.trial.face)

    @cached_property
    def _bright(self) -> list[Floats]:
        """Brightness of the original, and with the look."""
        return [each @ LUMA.astype(np.float32) for each in (self.trial.original, self.graded)]

    @cached_property
    def distance(self) -> float:
        """What a recognizer says; it takes long, so only where nothing else decides."""
        return 0.0 if self.trial.identity is None else self.trial.identity(self.made)

    @cached_property
    def off(self) -> float:
        """CIEDE2000 from what came back beside the area, where that tells (see `telling`); NaN if unknown."""
        return _off(self.graded, self.trial)


def _smooth(levels: Floats, trial: Trial) -> Floats:
    sigma = max(1.0, _COLOR * float(np.sqrt(np.count_nonzero(trial.area))))
    return single(cv2.GaussianBlur(np.clip(levels, 0, 255), (0, 0), sigma))


def _off(levels: Floats, trial: Trial) -> float:
    """Return how far the original's `levels` are off what came back, where both are seen beside the area."""
    where, share = trial.telling
    if trial.beside is None or np.count_nonzero(where) < _FEWEST:
        return float("nan")
    apart = delta_e_2000(*(lab(_smooth(each, trial)[where]) for each in (levels, trial.beside[0])))
    return float(np.quantile(apart, share))
