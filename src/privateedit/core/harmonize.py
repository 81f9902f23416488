"""Harmonization: give the original face the grade that the visible picture received.

The grade is learned only from pixels that both pictures show: what was sent and what came back. A
stranger's skin never teaches skin tone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from privateedit.core.grade import LUMA, Grade, ToneCurve
from privateedit.core.middle import median
from privateedit.core.pull_push import Floats

_PRIOR = 0.002  # weight of "each channel for itself" against the evidence
_UNCHANGED = 0.01  # weight of "nothing changed" against that
_MIN_SAMPLES = 60
_EXPLAINED = 14.0  # levels of median misfit up to which a grade counts as understood
_WORTHWHILE = 0.92  # misfit must fall below this share of doing nothing
_NOTICED = 0.6  # levels; less is compression
_FLAT = 3.0  # levels of standard deviation below which nothing can be compared
_CERTAIN = 3.0  # levels of misfit that leave no doubt
_AS_GOOD = 1.5  # times its own misfit by which a part may be explained together with others
_ALIKE, _ROUGHLY_ALIKE = 0.7, 0.4  # correlation of light and dark, in general and where the map is certain
_TRACES_LEFT = 0.3  # correlation that even a drawing keeps with its photo
_GAIN, _SHIFT = (0.25, 2.5), 90.0  # contrast and brightness a grade may change
_GREY, _COLORFUL = 3.0, 4.0  # levels of spread beside the main axis of all colors
_NO_HUE, _FAINT_HUE = 0.3, 0.8  # the same for a picture of pure greys, and for one that is not
_SETTLED = 1e-5  # of a gain; less than a hundredth of a level
_BIN = 24  # levels; colors nearer than this count as one when evidence is weighed
_EVEN = 0.7  # 0: a color counts by its area; 1: every color counts the same
_BLACK, _WHITE = 4.0, 250.0  # levels beyond which a channel was cut off and tells no more


@dataclass(frozen=True, eq=False, slots=True)
class Lesson:
    """A grade, how far it is off (median levels), and the H×W bool area that taught it."""

    grade: Grade
    misfit: float
    area: NDArray[np.bool_]


def lesson(before: Floats, after: Floats, sources: Mapping[str, NDArray[np.bool_]]) -> Lesson:
    """Return the grade that best explains `after` from `before` on what survived of the `sources`.

    Args:
        before: H×W×3 float32 levels as sent, in the edited picture's geometry.
        after: H×W×3 float32 levels as returned.
        sources: named H×W bool areas: parts of the picture that may have survived (the person, the
            surroundings, everything visible), the most telling first. A later one that holds more is
            preferred as long as it explains the earlier one as well: more colors teach more.

    The identity is returned when no part is explained or when the fit is hardly better than doing nothing.
    `before` and `after` must be registered by the scene, not by a stranger's face.
    """
    drained = _lost_color(before, after, sources)
    nothing = np.zeros(before.shape[:2], np.bool_)
    best = Lesson(_grey_grade(after, sources) if drained else Grade.identity(), _EXPLAINED, nothing)
    for area in sources.values():
        found = _taught(before, after, area, drained)
        if found is not None and _better(found, best, before, after):
            best = found
    return best


def _taught(before: Floats, after: Floats, area: NDArray[np.bool_], drained: bool) -> Lesson | None:
    """Return what one area teaches, or None when what it shows did not survive."""
    x, y = _seen(area, before, after)
    if len(x) < _MIN_SAMPLES:
        return None
    weights = _even_weights(x)
    grade = _fit(x.astype(np.float64), y.astype(np.float64), weights, drained)
    misfit = _misfit(grade, x, y, weights)
    if misfit >= _EXPLAINED or not _survived(x, y, misfit) or not _sane(grade):
        return None
    idle = _misfit(Grade.identity(), x, y, weights)
    return Lesson(
        grade if misfit < min(_WORTHWHILE * idle, idle - _NOTICED) else Grade.identity(), misfit, area
    )


def _better(found: Lesson, best: Lesson, before: Floats, after: Floats) -> bool:
    if not best.area.any():
        return True
    x, y = _seen(best.area, before, after)
    weights = _even_weights(x)
    before_too = _misfit(found.grade, x, y, weights)
    holds_more = np.count_nonzero(found.area) > np.count_nonzero(best.area)
    if holds_more and not (best.area & ~found.area).any():
        return before_too <= max(_AS_GOOD * best.misfit, 1.5)
    return best.misfit > _CERTAIN and found.misfit < best.misfit


def _even_weights(colors: Floats) -> NDArray[np.float64]:
    """Return weights that let a strip of skin be heard beside a large wall."""
    bins = np.clip(colors // _BIN, 0, 15).astype(np.int64) @ np.array([256, 16, 1])
    counts = np.bincount(bins, minlength=4096)
    weights = counts[bins].astype(np.float64) ** -_EVEN
    weights[counts[bins] < 4] = 0  # edges and specks
    return weights / max(weights.mean(), 1e-12) if weights.any() else np.ones(len(colors))


def _survived(before: Floats, after: Floats, misfit: float) -> bool:
    """Whether the same thing is seen in both: light and dark lie in the same places.

    A new plain backdrop is explained by any map to its one color, and teaches nothing.
    """
    first, second = before @ LUMA, after @ LUMA
    if min(first.std(), second.std()) < _FLAT:
        return False
    return float(np.corrcoef(first, second)[0, 1]) > (_ROUGHLY_ALIKE if misfit < _CERTAIN else _ALIKE)


def _sane(grade: Grade) -> bool:
    """Whether grey stays a rising scale and a mid tone stays recognizable."""
    scale = grade.apply(np.repeat(np.array([[40.0], [128.0], [220.0]], np.float32), 3, axis=1)) @ LUMA
    gain = (scale[2] - scale[0]) / 180.0
    return bool(_GAIN[0] < gain < _GAIN[1] and abs(scale[1] - 128.0) < _SHIFT)


def _misfit(
    grade: Grade, before: Floats, after: Floats, weights: NDArray[np.float64], share: float = 0.5
) -> float:
    apart = np.abs(np.clip(grade.apply(before), 0, 255) - after).mean(1)
    order = np.argsort(apart)
    place = np.searchsorted(np.cumsum(weights[order]), share * weights.sum())
    return float(apart[order[min(int(place), len(order) - 1)]])


def judged(
    graded: Floats, after: Floats, before: Floats, area: NDArray[np.bool_], share: float = 0.5
) -> float:
    """Return by how many levels `graded` is off `after` in `area`, at most on a `share` of what it shows.

    Every color of `before` counts, however small its part.
    """
    if np.count_nonzero(area) < _MIN_SAMPLES:
        return 0.0
    shown, back, had = _seen(area, graded, after, before)
    return _misfit(Grade.identity(), shown, back, _even_weights(had), share)


def _seen(area: NDArray[np.bool_], *pictures: Floats) -> list[Floats]:
    """Return the colors of pictures (H×W×3) in an area, N×3."""
    places = np.flatnonzero(area)
    return [each.reshape(-1, 3).take(places, axis=0) for each in pictures]


def _fit(
    before: NDArray[np.float64], after: NDArray[np.float64], even: NDArray[np.float64], drained: bool
) -> Grade:
    """Robust ridge regression, then a tone curve; where colors were not seen, the prior decides."""
    inside = ((after > _BLACK) & (after < _WHITE)).all(1)
    usable = even * np.where(inside, 1.0, 0.02)
    prior = _luma_map(before, after, usable) if drained else _channel_map(before, after, usable)
    # A channel a row: of N×3 arrays everything takes twice as long.
    design = np.ascontiguousarray(np.column_stack([before, np.full(len(before), 128.0)]).T)
    rest = after.T - (prior[:, :3] @ design[:3] + prior[:, 3:])
    weights = usable
    scale = np.diag([1.0, 1.0, 1.0, 0.2]) * _PRIOR * 60.0**2 * usable.sum()
    change = np.zeros((4, 3))
    for _ in range(12):
        weighted = design * weights
        before_that, change = change, np.linalg.solve(weighted @ design.T + scale, weighted @ rest.T)
        if np.abs(change - before_that).max() < _SETTLED:
            break
        left = rest - change.T @ design
        apart = np.sqrt((left**2).sum(0))
        typical = max(median(apart[inside]) if inside.any() else 1.5, 1.5)
        weights = usable / (1 + (apart / (2 * typical)) ** 2)
    matrix = prior.copy()
    matrix[:, :3] += change[:3].T
    matrix[:, 3] += change[3] * 128.0
    linear = Grade(matrix)
    return linear.with_curve(ToneCurve.fitted(linear.apply(before.astype(np.float32)), after, weights))


def _channel_map(
    before: NDArray[np.float64], after: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return gain and lift of each channel for itself; what greys tell of colors that were not seen."""
    prior = np.zeros((3, 4))
    for channel in range(3):
        x, rest = before[:, channel] - 128.0, after[:, channel] - before[:, channel]
        robust = weights
        line = np.zeros(2)
        plain = np.column_stack([x, np.full(len(x), 60.0)])
        ridge = np.eye(2) * _UNCHANGED * 60.0**2 * weights.sum()
        for _ in range(6):
            design = plain * robust[:, None]
            before_that, line = line, np.linalg.solve(design.T @ plain + ridge, design.T @ rest)
            if np.abs(line - before_that).max() < _SETTLED:
                break
            apart = np.abs(rest - x * line[0] - 60.0 * line[1])
            robust = weights / (1 + (apart / (2 * max(median(apart), 1.5))) ** 2)
        prior[channel, channel] = 1 + line[0]
        prior[channel, 3] = 60.0 * line[1] - 128.0 * line[0]
    return prior


