"""The do-no-harm gate: harmonization only as far as neither seam nor likeness gets worse.

Measured with dlib's network on ten open portraits: a shift by half a pixel moves a face by 0.03 (0.04 at
most), JPEG at quality 90 by 0.01. Grades that nobody would call another person move it farther by themselves:
a warm or cool one by 0.04, fading by 0.07, black-and-white, sepia or night by 0.12 to 0.13 (0.18 at most),
and a dark stranger's skin tone by just as much. So the recognizer cannot tell a right grade from a wrong one.
Likeness is only ever given for something: a step at the seam that goes, or, where enough was seen in both
pictures, a face that would sit in its picture in a color of its own. Then what was seen and fits may cost
what such grades cost, as far as it also explains what lies right beside the face; what is guessed from
little, or what only a drawn face says, mere noise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import ReferenceType, ref

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.blend import distance_outside
from privateedit.core.color_difference import delta_e_2000, lab
from privateedit.core.face_change import alike, apart, hues_alike, proportions_alike, redness, share
from privateedit.core.grade import LUMA
from privateedit.core.look import Look
from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single
from privateedit.core.seam import Outline, changed_area, seam_width

STRENGTHS = (1.0, 0.75, 0.5, 0.25)
"""What is tried, in this order, before all is left as it was."""

NOISE = 0.04
"""How far a recognizer's distance moves for the same face shifted by half a pixel."""

DEMANDED = 0.15
"""How much farther an honest black-and-white or night grade moves it."""

FREE = 0.015
"""How far it may move for nothing that any eye sees: compression moves it by nearly as much."""

VISIBLE = 2.0
"""CIEDE2000 that any eye sees between a face and what it is set into; half of it is just noticeable."""

_PRICE = 0.008  # of distance for a CIEDE2000 by which a face changes: honest grades cost up to that

