"""`Face`: where one face is, how it is turned, and its landmarks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from privateedit.errors import InputError

Points = NDArray[np.float32]
"""N×2 float32, x then y, in pixels of the upright picture; pixel centers lie at +0.5."""

_FARTHEST = 1e7  # pixels; farther out single precision no longer tells neighbors apart
_LANDMARK_COUNTS = (5, 468, 478)


class Box(NamedTuple):
    """An axis-aligned box in pixels; may reach beyond the frame."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """x1 − x0."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """y1 − y0."""
        return self.y1 - self.y0

    @property
    def center(self) -> tuple[float, float]:
        """The middle, x then y."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def corners(self) -> Points:
        """The four corners, clockwise from the top left."""
        x0, y0, x1, y1 = self
        return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)

    def overlap(self, other: Box) -> float:
        """Intersection over union, 0 to 1."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        if width <= 0 or height <= 0:
            return 0.0
        shared = width * height
        return shared / (self.width * self.height + other.width * other.height - shared)


class Pose(NamedTuple):
    """Head rotation in degrees.

    ``yaw`` is positive when the face looks to the right edge of the picture, ``pitch`` when it looks
    down, ``roll`` when the head is tilted clockwise as seen in the picture.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0


@dataclass(frozen=True, eq=False, slots=True)
class Face:
    """One face: a finite box, mesh landmarks (468 or 478 points, else 5) and pose.

    The five points are left eye, right eye, nose tip, left and right mouth corner as seen in the picture.

    Raises:
        InputError: the box is empty or not finite, or the landmarks have another shape.
    """

    id: int
    box: Box
    score: float
    landmarks: Points | None = field(default=None, repr=False)  # biometric: never in a log
    pose: Pose = Pose()

    def __post_init__(self) -> None:
        box = Box(*(float(value) for value in self.box))
        if not all(abs(value) < _FARTHEST for value in box) or box.width <= 0 or box.height <= 0:
            raise InputError("A face needs a finite box with a positive area.")
        if not all(map(math.isfinite, (*self.pose, self.score))):
            raise InputError("A face needs a finite score and pose.")
        object.__setattr__(self, "box", box)
        if self.landmarks is not None:
            object.__setattr__(self, "landmarks", _checked_landmarks(self.landmarks))

    @property
    def mesh(self) -> Points | None:
        """The mesh landmarks, or None when only a box or five points are known."""
        return self.landmarks if self.landmarks is not None and len(self.landmarks) > 5 else None


def _checked_landmarks(landmarks: Points) -> Points:
    points = np.array(landmarks, dtype=np.float32, copy=True)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) not in _LANDMARK_COUNTS:
        raise InputError("Landmarks must be 5, 468 or 478 points of two coordinates.")
    if not (np.abs(points) < _FARTHEST).all():
        raise InputError("Landmarks must be finite.")
    points.flags.writeable = False
    return points


def in_order(faces: Iterable[Face]) -> tuple[Face, ...]:
    """Number faces from left to right, then top to bottom, so that ids are stable for one photo."""
    ordered = sorted(faces, key=lambda face: (face.box.center, face.box))
    return tuple(replace(face, id=index) for index, face in enumerate(ordered))
