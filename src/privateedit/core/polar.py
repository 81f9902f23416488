"""Rays from the middle of a face: what lies along them, and back to pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.mask import Hidden
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single

COUNT, STEPS = 288, 160
_BLOCKED = np.float32(1e6)


@dataclass(frozen=True, eq=False)
class Rays:
    """`COUNT` rays from `center` (x, y), clockwise from the right, with `STEPS` samples up to `reach`."""

    center: NDArray[np.float32]
    shape: tuple[int, int]
    reach: float

    @classmethod
    def around(cls, area: Hidden) -> Rays:
        """Rays from the middle of `area`'s thickest part to the farthest corner of its picture."""
        padded = np.pad(area.astype(np.uint8), 1)
        depth = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
        rows, columns = np.nonzero(depth >= 0.9 * depth.max())
        center = single(np.array([columns.mean() + 0.5, rows.mean() + 0.5]))
        height, width = area.shape
        reach = float(np.hypot(*np.maximum(center, np.array([width, height]) - center)))
        return cls(center, (height, width), reach)

    @property
    def directions(self) -> NDArray[np.float32]:
        """`COUNT`×2 unit vectors."""
        angles = np.linspace(0, 2 * np.pi, COUNT, endpoint=False)
        return single(np.stack([np.cos(angles), np.sin(angles)], -1))

    @property
    def step(self) -> float:
        """Pixels from sample to sample."""
        return self.reach / (STEPS - 1)

    @cached_property
    def _places(self) -> tuple[Floats, Floats]:
        """The samples' x and y, as OpenCV counts them."""
        radii = np.arange(STEPS, dtype=np.float32) * np.float32(self.step)
        places = self.center + radii[None, :, None] * self.directions[:, None, :] - np.float32(0.5)
        return np.ascontiguousarray(places[..., 0]), np.ascontiguousarray(places[..., 1])

    def along(self, plane: NDArray[Any]) -> Floats:
        """Return `COUNT`×`STEPS` float32 samples of an H×W plane, or those ×C of an H×W×C picture."""
        source = np.ascontiguousarray(plane, np.float32)
        samples = cv2.remap(source, *self._places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return single(samples).reshape(COUNT, STEPS, *source.shape[2:])

    def spread(self, values: NDArray[np.floating]) -> tuple[Floats, Floats]:
        """Return one value a ray at every pixel (H×W), and the unit vectors outwards (H×W×2)."""
        place, outwards = self._around
        closed = np.append(values, values[0])
        plane = np.interp(place.ravel(), np.arange(COUNT + 1), closed).reshape(self.shape)
        return single(plane), outwards

    @cached_property
    def _around(self) -> tuple[Floats, Floats]:
        """Which ray every pixel lies on (H×W, with fractions), and the unit vectors outwards (H×W×2)."""
        height, width = self.shape
        x = np.arange(width, dtype=np.float32)[None, :] + np.float32(0.5) - self.center[0]
        y = np.arange(height, dtype=np.float32)[:, None] + np.float32(0.5) - self.center[1]
        place = np.mod(np.arctan2(y, x) / (2 * np.pi) * COUNT, COUNT)
        length = np.maximum(np.hypot(x, y), 1e-3)
        return place, single(np.stack([x / length, y / length], -1))


def closed_path(prices: Floats, turn: int, bend: float) -> NDArray[np.int64]:
    """Return the column of each row on the cheapest closed path through `prices`.

    From row to row, and from the last to the first, it moves by at most `turn` columns, each for `bend`.
    Dynamic programming: the cheapest open path settles within a turn, so a second one starts where it was.
    """
    first = int(prices.min(1).argmax())
    rolled = np.roll(prices, -first, axis=0)
    middle = len(prices) // 2
    anchor = int(_path(rolled, None, turn, bend)[middle])
    closed = _path(np.roll(rolled, -middle, axis=0), anchor, turn, bend)
    return np.roll(closed, middle + first)


def _path(prices: Floats, anchor: int | None, turn: int, bend: float) -> NDArray[np.int64]:
    """Return the cheapest columns; with an anchor, both ends meet there."""
    rows, columns = prices.shape
    total = prices[0].copy()
    if anchor is not None:
        total[:] = _BLOCKED * rows
        total[anchor] = prices[0, anchor]
    came = np.zeros((rows + 1, columns), np.int64)
    toll = single(bend * np.abs(np.arange(-turn, turn + 1)))[:, None]
    # One row of costs between walls; the windows see it change.
    wide = np.full(columns + 2 * turn, _BLOCKED * rows, np.float32)
    reached, windows = wide[turn : turn + columns], np.lib.stride_tricks.sliding_window_view(wide, columns)
    reached[:] = total
    offers = np.empty(windows.shape, np.float32)
    for row in range(1, rows + (anchor is not None)):
        np.add(windows, toll, out=offers)
        offers.argmin(0, out=came[row])
        np.add(offers.min(0), prices[row % rows], out=reached)
    came = np.clip(came + np.arange(columns) - turn, 0, columns - 1)
    last = int(reached.argmin()) if anchor is None else int(came[rows, anchor])
    steps = [last]
    for row in range(rows - 1, 0, -1):
        steps.append(int(came[row, steps[-1]]))
    return np.array(steps[::-1], np.int64)
