"""The do-no-harm gate: harmonization only as far as neither seam nor likeness gets worse.

Measured with dlib's network on ten open portraits: a shift by half a pixel moves a face by 0.03 (0.04 at
most), JPEG at quality 90 by 0.01. Grades that nobody would call another person move it farther by themselves:
a warm or cool one by 0.04, fading by 0.07, black-and-white, sepia or night by 0.12 to 0.13 (0.18 at most),
and a dark stranger's skin tone by just as much. So the recognizer cannot tell a right grade from a wrong one.
What was seen in both pictures and fits them may cost what such grades cost; what is guessed from little, or
what only a drawn face says, mere noise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.color_difference import lab
from privateedit.core.grade import LUMA
from privateedit.core.look import Look
from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single
from privateedit.core.seam import seam_difference, seam_width

STRENGTHS = (1.0, 0.75, 0.5, 0.25)
"""What is tried, in this order, before all is left as it was."""

NOISE = 0.04
"""How far a recognizer's distance moves for the same face shifted by half a pixel."""

DEMANDED = 0.15
"""How much farther an honest black-and-white or night grade moves it."""

_SAME_SEAM = 0.05  # CIEDE2000; compression moves a seam by as much
_LIKE = 0.9  # correlation of local structure with the original's
_CLIPPED = 0.06  # share of the face that may become black or white
_FORCED, _BEYOND = 0.15, 12.0  # share of the face that a drawing may push out of all colors, and levels
_BLACK, _WHITE = 3.0, 251.0
_GREENISH, _GREEN = -1.0, -4.0  # a* that living skin does not fall below, and that is green to all eyes
_LOCAL = 0.06  # of the area's size over which structure is compared

Identity = Callable[[NDArray[np.uint8]], float]
"""From a composed H×W×3 window to a recognizer's distance of the face in it from the original."""


@dataclass(frozen=True, eq=False, slots=True)
class Trial:
    """What a look makes of a placement, at a reduced size.

    Attributes:
        compose: from a look to the composed window, H×W×3 uint8.
        original: H×W×3 levels of the photo in the window.
        area: bool H×W, what was hidden; its outline is the seam.
        face: bool H×W, where the original face surely is.
        identity: a recognizer's judgment, if there is one.
    """

    compose: Callable[[Look], Pixels]
    original: Floats
    area: Hidden
    face: Hidden
    identity: Identity | None = None


@dataclass(frozen=True, eq=False)
class _Harm:
    made: Pixels
    identity: Identity | None
    seam: float
    anyway: float  # the seam that the look draws there in the whole original
    like: float
    clipped: float
    forced: float
    red: float  # a* of the face; falling far below 0 it is green

    @cached_property
    def distance(self) -> float:
        """What a recognizer says; it takes long, so only where nothing else decides."""
        return 0.0 if self.identity is None else self.identity(self.made)

    def within(self, before: _Harm, margin: float | None) -> bool:
        """Whether this is no worse than `before`; without a margin no likeness counts."""
        if margin is None:
            fits = not self.seam > max(before.seam, self.anyway) + _SAME_SEAM
            return fits and self.forced <= before.forced + _FORCED
        # What the whole original shows at that outline, with the look and without it, is no seam.
        allowed = max(before.seam, min(self.anyway, before.anyway))
        return (
            not self.seam > allowed + _SAME_SEAM  # not a number: no outline to look at
            and self.like >= min(_LIKE, before.like)
            and self.clipped <= before.clipped + _CLIPPED
            and not (self.red < _GREEN and before.red > _GREENISH)
            and self.distance <= before.distance + margin
        )


def least_harm(options: Sequence[Look], base: Look, trial: Trial, *, margin: float | None) -> Look:
    """Return the first of `options` that does no harm beside `base`, or `base` itself.

    Harm is a larger seam, as far as it exceeds what the original by itself shows at that outline; a
    recognizer's distance that grows by more than `margin`; and, with or without a recognizer, a face that
    turns green, local structure that is lost, or highlights and shadows that are cut off. Without a
    `margin`, as for drawings, which no one takes for photos, only the seam counts, and lines that the
    drawing has there anyway are none; but no paint lies beyond all colors.
    """
    before = _harm(base, trial)
    return next((each for each in options if _harm(each, trial).within(before, margin)), base)


def _harm(look: Look, trial: Trial) -> _Harm:
    made = trial.compose(look)
    whole, width = look.apply(trial.original), seam_width(trial.area)
    shown = whole @ LUMA.astype(np.float32)
    own = trial.original @ LUMA.astype(np.float32)
    cut = ((shown < _BLACK) | (shown > _WHITE)) & (own >= _BLACK) & (own <= _WHITE)
    return _Harm(
        made,
        trial.identity,
        seam=seam_difference(made, trial.area, width),
        anyway=seam_difference(np.clip(whole, 0, 255), trial.area, width),
        like=_alike(own, shown, trial.face),
        clipped=_share(trial.face & cut, trial.face),
        red=_red(whole, trial.face),
        forced=_share(trial.face & ((whole < -_BEYOND) | (whole > 255 + _BEYOND)).any(2), trial.face),
    )


def _share(part: Hidden, whole: Hidden) -> float:
    return float(np.count_nonzero(part)) / max(int(np.count_nonzero(whole)), 1)


def _red(pixels: Floats, face: Hidden) -> float:
    """Return the median a* of a face: red above 0, green below."""
    if not face.any():
        return 0.0
    return float(np.median(lab(np.clip(pixels[face], 0, 255))[..., 1]))


def _alike(first: Floats, second: Floats, area: Hidden) -> float:
    """Return the correlation of local-contrast-normalized levels: 1 for any smooth rising map."""
    if not area.any():
        return 1.0
    one, two = (_normalized(np.clip(each, 0, 255), area)[area] for each in (first, second))
    return float(one @ two / np.sqrt(max(float(one @ one) * float(two @ two), 1e-6)))


def _normalized(plane: Floats, area: Hidden) -> Floats:
    side = 2 * round(0.5 * _LOCAL * float(np.sqrt(np.count_nonzero(area)))) + 3
    fine = cv2.GaussianBlur(plane, (0, 0), 1.0)  # grain is no structure
    rest = fine - cv2.blur(fine, (side, side))
    return single(rest / np.sqrt(cv2.blur(rest * rest, (side, side)) + 4.0))
