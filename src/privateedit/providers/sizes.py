"""Which size to send: the best that a service takes, padded rather than squashed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from privateedit.core.framing import Framing
from privateedit.errors import InputError

_LEAST = 64  # pixels a side


def limited(wanted: Framing, width: int, height: int, most: int) -> Framing:
    """Return `wanted` with no side above `most` pixels; the picture keeps its proportions."""
    side = min(most, wanted.max_side or max(width, height))
    return replace(wanted, max_side=side, canvas=None)


def nearest(wanted: Framing, width: int, height: int, sizes: Sequence[tuple[int, int]]) -> Framing:
    """Return the one of a service's fixed sizes in which the photo is largest, then least is padded."""

    def worth(size: tuple[int, int]) -> tuple[float, float]:
        ratio = min(size[0] / width, size[1] / height)
        shown = min(ratio, 1.0) ** 2 * width * height
        return round(shown), ratio**2 * width * height / (size[0] * size[1])

    return replace(wanted, canvas=max(sizes, key=worth))


@dataclass(frozen=True, slots=True)
class Grid:
    """Sizes that a service takes: sides in steps, within bounds.

    Attributes:
        step: pixels that both sides are multiples of.
        least, most: pixels of a picture.
        edge: pixels of a side at most.
        ratio: of the longer to the shorter side at most.
    """

    step: int
    least: int
    most: int
    edge: int
    ratio: float

    def fitted(self, wanted: Framing, width: int, height: int) -> Framing:
        """Return the canvas nearest to the photo's own size and proportions.

        Raises:
            InputError: no size holds the photo.
        """
        limit = wanted.max_side or max(width, height)
        long = min(limit, self.edge) / max(width, height)
        zoom = min(1.0, long, math.sqrt(self.most / (width * height)))
        zoom = max(zoom, math.sqrt(self.least / (width * height)))
        across, down = (self._up(side * zoom) for side in (width, height))
        across, down = self._in_ratio(across, down)
        while across * down > self.most or max(across, down) > self.edge:
            across, down = (max(self.step, self._down(side - 1)) for side in (across, down))
        across, down = self._in_ratio(across, down)
        if across * down < self.least or across * down > self.most or max(across, down) > self.edge:
            raise InputError("The service takes no picture of such proportions; crop it first.")
        return replace(wanted, canvas=(across, down))

    def _in_ratio(self, across: int, down: int) -> tuple[int, int]:
        return (
            max(across, self._up(down / self.ratio)),
            max(down, self._up(across / self.ratio)),
        )

    def _up(self, side: float) -> int:
        return max(math.ceil(round(side, 6) / self.step) * self.step, self.step)

    def _down(self, side: float) -> int:
        return int(side // self.step) * self.step


def within(wanted: Framing, width: int, height: int, bounds: tuple[int, int, float]) -> Framing:
    """Return a frame for a service that takes any size from so many to so many pixels, up to some ratio.

    Too small a picture is enlarged, too large a one reduced, too narrow a one padded.
    """
    least, most, ratio = bounds
    long, short = max(width, height), min(width, height)
    fits = least <= width * height <= most and long <= ratio * short and short >= _LEAST
    if fits and long <= (wanted.max_side or long):
        return replace(wanted, canvas=None)
    return Grid(1, max(least, _LEAST * _LEAST), most, 1 << 15, ratio).fitted(wanted, width, height)
