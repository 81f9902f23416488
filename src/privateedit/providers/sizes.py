"""Which size to send: the best that a service takes, padded rather than squashed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from privateedit.core.framing import Framing
from privateedit.errors import InputError

_LEAST = 64  # pixels a side
_NO_SIZE = "The service takes no picture of such proportions; crop it first."


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
        short: pixels of a side at least.
    """

    step: int
    least: int
    most: int
    edge: int
    ratio: float
    short: int = 1

    def fitted(self, wanted: Framing, width: int, height: int) -> Framing:
        """Return the canvas nearest to the photo's own size and proportions.

        Raises:
            InputError: no size holds the photo.
        """
        wide, high = max(width, height / self.ratio), max(height, width / self.ratio)
        limit = (wanted.max_side or max(width, height)) / max(width, height)
        zoom = min(1.0, limit, self.edge / max(wide, high), math.sqrt(self.most / (wide * high)))
        zoom = max(zoom, math.sqrt(self.least / (wide * high)), self.short / min(wide, high))
        across, down = self._ratio_kept(self._up(wide * zoom), self._up(high * zoom))
        while across * down > self.most or max(across, down) > self.edge:
            across, down = self._smaller(across, down)
        self._require(across, down)
        return replace(wanted, canvas=(across, down))

    def __str__(self) -> str:
        """Say which sizes they are."""
        return (
            f"sides in steps of {self.step}, {self.least:,} to {self.most:,} pixels in all, and at most "
            f"{self.ratio:g} times as long as wide"
        )

    def holds(self, across: int, down: int) -> bool:
        """Whether it is one of the sizes."""
        stepped = across % self.step == 0 and down % self.step == 0
        small = across * down <= self.most and max(across, down) <= self.edge
        return stepped and small and self._is_enough(across, down)

    def _ratio_kept(self, across: int, down: int) -> tuple[int, int]:
        return max(across, self._up(down / self.ratio)), max(down, self._up(across / self.ratio))

    def _smaller(self, across: int, down: int) -> tuple[int, int]:
        """Return the next smaller size: the longer side gives way, so that the ratio never grows."""
        if max(across, down) <= self.step:
            raise InputError(_NO_SIZE)
        return (across - self.step, down) if across >= down else (across, down - self.step)

    def _require(self, across: int, down: int) -> None:
        if not self._is_enough(across, down):
            raise InputError(_NO_SIZE)

    def _is_enough(self, across: int, down: int) -> bool:
        """Whether it is neither too small nor too narrow."""
        large = across * down >= self.least and min(across, down) >= self.short
        return large and max(across, down) <= self.ratio * min(across, down)

    def _up(self, side: float) -> int:
        return max(math.ceil(round(side, 6) / self.step) * self.step, self.step)


def within(wanted: Framing, width: int, height: int, bounds: tuple[int, int, float]) -> Framing:
    """Return a frame for a service that takes any size from so many to so many pixels, up to some ratio.

    Too small a picture is enlarged, too large a one reduced, too narrow a one padded.
    """
    least, most, ratio = bounds
    long, short = max(width, height), min(width, height)
    fits = least <= width * height <= most and long <= ratio * short and short >= _LEAST
    if fits and long <= (wanted.max_side or long):
        return replace(wanted, canvas=None)
    return Grid(1, least, most, 1 << 15, ratio, _LEAST).fitted(wanted, width, height)
