"""Regime `hole`: the masked area came back as it was; register it by its outline.

A hole is recognized by what it is (one color, or noise) within the expected outline, and by the picture
around it not being that color where the sent picture was not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.align import Alignment
from privateedit.core.conceal import RGB, MaskedPhoto
from privateedit.core.hole_view import GRID, HoleView, dilated, view_of
from privateedit.core.mask import Hidden
from privateedit.core.outline_trace import Trace
from privateedit.core.photo import Pixels
from privateedit.core.pyramid import Pyramid
from privateedit.core.region import Region
from privateedit.core.register_scene import Guess
from privateedit.core.scale import averaged
from privateedit.core.similarity import (
    Matrix,
    compose,
    fit,
    inverse,
    scale_of,
    scaling,
    transform,
)

_TOLERANCE = 26  # levels; compression and grain stay below, a face does not
_INSIDE, _INSIDE_NOISE, _OUTSIDE, _ALIKE = 0.96, 0.90, 0.6, 0.85
_OUTLINE_HANDICAP, _NO_WORSE = 0.03, 0.005  # of a score
_PLAIN = 0.4  # grid pixels; a transform nearer than this to a plain crop may be one
_PLAIN_MAY_MISS = 0.15  # grid pixels by which contrast alone shifts an edge
_CORNERS = np.array([[0, 0], [GRID, 0], [GRID, GRID], [0, GRID]], np.float64)
_NOISE_MAY_SHIFT = 60.0  # levels


@dataclass(frozen=True, eq=False, slots=True)
class _Evidence:
    matrix: Matrix
    color: NDArray[np.float64]
    inside: float
    outside: float
    alike: float
    residual: float

    @property
    def score(self) -> float:
        return self.inside + max(self.outside, self.alike) - 4 * self.residual


def align_to_hole(
    region: Region, masked: MaskedPhoto, edited: Pixels, guesses: Sequence[Guess]
) -> Alignment | None:
    """Return where the region's hole lies in the edited picture, or None when no hole came back."""
    return HoleSearch(region, masked, Pyramid(edited)).aligned(guesses)


@dataclass(frozen=True, eq=False)
class HoleSearch:
    """The search for one region's hole in one edited picture; what no guess changes is looked at once."""

    region: Region
    masked: MaskedPhoto
    edited: Pyramid

    def aligned(self, guesses: Sequence[Guess]) -> Alignment | None:
        """Return where the hole lies, looked for where `guesses` put it and where its color is, or None."""
        view, edited = self._view, self.edited
        if not view.hidden.any():
            return None  # a hair-thin stroke: nothing to recognize
        judged = [(_judge(view, edited, guess.matrix, view.fill), 0.0) for guess in guesses]
        # A patch of the right color somewhere is weaker evidence than a frame that explains the whole.
        judged += [(each, _OUTLINE_HANDICAP) for each in self._by_color]
        accepted = [(each, handicap) for each, handicap in judged if _accepted(each, view.noisy)]
        if not accepted:
            return None
        best, _ = max(accepted, key=lambda pair: pair[0].score - pair[1])
        matrix = _refined(view, edited, best, guesses)
        refined = _judge(view, edited, matrix, view.fill)
        if not _accepted(refined, view.noisy) or refined.score < best.score - _NO_WORSE:
            refined = best
        return Alignment(refined.matrix, "hole", refined.residual)

    @cached_property
    def _view(self) -> HoleView:
        return view_of(self.region, self.masked)

    @cached_property
    def _by_color(self) -> list[_Evidence]:
        view, edited = self._view, self.edited
        guesses = _outline_guesses(self.region, edited, view.fill)
        return [_judge(view, edited, matrix, view.fill) for matrix in guesses]


