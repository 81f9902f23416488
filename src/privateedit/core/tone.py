"""`Tone`: what a drawing's paper and pigments make of lines, and of the tones and colors of the photo."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.grade import LUMA
from privateedit.core.mask import Hidden
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single

# Lines are few: the darkest thousandth of a drawing is its ink.
_QUANTILES = np.concatenate([[0.0005, 0.002, 0.005, 0.01], np.linspace(0.02, 0.98, 25), [0.995]])
_ENOUGH = 20_000  # pixels beyond which more tell no more
_MOST_COLOR, _MOST_WASH = 1.8, 1.2
_CELL = 6  # pixels: lines may have drifted by less
_ROUNDS = 3
_FAR = 25.0  # levels off by which a pixel counts half
_ALIKE, _FAINT = 0.3, 0.1  # correlation of colors that were kept, and levels of deviation that are none
_WHITE = 0.01  # how much, of all that is seen, says that white stays paper
_DARKEST = 0.02  # of the paper's light, under the darkest wash


@dataclass(frozen=True, eq=False, slots=True)
class Tone:
    """From drawn lines, and the photo below them, to the drawing's levels.

    Attributes:
        source: levels of the lines as rendered, rising; 255 is where there are none.
        target: the levels they become on bare paper.
        color: how much of the photo's color is left.
        tint: R, G, B levels added.
        wash: how dark the photo's black is laid on below the lines: 0 leaves bare paper; from 1 on it is ink.
    """

    source: NDArray[np.float64]
    target: NDArray[np.float64]
    color: float
    tint: NDArray[np.float64]
    wash: float = 0.0

    def apply(self, drawn: Floats, photo: Floats) -> Floats:
        """Return H×W×3 float32 levels of what was `drawn` of a `photo` of the same shape."""
        bright = brightness(photo)
        lines = single(np.interp(brightness(drawn), self.source, self.target))
        light = single(lines / np.float32(max(self.target[-1], 1.0)))
        rest = (np.float32(self.color) * light)[..., None] * (photo - bright[..., None])
        return single((lines * _washed(bright, self.wash))[..., None] + rest + self.tint.astype(np.float32))


def learn_tone(drawn: Floats, before: Floats, after: Floats, area: Hidden) -> Tone:
    """Return the tone that makes `drawn`, the lines of `before`, look like `after`.

    Where lines lie differs between two drawings, so lines get the histogram of the drawing's. Tones and
    colors are where they were, and a face may have some that nothing else has: what becomes of
    them is told by pixels that show the same thing, as few numbers that go for all tones.
    """
    here = sampled(area)
    cells = _Cells(area)
    bright, lines, shown = brightness(before), brightness(drawn), brightness(after)
    dark, level = single(1 - bright / 255), cells.of(shown)
    paper, wash = _first(cells.of(lines), cells.of(dark), level)
    source, target = np.array([0.0, 255.0]), np.array([paper, paper])
    for _ in range(_ROUNDS):
        bare = shown.ravel()[here] / _washed(bright.ravel()[here], wash)
        source, target = _curve(lines.ravel()[here], bare)
        laid = single(np.interp(lines, source, target))
        wash = _share(cells.of(laid), cells.of(laid * dark), level)
    light = laid / np.float32(max(target[-1], 1.0))
    rest = before - bright[..., None]
    color, tint = _color(cells, light, rest, after - shown[..., None])
    return Tone(source, target, color, tint, wash)


def sampled(area: Hidden) -> NDArray[np.intp]:
    """Return flat places of the area's pixels, evenly thinned: more tell no more."""
    places = np.flatnonzero(area)
    return places[:: max(1, len(places) // _ENOUGH)]


def brightness(pixels: Floats) -> Floats:
    """Return the luma of …×3 levels."""
    return single(pixels @ LUMA.astype(np.float32))


def _washed(bright: Floats, wash: float) -> Floats:
    """Return the share of the paper's light that a wash leaves."""
    return single(np.maximum(1 - np.float32(wash) * (1 - bright / 255), _DARKEST))


class _Cells:
    """Means over small squares of an area, so that lines may lie a little beside where they lay."""

    def __init__(self, area: Hidden) -> None:
        self._size = tuple(max(1, round(each / _CELL)) for each in area.shape[::-1])
        self._weight = area.astype(np.float32)
        covered = self._shrunk(self._weight)
        self._seen = covered > min(0.5, 0.99 * float(covered.max()))
        self._covered = covered[self._seen]

    def of(self, plane: Floats) -> NDArray[np.float64]:
        """Return float64 N, or N×3 of a picture."""
        weight = self._weight if plane.ndim == 2 else self._weight[..., None]
        total = self._shrunk(single(plane * weight))[self._seen]
        return np.asarray((total.T / self._covered).T, np.float64)

    def _shrunk(self, plane: Floats) -> Floats:
        return single(cv2.resize(plane, self._size, interpolation=cv2.INTER_AREA))


def _first(
    lines: NDArray[np.float64], dark: NDArray[np.float64], level: NDArray[np.float64]
) -> tuple[float, float]:
    """Return the level of the paper and the wash on it, as told by where there are fewest lines."""
    bare = lines >= np.median(lines)
    rows = np.vstack([np.column_stack([np.ones(int(bare.sum())), -dark[bare]]), [1.0, 0.0]])
    values = np.append(level[bare], 255.0)
    weights = np.append(np.ones(len(values) - 1), _WHITE * len(values))
    for _ in range(2):
        root = np.sqrt(weights)
        paper, laid = np.linalg.lstsq(rows * root[:, None], values * root, rcond=None)[0]
        weights[:-1] = _trusted(rows @ (paper, laid) - values)[:-1]
    return float(paper), float(np.clip(laid / max(paper, 1.0), 0, _MOST_WASH))


def _share(laid: NDArray[np.float64], darker: NDArray[np.float64], level: NDArray[np.float64]) -> float:
    """Return the wash that gives `laid` lines, on paper, the levels that are shown."""
    wash, weights = 0.0, np.ones_like(laid)
    for _ in range(2):
        steep = max(float(weights @ (darker * darker)), 1e-3)
        wash = float(np.clip(weights @ (darker * (laid - level)) / steep, 0, _MOST_WASH))
        weights = _trusted(laid - wash * darker - level)
    return wash


def _trusted(off: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + (off / _FAR) ** 2)


def _curve(
    lines: NDArray[np.floating], bare: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how levels of `lines` become those on bare paper, by their histograms."""
    source = np.quantile(lines.astype(np.float64), _QUANTILES)
    target = np.minimum(np.quantile(bare.astype(np.float64), _QUANTILES), 255)  # no paper is lighter
    # Equal lines are drawn equally, whatever else differs where they are.
    _, alike = np.unique(np.rint(source), return_inverse=True)
    count = np.bincount(alike)
    return np.bincount(alike, source) / count, np.bincount(alike, target) / count


def _color(cells: _Cells, light: Floats, rest: Floats, shown: Floats) -> tuple[float, NDArray[np.float64]]:
    """Return the share of color that is left, and the tint."""
    given, seen = cells.of(light[..., None] * rest), cells.of(shown)
    one, two = given - given.mean(0), seen - seen.mean(0)
    both, own, other = (float(np.sum(pair)) for pair in (one * two, one * one, two * two))
    # Dark hair and a dark wall have little color, and it tells all the same; noise has no part in it.
    if both < _ALIKE * np.sqrt(own * other) + _FAINT**2 * one.size:
        return 0.0, seen.mean(0)
    color = float(np.clip(both / own, 0, _MOST_COLOR))
    return color, seen.mean(0) - color * given.mean(0)
