"""What a detector looks at: the photo at one scale, whole, in pieces, or turned.

A network's time and memory go with the pixels it sees, so views are measured by area.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np

from privateedit.core.face import Box
from privateedit.core.photo import Pixels
from privateedit.vision.candidate import Candidate

_STEP = 32  # the network's sides are multiples of this
_LONGEST = 4096
OVERLAP = 96
"""Pixels that neighboring pieces share: a face up to this size is whole in one of them."""

_MOST_PIECES = 11
"""Along one side: those of the longest view are small then."""

_SHARE, _LEAST = 0.42, 300_000
MOST = 1_200_000
"""Pixels of the main view of a large photo."""

PIECE = 600_000
"""Pixels of the largest view seen at once, which takes about 200 MiB."""


@dataclass(frozen=True, eq=False, slots=True)
class View:
    """Part of a photo as a network sees it: RGB pixels whose sides are multiples of 32.

    Attributes:
        pixels: H×W×3 uint8.
        scale: seen pixels per photo pixel, across and down.
        corner: the top left corner, in seen pixels.
        turns: quarter turns counterclockwise that were made last.
    """

    pixels: Pixels
    scale: tuple[float, float]
    corner: tuple[float, float] = (0.0, 0.0)
    turns: int = 0

    def turned(self, turns: int) -> View:
        """Return the view after quarter turns counterclockwise."""
        pixels = np.ascontiguousarray(np.rot90(self.pixels, turns))
        return View(pixels, self.scale, self.corner, (self.turns + turns) % 4)

    def reduced(self, area: int) -> View:
        """Return the same view with about `area` pixels, or itself when it has no more."""
        height, width = self.pixels.shape[:2]
        if width * height <= area:
            return self
        size = _seen_size(width, height, (area / (width * height)) ** 0.5)
        pixels = np.asarray(cv2.resize(self.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        x, y = size[0] / width, size[1] / height
        return View(pixels, (self.scale[0] * x, self.scale[1] * y), self.corner, self.turns)

    def pieces(self) -> Iterator[View]:
        """Cut the view into overlapping pieces of at most `PIECE` pixels, as few pixels in all as may be."""
        height, width = self.pixels.shape[:2]
        rows, columns = _grid(height, width)
        x, y = self.corner
        for top, bottom in _spans(height, rows):
            for left, right in _spans(width, columns):
                part = np.ascontiguousarray(self.pixels[top:bottom, left:right])
                yield View(part, self.scale, (x + left, y + top), self.turns)

    def in_photo(self, candidate: Candidate) -> Candidate:
        """Return a candidate found in this view in the coordinates of the photo."""
        height, width = self.pixels.shape[:2]
        if self.turns % 2:
            height, width = width, height
        upright = candidate.turned_back(self.turns, width, height)
        return upright.moved(*self.corner).scaled(1 / self.scale[0], 1 / self.scale[1])


def main_scale(pixels: Pixels) -> float:
    """Return the scale of the view in which most faces are found: two thirds of the photo's size.

    Small photos are seen larger, up to 640 pixels, and large ones at 1.2 megapixels.
    """
    height, width = pixels.shape[:2]
    area = width * height
    scale = math.sqrt(min(max(_SHARE * area, _LEAST), MOST) / area)
    return float(min(scale, max(1.0, 640 / max(width, height))))


def whole(pixels: Pixels, scale: float) -> View:
    """Return a view of all of `pixels` (RGB) at about `scale`."""
    height, width = pixels.shape[:2]
    size = _seen_size(width, height, min(scale, _LONGEST / max(width, height)))
    return View(_resized(pixels, size), (size[0] / width, size[1] / height))


def _resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Return `pixels` at a size of width and height, by means of all of them.

    What is reduced to half or less is halved first, in an eighth of the time of means over parts of pixels.
    Down to half of a size, the two samples of a pixel still miss nothing, and linear takes a tenth of it.
    """
    height, width = pixels.shape[:2]
    while width % 2 == height % 2 == 0 and width >= 2 * size[0] and height >= 2 * size[1]:
        width, height = width // 2, height // 2
        pixels = np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    way = cv2.INTER_LINEAR if 2 * size[0] >= width and 2 * size[1] >= height else cv2.INTER_AREA
    return np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)


def region(pixels: Pixels, box: Box, scale: float) -> View:
    """Return a view of the part of `pixels` inside `box`, at about `scale`."""
    height, width = pixels.shape[:2]
    x0, y0 = (int(value) for value in np.clip((box.x0, box.y0), 0, (width - 1, height - 1)))
    low = (x0 + 1, y0 + 1)
    x1, y1 = (int(value) for value in np.clip(np.ceil((box.x1, box.y1)), low, (width, height)))
    part = whole(np.ascontiguousarray(pixels[y0:y1, x0:x1]), scale)
    corner = (x0 * part.scale[0], y0 * part.scale[1])
    return View(part.pixels, part.scale, corner)


def _seen_size(width: int, height: int, scale: float) -> tuple[int, int]:
    return _nearest(width * scale), _nearest(height * scale)


def _nearest(length: float) -> int:
    return max(_STEP, round(length / _STEP) * _STEP)


def _grid(height: int, width: int) -> tuple[int, int]:
    """Return in how many rows and columns of pieces the network sees the fewest pixels."""
    ways = []
    for rows, columns in product(range(1, _MOST_PIECES + 1), repeat=2):
        piece = _length(height, rows) * _length(width, columns)
        if piece <= PIECE:
            ways.append((rows * columns * piece, rows, columns))
    _, rows, columns = min(ways)
    return rows, columns


def _length(length: int, count: int) -> int:
    """Return the length of each of `count` spans that overlap and cover `length`, a multiple of the step."""
    return min(length, -(-(length + (count - 1) * OVERLAP) // (count * _STEP)) * _STEP)


def _spans(length: int, count: int) -> Sequence[tuple[int, int]]:
    """Cover 0…length by `count` equal spans that overlap, all multiples of the step."""
    each = _length(length, count)
    starts = np.linspace(0, length - each, count) // _STEP * _STEP
    return [(int(start), int(start) + each) for start in starts]
