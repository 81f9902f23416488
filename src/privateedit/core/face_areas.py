"""Which part of a picture is which part of a face, from its landmarks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.blend import depth_of, distance_outside, smoothstep
from privateedit.core.mask import Hidden
from privateedit.core.polar import Rays
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single

_FOREHEAD = (
    *(10, 338, 297, 332, 284, 251, 389, 21, 54, 103, 67, 109, 162, 139, 368),
    *(151, 9, 108, 337, 69, 299, 104, 333, 68, 298, 71, 301),
)
_BROWS = ((70, 63, 105, 66, 107), (300, 293, 334, 296, 336))
_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
_EYES, _TOP, _CHIN = (33, 263), 10, 152

_RISE = 0.10  # of the face: how far above the brows a face is its owner's
_RIM = 0.05  # and how far inside the silhouette
_BROW = 0.13  # width within which a brow is a brow
_JAW_ROOM, _ROOM = 0.14, 0.02  # how far the silhouette may lie off the mesh, along the jaw and elsewhere
_TO_HAIR, _TO_SIDES = 0.12, 0.05  # how far beyond the silhouette a seam may run


@dataclass(frozen=True, eq=False)
class FaceAreas:
    """Areas of one face in one picture, all H×W.

    Attributes:
        hull: bool, within the face's landmarks.
        hole: bool, what may change at all.
        inner: bool, brows to jaw: a seam never runs inside it.
        cheeks: bool, where skin is seen on nearly every face.
        chin: bool, where a beard would be.
        brows: bool, where something dark on the forehead is no hair from above.
        down: float32, 0 at the height of the eyes, 1 at that of the chin, along the tilted head.
        mirror: 2×3, reflects pixels about the face's own axis.
        size: side of a square with the hull's area, in pixels.
    """

    hull: Hidden
    hole: Hidden
    inner: Hidden
    cheeks: Hidden
    chin: Hidden
    brows: Hidden
    down: Floats
    mirror: NDArray[np.float64]
    size: float

    @cached_property
    def depth(self) -> Floats:
        """Pixels to the outline of the hole, 0 outside it."""
        return depth_of(self.hole)

    @cached_property
    def hull_distance(self) -> Floats:
        """Pixels to the hull, 0 inside."""
        return distance_outside(self.hull)

    @cached_property
    def signed(self) -> Floats:
        """Depth inside the hull in pixels, negative outside."""
        return single(depth_of(self.hull) - self.hull_distance)

    @cached_property
    def around(self) -> Floats:
        """Pixels to the hole, 0 inside."""
        return distance_outside(self.hole)

    @cached_property
    def inner_distance(self) -> Floats:
        """Pixels to the core, 0 inside."""
        return distance_outside(self.inner)

    @cached_property
    def hull_rays(self) -> Rays:
        """Rays from the middle of the hull."""
        return Rays.around(self.hull)

    @cached_property
    def inner_rays(self) -> Rays:
        """Rays from the middle of the core."""
        return Rays.around(self.inner)

    @cached_property
    def share(self) -> Floats:
        """1 inside the face, falling to 0 at the outline of the hole on the straight way out."""
        return single(self.depth / np.maximum(self.depth + self.hull_distance, 1e-6))

    @cached_property
    def room(self) -> Floats:
        """Pixels by which the silhouette may lie off the mesh: little above the mouth, much along the jaw."""
        return single(self.size * (_ROOM + _JAW_ROOM * smoothstep((self.down - 0.4) / 0.3)))

    @cached_property
    def reach(self) -> Floats:
        """Pixels beyond the hull that a seam may go: into hair above, to the jaw below."""
        above = _TO_HAIR * smoothstep((-self.down - 0.1) / 0.4)
        return single(self.size * (_TO_SIDES + above) + self.room)

    @cached_property
    def upper(self) -> Floats:
        """1 above the eyes, 0 below: where hair falls over a face, and where beards grow."""
        return single(1 - smoothstep((self.down + 0.1) / 0.2))


def areas_of(points: NDArray[np.floating], hole: Hidden) -> FaceAreas:
    """Return the areas of the face whose mesh, or whose outline when no mesh is known, are N×2 `points`.

    Of a face without a mesh, everything within the outline is taken for brows: nothing there counts as hair.
    """
    shape = hole.shape
    hull = filled(points, shape)
    size = float(np.sqrt(np.count_nonzero(hull) + 1.0))
    meshed = len(points) >= 468
    top, eyes, chin = _axis(points, meshed)
    down = _along(eyes, chin, shape)
    depth = depth_of(hull)
    if meshed:
        rise = _RISE * size * (eyes - chin) / max(float(np.linalg.norm(chin - eyes)), 1e-6)
        above = np.concatenate([points[list(brow)] + rise for brow in _BROWS])
        face = filled(np.concatenate([np.delete(points[:468], _FOREHEAD, 0), above]), shape)
        off_lips = distance_outside(filled(points[list(_LIPS)], shape)) > 0.04 * size
        brows = _drawn_brows(points, shape, max(1, round(_BROW * size)))
    else:
        face, off_lips, brows = hull, np.ones(shape, np.bool_), hull
    return FaceAreas(
        hull=hull,
        hole=hole,
        inner=_core(face & hole, _RIM * size),
        cheeks=hull & hole & (down > 0.1) & (down < 0.62) & (depth > 0.08 * size),
        chin=hull & (down > 0.6) & off_lips,
        brows=brows,
        down=down,
        mirror=_mirror(top, chin),
        size=size,
    )


def _core(area: Hidden, rim: float) -> Hidden:
    """Return `area` without its rim, or what is deepest of one that is all rim; none of nothing."""
    depth = depth_of(area, frame=True)
    return np.asarray((depth > rim) | (area & (depth >= depth.max())))


def filled(points: NDArray[np.floating], shape: tuple[int, ...]) -> Hidden:
    """Return the bool H×W convex hull of N×2 points."""
    drawn = np.zeros(shape[:2], np.uint8)
    hull = cv2.convexHull(np.asarray(points, np.float32))
    cv2.fillConvexPoly(drawn, np.rint(hull * 16 - 8).astype(np.int32), 1, shift=4)
    return drawn.astype(bool)


def _axis(
    points: NDArray[np.floating], meshed: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the top of the forehead, the middle between the eyes and the chin."""
    if meshed:
        marks = [points[_TOP], points[list(_EYES)].mean(0), points[_CHIN]]
    else:
        low, high = points.min(0), points.max(0)
        middle = (low[0] + high[0]) / 2
        marks = [np.array([middle, low[1] + part * (high[1] - low[1])]) for part in (0.0, 0.35, 1.0)]
    top, eyes, chin = (np.asarray(mark, np.float64) for mark in marks)
    return top, eyes, chin


def _along(start: NDArray[np.float64], end: NDArray[np.float64], shape: tuple[int, ...]) -> Floats:
    way = end - start
    x = np.arange(shape[1])[None, :] + 0.5 - start[0]
    y = np.arange(shape[0])[:, None] + 0.5 - start[1]
    return single((x * way[0] + y * way[1]) / max(float(way @ way), 1e-6))


def _mirror(top: NDArray[np.float64], chin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the reflection about the line through two points, for OpenCV's pixel centers."""
    across = np.array([-(chin - top)[1], (chin - top)[0]])
    across /= max(float(np.linalg.norm(across)), 1e-6)
    return np.column_stack([np.eye(2) - 2 * np.outer(across, across), 2 * across * (across @ (top - 0.5))])


def _drawn_brows(points: NDArray[np.floating], shape: tuple[int, ...], width: int) -> Hidden:
    drawn = np.zeros(shape, np.uint8)
    for brow in _BROWS:
        cv2.polylines(drawn, [np.rint(points[list(brow)]).astype(np.int32)], False, 1, width)
    return drawn.astype(bool)
