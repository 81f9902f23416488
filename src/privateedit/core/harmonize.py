"""Harmonization: give the original face the grade that the visible picture received.

The grade is learned only from pixels that both pictures show: what was sent and what came back. A
stranger's skin never teaches skin tone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from privateedit.core.pull_push import Floats

_LUMA = np.array([0.299, 0.587, 0.114])
_PRIOR = 0.01  # weight of "nothing changed" against the evidence
_MIN_SAMPLES = 60
_EXPLAINED = 14.0  # levels of median misfit up to which a grade counts as understood
_WORTHWHILE = 0.92  # misfit must fall below this share of doing nothing
_FLAT = 3.0  # levels of standard deviation below which nothing can be compared
_CERTAIN = 3.0  # levels of misfit that leave no doubt
_ALIKE, _ROUGHLY_ALIKE = 0.7, 0.4  # correlation of light and dark, in general and where the map is certain
_TRACES_LEFT = 0.3  # correlation that even a drawing keeps with its photo
_GAIN, _SHIFT = (0.25, 2.5), 90.0  # contrast and brightness a grade may change
_GREY, _COLORFUL = 3.0, 4.0  # levels of spread beside the main axis of all colors


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

    def apply(self, pixels: Floats) -> Floats:
        """Return graded H×W×3 float32 levels; may leave 0–255, callers clip when they round."""
        if self.is_identity:
            return pixels
        linear = self.matrix[:, :3].astype(np.float32)
        return np.asarray(pixels @ linear.T + self.matrix[:, 3].astype(np.float32), np.float32)


def learn_grade(before: Floats, after: Floats, sources: Mapping[str, NDArray[np.bool_]]) -> Grade:
    """Return the grade that best explains `after` from `before` on one of the `sources`.

    Args:
        before: H×W×3 float32 levels as sent, in the edited picture's geometry.
        after: H×W×3 float32 levels as returned.
        sources: named H×W bool areas: parts of the picture that may have survived (the person, the
            surroundings, everything visible), the most telling first. The first that is certain teaches,
            else the one with the smallest misfit.

    The identity is returned when no part is explained or when the fit is hardly better than doing nothing.
    `before` and `after` must be registered by the scene, not by a stranger's face.
    """
    drained = _lost_color(before, after, sources)
    best, least = (_grey_grade(after, sources) if drained else Grade.identity()), _EXPLAINED
    for area in sources.values():
        x, y = before[area], after[area]
        if len(x) < _MIN_SAMPLES:
            continue
        grade = _fit(x.astype(np.float64), y.astype(np.float64), drained)
        misfit, idle = _misfit(grade, x, y), _misfit(Grade.identity(), x, y)
        if misfit < least and _survived(x, y, misfit) and _sane(grade):
            least = misfit
            best = grade if misfit < _WORTHWHILE * idle else Grade.identity()
            if misfit < _CERTAIN:
                break
    return best


def _survived(before: Floats, after: Floats, misfit: float) -> bool:
    """Whether the same thing is seen in both: light and dark lie in the same places.

    A new plain backdrop is explained by any map to its one color, and teaches nothing.
    """
    first, second = before @ _LUMA, after @ _LUMA
    if min(first.std(), second.std()) < _FLAT:
        return False
    return float(np.corrcoef(first, second)[0, 1]) > (_ROUGHLY_ALIKE if misfit < _CERTAIN else _ALIKE)


def _sane(grade: Grade) -> bool:
    """Whether grey stays a rising scale and a mid tone stays recognizable."""
    scale = grade.apply(np.repeat(np.array([[40.0], [128.0], [220.0]], np.float32), 3, axis=1)) @ _LUMA
    gain = (scale[2] - scale[0]) / 180.0
    return bool(_GAIN[0] < gain < _GAIN[1] and abs(scale[1] - 128.0) < _SHIFT)


def _misfit(grade: Grade, before: Floats, after: Floats) -> float:
    apart = np.abs(np.clip(grade.apply(before), 0, 255) - after).mean(1)
    return float(np.median(apart))


def _fit(before: NDArray[np.float64], after: NDArray[np.float64], drained: bool) -> Grade:
    """Robust ridge regression; where colors were not seen, the prior decides."""
    prior = _luma_map(before, after) if drained else np.eye(3, 4)
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


def _lost_color(before: Floats, after: Floats, sources: Mapping[str, NDArray[np.bool_]]) -> bool:
    """Whether what had colors now has one hue at most, as in black-and-white, sepia and drawings.

    Asked of the most telling part that can be seen: a grey backdrop behind a person in color drains nobody.
    """
    areas = [area for area in sources.values() if np.count_nonzero(area) >= _MIN_SAMPLES]
    if not areas:
        return False
    x, y = before[areas[0]], after[areas[0]]
    first, second = x @ _LUMA, y @ _LUMA
    if min(first.std(), second.std()) < _FLAT or np.corrcoef(first, second)[0, 1] < _TRACES_LEFT:
        return False  # another picture, which may have any color
    had, has = _hue_spread(x), _hue_spread(y)
    return has < _GREY and had > 3 * has and had > _COLORFUL


def _hue_spread(colors: Floats) -> float:
    """Return the standard deviation, in levels, of colors around the one line that fits them best."""
    spread = np.linalg.eigvalsh(np.cov(colors.T.astype(np.float64)))
    return float(np.sqrt(max(spread[1], 0.0)))


def _grey_grade(after: Floats, sources: Mapping[str, NDArray[np.bool_]]) -> Grade:
    """Return the map from brightness to the returned picture's one hue; contrast is kept recognizable.

    For drawings, which no color map explains: a colored face would stand out more than a grey one.
    """
    area = np.logical_or.reduce(list(sources.values()))
    tones = after[area].astype(np.float64)
    tint = tones.mean(0) - (tones @ _LUMA).mean()
    return Grade(np.column_stack([np.tile(_LUMA, (3, 1)), tint]))


def _luma_map(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without color in the result, unseen colors must lose theirs as well."""
    luma = np.column_stack([before @ _LUMA, np.ones(len(before))])
    (slope, offset), *_ = np.linalg.lstsq(luma, after, rcond=None)
    return np.column_stack([slope[:, None] * _LUMA[None, :], offset])