def _refined(view: HoleView, edited: Pyramid, best: _Evidence, guesses: Sequence[Guess]) -> Matrix:
    """Return the transform whose outline lies nearest to the hole's edge.

    Correlation and outline each propose; the plainest of those that fit equally well is taken, so that
    pixels are copied rather than resampled wherever the truth is a plain copy.
    """
    trace = Trace.of(view.hidden, view.flat(view.sent), best.color, view.noisy)
    correlated = _by_correlation(view, edited, best.matrix)
    traced = _by_outline(view, edited, best.matrix, best.color, trace)
    both = _by_outline(view, edited, correlated, best.color, trace)
    proposed = [correlated, traced, both, best.matrix]
    plain = [guess.matrix for guess in guesses if guess.inliers == 0]
    plain += [_simplest(view, option) for option in proposed]
    options = [(option, _PLAIN_MAY_MISS) for option in plain] + [(option, 0.0) for option in proposed]
    misfits = [trace.misfit(view.flat(view.seen(edited, option)), best.color) for option, _ in options]
    if not np.isfinite(misfits[-1]):  # the hole hardly stands out: only the scene tells
        scored = [(_judge(view, edited, option, best.color).score, option) for option, _ in options]
        return max(scored, key=lambda pair: pair[0])[1]
    least = min(misfits)
    fitting = zip(options, misfits, strict=True)
    return next(option for (option, allowed), misfit in fitting if misfit <= least + allowed)


def _judge(view: HoleView, edited: Pyramid, matrix: Matrix, color: RGB | NDArray[np.float64]) -> _Evidence:
    seen = view.flat(view.seen(edited, matrix))
    recolored = np.median(seen[view.inner_core], axis=0)
    options = [np.array(color, np.float64)]
    # Noise that was graded keeps a mean near grey; a face painted over it has another.
    if not view.noisy or np.abs(recolored - options[0]).max() < _NOISE_MAY_SHIFT:
        options.append(recolored)
    filled = not view.noisy or view.rough(seen)
    found = (_against(view, seen, matrix, option, filled=filled) for option in options)
    return max(found, key=lambda each: each.score)


def _against(
    view: HoleView, seen: Pixels, matrix: Matrix, color: NDArray[np.float64], *, filled: bool
) -> _Evidence:
    """Compare with a fill of that color; where it cannot be `filled`, whatever its color, nothing is."""
    hole = _near(seen, color, view) if filled else np.zeros_like(view.hidden)
    # Black beside the hole that was there before and still is tells nothing; replaced, it does.
    already = hole & _near(view.sent, color, view) & ~view.hidden
    core, ring = view.core, view.ring & ~already
    inside = float(hole[core].mean()) if core.any() else 0.0
    outside = float((~hole[ring]).mean()) if ring.sum() > 40 else 0.0
    alike = _alike(view.sent, seen, view.around)
    off = float((hole != view.hidden)[view.band & ~already].sum()) / view.perimeter
    return _Evidence(matrix, color, inside, outside, alike, off / GRID)


def _near(pixels: Pixels, color: NDArray[np.float64], view: HoleView) -> Hidden:
    # Noise is recognized by its mean: grey on average, which a face is not.
    seen = cv2.blur(pixels, (view.smoothing,) * 2) if view.noisy else cv2.medianBlur(pixels, 3)
    low, high = np.ceil(color - _TOLERANCE), np.floor(color + _TOLERANCE)
    return np.asarray(cv2.inRange(seen, low, high)) > 0


def _accepted(evidence: _Evidence, noisy: bool) -> bool:
    """A hole needs its color inside, and around it either a change of color or the scene that was sent."""
    filled = evidence.inside >= (_INSIDE_NOISE if noisy else _INSIDE)
    return filled and (evidence.outside >= _OUTSIDE or evidence.alike >= _ALIKE)


def _alike(sent: Pixels, seen: Pixels, area: Hidden) -> float:
    """Correlation of light and dark in the area, 0 where either is flat."""
    first, second = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY)[area].astype(np.float64) for each in (sent, seen))
    if min(first.std(), second.std(), len(first)) < 2:
        return 0.0
    return max(0.0, float(np.corrcoef(first, second)[0, 1]))


