"""Completion: what lies behind a hole, continued from what is around it, with its texture."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.beside import side_by_side
from privateedit.core.blend import distance_outside, smoothstep
from privateedit.core.channels import largest
from privateedit.core.fitting_shifts import BAND, REPEATS, WORK, Shift, fitting_shifts, moved
from privateedit.core.mask import Hidden
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import reduced_size, single

_FAST = 0.2  # of slow changes that count when shifts are compared: tone is corrected afterwards
_LIMIT = 30.0  # levels by which copied tone may be corrected
_PLAIN = 5.0  # levels of detail up to which a backdrop is plain
_SLOW, _SLOWER = 0.03, 0.08  # of the work size: what varies more slowly is tone
_MISSING = 40.0**2  # cost of a shift that cannot be judged near by
_NEVER = 1e9
_SLOPE = 0.2  # of the picture: how far around a slope is learned
_BEYOND = 50.0  # levels
_SAMPLES = 3000
_COARSE = 4

Indices = NDArray[np.intp]


def completed(pixels: Floats, known: Hidden, wanted: Hidden) -> Floats:
    """Return H×W×3 float32: `pixels` where `known`, and where `wanted` a continuation that looks the same.

    Wanted pixels are copied from known ones by a few shifts, those that fit best along the outline (He and
    Sun, Statistics of Patch Offsets for Image Completion, ECCV 2012). Slow differences along the outline are
    carried inwards, so that a gradient stays a gradient. Elsewhere, and where no shift fits, pixels are a
    smooth continuation.
    """
    smooth = _continued(pixels, known, wanted)
    wanted = wanted & ~known
    if not wanted.any() or not known.any():
        return smooth
    height, width = reduced_size(known.shape, WORK)
    have = _sized(single(known), height, width) > 0.99
    want = (_sized(single(wanted), height, width) > 0) & ~have
    small = _sized(smooth, height, width)
    flat = single(small - (1 - _FAST) * cv2.GaussianBlur(small, (0, 0), _SLOWER * WORK))
    shifts = fitting_shifts(flat, have, want)
    if not shifts:
        return smooth
    # Where there is hardly any texture, its detail is copied alone, and the tone is that of the continuation.
    slow = single(cv2.GaussianBlur(small, (0, 0), _SLOW * WORK))
    plain = 1 - _structure(small - slow, have & (distance_outside(want) <= 2 * BAND * WORK))
    detail = single(smooth - plain * _sized(slow, *known.shape))
    copied = _copied(detail, known, wanted, shifts, _shares(flat, have, want, shifts))
    return np.where(wanted[..., None], single(plain * smooth + copied), smooth)


def _continued(pixels: Floats, known: Hidden, wanted: Hidden) -> Floats:
    """Return the known pixels and a smooth continuation, found at a reduced size."""
    height, width = reduced_size(known.shape, 2 * WORK)
    weight = _sized(single(known), height, width)
    seen = _sized(single(pixels * known[..., None]), height, width) / np.maximum(weight, 1e-6)[..., None]
    near = _sized(single(wanted), height, width) > 0
    continued = _sloped(single(seen), weight, near)
    large = cv2.resize(continued, known.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return single(np.where(known[..., None], pixels, large))


def _sloped(pixels: Floats, weight: Floats, wanted: Hidden) -> Floats:
    """Return a smooth continuation that keeps the slope seen around what is wanted."""
    height, width = weight.shape
    rows, columns = np.nonzero((weight > 0.99) & (distance_outside(wanted) <= _SLOPE * max(weight.shape)))
    if rows.size < 50:
        return pull_push(pixels, weight)
    design = np.column_stack([rows / height, columns / width, np.ones(rows.size)])
    plane, *_ = np.linalg.lstsq(design, pixels[rows, columns].astype(np.float64), rcond=None)
    down, across = np.arange(height)[:, None, None] / height, np.arange(width)[None, :, None] / width
    slope = single(down * plane[0] + across * plane[1] + plane[2])
    continued = slope + pull_push(single(pixels - slope), weight)
    # A slope seen on a narrow strip must not lead to colors that are not there.
    low, high = np.quantile(pixels[rows, columns], (0.02, 0.98), axis=0)
    return single(np.clip(np.clip(continued, low - _BEYOND, high + _BEYOND), 0, 255))


def _structure(detail: Floats, band: Hidden) -> float:
    """Return 0 where the band beside shows grain at most, 1 where it shows things."""
    if not band.any():
        return 0.0
    strength = float(np.quantile(largest(np.abs(detail))[band], 0.8))
    return float(smoothstep(np.array((strength - _PLAIN) / _PLAIN)))


def _shares(small: Floats, have: Hidden, want: Hidden, shifts: Sequence[Shift]) -> Floats:
    """Return float32 K×h×w weights: which shift fills which wanted pixel, with narrow transitions."""
    near = have & (distance_outside(want) <= BAND * WORK)
    beside = np.maximum(_spread(single(near)), 1e-3)

    def cost_of(shift: Shift) -> Floats:
        there, seen = moved(small, shift), moved(single(have), shift) > 0
        both = single(near & seen)
        squared = single(np.minimum(((small - there) ** 2).sum(2), 3 * 60.0**2))
        cost = pull_push(squared[..., None], both)[..., 0] + _MISSING * (1 - _spread(both) / beside)
        for times in range(2, REPEATS + 1):
            seen |= moved(single(have), (times * shift[0], times * shift[1])) > 0
        return np.where(seen, single(cv2.GaussianBlur(cost, (0, 0), 1.5)), np.float32(_NEVER))

    costs = np.stack(list(side_by_side(cost_of, shifts)))
    best = costs.argmin(0)
    masks = [single(cv2.GaussianBlur(single(best == k), (0, 0), 1.0)) for k in range(len(shifts))]
    return single(np.stack(masks) * (costs < _NEVER))


def _spread(plane: Floats) -> Floats:
    """Return a plane blurred over the band, at a reduced size: nothing finer is left of it anyway."""
    height, width = reduced_size(plane.shape, WORK // _COARSE)
    reach = BAND * WORK * max(height, width) / max(plane.shape)
    blurred = cv2.GaussianBlur(_sized(plane, height, width), (0, 0), reach)
    return _sized(single(blurred), *plane.shape)


def _copied(detail: Floats, known: Hidden, wanted: Hidden, shifts: Sequence[Shift], shares: Floats) -> Floats:
    """Return the full-size picture with wanted pixels copied, and their tone led over from the outline."""
    height, width = known.shape
    scale = height / shares.shape[1], width / shares.shape[2]
    reach = max(3, round(0.012 * max(known.shape)))
    band = known & (distance_outside(wanted) <= reach)
    rows, columns = np.nonzero(wanted | band)
    total, weight = np.zeros((rows.size, 3), np.float32), np.zeros(rows.size, np.float32)
    for shift, plane in zip(shifts, shares, strict=True):
        share = _sized(plane, height, width)[rows, columns]
        use = np.flatnonzero(share > 0.02)
        if not use.size:
            continue
        full = _refined(
            detail, known, shift, scale, _strided(use[band[rows[use], columns[use]]], rows, columns)
        )
        r, c, fits = _sources(rows[use], columns[use], full, known)
        part = single(share[use] * fits)
        total[use] += part[:, None] * detail[r, c]
        weight[use] += part
    heard = weight > 0.05
    copied, usable = detail.copy(), np.zeros_like(known)
    copied[rows[heard], columns[heard]] = total[heard] / weight[heard, None]
    usable[rows[heard], columns[heard]] = True
    tone = _led_over(single(detail - copied), band & usable, max(1.0, reach / 2))
    return np.where((wanted & usable)[..., None], copied + tone, detail)


def _strided(which: Indices, rows: Indices, columns: Indices) -> tuple[Indices, Indices]:
    some = which[:: max(1, which.size // _SAMPLES)]
    return rows[some], columns[some]


def _refined(
    detail: Floats, known: Hidden, shift: Shift, scale: tuple[float, float], band: tuple[Indices, Indices]
) -> Shift:
    """Return the shift at full size, to the pixel: the one near by that fits the band's pixels best."""
    best = round(shift[0] * scale[0]), round(shift[1] * scale[1])
    least = _misfit(detail, known, best, band)
    step = round(max(scale) / 2)
    while step >= 1:
        center = best
        for down, across in product((-step, 0, step), repeat=2):
            tried = center[0] + down, center[1] + across
            misfit = _misfit(detail, known, tried, band)
            if misfit < least:
                best, least = tried, misfit
        step //= 2
    return best