def _lost_color(before: Floats, after: Floats, sources: Mapping[str, NDArray[np.bool_]]) -> bool:
    """Whether what had colors now has one hue at most, as in black-and-white, sepia and drawings.

    Asked of the most telling part that can be seen: a grey backdrop behind a person in color drains nobody.
    """
    areas = [area for area in sources.values() if np.count_nonzero(area) >= _MIN_SAMPLES]
    if not areas:
        return False
    x, y = _seen(areas[0], before, after)
    first, second = x @ LUMA, y @ LUMA
    if min(first.std(), second.std()) < _FLAT or np.corrcoef(first, second)[0, 1] < _TRACES_LEFT:
        return False  # another picture, which may have any color
    weights = _even_weights(x)
    had, has = _hue_spread(x, weights), _hue_spread(y, weights)
    if has < _NO_HUE and had > _FAINT_HUE:
        return True  # nearly grey before, without any color now
    return has < _GREY and had > 3 * has and had > _COLORFUL


def _hue_spread(colors: Floats, weights: NDArray[np.float64]) -> float:
    """Return the standard deviation, in levels, of colors around the one line that fits them best."""
    spread = np.linalg.eigvalsh(np.cov(colors.T.astype(np.float64), aweights=weights))
    return float(np.sqrt(max(spread[1], 0.0)))


def _grey_grade(after: Floats, sources: Mapping[str, NDArray[np.bool_]]) -> Grade:
    """Return the map from brightness to the returned picture's one hue; contrast is kept recognizable.

    For drawings, which no color map explains: a colored face would stand out more than a grey one.
    """
    area = np.logical_or.reduce(list(sources.values()))
    tones = after[area].astype(np.float64)
    tint = tones.mean(0) - (tones @ LUMA).mean()
    return Grade(np.column_stack([np.tile(LUMA, (3, 1)), tint]))


def _luma_map(
    before: NDArray[np.float64], after: NDArray[np.float64], even: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Without color in the result, unseen colors must lose theirs as well."""
    root = np.sqrt(even)[:, None]
    luma = np.column_stack([before @ LUMA, np.ones(len(before))])
    (slope, offset), *_ = np.linalg.lstsq(luma * root, after * root, rcond=None)
    return np.column_stack([slope[:, None] * LUMA[None, :], offset])
