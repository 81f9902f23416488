"""Completion: what lies behind a hole, continued from what is around it, with its texture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.blend import distance_outside, smoothstep
from privateedit.core.mask import Hidden
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import reduced_size, single

_WORK = 256  # pixels at which shifts are looked for
_BAND = 0.10  # of the work size: how far around a shift must fit
_SECTORS, _EACH = 12, 3  # parts of the outline that are asked separately, and shifts kept of each
_COVERED = 0.2  # share of a sector that a shift must fill at once; repeated, it fills more
_SHORTEST = 0.05  # of the work size: a shorter shift shows as ripples
_REPEATS = 3
_NEAR = 0.3  # of the cost of a shift as long as the work size: what lies near is lit alike
_TONE = 0.8  # share of slow changes in the comparison; the rest is corrected afterwards
_LIMIT = 30.0  # levels by which copied tone may be corrected
_PLAIN = 5.0  # levels of detail up to which a backdrop is plain
_SLOW = 0.03  # of the work size: what varies more slowly is tone
_MISSING = 40.0**2  # cost of a shift that cannot be judged near by

_Any = TypeVar("_Any", np.float32, np.bool_)
Shift = tuple[int, int]
Complexes = NDArray[np.complex64]
Indices = NDArray[np.intp]


def completed(pixels: Floats, known: Hidden, wanted: Hidden) -> Floats:
    """Return H×W×3 float32: `pixels` where `known`, and where `wanted` a continuation that looks the same.

    Wanted pixels are copied from known ones by a few shifts, those that fit best along the outline, as in He
    and Sun, Statistics of Patch Offsets for Image Completion, ECCV 2012; slow differences along the outline are
    carried inwards, so that a gradient stays a gradient. Elsewhere, and where no shift fits, pixels are a
    smooth continuation.
    """
    smooth = _tone(pixels, known, wanted)
    wanted = wanted & ~known
    if not wanted.any() or not known.any():
        return smooth
    height, width = reduced_size(known.shape, _WORK)
    have = _sized(known.astype(np.float32), height, width) > 0.99
    want = (_sized(wanted.astype(np.float32), height, width) > 0) & ~have
    small = _sized(smooth, height, width)
    flat = single(small - (1 - _TONE) * cv2.GaussianBlur(small, (0, 0), 0.08 * _WORK))
    shifts = _candidates(flat, have, want)
    if not shifts:
        return smooth
    weights = _chosen(flat, have, want, shifts)
    # Where there is hardly any texture, its detail is copied alone, and the tone is that of the continuation.
    slow = single(cv2.GaussianBlur(small, (0, 0), _SLOW * _WORK))
    plain = 1 - _structure(small - slow, have & (distance_outside(want) <= 2 * _BAND * _WORK))
    tone = plain * smooth
    detail = smooth - plain * _sized(slow, *known.shape)
    copied = _copied(detail, known, wanted, shifts, weights)
    return np.where(wanted[..., None], tone + copied, smooth)


def _tone(pixels: Floats, known: Hidden, wanted: Hidden) -> Floats:
    """Return a smooth continuation of the known pixels that keeps the slope seen around what is wanted."""
    height, width = known.shape
    rows, columns = np.nonzero(known & (distance_outside(wanted) <= 0.2 * max(known.shape)))
    if rows.size < 50:
        return pull_push(pixels, known.astype(np.float32))
    step = max(1, rows.size // 20_000)
    rows, columns = rows[::step], columns[::step]
    design = np.column_stack([rows / height, columns / width, np.ones(rows.size)])
    plane, *_ = np.linalg.lstsq(design, pixels[rows, columns].astype(np.float64), rcond=None)
    down, across = np.arange(height)[:, None, None] / height, np.arange(width)[None, :, None] / width
    slope = single(down * plane[0] + across * plane[1] + plane[2])
    return np.clip(slope + pull_push(pixels - slope, known.astype(np.float32)), 0, 255)


def _structure(detail: Floats, band: Hidden) -> float:
    """Return 0 where the band beside shows grain at most, 1 where it shows things."""
    if not band.any():
        return 0.0
    strength = np.abs(detail).max(2)[band]
    return float(smoothstep((np.quantile(strength, 0.8) - _PLAIN) / _PLAIN))


def _candidates(small: Floats, have: Hidden, want: Hidden) -> list[Shift]:
    """Return the shifts under which the known band beside each part of the outline repeats itself best."""
    band = have & (distance_outside(want) <= _BAND * _WORK)
    rows, columns = np.nonzero(want)
    middle = rows.mean(), columns.mean()
    down, across = np.indices(want.shape)
    sector = np.floor(_SECTORS * (np.arctan2(down - middle[0], across - middle[1]) / (2 * np.pi) + 0.5))
    spectra = _Spectra(small, have)
    found: list[Shift] = []
    for part in range(_SECTORS):
        inside = (sector % _SECTORS) == part
        if (want & inside).any() and (band & inside).any():
            found += spectra.best(band & inside, want & inside)
    return list(dict.fromkeys(found))


class _Spectra:
    """Fourier transforms of the picture and of what is known: every shift is judged at once."""

    def __init__(self, small: Floats, have: Hidden) -> None:
        self.shape = have.shape
        self.size = [cv2.getOptimalDFTSize(2 * side) for side in have.shape]
        self.small = small
        seen = have.astype(np.float32)
        self.have = self._of(seen)
        self.color = [self._of(small[..., channel] * seen) for channel in range(3)]
        self.square = self._of((small**2).sum(2) * seen)

    def _of(self, plane: Floats) -> Complexes:
        return np.fft.rfft2(plane, self.size)

    def _at_shifts(self, first: Complexes, second: Complexes) -> Floats:
        """Return Σ first(p) · second(p + s) for every shift s, wrapped at the padded size."""
        return single(np.fft.irfft2(np.conj(first) * second, self.size))

    def best(self, band: Hidden, want: Hidden) -> list[Shift]:
        """Return the best shifts for one part: they fit on the band and fill enough of what is wanted."""
        mask = band.astype(np.float32)
        common = self._at_shifts(self._of(mask), self.have)
        squares = self._at_shifts(self._of((self.small**2).sum(2) * mask), self.have)
        squares += self._at_shifts(self._of(mask), self.square)
        for channel in range(3):
            squares -= 2 * self._at_shifts(self._of(self.small[..., channel] * mask), self.color[channel])
        filled = self._at_shifts(self._of(want.astype(np.float32)), self.have) / np.count_nonzero(want)
        rows, columns = (np.fft.fftfreq(side, 1 / side) for side in self.size)
        length = np.hypot(rows[:, None], columns[None]) / _WORK
        cost = squares / np.maximum(common, 1)
        typical = float(np.median(cost[common > 0.5 * mask.sum()])) if (common > 0.5 * mask.sum()).any() else 1.0
        cost = cost + typical * (_NEAR * length + 0.6 * np.clip(1 - filled, 0, 1))
        cost[(common < 0.5 * mask.sum()) | (filled < _COVERED) | (length < _SHORTEST)] = np.inf
        return self._lowest(cost, rows, columns)

    @staticmethod
    def _lowest(cost: Floats, rows: NDArray[np.float64], columns: NDArray[np.float64]) -> list[Shift]:
        found: list[Shift] = []
        for _ in range(_EACH):
            at = np.unravel_index(int(np.argmin(cost)), cost.shape)
            if not np.isfinite(cost[at]):
                break
            shift = int(rows[at[0]]), int(columns[at[1]])
            found.append(shift)
            near = (np.abs(rows - shift[0]) <= 3)[:, None] & (np.abs(columns - shift[1]) <= 3)[None]
            cost[near] = np.inf
        return found


def _chosen(small: Floats, have: Hidden, want: Hidden, shifts: Sequence[Shift]) -> Floats:
    """Return float32 K×h×w weights: which shift fills which wanted pixel, with narrow transitions."""
    near = have & (distance_outside(want) <= _BAND * _WORK)
    costs, beside = [], np.maximum(_spread(single(near)), 1e-3)
    for shift in shifts:
        there, seen = _moved(small, shift), _moved(have, shift)
        both = single(near & seen)
        for times in range(2, _REPEATS + 1):
            seen = seen | _moved(have, (times * shift[0], times * shift[1]))
        squared = np.minimum(((small - there) ** 2).sum(2), 3 * 60.0**2)
        cost = pull_push(squared[..., None], both)[..., 0] + _MISSING * (1 - _spread(both) / beside)
        costs.append(np.where(seen, cost, np.float32(1e9)))
    stack = np.stack(costs).astype(np.float32)
    stack = np.stack([single(cv2.GaussianBlur(np.minimum(plane, 1e6), (0, 0), 1.5)) for plane in stack])
    best = stack.argmin(0)
    weights = np.stack(
        [cv2.GaussianBlur((best == k).astype(np.float32), (0, 0), 1.0) for k in range(len(shifts))]
    )
    return single(weights * (np.stack(costs) < 1e8))


def _spread(plane: Floats) -> Floats:
    return single(cv2.GaussianBlur(plane, (0, 0), _BAND * _WORK))


def _copied(
    detail: Floats, known: Hidden, wanted: Hidden, shifts: Sequence[Shift], weights: Floats
) -> Floats:
    """Return the full-size picture with wanted pixels copied, and their tone led over from the outline."""
    height, width = known.shape
    scale = height / weights.shape[1], width / weights.shape[2]
    reach = max(3, round(0.012 * max(known.shape)))
    band = known & (distance_outside(wanted) <= reach)
    rows, columns = np.nonzero(wanted | band)
    total, weight = np.zeros((rows.size, 3), np.float32), np.zeros(rows.size, np.float32)
    for shift, plane in zip(shifts, weights, strict=True):
        share = _sized(plane, height, width)[rows, columns]
        use = np.flatnonzero(share > 0.02)
        if not use.size:
            continue
        full = round(shift[0] * scale[0]), round(shift[1] * scale[1])
        r, c, fits = _sources(rows[use], columns[use], full, known)
        share = share[use] * fits
        total[use] += share[:, None] * detail[r, c]
        weight[use] += share
    heard = weight > 0.05
    copied = np.zeros_like(detail)
    copied[rows[heard], columns[heard]] = total[heard] / weight[heard, None]
    usable = np.zeros_like(known)
    usable[rows[heard], columns[heard]] = True
    tone = _led_over(detail - copied, band & usable, max(1.0, reach / 2))
    return np.where((wanted & usable)[..., None], copied + tone, detail)


def _sources(rows: Indices, columns: Indices, shift: Shift, known: Hidden) -> tuple[Indices, Indices, Hidden]:
    """Return where to copy from: the first known pixel a shift leads to, and whether there is one."""
    height, width = known.shape
    found = np.zeros(rows.shape, np.bool_)
    from_rows, from_columns = rows.copy(), columns.copy()
    for times in range(1, _REPEATS + 1):
        r, c = rows + times * shift[0], columns + times * shift[1]
        inside = ~found & (r >= 0) & (c >= 0) & (r < height) & (c < width)
        inside[inside] = known[r[inside], c[inside]]
        from_rows[inside], from_columns[inside] = r[inside], c[inside]
        found |= inside
    return from_rows, from_columns, found


def _led_over(difference: Floats, band: Hidden, sigma: float) -> Floats:
    """Return the difference seen on the band, without detail, continued everywhere; at a reduced size."""
    height, width = reduced_size(band.shape, _WORK)
    weight = _sized(band.astype(np.float32), height, width)
    clipped = np.clip(difference, -_LIMIT, _LIMIT) * band[..., None]
    blur = max(1.0, sigma * width / band.shape[1])
    heard = single(cv2.GaussianBlur(weight, (0, 0), blur))
    values = single(cv2.GaussianBlur(_sized(clipped, height, width), (0, 0), blur))
    values = single(values / np.maximum(heard, 1e-6)[..., None])
    tone = pull_push(values, single(np.minimum(weight * 4, 1)))
    return single(cv2.resize(tone, band.shape[::-1], interpolation=cv2.INTER_LINEAR))


def _moved(plane: NDArray[_Any], shift: Shift) -> NDArray[_Any]:
    """Return the plane at p + shift for every p, 0 beyond the frame."""
    height, width = plane.shape[:2]
    moved = np.zeros_like(plane)
    to_rows = slice(max(0, -shift[0]), min(height, height - shift[0]))
    to_columns = slice(max(0, -shift[1]), min(width, width - shift[1]))
    rows = slice(to_rows.start + shift[0], to_rows.stop + shift[0])
    columns = slice(to_columns.start + shift[1], to_columns.stop + shift[1])
    if to_rows.start < to_rows.stop and to_columns.start < to_columns.stop:
        moved[to_rows, to_columns] = plane[rows, columns]
    return moved


def _sized(plane: Floats, height: int, width: int) -> Floats:
    if plane.shape[:2] == (height, width):
        return plane
    shrinking = width < plane.shape[1]
    mode = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return single(cv2.resize(plane, (width, height), interpolation=mode))
