"""Closed-form matting: the alpha that is locally a linear function of color and keeps to what is known."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from privateedit.core.pull_push import Floats

_STEPS = 40  # of conjugate gradients; from a segmenter's guess on, more change nothing that is seen
_SETTLED = 1e-3  # of the first residual


def closed_form(guide: Floats, prior: Floats, trust: Floats, *, radius: int, floor: float = 1e-5) -> Floats:
    """Return float32 H×W in [0, 1] that follows `prior` where it is trusted and the guide's edges elsewhere.

    A Closed-Form Solution to Natural Image Matting, Levin, Lischinski and Weiss, TPAMI 2008, with the
    Laplacian of large windows applied by box filters and solved by conjugate gradients as in He, Sun and Tang,
    Fast Matting Using Large Kernel Matting Laplacian Matrices, CVPR 2010.

    Args:
        guide: float32 H×W×3 in [0, 1].
        prior: float32 H×W, the alpha that is expected.
        trust: float32 H×W above 0, the weight of the prior against smoothness of weight 1.
        radius: of the windows, in pixels.
        floor: variance below which colors are not told apart.
    """
    windows = _Windows.of(guide, radius, floor)
    diagonal = 1 / (1 + trust)
    alpha = prior.copy()
    residual = trust * prior - (windows.laplacian(alpha) + trust * alpha)
    search = scaled = diagonal * residual
    energy = first = float(np.vdot(residual, scaled))
    for _ in range(_STEPS):
        if energy <= _SETTLED**2 * first or energy == 0:
            break
        image = windows.laplacian(search) + trust * search
        step = energy / float(np.vdot(search, image))
        alpha = alpha + step * search
        residual = residual - step * image
        scaled = diagonal * residual
        energy, previous = float(np.vdot(residual, scaled)), energy
        search = scaled + (energy / previous) * search
    return np.asarray(np.clip(alpha, 0, 1), np.float32)


@dataclass(frozen=True, eq=False, slots=True)
class _Windows:
    """Mean and inverse covariance of the guide's colors in the window around every pixel."""

    guide: Floats
    mean: Floats
    inverse: Floats
    count: Floats
    size: tuple[int, int]

    @classmethod
    def of(cls, guide: Floats, radius: int, floor: float) -> _Windows:
        size = (2 * radius + 1, 2 * radius + 1)
        count = _summed(np.ones(guide.shape[:2], np.float32), size)
        mean = _summed(guide, size) / count[..., None]
        products = np.stack([guide[..., i] * guide[..., j] for i in range(3) for j in range(3)], axis=-1)
        outer = mean[..., :, None] * mean[..., None, :]
        spread = (_summed(products, size) / count[..., None]).reshape(outer.shape) - outer
        inverse = np.linalg.inv(spread.astype(np.float64) + floor * np.eye(3))
        return cls(guide, mean, np.asarray(inverse, np.float32), count, size)

    def laplacian(self, alpha: Floats) -> Floats:
        """Return the matting Laplacian times `alpha`, divided by the windows' size."""
        both = np.concatenate([alpha[..., None], self.guide * alpha[..., None]], axis=-1)
        means = _summed(both, self.size) / self.count[..., None]
        level = means[..., 0]
        cross = means[..., 1:] - self.mean * level[..., None]
        slopes = np.einsum("hwij,hwj->hwi", self.inverse, cross)
        offset = level - np.einsum("hwi,hwi->hw", slopes, self.mean)
        lines = _summed(np.concatenate([slopes, offset[..., None]], axis=-1), self.size)
        follows = np.einsum("hwi,hwi->hw", lines[..., :3], self.guide) + lines[..., 3]
        whole = np.float32(self.size[0] * self.size[1])
        return np.asarray((self.count * alpha - follows) / whole, np.float32)


def _summed(plane: Floats, size: tuple[int, int]) -> Floats:
    """Return the sum over the window around each pixel; nothing lies beyond the frame."""
    channels = plane.reshape(*plane.shape[:2], -1)
    parts = [np.ascontiguousarray(channels[..., first : first + 4]) for first in range(0, channels.shape[2], 4)]
    sums = [
        np.asarray(cv2.boxFilter(part, -1, size, normalize=False, borderType=cv2.BORDER_CONSTANT)).reshape(
            part.shape
        )
        for part in parts
    ]
    return np.asarray(np.concatenate(sums, axis=-1), np.float32).reshape(plane.shape)
