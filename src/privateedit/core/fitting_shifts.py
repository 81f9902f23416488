"""Shifts under which the surroundings of a gap repeat themselves: what may be copied into it."""

from __future__ import annotations

from itertools import chain

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.beside import side_by_side
from privateedit.core.blend import distance_outside
from privateedit.core.mask import Hidden
from privateedit.core.middle import median
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single

WORK = 256
"""Longest side, in pixels, of the pictures in which shifts are looked for."""

BAND = 0.10
"""How far around a gap a shift must fit, as a share of `WORK`."""

REPEATS = 3
"""So many times a shift may be repeated until it leads out of the gap."""

_SECTORS, _EACH = 12, 3  # parts of the outline that are asked separately, and shifts kept of each
_COVERED = 0.2  # share of a sector that a shift must fill at once; repeated, it fills more
_SHORTEST = 0.05  # of the work size: a shorter shift shows as ripples
_NEAR, _FILLED = (
    0.3,
    0.6,
)  # of a typical cost: for a shift as long as the work size, and one that fills nothing

Shift = tuple[int, int]
"""Rows and columns from a pixel of the gap to the one that is copied."""

Spectrum = Floats
"""Of a real plane, packed as OpenCV does: as many numbers as the plane has."""


def fitting_shifts(picture: Floats, known: Hidden, gap: Hidden) -> list[Shift]:
    """Return the shifts under which the known band beside each part of the gap repeats itself best.

    All shifts are judged at once by Fourier transforms; near ones that fill much are preferred.

    Args:
        picture: h×w×3 float32, no side above `WORK`.
        known: bool h×w pixels that can be compared and copied.
        gap: bool h×w, not empty.
    """
    band = known & (distance_outside(gap) <= BAND * WORK)
    rows, columns = np.nonzero(gap)
    down, across = np.indices(gap.shape)
    angle = np.arctan2(down - rows.mean(), across - columns.mean()) / (2 * np.pi) + 0.5
    sectors = np.floor(_SECTORS * angle) % _SECTORS
    spectra = _Spectra(picture, known)

    def best(part: int) -> list[Shift]:
        inside = sectors == part
        if not (gap & inside).any() or not (band & inside).any():
            return []
        return spectra.best(band & inside, gap & inside)

    return list(dict.fromkeys(chain.from_iterable(side_by_side(best, range(_SECTORS)))))


def moved(plane: Floats, shift: Shift) -> Floats:
    """Return the plane's value at p + shift for every p, 0 beyond the frame."""
    height, width = plane.shape[:2]
    result = np.zeros_like(plane)
    to_rows = slice(max(0, -shift[0]), min(height, height - shift[0]))
    to_columns = slice(max(0, -shift[1]), min(width, width - shift[1]))
    if to_rows.start < to_rows.stop and to_columns.start < to_columns.stop:
        rows = slice(to_rows.start + shift[0], to_rows.stop + shift[0])
        columns = slice(to_columns.start + shift[1], to_columns.stop + shift[1])
        result[to_rows, to_columns] = plane[rows, columns]
    return result


class _Spectra:
    """Fourier transforms of a picture and of what is known of it."""

    def __init__(self, picture: Floats, known: Hidden) -> None:
        # Padded to twice the size, no shift wraps around.
        self.size = tuple(cv2.getOptimalDFTSize(2 * side) for side in known.shape)
        self.picture, self.squares = picture, single((picture**2).sum(2))
        self.known = self._of(single(known))
        self.colors = [self._of(picture[..., channel] * known) for channel in range(3)]
        self.square = self._of(self.squares * known)
        self.rows, self.columns = (np.fft.fftfreq(side, 1 / side) for side in self.size)
        self.length = np.hypot(self.rows[:, None], self.columns[None]) / WORK

    def _of(self, plane: Floats) -> Spectrum:
        padded = np.zeros(self.size, np.float32)
        padded[: plane.shape[0], : plane.shape[1]] = plane
        return single(cv2.dft(padded, dst=padded, nonzeroRows=plane.shape[0]))

    def _sums(self, product: Spectrum) -> Floats:
        return single(cv2.idft(product, flags=cv2.DFT_REAL_OUTPUT | cv2.DFT_SCALE))

    def best(self, band: Hidden, gap: Hidden) -> list[Shift]:
        """Return the best shifts for one part: they fit on the band and fill enough of the gap."""
        inside = single(band)
        mask = self._of(inside)
        common = self._sums(_correlated(mask, self.known))
        product = _correlated(self._of(self.squares * inside), self.known)
        product += _correlated(mask, self.square)
        for channel, color in enumerate(self.colors):
            product -= 2 * _correlated(self._of(self.picture[..., channel] * inside), color)
        cost = self._sums(product) / np.maximum(common, 1)
        filled = self._sums(_correlated(self._of(single(gap)), self.known)) / np.count_nonzero(gap)
        judged = (common >= 0.5 * inside.sum()) & (filled >= _COVERED) & (self.length >= _SHORTEST)
        if not judged.any():
            return []
        typical = median(cost[judged])
        cost += typical * (_NEAR * self.length + _FILLED * np.clip(1 - filled, 0, 1))
        return self._lowest(np.where(judged, cost, np.inf))

    def _lowest(self, cost: NDArray[np.floating]) -> list[Shift]:
        found: list[Shift] = []
        for _ in range(_EACH):
            at = np.unravel_index(int(np.argmin(cost)), cost.shape)
            if not np.isfinite(cost[at]):
                break
            shift = int(self.rows[at[0]]), int(self.columns[at[1]])
            found.append(shift)
            near = (np.abs(self.rows - shift[0]) <= 3)[:, None] & (np.abs(self.columns - shift[1]) <= 3)[None]
            cost[near] = np.inf
        return found


def _correlated(first: Spectrum, second: Spectrum) -> Spectrum:
    """Return the spectrum of how two planes agree under every shift of the second."""
    return single(cv2.mulSpectrums(second, first, 0, conjB=True))