def _outline_guesses(region: Region, edited: Pyramid, color: RGB) -> list[Matrix]:
    """Guess from patches of the fill's color: same center of mass, same area, not turned."""
    height, width = edited.shape[:2]
    ratio = min(1.0, 600 / max(height, width))
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    small = averaged(edited.pixels, size[1], size[0])
    levels = np.array(color, np.float64)
    near = np.asarray(cv2.inRange(small, levels - _TOLERANCE, levels + _TOLERANCE), np.uint8) & 1
    near = np.asarray(cv2.morphologyEx(near, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    _, _, stats, centers = cv2.connectedComponentsWithStats(near, connectivity=4)
    areas = stats[1:, cv2.CC_STAT_AREA]
    center = _middle(region)
    guesses = []
    for index in np.argsort(-areas)[:4]:
        if areas[index] < 30:
            continue
        scale = float(np.sqrt(areas[index])) / ratio / region.size
        matrix = scaling(scale, scale)
        matrix[:, 2] = (centers[index + 1] + 0.5) / ratio - scale * center
        guesses.append(matrix)
    return guesses


def _middle(region: Region) -> NDArray[np.float64]:
    """Return the region's center of mass (x, y) in the photo."""
    ink, first = region.hidden.view(np.uint8), (region.window[1].start, region.window[0].start)
    counts = [cv2.reduce(ink, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() for axis in (0, 1)]
    middles = [float(np.average(np.arange(len(each)), weights=each)) for each in counts]
    return np.add(middles, 0.5) + np.array(first, np.float64)


def _by_correlation(view: HoleView, edited: Pyramid, matrix: Matrix) -> Matrix:
    """Register the picture around the outline by ECC (Evangelidis & Psarakis, 2008), kept a similarity.

    Very exact where the surroundings survived the edit.
    """
    template = cv2.cvtColor(view.sent, cv2.COLOR_RGB2GRAY)
    seen = cv2.cvtColor(view.seen(edited, matrix), cv2.COLOR_RGB2GRAY)
    band = dilated(view.hidden, 25).astype(np.uint8) * 255
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-6)
    try:
        _, found = cv2.findTransformECC(
            template, seen, np.eye(2, 3, dtype=np.float32), cv2.MOTION_AFFINE, criteria, band, 5
        )
    except cv2.error:
        return matrix  # nothing to correlate: flat surroundings
    # ECC maps template to input with pixel centers at 0.
    affine = np.asarray(found, np.float64)
    affine[:, 2] += 0.5 - affine[:, :2] @ (0.5, 0.5)
    update = fit(_CORNERS, transform(affine, _CORNERS), np.ones(4))
    return _updated(view, matrix, update)


def _by_outline(
    view: HoleView, edited: Pyramid, matrix: Matrix, color: NDArray[np.float64], trace: Trace
) -> Matrix:
    """Move the outline onto the edge of the hole; works on any surroundings that stand out from it."""
    for _ in range(4):
        update = trace.update(view.flat(view.seen(edited, matrix)), color)
        if update is None:
            break
        matrix = _updated(view, matrix, update)
    return matrix


def _updated(view: HoleView, matrix: Matrix, update: Matrix) -> Matrix:
    """Apply a correction found on the grid to the photo's transform."""
    back = compose(matrix, inverse(view.to_grid))
    return compose(back, compose(update, view.to_grid))


def _simplest(view: HoleView, matrix: Matrix) -> Matrix:
    """Return the crop by whole pixels that `matrix` hardly differs from, if there is one.

    The original's pixels are then copied instead of resampled.
    """
    center = transform(inverse(view.to_grid), np.array([[GRID / 2, GRID / 2]]))
    crop = scaling(1.0, 1.0)
    crop[:, 2] = np.rint(transform(matrix, center) - center)[0]
    return crop if _moved(view, crop, matrix) < _PLAIN else matrix


def _moved(view: HoleView, first: Matrix, second: Matrix) -> float:
    """Return how far the corners of the grid lie apart under two transforms, in grid pixels."""
    points = transform(inverse(view.to_grid), _CORNERS)
    apart = np.linalg.norm(transform(first, points) - transform(second, points), axis=1)
    return float(apart.max()) * scale_of(view.to_grid) / scale_of(first)