def _misfit(detail: Floats, known: Hidden, shift: Shift, band: tuple[Indices, Indices]) -> float:
    rows, columns, fits = _sources(*band, shift, known)
    if not fits.any():
        return float("inf")
    apart = np.abs(detail[rows[fits], columns[fits]] - detail[band[0][fits], band[1][fits]])
    return float(np.minimum(apart, 60).mean())


def _sources(rows: Indices, columns: Indices, shift: Shift, known: Hidden) -> tuple[Indices, Indices, Hidden]:
    """Return where to copy from: the first known pixel a shift leads to, and whether there is one."""
    height, width = known.shape
    found = np.zeros(rows.shape, np.bool_)
    from_rows, from_columns = rows.copy(), columns.copy()
    for times in range(1, REPEATS + 1):
        r, c = rows + times * shift[0], columns + times * shift[1]
        inside = ~found & (r >= 0) & (c >= 0) & (r < height) & (c < width)
        inside[inside] = known[r[inside], c[inside]]
        from_rows[inside], from_columns[inside] = r[inside], c[inside]
        found |= inside
    return from_rows, from_columns, found


def _led_over(difference: Floats, band: Hidden, sigma: float) -> Floats:
    """Return the difference seen on the band, without detail, continued everywhere; at a reduced size."""
    height, width = reduced_size(band.shape, WORK)
    weight = _sized(single(band), height, width)
    clipped = single(np.clip(difference, -_LIMIT, _LIMIT) * band[..., None])
    blur = max(1.0, sigma * width / band.shape[1])
    heard = single(cv2.GaussianBlur(weight, (0, 0), blur))
    values = single(cv2.GaussianBlur(_sized(clipped, height, width), (0, 0), blur))
    values = single(values / np.maximum(heard, 1e-6)[..., None])
    tone = pull_push(values, single(np.minimum(weight * 4, 1)))
    return single(cv2.resize(tone, band.shape[::-1], interpolation=cv2.INTER_LINEAR))


def _sized(plane: Floats, height: int, width: int) -> Floats:
    if plane.shape[:2] == (height, width):
        return plane
    shrinking = width < plane.shape[1]
    mode = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return single(cv2.resize(plane, (width, height), interpolation=mode))
