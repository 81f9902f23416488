"""`Pyramid`: a picture with its halves, for those who look at it reduced many times."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_FEW, _SMALL = 4, 3 << 20  # averages that are remembered, and the most levels that one may have


class Pyramid:
    """H×W or H×W×C pixels of any depth, and their area averages at a half, a quarter and so on.

    Every level is made when it is first asked for, and once. An odd last row or column is left out, so that
    a pixel of level n always stands for a square of 2ⁿ pixels. Threads may share it: what two of them ask
    for at once is made twice, and is the same.
    """

    def __init__(self, pixels: NDArray[Any]) -> None:
        self._levels: dict[int, NDArray[Any]] = {0: pixels}
        self._averaged: dict[tuple[int, tuple[int, int]], NDArray[Any]] = {}

    @property
    def pixels(self) -> NDArray[Any]:
        """The picture itself."""
        return self._levels[0]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the picture itself."""
        return self.pixels.shape

    def halved(self, times: int) -> tuple[NDArray[Any], int]:
        """Return the picture halved so many times, or as often as there is a pixel left; and how often."""
        while len(self._levels) <= times:
            number = len(self._levels)
            last = self._levels[number - 1]
            rows, columns = last.shape[0] // 2, last.shape[1] // 2
            if not rows or not columns:
                break
            even = last[: 2 * rows, : 2 * columns]
            half = cv2.resize(even, (columns, rows), interpolation=cv2.INTER_AREA)
            self._levels.setdefault(number, np.asarray(half))
        times = min(times, len(self._levels) - 1)
        return self._levels[times], times

    def averaged(self, times: int, size: tuple[int, int]) -> NDArray[Any]:
        """Return the picture halved so many times, area-averaged to (width, height).

        Who looks for something tries tilts and shifts at one size: the last few small ones are remembered.
        """
        known = self._averaged.get((times, size))
        if known is not None:
            return known
        level, _ = self.halved(times)
        small = np.asarray(cv2.resize(level, size, interpolation=cv2.INTER_AREA))
        if small.size <= _SMALL:
            for oldest in list(self._averaged)[: 1 - _FEW]:
                self._averaged.pop(oldest, None)
            self._averaged[times, size] = small
        return small
