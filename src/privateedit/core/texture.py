"""Sharpness and grain: how the edited picture is softer, sharper or noisier than the photo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.grade import LUMA
from privateedit.core.mask import Hidden
from privateedit.core.middle import median
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single

_SCALES = (0.7, 1.4, 2.8, 5.6)  # pixels; between them lie the bands that are compared
_SIGMAS = (0.0, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0, 1.2, 1.5, 1.9, 2.4, 3.0, 4.0, 5.0)
_AMOUNTS = (0.15, 0.3, 0.45)  # of unsharp masking; more would only show
_SHARPEN_SIGMA = 1.0
_BAND_WEIGHTS = np.array([1.0, 1.0, 0.7])
_LEAST_SIGMA = 0.45  # pixels; less is not seen
_FEW, _LINED = 400, 1200  # pixels that grain and sharpness need
_STRUCTURE, _FLAT = 2.0, 1.6  # levels of local deviation from which lines are seen, up to which grain is
_WORTH, _WORTH_SHARPENING = 0.5, 0.8  # share of the misfit that may be left
_WORSE, _WORSE_BY = 2.0, 0.2  # a cost beyond which a stronger blur only costs more
_UNEXPLAINED = 1.0  # of squared log energies; a blur would leave less
_LEAST_GRAIN, _NOISIER = 0.9, 1.3  # levels, and times the photo's own
_MOST_GRAIN = 25.0
_GRAIN_SIZES = (0.0, 0.5, 0.8, 1.2)
_TONES = np.array([50.0, 110.0, 170.0, 225.0])  # levels at which grain is measured
_TILE = 512


@dataclass(frozen=True, slots=True)
class Grain:
    """Noise to add.

    Attributes:
        levels: standard deviation at the brightnesses `_TONES`.
        colored: share of it that differs between channels, 0–1.
        size: sigma in pixels of the blur that makes the grains.
    """

    levels: tuple[float, ...]
    colored: float
    size: float

    def apply(self, pixels: Floats) -> Floats:
        """Return H×W×3 levels with grain, the same every time."""
        height, width = pixels.shape[:2]
        random = np.random.default_rng(20250101)
        tile = random.standard_normal((_TILE, _TILE, 4), np.float32)
        tile = tile[..., :3] * np.float32(np.sqrt(self.colored)) + tile[..., 3:] * np.float32(
            np.sqrt(1 - self.colored)
        )
        if self.size:
            tile = single(cv2.GaussianBlur(tile, (0, 0), self.size))
            tile /= tile.std()
        repeats = (-(-height // _TILE), -(-width // _TILE), 1)
        noise = np.tile(tile, repeats)[:height, :width]
        bright = np.clip(pixels @ LUMA.astype(np.float32), 0, 255)
        strength = np.interp(bright, _TONES, self.levels).astype(np.float32)
        return single(pixels + noise * strength[..., None])


@dataclass(frozen=True, slots=True)
class Texture:
    """Sharpness and grain to give the original.

    Attributes:
        sigma: pixels of Gaussian blur; 0 for none.
        sharpen: amount of unsharp masking; 0 for none.
        grain: noise to add, if any.
    """

    sigma: float = 0.0
    sharpen: float = 0.0
    grain: Grain | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it changes nothing."""
        return not self.sigma and not self.sharpen and self.grain is None

    def at(self, strength: float) -> Texture:
        """Return it at a share of its strength; 0 changes nothing."""
        if strength == 0:
            return Texture()
        grain = self.grain and Grain(
            tuple(strength * each for each in self.grain.levels), self.grain.colored, self.grain.size
        )
        return Texture(strength * self.sigma, strength * self.sharpen, grain)

    def soften(self, pixels: Floats, scale: float = 1.0) -> Floats:
        """Return H×W×3 levels as sharp as the edited picture; `scale` is their size beside its own."""
        if self.sigma * scale >= 0.25:
            return single(cv2.GaussianBlur(pixels, (0, 0), self.sigma * scale))
        if self.sharpen and scale > 0.75:
            return sharpened(pixels, self.sharpen)
        return pixels

    def roughen(self, pixels: Floats, scale: float = 1.0) -> Floats:
        """Return H×W×3 levels with the edited picture's grain, which reduced pictures have lost."""
        return pixels if self.grain is None or scale < 0.75 else self.grain.apply(pixels)


