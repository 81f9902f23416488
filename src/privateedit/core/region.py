"""`Region`: one connected piece of the mask and the faces it hides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.face import Face, Points
from privateedit.core.mask import Hidden, Mask, demanded_pixels
from privateedit.core.nearby import around

_GAP = 0.0025  # of the longer side


@dataclass(frozen=True, eq=False, slots=True)
class Region:
    """A connected part of a mask.

    Attributes:
        window: row and column slices of the photo that hold it.
        hidden: its pixels within the window, bool.
        faces: the hidden faces that lie in it; none for an area painted by hand.
    """

    window: tuple[slice, slice]
    hidden: Hidden
    faces: tuple[Face, ...]

    @property
    def size(self) -> float:
        """Side of a square with the same area, in photo pixels."""
        return float(np.sqrt(np.count_nonzero(self.hidden)))


def regions(mask: Mask, faces: Sequence[Face]) -> tuple[Region, ...]:
    """Split a mask into connected regions, top to bottom, each with the faces it hides.

    Pieces closer than half a percent of the picture count as one, so that a brushed mask is not confetti.
    """
    if not mask.hidden.any():
        return ()
    gap = max(1, round(_GAP * max(mask.hidden.shape)))
    box = around(mask.hidden, gap)
    hidden = mask.hidden[box]
    left, top = box[1].start, box[0].start
    labels = _labels(hidden, gap)
    owners = {face.id: _owner(face.box.corners - (left, top), labels) for face in faces}
    found = []
    for label in range(1, int(labels.max()) + 1):
        part = (labels == label) & hidden
        rows, columns = around(part, 0)
        inside = tuple(face for face in faces if owners[face.id] == label)
        window = (
            slice(rows.start + top, rows.stop + top),
            slice(columns.start + left, columns.stop + left),
        )
        found.append(Region(window, part[rows, columns], inside))
    return tuple(found)


def _labels(hidden: Hidden, gap: int) -> NDArray[np.int32]:
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (2 * gap + 1, 2 * gap + 1))
    joined = cv2.dilate(hidden.astype(np.uint8), kernel)
    _, labels = cv2.connectedComponents(joined, connectivity=8)
    return np.asarray(labels, np.int32)


def _owner(corners: Points, labels: NDArray[np.int32]) -> int:
    window, demanded = demanded_pixels(corners, labels.shape)
    votes = np.bincount(labels[window][demanded].ravel(), minlength=2)
    votes[0] = 0
    return int(votes.argmax())