_FEWEST = 20  # pixels
_SAME_SEAM = 0.05  # CIEDE2000; compression moves a seam by as much
_NO_SEAM = 0.5  # CIEDE2000; compression alone makes as much
_LIKE = 0.9  # correlation of local structure with the original's
_HUES = 0.6  # correlation of how hues or proportions differ within the face, red lips from pale skin
_CLIPPED = 0.06  # share of the face that may become black or white
_FORCED, _BEYOND = 0.15, 12.0  # share of the face that a drawing may push out of all colors, and levels
_BLACK, _WHITE = 3.0, 251.0
_GREENISH, _GREEN = -1.0, -4.0  # a* that living skin does not fall below, and that is green to all eyes
_BESIDE, _NEAREST = 0.35, 0.02  # of the area's size: how far around it is looked, and what may hold its fill
_BEST = 0.25  # of what is visible there, by which a look is judged: the rest may be another thing now
_EXPLAINED = 0.6  # of what that is off without the look, which may be left
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
    """

    compose: Callable[[Look], Pixels]
    original: Floats
    area: Hidden
    face: Hidden
    identity: Identity | None = None
    under: Floats | None = None
    beside: tuple[Floats, Hidden] | None = None

    @cached_property
    def _known(self) -> dict[Look, _Harm]:
        """What has been a base, or may become one, so that it is not composed again."""
        return {}


@dataclass(frozen=True, eq=False)
class _Harm:
    """What a look does; everything is measured when it is first asked for, as composing takes long.

    The trial remembers it, and is itself only known weakly: else both, with all their pictures, would wait
    for the garbage collector.
    """

    look: Look
    told: ReferenceType[Trial]

    @property
    def trial(self) -> Trial:
        trial = self.told()
        if trial is None:
            raise ReferenceError("What a look does was asked for after its trial.")
        return trial

    @cached_property
    def made(self) -> Pixels:
        return self.trial.compose(self.look)

    @cached_property
    def graded(self) -> Floats:
        return self.look.apply(self.trial.original)

    @cached_property
    def plainly(self) -> Floats:
        """Levels without fine detail."""
        return _smooth(self.graded, self.trial)

    @cached_property
    def color(self) -> Floats:
        """The same in L*a*b*."""
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
        return self._outline.difference(self.made)

    @cached_property
    def anyway(self) -> float:
        """The seam that the look draws there in the whole original."""
        return self._outline.difference(np.clip(self.graded, 0, 255))

    @cached_property
    def native(self) -> float:
        """The seam that the original by itself shows there."""
        return float(np.fmax(self._outline.difference(self.trial.original), _NO_SEAM))

    @cached_property
    def like(self) -> float:
        return alike(self._bright[0], self._bright[1], self.trial.face)

    @cached_property
    def clipped(self) -> float:
        own, shown = self._bright
        cut = ((shown < _BLACK) | (shown > _WHITE)) & (own >= _BLACK) & (own <= _WHITE)
        return share(self.trial.face & cut, self.trial.face)

    @cached_property
    def forced(self) -> float:
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
        """CIEDE2000 from what came back beside the area, of the quarter that fits best; NaN if unknown."""
        return _off(self.graded, self.trial)

    def within(self, before: _Harm, margin: float | None, *, guessed: bool) -> bool:
        """Whether this is no worse than `before`; without a margin no likeness counts."""
        if margin is None:
            fits = self.forced <= before.forced + _FORCED
            return fits and not self.seam > max(before.seam, self.anyway) + _SAME_SEAM
        return (
            not (guessed and self.moved)
            and self.like >= min(_LIKE, before.like)
            and self._hues_kept(before)
            and self.clipped <= before.clipped + _CLIPPED
            and not (self.red < _GREEN and before.red > _GREENISH)
            and not self.seam > self._allowed(before) + _SAME_SEAM  # not a number: no outline to look at
            and (not guessed or self.closed(before))
            and self.distance <= before.distance + self._worth(before, margin)
        )

    def _hues_kept(self, before: _Harm) -> bool:
        """Whether lips are still redder than skin: to the eye, or in proportion, as after any gains."""
        face = self.trial.face
        return (
            hues_alike(before.color, self.color, face) >= _HUES
            or proportions_alike(before.plainly, self.plainly, face) >= _HUES
        )

    def _allowed(self, before: _Harm) -> float:
        """Return how large the seam may be: what the original shows at that outline is none."""
        if self.moved:
            return self.native * max(1.0, before.seam / before.native)
        return max(before.seam, min(self.anyway, before.anyway))

    def closed(self, before: _Harm) -> bool:
        """Whether the seam, as far as the original by itself shows none there, falls by what any eye sees."""
        smaller = max(1.0, before.seam / before.native) - max(1.0, self.seam / self.native)
        return smaller * min(before.native, self.native) >= VISIBLE

    def _worth(self, before: _Harm, margin: float) -> float:
        """Return by how much the distance may grow for what any eye sees in exchange."""
        bought = 0.0
        if self.closed(before):
            bought = margin
        elif margin >= DEMANDED and not self.off > _EXPLAINED * before.off:
            change = apart(before.color, self.color, self.trial.face)
            bought = _PRICE * change if change >= VISIBLE else 0.0
        return min(FREE + bought, margin)


def least_harm(
    options: Sequence[Look], base: Look, trial: Trial, *, margin: float | None, guessed: bool = False
) -> Look:
    """Return the first of `options` that does no harm beside `base`, or `base` itself.

    Harm is a larger seam, as far as it exceeds what the original by itself shows at that outline; a
    recognizer's distance that grows by more than `FREE`, or than `margin` where in exchange the seam falls
    by what any eye sees, or, with a margin of `DEMANDED`, than what a face that visibly changes is worth;
    and, with or without a recognizer, a face that turns green or whose hues are mixed up, local structure
    that is lost, or highlights and shadows that are cut off. What is `guessed` does harm unless the seam of
    a hole falls visibly; one beside what a service drew tells nothing. A change that leaves
    what is seen beside the face as far off as it was is worth nothing. Without a `margin`, as for drawings,
    which no one takes for photos, only the seam counts, and lines that the drawing has there anyway are
    none; but no paint lies beyond all colors.
    """
    known = trial._known
    before = known.setdefault(base, _Harm(base, ref(trial)))
    for look in options:
        harm = _Harm(look, ref(trial))
        if harm.within(before, margin, guessed=guessed):
            known[look] = harm
            return look
    return base


def _smooth(levels: Floats, trial: Trial) -> Floats:
    sigma = max(1.0, _COLOR * float(np.sqrt(np.count_nonzero(trial.area))))
    return single(cv2.GaussianBlur(np.clip(levels, 0, 255), (0, 0), sigma))


def _off(levels: Floats, trial: Trial) -> float:
    """Return how far the original's `levels` are off what came back, where both are seen beside the area."""
    if trial.beside is None or not trial.area.any():
        return float("nan")
    returned, visible = trial.beside
    size = float(np.sqrt(np.count_nonzero(trial.area)))
    away = distance_outside(trial.area)
    ring = visible & (away > 2 + _NEAREST * size) & (away < _BESIDE * size)
    if np.count_nonzero(ring) < _FEWEST:
        return float("nan")
    apart = delta_e_2000(*(lab(_smooth(each, trial)[ring]) for each in (levels, returned)))
    return float(np.quantile(apart, _BEST))