def sharpened(pixels: Floats, amount: float) -> Floats:
    """Return unsharp-masked levels."""
    soft = cv2.GaussianBlur(pixels, (0, 0), _SHARPEN_SIGMA)
    return single(cv2.addWeighted(pixels, 1 + amount, soft, -amount, 0))


def learn_texture(before: Floats, after: Floats, area: Hidden, *, same: bool = True) -> Texture:
    """Return the sharpness and grain that `after` has and `before` lacks.

    Args:
        before: H×W×3 levels of the photo, graded like the edited picture, at its resolution.
        after: H×W×3 levels of the edited picture.
        area: bool H×W, where both show the same thing.
        same: whether they do; if they only show alike things (two faces), less is believed.
    """
    first, second = before @ LUMA.astype(np.float32), after @ LUMA.astype(np.float32)
    lines, flat = _told_apart(first, second, area)
    sigma = sharpen = 0.0
    if np.count_nonzero(lines) >= _LINED:
        sigma, sharpen = _sharpness(first, second, lines, flat)
    if not same:
        sigma, sharpen = (0.7 * sigma if sigma >= 0.8 else 0.0), 0.0
    found = Texture(sigma, sharpen)
    return Texture(sigma, sharpen, _grain(found.soften(before), after, flat))


def _told_apart(first: Floats, second: Floats, area: Hidden) -> tuple[Hidden, Hidden]:
    """Return where lines are and where only grain is."""
    structure = [_local(_band(each, 1.4, 4.0)) for each in (first, second)]
    lines = area & (structure[0] > _STRUCTURE)
    if np.count_nonzero(lines) > _FEW:
        lines &= structure[0] > median(structure[0][lines])
    unclipped = (np.minimum(first, second) > 6) & (np.maximum(first, second) < 249)
    flat = area & unclipped & (structure[0] < _FLAT)
    if not flat.any():
        return lines, flat
    # Coarse grain reaches into the band of lines: it is as strong wherever the photo is flat.
    return lines, flat & (structure[1] < max(_FLAT, 1.5 * median(structure[1][flat])))


def _band(plane: Floats, fine: float, coarse: float) -> Floats:
    blurred = cv2.GaussianBlur(plane, (0, 0), fine) if fine else plane
    return single(blurred - cv2.GaussianBlur(plane, (0, 0), coarse))


def _local(band: Floats) -> Floats:
    return single(np.sqrt(np.maximum(cv2.GaussianBlur(band * band, (0, 0), 4.0), 0)))


def _sharpness(first: Floats, second: Floats, lines: Hidden, flat: Hidden) -> tuple[float, float]:
    """Return blur sigma and sharpening amount that give `first` the band energies of `second`."""
    target = _energies(second, lines, flat)

    @cache
    def cost(sigma: float, amount: float = 0.0) -> float:
        made = first
        if sigma:
            made = single(cv2.GaussianBlur(first, (0, 0), sigma))
        elif amount:
            made = sharpened(first, amount)
        apart = np.log(target) - np.log(_energies(made, lines, flat))
        # The coarsest band is hardly blurred: it tells what contrast is left.
        apart = np.clip(apart[:-1] - np.clip(apart[-1], -0.7, 0.7), -3, 3)
        return float((_BAND_WEIGHTS * apart**2).sum())

    sigma, amount = _least_sigma(cost), 0.0
    if not sigma:  # what a blur explains no sharpening does
        amount = min((0.0, *_AMOUNTS), key=lambda each: cost(0.0, each))
    worth = _WORTH if sigma else _WORTH_SHARPENING
    if cost(sigma, amount) > min(worth * cost(0.0), _UNEXPLAINED) or (sigma and sigma < _LEAST_SIGMA):
        return 0.0, 0.0
    return sigma, amount


