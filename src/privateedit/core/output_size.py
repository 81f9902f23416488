"""The edited picture at the size that was asked for, and where the faces belong in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from privateedit.core.finish import Size, require_drawable
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import Placement
from privateedit.core.similarity import Matrix, compose, scale_of, scaling, transform
from privateedit.errors import InputError

_SAME_ASPECT = 0.01
_SAME_FRAME = 0.02  # of the longer side, by which the photo's corners may miss those of the edited picture
_HALF_A_PIXEL = 0.5  # of the edited picture: no registration of a hole is surer than that
# Of a region's extent: what registering its outline, or the landmarks of another face, may be wrong by.
_UNSURE = {"hole": 0.0015, "scene": 0.0015, "face": 0.004}


@dataclass(frozen=True, eq=False, slots=True)
class Sized:
    """The edited picture at its final size, uint8 RGB, and the placements in its coordinates.

    Attributes:
        pixels: H×W×3.
        placements: where the faces go.
        enlarged: how many of its pixels one pixel of what came back has become, along a side.
    """

    pixels: Pixels
    placements: tuple[Placement, ...]
    enlarged: float = 1.0

    def sentence(self, edited: Pixels, photo: Photo) -> str | None:
        """Say what was done to the size of `edited`; None when nothing was."""
        if self.pixels.shape == edited.shape:
            return None
        (height, width), (before, across) = self.pixels.shape[:2], edited.shape[:2]
        like = ", the size of the photo" if (width, height) == (photo.width, photo.height) else ""
        done = "enlarged" if self.enlarged > 1 else "reduced"
        return f"The edited picture was {done} from {across}×{before} to {width}×{height}{like}."


def at_size(edited: Pixels, placements: Sequence[Placement], photo: Photo, size: Size) -> Sized:
    """Return `edited` and `placements` at the size asked for; as edited, both come back as they are.

    With `original` the frame's scale becomes 1, so that a face which did not move is copied pixel by pixel:
    the result has the photo's size where the service kept the frame, else the edited frame at the photo's
    scale.

    Raises:
        InputError: an exact size has other proportions than `edited`, or the result would be too large.
    """
    if size.kind == "edited":
        return Sized(edited, tuple(placements))
    height, width = edited.shape[:2]
    target = (size.width, size.height) if size.kind == "exact" else _original(edited, placements, photo)
    require_drawable(*target)
    if size.kind == "exact" and abs(target[0] * height / (target[1] * width) - 1) > _SAME_ASPECT:
        fitting = round(target[0] * height / width)
        raise InputError(
            f"The edited picture is {width}×{height}, so {target[0]}×{target[1]} would stretch it; "
            f"{target[0]}x{fitting} fits."
        )
    stretch = scaling(target[0] / width, target[1] / height)
    moved = tuple(_stretched(each, stretch) for each in placements)
    return Sized(resampled(edited, *target), moved, scale_of(stretch))


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
    if abs(width * photo.height / (height * photo.width) - 1) > _SAME_ASPECT:
        return False
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)
    there = transform(frame, corners * (photo.width, photo.height))
    apart = np.linalg.norm(there - corners * (width, height), axis=1)
    return bool(apart.max() <= _SAME_FRAME * max(width, height))


def _stretched(placement: Placement, stretch: Matrix) -> Placement:
    alignment = placement.alignment
    matrix = compose(stretch, alignment.matrix)
    extent = _extent(placement)
    tolerance = max(
        _HALF_A_PIXEL * scale_of(stretch), _UNSURE[alignment.regime] * float(np.ptp(extent, 0).max())
    )
    copied = _whole_pixels(matrix, extent, tolerance)
    moved = replace(alignment, matrix=matrix if copied is None else copied)
    return replace(placement, alignment=moved, frame=compose(stretch, placement.frame))


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

    Enlarging takes Lanczos' kernel, held between the darkest and brightest pixel around, which takes away its
    ringing. Reducing averages by area.
    """
    if (height, width) == pixels.shape[:2]:
        return pixels
    size = (width, height)
    if width < pixels.shape[1] or height < pixels.shape[0]:
        return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    square = np.ones((3, 3), np.uint8)
    low = cv2.resize(cv2.erode(pixels, square), size, interpolation=cv2.INTER_LINEAR)
    high = cv2.resize(cv2.dilate(pixels, square), size, interpolation=cv2.INTER_LINEAR)
    sharp = cv2.resize(pixels, size, interpolation=cv2.INTER_LANCZOS4)
    return np.asarray(cv2.min(cv2.max(sharp, low), high), np.uint8)
