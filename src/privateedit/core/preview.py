"""`Preview`: a placement at a reduced size, to try things out before they are done at full size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np

from privateedit.core.mask import Hidden
from privateedit.core.matte import Matte
from privateedit.core.patch import Patch
from privateedit.core.place import Placement
from privateedit.core.pull_push import Floats
from privateedit.core.scale import reduced_size, resized, single
from privateedit.core.similarity import Matrix, carried, compose, scaling, transform

_INNER = 0.88  # of the mesh, whose edge is hair and background as often as skin


@dataclass(frozen=True, eq=False, slots=True)
class Preview:
    """A reduced patch, which is a picture of its own, and the placement in it.

    Attributes:
        patch: no side above the longest that was asked for; its window starts at 0.
        placement: the same placement, its matrices leading into the reduced patch.
    """

    patch: Patch
    placement: Placement

    @property
    def face(self) -> Hidden:
        """Bool H×W, the inside of the original's face where it is put back; all of a hole without a mesh."""
        faces = [face.mesh for face in self.placement.faces if face.mesh is not None]
        if not faces:
            return self.patch.hole
        drawn = np.zeros(self.patch.hole.shape, np.uint8)
        for mesh in faces:
            points = transform(self.placement.alignment.matrix, mesh)
            points = points.mean(0) + _INNER * (points - points.mean(0))
            hull = cv2.convexHull(points.astype(np.float32))
            cv2.fillConvexPoly(drawn, np.rint(hull * 16 - 8).astype(np.int32), 1, shift=4)
        return drawn.astype(bool) & self.patch.hole


def preview(patch: Patch, placement: Placement, longest: int) -> Preview:
    """Return `patch` and `placement` with no side above `longest` pixels."""
    height, width = reduced_size(patch.hole.shape, longest)
    rows, columns = patch.window
    shrink = scaling(width / patch.hole.shape[1], height / patch.hole.shape[0])
    to_small = compose(shrink, np.array([[1.0, 0.0, -columns.start], [0.0, 1.0, -rows.start]]))
    small = replace(
        patch,
        window=(slice(0, height), slice(0, width)),
        edited=_smaller(patch.edited, height, width),
        original=_smaller(patch.original, height, width),
        hole=_area(patch.hole, height, width),
        visible=_area(patch.visible, height, width),
        find_matte=cache(lambda: _matte(patch.matte, height, width)),
        size=patch.size * float(shrink[0, 0]),
    )
    return Preview(small, _moved(placement, to_small))


def _moved(placement: Placement, matrix: Matrix) -> Placement:
    alignment = placement.alignment
    placed = replace(alignment, matrix=compose(matrix, alignment.matrix))
    frame = compose(matrix, placement.frame)
    drawn = None if placement.drawn is None else carried(placement.drawn, matrix)
    return replace(placement, alignment=placed, frame=frame, drawn=drawn)


def _matte(matte: Matte, height: int, width: int) -> Matte:
    return replace(matte, alpha=resized(matte.alpha, (height, width)))


def _smaller(levels: Floats, height: int, width: int) -> Floats:
    if levels.shape[:2] == (height, width):
        return levels
    return single(cv2.resize(levels, (width, height), interpolation=cv2.INTER_AREA))


def _area(area: Hidden, height: int, width: int) -> Hidden:
    return np.asarray(_smaller(area.astype(np.float32), height, width) > 0.5)
