"""What a detector reports before anything is confirmed: a box, five points and a score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from privateedit.core.face import Box, Points


@dataclass(frozen=True, eq=False, slots=True)
class Candidate:
    """One possible face in picture pixels.

    `points` are left eye, right eye, nose tip and the two mouth corners as seen in the picture in which the
    face was found; `turns` says how that picture was turned.
    """

    box: Box
    score: float
    points: Points
    turns: int = 0
    """Quarter turns, counterclockwise, that made the picture in which the face was found upright."""

    @property
    def size(self) -> float:
        """The longer side of the box."""
        return max(self.box.width, self.box.height)

    def scaled(self, x: float, y: float) -> Candidate:
        """Return the same candidate in a picture that is `x` and `y` times as large."""
        box = Box(self.box.x0 * x, self.box.y0 * y, self.box.x1 * x, self.box.y1 * y)
        return Candidate(box, self.score, self.points * np.array([x, y], np.float32), self.turns)

    def moved(self, x: float, y: float) -> Candidate:
        """Return the same candidate shifted by `x` and `y` pixels."""
        box = Box(self.box.x0 + x, self.box.y0 + y, self.box.x1 + x, self.box.y1 + y)
        return Candidate(box, self.score, self.points + np.array([x, y], np.float32), self.turns)

    def turned_back(self, turns: int, width: float, height: float) -> Candidate:
        """Return the same candidate in the picture before ``np.rot90(picture, turns)``.

        `width` and `height` are those of the picture before it was turned.
        """
        sides = (width, height) if turns % 2 == 0 else (height, width)
        corners, points = self.box.corners, self.points
        for _ in range(turns % 4):
            # One turn back clockwise: what was the left edge becomes the top one.
            corners, points = (
                np.stack([sides[1] - each[:, 1], each[:, 0]], -1).astype(np.float32)
                for each in (corners, points)
            )
            sides = sides[::-1]
        low, high = corners.min(0), corners.max(0)
        box = Box(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        return Candidate(box, self.score, points, (self.turns + turns) % 4)

    def holds(self, other: Candidate) -> bool:
        """Whether the middle of `other` lies inside this box."""
        x, y = other.box.center
        return self.box.x0 < x < self.box.x1 and self.box.y0 < y < self.box.y1


def strongest(candidates: Iterable[Candidate], overlap: float = 0.3) -> list[Candidate]:
    """Keep, of every group that shows the same face (see `is_known`), the best-scored (greedy NMS)."""
    ranked = sorted(candidates, key=lambda each: -each.score)
    boxes = np.array([each.box for each in ranked], np.float64).reshape(-1, 4)
    left = np.ones(len(ranked), np.bool_)
    kept = []
    for index, candidate in enumerate(ranked):
        if left[index]:
            kept.append(candidate)
            left &= ~_same_face(boxes[index], boxes, overlap)
    return kept


def is_known(candidate: Candidate, others: Sequence[Candidate], overlap: float = 0.3) -> bool:
    """Whether one of `others` shows the same face: boxes overlap, or one lies within the other."""
    boxes = np.array([each.box for each in others], np.float64).reshape(-1, 4)
    return bool(_same_face(np.array(candidate.box, np.float64), boxes, overlap).any())


def _same_face(box: NDArray[np.float64], boxes: NDArray[np.float64], overlap: float) -> NDArray[np.bool_]:
    size, sizes = box[2:] - box[:2], boxes[:, 2:] - boxes[:, :2]
    shared = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    area, areas, both = size.prod(), sizes.prod(1), np.maximum(shared, 0).prod(1)
    # Two passes may box one face tightly and loosely: same center, very different size.
    apart = np.abs(box[:2] + box[2:] - boxes[:, :2] - boxes[:, 2:]).max(1) / 2
    wide = np.where(areas >= area, sizes[:, 0], size[0])
    narrow = np.where(areas >= area, size[0], sizes[:, 0])
    nested = (apart < 0.25 * wide) & (narrow > 0.4 * wide)
    return np.asarray((both > overlap * (area + areas - both)) | nested)
