"""Find where every hidden region belongs in the edited picture, by the strongest evidence there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from privateedit.core.align import Alignment
from privateedit.core.comparison import SCENE_INLIERS, Comparison
from privateedit.core.face import Box, Face
from privateedit.core.region import Region, regions
from privateedit.core.register_drawn import ENOUGH, align_drawn
from privateedit.core.register_hole import align_to_hole
from privateedit.core.register_scene import Guess
from privateedit.core.register_surroundings import Surroundings
from privateedit.core.similarity import Matrix, rotation_of, scale_of, transform
from privateedit.errors import CannotAlign

_CLEAR = 0.004  # a hole's residual below which no better guess of the frame is looked for
_SAME_PLACE = 0.1
_USUAL_SCALE, _USUAL_TILT = (0.6, 1.7), 10.0  # of the frame, degrees


@dataclass(frozen=True, eq=False, slots=True)
class Placement:
    """One alignment and what it carries.

    Attributes:
        region: a connected part of the mask.
        faces: those that lie in it and go where it goes.
        alignment: where.
        frame: 2×3, where the scene went.
        drawn: the face that the editor drew, in the edited picture, where there is one.
    """

    region: Region
    faces: tuple[Face, ...]
    alignment: Alignment
    frame: Matrix
    drawn: Face | None = None


def place(comparison: Comparison, hidden: Sequence[Face]) -> tuple[Placement, ...]:
    """Return a placement for every hidden face and hand-painted region.

    Raises:
        CannotAlign: one of them fits nowhere; nothing half-done is returned.
    """
    found = [(region, _hole(region, comparison)) for region in regions(comparison.masked.mask, hidden)]
    holes = [(region, hole if _likely(region, hole, comparison) else None) for region, hole in found]
    drawn = align_drawn(comparison, [face for region, hole in holes if hole is None for face in region.faces])
    placements: list[Placement] = []
    for region, hole in holes:
        if hole is not None:
            _around(region, comparison).refuse_mirrored(comparison.edited, hole.matrix)
            placements.append(Placement(region, region.faces, hole, hole.matrix))
        elif region.faces:
            frame = comparison.best_frame.matrix
            placements += [
                Placement(region, (face,), drawn[face.id][0], frame, drawn[face.id][1])
                for face in region.faces
            ]
        else:
            scene = _scene(comparison)
            placements.append(Placement(region, (), scene, scene.matrix))
    return tuple(placements)


def _hole(region: Region, comparison: Comparison) -> Alignment | None:
    plain = align_to_hole(region, comparison.masked, comparison.edited, comparison.frames)
    if plain is not None and plain.residual < _CLEAR and _is_plain(plain, region, comparison.frames):
        return plain
    if comparison.features is None:
        return plain
    by_scene = align_to_hole(region, comparison.masked, comparison.edited, [comparison.features])
    found = [alignment for alignment in (plain, by_scene) if alignment is not None]
    if comparison.features.inliers >= SCENE_INLIERS:
        found = [each for each in found if _agrees(each.matrix, comparison.features.matrix, region)]
    return min(found, key=lambda alignment: alignment.residual, default=None)


def _likely(region: Region, hole: Alignment | None, comparison: Comparison) -> bool:
    """Whether a hole lies as services move frames, or has its surroundings with it.

    Some dark patch of about the right shape is found in most pictures, at some size and tilt.
    """
    if hole is None:
        return False
    frame = comparison.frames[0].matrix
    tilt = (hole.rotation - rotation_of(frame) + 180) % 360 - 180
    low, high = _USUAL_SCALE
    if low < hole.scale / scale_of(frame) < high and abs(tilt) < _USUAL_TILT:
        return True
    return _around(region, comparison).sighted(comparison.edited, hole.matrix).evidence >= ENOUGH


def _around(region: Region, comparison: Comparison) -> Surroundings:
    rows, columns = region.window
    return Surroundings.of(comparison.masked, Box(columns.start, rows.start, columns.stop, rows.stop))


def _is_plain(alignment: Alignment, region: Region, frames: Sequence[Guess]) -> bool:
    """Whether the hole lies where one of the plain guesses of the frame puts it."""
    return any(_agrees(alignment.matrix, guess.matrix, region) for guess in frames)


def _agrees(matrix: Matrix, frame: Matrix, region: Region) -> bool:
    """Whether two transforms put the region's corners in the same place, within a tenth of its size.

    A hole that moved against the scene it was cut from is another hole: masked with other options, say.
    """
    rows, columns = region.window
    corners = np.array([[x, y] for x in (columns.start, columns.stop) for y in (rows.start, rows.stop)])
    apart = np.linalg.norm(transform(matrix, corners) - transform(frame, corners), axis=1)
    return float(apart.max()) < _SAME_PLACE * region.size * scale_of(frame)


def _scene(comparison: Comparison) -> Alignment:
    guess = comparison.features
    if guess is None or guess.inliers < SCENE_INLIERS:
        raise CannotAlign(
            "A region painted by hand has no place in the edited picture: too little of the visible scene "
            "came back to tell where it belongs."
        )
    return Alignment(guess.matrix, "scene", 1.0 / guess.inliers)