def _least_sigma(cost: Callable[[float], float]) -> float:
    """Return the one of `_SIGMAS` that costs least: every other is tried until they only get worse."""
    tried = [cost(_SIGMAS[0])]
    for sigma in _SIGMAS[2::2]:
        tried.append(cost(sigma))
        if min(tried[-2:]) > _WORSE * min(tried) + _WORSE_BY:
            break
    middle = 2 * int(np.argmin(tried))
    return min(_SIGMAS[max(0, middle - 1) : middle + 2], key=cost)


def _energies(plane: Floats, lines: Hidden, flat: Hidden) -> NDArray[np.float64]:
    """Return the deviation of four bands along lines, less what grain makes of it."""
    found = []
    steps = [plane, *(single(cv2.GaussianBlur(plane, (0, 0), each)) for each in _SCALES)]
    for fine, coarse in pairwise(steps):
        band = single(fine - coarse)
        noise = _deviation(band[flat]) ** 2 if np.count_nonzero(flat) >= _FEW else 0.0
        found.append(np.sqrt(max(float(np.mean(band[lines] ** 2)) - noise, 0.04)))
    return np.array(found)


def _deviation(values: NDArray[np.floating]) -> float:
    """Return the robust standard deviation (from the median absolute deviation)."""
    return 1.4826 * median(np.abs(values - median(values))) if values.size else 0.0


def _grain(before: Floats, after: Floats, flat: Hidden) -> Grain | None:
    if np.count_nonzero(flat) < _FEW:
        return None
    luma = LUMA.astype(np.float32)
    had, has = (_band(single(each @ luma), 0.0, 1.0) for each in (before, after))
    bright = after @ luma
    levels = [_added(had, has, flat & (np.abs(bright - tone) < 45)) for tone in _TONES]
    overall = _added(had, has, flat)
    if overall is None or overall < _LEAST_GRAIN:
        return None
    colored, size = _colored(before, after, flat, overall), _size(has, flat)
    whole = 1 / _EXPECTED[size][1]
    known = [whole * (overall if level is None else level) for level in levels]
    return Grain(tuple(min(each, _MOST_GRAIN) for each in known), colored, size)


def _added(had: Floats, has: Floats, area: Hidden) -> float | None:
    """Return the deviation of white noise that makes up the difference, or None for too few pixels."""
    if np.count_nonzero(area) < _FEW // 2:
        return None
    one, two = _deviation(had[area]), _deviation(has[area])
    return float(np.sqrt(two**2 - one**2)) if two > _NOISIER * one else 0.0


def _colored(before: Floats, after: Floats, flat: Hidden, overall: float) -> float:
    """Return the share of grain that is not the same in all channels."""
    apart = [_band(np.ascontiguousarray(each[..., 0] - each[..., 1]), 0.0, 1.0) for each in (before, after)]
    extra = _added(apart[0], apart[1], flat) or 0.0
    # Independent channels differ by √2 of their own noise, and their brightness has 0.67 of it.
    return float(np.clip((extra / np.sqrt(2)) ** 2 / max((overall / 0.67) ** 2, 1e-6), 0, 1))


def _size(has: Floats, flat: Hidden) -> float:
    """Return the grain's blur, from how alike neighbors are."""
    both = flat[:, 1:] & flat[:, :-1]
    if np.count_nonzero(both) < _FEW:
        return 0.0
    found = _neighbors(has[:, 1:][both], has[:, :-1][both])
    return min(_GRAIN_SIZES, key=lambda size: abs(_EXPECTED[size][0] - found))


def _neighbors(one: NDArray[np.floating], two: NDArray[np.floating]) -> float:
    limit = 4 * max(_deviation(one), 0.1)
    one, two = np.clip(one, -limit, limit), np.clip(two, -limit, limit)
    return float(np.mean(one * two) / max(float(np.mean(one * one)), 1e-6))


def _expected(size: float) -> tuple[float, float]:
    """Return what `_neighbors` says of white noise blurred by `size`, and its deviation there."""
    plane = np.random.default_rng(3).standard_normal((192, 192), np.float32)
    if size:
        plane = single(cv2.GaussianBlur(plane, (0, 0), size))
        plane /= plane.std()
    band = _band(plane, 0.0, 1.0)
    return _neighbors(band[:, 1:].ravel(), band[:, :-1].ravel()), float(band.std())


_EXPECTED = {size: _expected(size) for size in _GRAIN_SIZES}
