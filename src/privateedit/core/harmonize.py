"""Harmonization: give the original face the grade that the visible picture received.

The grade is learned only from pixels that both pictures show: what was sent and what came back. A
stranger's skin never teaches skin tone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from privateedit.core.matte import Plane

_LUMA = np.array([0.299, 0.587, 0.114])
_PRIOR = 0.01  # weight of "nothing changed" against the evidence
_MIN_SAMPLES = 60
_EXPLAINED = 14.0  # levels of median misfit up to which a grade counts as understood
_WORTHWHILE = 0.92  # misfit must fall below this share of doing nothing
_MONOCHROME = 0.002  # share of color variance beside the main axis


@dataclass(frozen=True, eq=False, slots=True)
class Grade:
    """A global color map: RGB out = matrix · [R, G, B, 1], in levels 0–255."""

    matrix: NDArray[np.float64]

    @classmethod
    def identity(cls) -> Grade:
        """The grade that changes nothing."""
        return cls(np.eye(3, 4))

    @property
    def is_identity(self) -> bool:
        """Whether the grade changes nothing."""
        return bool(np.array_equal(self.matrix, np.eye(3, 4)))

    def apply(self, pixels: Plane) -> Plane:
        """Return graded H×W×3 float32 levels; may leave 0–255, callers clip when they round."""
        if self.is_identity:
            return pixels
        linear = self.matrix[:, :3].astype(np.float32)
        return np.asarray(pixels @ linear.T + self.matrix[:, 3].astype(np.float32), np.float32)


def learn_grade(before: Plane, after: Plane, sources: Mapping[str, NDArray[np.bool_]]) -> Grade:
    """Return the grade that best explains `after` from `before` on one of the `sources`.

    Args:
        before: H×W×3 float32 levels as sent, in the edited picture's geometry.
        after: H×W×3 float32 levels as returned.
        sources: named H×W bool areas: parts of the picture that may have survived (the person, the
            surroundings, everything visible). The part with the smallest misfit teaches.

    The identity is returned when no part is explained or when the fit is hardly better than doing nothing.
    `before` and `after` must be registered by the scene, not by a stranger's face.
    """
    best, least = Grade.identity(), _EXPLAINED
    for area in sources.values():
        chosen = area.ravel()
        if np.count_nonzero(chosen) < _MIN_SAMPLES:
            continue
        x, y = before.reshape(-1, 3)[chosen], after.reshape(-1, 3)[chosen]
        grade = _fit(x.astype(np.float64), y.astype(np.float64))
        misfit, idle = _misfit(grade, x, y), _misfit(Grade.identity(), x, y)
        if misfit < least:
            least = misfit
            best = grade if misfit < _WORTHWHILE * idle else Grade.identity()
    return best


def _misfit(grade: Grade, before: Plane, after: Plane) -> float:
    apart = np.abs(np.clip(grade.apply(before), 0, 255) - after).mean(1)
    return float(np.median(apart))


def _fit(before: NDArray[np.float64], after: NDArray[np.float64]) -> Grade:
    """Robust ridge regression; where colors were not seen, the prior decides."""
    drained = _monochrome(after) and not _monochrome(before)
    prior = _luma_prior(before, after) if drained else np.eye(3, 4)
    design = np.column_stack([before, np.full(len(before), 128.0)])
    offset = prior[:, :3] @ before.T + prior[:, 3:]
    rest = after - offset.T
    weights = np.ones(len(before))
    scale = np.diag([1.0, 1.0, 1.0, 0.2]) * _PRIOR * 60.0**2 * len(before)
    change = np.zeros((4, 3))
    for _ in range(12):
        weighted = design * weights[:, None]
        change = np.linalg.solve(weighted.T @ design + scale, weighted.T @ rest)
        apart = np.linalg.norm(rest - design @ change, axis=1)
        typical = max(float(np.median(apart)), 1.5)
        weights = 1 / (1 + (apart / (2 * typical)) ** 2)
    matrix = prior.copy()
    matrix[:, :3] += change[:3].T
    matrix[:, 3] += change[3] * 128.0
    return Grade(matrix)


def _monochrome(colors: NDArray[np.float64]) -> bool:
    """Whether all colors lie on one line, as in black-and-white and sepia pictures."""
    spread = np.linalg.eigvalsh(np.cov(colors.T) + 1e-9 * np.eye(3))
    return bool(spread[1] < _MONOCHROME * spread[2] + 1.0)


def _luma_prior(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without color in the result, unseen colors must lose theirs as well."""
    luma = np.column_stack([before @ _LUMA, np.ones(len(before))])
    (slope, offset), *_ = np.linalg.lstsq(luma, after, rcond=None)
    return np.column_stack([slope[:, None] * _LUMA[None, :], offset])
