"""Closed-form matting: the alpha that is locally a linear function of color and keeps to what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from privateedit.core.pull_push import Floats

_PAIRS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
_STEPS = 30  # of conjugate gradients; from a segmenter's guess on, more change nothing that is seen
_SETTLED = 1e-3  # of the first residual


def closed_form(guide: Floats, prior: Floats, trust: Floats, *, radius: int, floor: float = 1e-5) -> Floats:
    """Return float32 H×W in [0, 1] that follows `prior` where trusted and the guide's edges elsewhere.

    A Closed-Form Solution to Natural Image Matting, Levin, Lischinski and Weiss, TPAMI 2008, with the
    Laplacian of large windows applied by box filters and solved by conjugate gradients as in He, Sun and
    Tang, Fast Matting Using Large Kernel Matting Laplacian Matrices, CVPR 2010.

    Args:
        guide: float32 H×W×3 in [0, 1].
        prior: float32 H×W, the alpha that is expected.
        trust: float32 H×W above 0, the weight of the prior against smoothness of weight 1.
        radius: of the windows, in pixels.
        floor: variance below which colors are not told apart.
    """
    windows = _Windows.of(guide, radius, floor)
    diagonal = 1 / (1 + trust)
    alpha: Floats = prior.copy()
    residual = trust * prior - (windows.laplacian(alpha) + trust * alpha)
    scaled = diagonal * residual
    search = scaled.copy()
    energy = first = float(np.vdot(residual, scaled))
    for _ in range(_STEPS):
        if energy <= _SETTLED**2 * first or energy == 0:
            break
        image = windows.laplacian(search)
        image += trust * search
        curvature = float(np.vdot(search, image))
        if curvature <= 0:  # below what single precision counts: there is nothing left to gain
            break
        step = energy / curvature
        alpha += np.float32(step) * search
        image *= np.float32(step)
        residual -= image
        np.multiply(diagonal, residual, out=scaled)
        energy, previous = float(np.vdot(residual, scaled)), energy
        search *= np.float32(energy / previous)
        search += scaled
    return np.asarray(np.clip(alpha, 0, 1), np.float32)


@dataclass(frozen=True, eq=False, slots=True)
class _Windows:
    """Mean and inverse covariance of the guide's colors in the window around every pixel, as planes."""

    colors: tuple[Floats, ...]
    means: tuple[Floats, ...]
    inverse: tuple[tuple[Floats, ...], ...]
    count: Floats
    size: tuple[int, int]
    scratch: Floats

    @classmethod
    def of(cls, guide: Floats, radius: int, floor: float) -> _Windows:
        size = (2 * radius + 1, 2 * radius + 1)
        colors = tuple(np.ascontiguousarray(guide[..., channel]) for channel in range(3))
        count = _summed(np.ones(guide.shape[:2], np.float32), size)
        means = tuple(_summed(color, size) / count for color in colors)
        spread = {
            (i, j): _summed(colors[i] * colors[j], size) / count - means[i] * means[j] + (i == j) * floor
            for i, j in _PAIRS
        }
        return cls(colors, means, _inverted(spread), count, size, np.empty((7, *count.shape), np.float32))

    def laplacian(self, alpha: Floats) -> Floats:
        """Return the matting Laplacian times `alpha`, divided by the windows' size.

        What is returned is written over by the next call: fresh memory for every plane takes longer than
        all that is computed here.
        """
        offset, follows, slope, part, *cross = self.scratch
        np.divide(_summed(alpha, self.size, offset), self.count, out=offset)
        for across, color, mean in zip(cross, self.colors, self.means, strict=True):
            _summed(np.multiply(color, alpha, out=part), self.size, across)
            np.divide(across, self.count, out=across)
            np.subtract(across, np.multiply(mean, offset, out=part), out=across)
        follows[:] = 0
        for row, color, mean in zip(self.inverse, self.colors, self.means, strict=True):
            np.multiply(row[0], cross[0], out=slope)
            slope += np.multiply(row[1], cross[1], out=part)
            slope += np.multiply(row[2], cross[2], out=part)
            offset -= np.multiply(slope, mean, out=part)
            _summed(slope, self.size, part)
            follows += np.multiply(part, color, out=part)
        follows += _summed(offset, self.size, part)
        np.multiply(self.count, alpha, out=part)
        np.subtract(part, follows, out=follows)
        follows /= np.float32(self.size[0] * self.size[1])
        return np.asarray(follows, np.float32)


def _inverted(spread: Mapping[tuple[int, int], Floats]) -> tuple[tuple[Floats, ...], ...]:
    """Return the inverse of a symmetric 3×3 matrix at every pixel (Cramer's rule)."""
    # In flat black areas the products of tiny variances drown in single precision.
    rr, rg, rb, gg, gb, bb = (spread[pair].astype(np.float64) for pair in _PAIRS)
    first, second, third = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    determinant = rr * first + rg * second + rb * third
    fourth, fifth, sixth = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
    a, b, c, d, e, f = (
        np.asarray(minor / determinant, np.float32) for minor in (first, second, third, fourth, fifth, sixth)
    )
    return (a, b, c), (b, d, e), (c, e, f)


def _summed(plane: Floats, size: tuple[int, int], into: Floats | None = None) -> Floats:
    """Return the sum over the window around each pixel; nothing lies beyond the frame."""
    summed = cv2.boxFilter(plane, -1, size, into, normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(summed, np.float32).reshape(plane.shape)
