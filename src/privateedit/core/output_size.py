"""How large the result is, and where the faces belong in it then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from privateedit.core.finish import Size, require_drawable
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import Placement
from privateedit.core.similarity import Matrix, carried, compose, inverse, scale_of, scaling, transform
from privateedit.errors import InputError

_SAME_ASPECT = 0.01
_SAME_FRAME = 0.02  # of the longer side, by which the photo's corners may miss those of the edited picture
_HALF_A_PIXEL = 0.5  # of the edited picture: no registration of a hole is surer than that
# Of a region's extent: what registering its outline, or the landmarks of another face, may be wrong by.
_UNSURE = {"hole": 0.0015, "scene": 0.0015, "face": 0.004}


@dataclass(frozen=True, eq=False, slots=True)
class Sized:
    """How large the result is, and where the faces go in it.

    Attributes:
        width: columns of the result.
        height: rows.
        placements: in the result's coordinates.
        stretch: 2×3, from the edited picture to the result.
    """

    width: int
    height: int
    placements: tuple[Placement, ...]
    stretch: Matrix

    @property
    def enlarged(self) -> float:
        """How many pixels of the result one pixel of what came back becomes, along a side."""
        return scale_of(self.stretch)

    @property
    def at_edited(self) -> tuple[Placement, ...]:
        """The same placements in the coordinates of what came back."""
        return tuple(_moved(each, inverse(self.stretch)) for each in self.placements)

    def sentence(self, edited: Pixels, photo: Photo) -> str | None:
        """Say what was done to the size of `edited`; None when nothing was."""
        height, width = edited.shape[:2]
        if (self.width, self.height) == (width, height):
            return None
        like = ", the size of the photo" if (self.width, self.height) == (photo.width, photo.height) else ""
        done = "enlarged" if self.enlarged > 1 else "reduced"
        return f"The edited picture was {done} from {width}×{height} to {self.width}×{self.height}{like}."


def sized(edited: Pixels, placements: Sequence[Placement], photo: Photo, size: Size) -> Sized:
    """Return the size asked for and `placements` in it; as edited, they stay as they are.

    With `original` the frame's scale becomes 1, so that a face which did not move is copied pixel by pixel:
    the result has the photo's size where the service kept the frame, else the edited frame at the photo's
    scale.

    Raises:
        InputError: an exact size has other proportions than `edited`, or the result would be too large.
    """
    height, width = edited.shape[:2]
    if size.kind == "edited":
        return Sized(width, height, tuple(placements), scaling(1.0, 1.0))
    target = (size.width, size.height) if size.kind == "exact" else _original(edited, placements, photo)
    require_drawable(*target)
    if size.kind == "exact" and abs(target[0] * height / (target[1] * width) - 1) > _SAME_ASPECT:
        fitting = round(target[0] * height / width)
        raise InputError(
            f"The edited picture is {width}×{height}, so {target[0]}×{target[1]} would stretch it; "
            f"{target[0]}x{fitting} fits."
        )
    stretch = scaling(target[0] / width, target[1] / height)
    return Sized(*target, tuple(_stretched(each, stretch) for each in placements), stretch)


def _moved(placement: Placement, change: Matrix) -> Placement:
    alignment = replace(placement.alignment, matrix=compose(change, placement.alignment.matrix))
    drawn = None if placement.drawn is None else carried(placement.drawn, change)
    return replace(placement, alignment=alignment, frame=compose(change, placement.frame), drawn=drawn)


def _original(edited: Pixels, placements: Sequence[Placement], photo: Photo) -> tuple[int, int]:
    height, width = edited.shape[:2]
    frame = _frame(placements)
    if frame is None:
        frame = scaling(width / photo.width, height / photo.height)
    if _keeps_frame(frame, edited, photo):
        return photo.width, photo.height
    zoom = scale_of(frame)
    return round(width / zoom), round(height / zoom)


def _frame(placements: Sequence[Placement]) -> Matrix | None:
    """Return the frame's transform by the surest placement: a hole's own, else what the scene said."""
    surest = min(
        placements, key=lambda each: (each.alignment.regime != "hole", each.alignment.residual), default=None
    )
    return None if surest is None else surest.frame


def _keeps_frame(frame: Matrix, edited: Pixels, photo: Photo) -> bool:
    """Whether the photo's corners lie on those of the edited picture."""
    height, width = edited.shape[:2]
    # The sides of a small picture are rounded to whole pixels.
    rounding = 0.5 / width + 0.5 / height
    if abs(width * photo.height / (height * photo.width) - 1) > max(_SAME_ASPECT, rounding):
        return False
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)
    there = transform(frame, corners * (photo.width, photo.height))
    apart = np.linalg.norm(there - corners * (width, height), axis=1)
    return bool(apart.max() <= max(_SAME_FRAME * max(width, height), 1.0))


def _stretched(placement: Placement, stretch: Matrix) -> Placement:
    """Return the placement in the result, made a copy by whole pixels where that may well be true."""
    moved = _moved(placement, stretch)
    extent = _extent(placement)
    unsure = _UNSURE[placement.alignment.regime] * float(np.ptp(extent, 0).max())
    tolerance = max(_HALF_A_PIXEL * scale_of(stretch), unsure)
    copied = _whole_pixels(moved.alignment.matrix, extent, tolerance)
    return moved if copied is None else replace(moved, alignment=replace(moved.alignment, matrix=copied))


def _extent(placement: Placement) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    rows, columns = placement.region.window
    return np.array(
        [[x, y] for x in (columns.start, columns.stop) for y in (rows.start, rows.stop)], np.float64
    )


def _whole_pixels(
    matrix: Matrix, corners: np.ndarray[tuple[int, ...], np.dtype[np.float64]], tolerance: float
) -> Matrix | None:
    """Return the copy by whole pixels that moves no corner farther than `tolerance`, or None.

    Staying in place is tried before the nearest shift: most services leave the frame alone, and a shift of a
    pixel at full size is far less than what can be measured in a picture of a quarter of the size.
    """
    moved = transform(matrix, corners)
    for shift in (np.zeros(2), np.rint((moved - corners).mean(0))):
        if float(np.linalg.norm(moved - corners - shift, axis=1).max()) <= tolerance:
            return np.array([[1.0, 0.0, shift[0]], [0.0, 1.0, shift[1]]])
    return None


def resampled(pixels: Pixels, width: int, height: int) -> Pixels:
    """Return H×W×3 uint8 `pixels` at another size: sharp, and without dark or bright lines beside edges.

    Enlarging is bicubic, held between the darkest and brightest pixel around, which takes away its ringing;
    Lanczos' kernel gains 0.2 dB on portraits and takes ten times as long. Reducing averages by area.
    """
    if (height, width) == pixels.shape[:2]:
        return pixels
    size = (width, height)
    if width < pixels.shape[1] or height < pixels.shape[0]:
        return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    square = np.ones((3, 3), np.uint8)
    sharp = cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC)
    limit = cv2.resize(cv2.erode(pixels, square), size, interpolation=cv2.INTER_LINEAR)
    cv2.max(sharp, limit, dst=sharp)  # in place: fresh memory for a large picture takes longer than this
    cv2.resize(cv2.dilate(pixels, square), size, dst=limit, interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.min(sharp, limit, dst=sharp), np.uint8)
