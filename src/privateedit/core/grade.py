"""`Grade`: a global color map, as a colorist would make one: mix, gain, lift, and a tone curve."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from privateedit.core.pull_push import Floats

LUMA = np.array([0.299, 0.587, 0.114])
"""Weights of R, G and B in brightness (BT.601)."""

_KNOTS = np.linspace(0.0, 255.0, 10)
_STEP = _KNOTS[1]
_STEEPEST, _FLATTEST = 2.5, 0.3
_STIFF = 0.03  # weight of a straight curve against the evidence
_WORTH_BENDING = 1.0  # levels
_TABLE = 1024
_COLORFUL = (0.6, 1.2)  # gain of hues that is plausible, in gains of brightness
_CHANNEL_GAIN = (0.1, 2.5)  # that a picture taken at night, or in glaring light, may have
_ONE_HUE = 0.1  # of the strongest mix of channels, the next one, up to which no hues are told apart


@dataclass(frozen=True, eq=False, slots=True)
class ToneCurve:
    """A rising curve over levels 0–255: `values` at ten even knots."""

    values: NDArray[np.float64]

    @classmethod
    def fitted(
        cls, before: NDArray[np.floating], after: NDArray[np.floating], weights: NDArray[np.float64]
    ) -> ToneCurve | None:
        """Return the curve that maps N×C levels to N×C levels, or None when a straight line does as well.

        Piecewise linear, ridge regression on its bends; where no level was seen it goes on straight.
        """
        x, y = np.clip(before, 0, 255).ravel(), np.asarray(after, np.float64).ravel()
        w = np.repeat(weights, before.shape[1]) * ((y > 2) & (y < 253))
        normal, moment = _hat_sums(x, y - x, w)
        bend = np.diff(np.eye(len(_KNOTS)), 2, axis=0)
        total = max(float(w.sum()), 1e-9)
        normal += total * (_STIFF * bend.T @ bend + 2e-4 * np.eye(len(_KNOTS)))
        offset = np.linalg.solve(normal, moment)
        if np.abs(offset).max() < _WORTH_BENDING:
            return None
        rises = np.clip(np.diff(_KNOTS + offset), _FLATTEST * _STEP, _STEEPEST * _STEP)
        values = _KNOTS[0] + offset[0] + np.concatenate([[0.0], np.cumsum(rises)])
        return cls(values + np.average(_KNOTS + offset - values, weights=normal.diagonal()))

    def apply(self, levels: Floats) -> Floats:
        """Return levels of any shape, float32; beyond 0–255 the curve goes on straight."""
        table = np.interp(np.linspace(0, 255, _TABLE + 1), _KNOTS, self.values).astype(np.float32)
        place = np.clip(levels, 0, 255) * np.float32(_TABLE / 255)
        low = np.minimum(place.astype(np.int32), _TABLE - 1)
        between = place - low
        bent = table[low] * (1 - between) + table[low + 1] * between
        return np.asarray(bent + (levels - np.clip(levels, 0, 255)), np.float32)

    def at(self, strength: float) -> ToneCurve:
        """Return the curve at a share of its strength."""
        return ToneCurve(_KNOTS + strength * (self.values - _KNOTS))


@dataclass(frozen=True, eq=False, slots=True)
class Grade:
    """A global color map: RGB out = curve(matrix · [R, G, B, 1]), in levels 0–255."""

    matrix: NDArray[np.float64]
    curve: ToneCurve | None = None

    @classmethod
    def identity(cls) -> Grade:
        """The grade that changes nothing."""
        return cls(np.eye(3, 4))

    @classmethod
    def grey(cls) -> Grade:
        """The grade that leaves brightness alone."""
        return cls(np.column_stack([np.tile(LUMA, (3, 1)), np.zeros(3)]))

    @property
    def takes_hues(self) -> bool:
        """Whether all hues become one, as in black-and-white and sepia."""
        strengths = np.linalg.svd(self.matrix[:, :3], compute_uv=False)
        return bool(strengths[1] <= _ONE_HUE * strengths[0])

    @property
    def is_identity(self) -> bool:
        """Whether the grade changes nothing."""
        return self.curve is None and bool(np.array_equal(self.matrix, np.eye(3, 4)))

    def with_curve(self, curve: ToneCurve | None) -> Grade:
        """Return the same map with another tone curve."""
        return replace(self, curve=curve)

    def at(self, strength: float) -> Grade:
        """Return the grade at a share of its strength; 0 changes nothing.

        A grade that takes the hues takes them at any strength: half a color beside none is seen at once.
        """
        if strength == 0 or self.is_identity:
            return Grade.identity()
        start = Grade.grey().matrix if self.takes_hues else np.eye(3, 4)
        matrix = start + strength * (self.matrix - start)
        return Grade(matrix, None if self.curve is None else self.curve.at(strength))

    def toward(self, other: Grade, share: float) -> Grade:
        """Return a grade between this one and another: 0 is this one, 1 the other."""
        if share in (0, 1):
            return other if share else self
        curves = [each.curve or ToneCurve(_KNOTS) for each in (self, other)]
        values = curves[0].values + share * (curves[1].values - curves[0].values)
        bent = self.curve is not None or other.curve is not None
        matrix = self.matrix + share * (other.matrix - self.matrix)
        return Grade(matrix, ToneCurve(values) if bent else None)

    def plainer(self, color: NDArray[np.floating]) -> Grade:
        """Return the grade that makes the same of one `color` (R, G, B levels) and turns no hue around it.

        Brightness keeps its gain and every hue the mean gain of all, or nearly that of brightness: a map
        that was learned from few colors may paint others, such as those of lips, in any. A grade that takes
        the hues stays as it is.
        """
        if self.takes_hues:
            return self
        mix = self.matrix[:, :3]
        gain = float(LUMA @ mix @ np.ones(3))
        hues = np.eye(3) - 1 / 3
        mean = float(np.trace(hues @ mix @ hues)) / 2
        saturation = float(np.clip(mean, _COLORFUL[0] * abs(gain), _COLORFUL[1] * abs(gain)))
        even = saturation * np.eye(3) + (gain - saturation) * np.tile(LUMA, (3, 1))
        return replace(self, matrix=np.column_stack([even, self.matrix @ np.append(color, 1) - even @ color]))

    def by_channel(self, colors: NDArray[np.floating]) -> Grade:
        """Return the grade that does the same to N×3 `colors` as nearly as a gain for each channel can.

        So does the light of another lamp (von Kries). A map that was learned from few colors, or from clothes
        that were dyed as well, cannot turn red lips green then. A grade that takes the hues stays as it is.
        """
        if self.takes_hues or not len(colors):
            return self
        x = np.asarray(colors, np.float64)
        y = x @ self.matrix[:, :3].T + self.matrix[:, 3]
        gains = np.clip((x * y).mean(0) / np.maximum((x * x).mean(0), 1.0), *_CHANNEL_GAIN)
        return replace(self, matrix=np.column_stack([np.diag(gains), np.zeros(3)]))

    def apply(self, pixels: Floats) -> Floats:
        """Return graded H×W×3 float32 levels; may leave 0–255, callers clip when they round."""
        if self.is_identity:
            return pixels
        linear = self.matrix[:, :3].astype(np.float32)
        mixed = np.asarray(pixels @ linear.T + self.matrix[:, 3].astype(np.float32), np.float32)
        return mixed if self.curve is None else self.curve.apply(mixed)


def _hat_sums(
    x: NDArray[np.floating], rise: NDArray[np.floating], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the weighted normal matrix and moments of N levels in the basis of hats over the knots.

    Only neighboring hats overlap, so both are sums over the interval that a level lies in.
    """
    count = len(_KNOTS)
    place = np.minimum((x / _STEP).astype(np.int64), count - 2)
    part = x / _STEP - place

    def total(values: NDArray[np.floating]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(place, weights=values, minlength=count - 1), np.float64)

    high, low = weights * part, weights * (1 - part)
    normal, moment = np.zeros((count, count)), np.zeros(count)
    first = np.arange(count - 1)
    normal[first, first] += total(low * (1 - part))
    normal[first + 1, first + 1] += total(high * part)
    normal[first, first + 1] = normal[first + 1, first] = total(low * part)
    moment[:-1] += total(low * rise)
    moment[1:] += total(high * rise)
    return normal, moment
