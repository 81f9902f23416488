"""`Framing`: how a masked picture is packed, and where it lies in its canvas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels
from privateedit.errors import InputError

ImageFormat = Literal["png", "jpeg", "webp"]

PAD = 127
"""Level of the grey around a picture that does not fill its canvas."""

_SAME_ASPECT = 0.015
_PLAIN, _THICK = 8.0, 0.02  # levels of deviation; of a side, so that a bar tells anything


@dataclass(frozen=True, slots=True)
class Framing:
    """File format, the longest side in pixels (None keeps it), and the canvas that a service asks for.

    The picture is fitted into the canvas, never squashed, and lies in its middle on grey. It is never
    enlarged beyond the canvas; without one it keeps its own proportions.

    Raises:
        InputError: a size is below one pixel.
    """

    image_format: ImageFormat = "png"
    max_side: int | None = None
    canvas: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.max_side is not None and self.max_side < 1:
            raise InputError("The longest side must be at least one pixel.")
        if self.canvas is not None and min(self.canvas) < 1:
            raise InputError("The canvas must have at least one pixel.")

    def content(self, width: int, height: int) -> tuple[slice, slice]:
        """Return the rows and columns of what is sent in which a photo of that size lies."""
        if self.canvas is None:
            ratio = 1.0 if self.max_side is None else min(1.0, self.max_side / max(width, height))
            size = max(1, round(width * ratio)), max(1, round(height * ratio))
            return slice(0, size[1]), slice(0, size[0])
        across, down = self.canvas
        ratio = min(across / width, down / height)
        size = min(across, max(1, round(width * ratio))), min(down, max(1, round(height * ratio)))
        left, top = (across - size[0]) // 2, (down - size[1]) // 2
        return slice(top, top + size[1]), slice(left, left + size[0])

    def framed(self, pixels: Pixels) -> Pixels:
        """Return what is sent of a picture; each pixel of it a mean of the picture's, or grey."""
        rows, columns = self.content(pixels.shape[1], pixels.shape[0])
        fitted = _resized(pixels, (columns.stop - columns.start, rows.stop - rows.start))
        if self.canvas is None or fitted.shape[1::-1] == self.canvas:
            return fitted
        whole = np.full((self.canvas[1], self.canvas[0], 3), PAD, np.uint8)
        whole[rows, columns] = fitted
        return whole

    def outline(self, hidden: Hidden) -> Hidden:
        """Return the mask of what is sent: a pixel is hidden when any hidden one contributed to it."""
        rows, columns = self.content(hidden.shape[1], hidden.shape[0])
        size = (columns.stop - columns.start, rows.stop - rows.start)
        fitted = hidden
        if hidden.shape[1::-1] != size:
            plane = hidden.astype(np.float32)
            smaller = size[0] < hidden.shape[1]
            fitted = cv2.resize(plane, size, interpolation=_how(smaller)) > 0
        if self.canvas is None or fitted.shape[1::-1] == self.canvas:
            return np.asarray(fitted, np.bool_)
        whole = np.zeros((self.canvas[1], self.canvas[0]), np.bool_)
        whole[rows, columns] = fitted
        return whole

    def unframed(self, returned: Pixels, width: int, height: int) -> Pixels:
        """Return the part of a returned picture in which a photo of that size lies.

        A picture that came back at other proportions than the canvas was framed anew, and is left whole,
        unless its plain bars tell that the canvas was only stretched.
        """
        if self.canvas is None:
            return returned
        rows, columns = self.content(width, height)
        across, down = returned.shape[1] / self.canvas[0], returned.shape[0] / self.canvas[1]
        if abs(across / down - 1) > _SAME_ASPECT and not self._barred(returned, rows, columns):
            return returned
        top, bottom = round(rows.start * down), round(rows.stop * down)
        left, right = round(columns.start * across), round(columns.stop * across)
        part = returned[top : max(bottom, top + 1), left : max(right, left + 1)]
        return np.ascontiguousarray(part)

    def _barred(self, returned: Pixels, rows: slice, columns: slice) -> bool:
        """Whether the bars around the picture came back, where a stretched canvas has them."""
        canvas = self.canvas or (returned.shape[1], returned.shape[0])
        across, down = returned.shape[1] / canvas[0], returned.shape[0] / canvas[1]
        top, left = int(rows.start * down * 0.8), int(columns.start * across * 0.8)
        if max(top / returned.shape[0], left / returned.shape[1]) < _THICK:
            return False
        bars = (
            [(slice(0, top), slice(None)), (slice(returned.shape[0] - top, None), slice(None))] if top else []
        )
        bars += (
            [(slice(None), slice(0, left)), (slice(None), slice(returned.shape[1] - left, None))]
            if left
            else []
        )
        return all(_plain(returned[bar]) for bar in bars)


def _plain(strip: Pixels) -> bool:
    """Whether a strip is one color, but for compression; an empty one tells nothing."""
    return strip.size > 0 and float(strip.reshape(-1, 3).std(0).max()) < _PLAIN


def _resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    if pixels.shape[1::-1] == size:
        return pixels
    return np.asarray(cv2.resize(pixels, size, interpolation=_how(size[0] < pixels.shape[1])), np.uint8)


def _how(smaller: bool) -> int:
    return cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
