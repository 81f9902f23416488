"""Find where every hidden region belongs in the edited picture, by the strongest evidence there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from privateedit.core.align import Alignment
from privateedit.core.comparison import SCENE_INLIERS, Comparison
from privateedit.core.face import Face
from privateedit.core.match_holes import is_own, match_holes
from privateedit.core.region import Region, regions
from privateedit.core.register_drawn import align_drawn
from privateedit.core.similarity import Matrix
from privateedit.errors import CannotAlign


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
    parts = regions(comparison.masked.mask, hidden)
    holes = list(zip(parts, match_holes(comparison, parts), strict=True))
    drawn = align_drawn(comparison, [face for region, hole in holes if hole is None for face in region.faces])
    placements: list[Placement] = []
    for region, hole in holes:
        if hole is not None:
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


def require_own(comparison: Comparison, placements: Sequence[Placement]) -> None:
    """Do nothing if the edited picture is this photo's for certain; it is, if one placement is.

    Only a hole needs a closer look: portraits that are taken alike have theirs in nearly the same place. A
    drawn face has been placed because what is around it, as far as that shows, is what was sent. What was
    placed by the scene alone, a hand-painted region say, has been because enough of the visible scene is
    there, and that scene is the photo's.

    Raises:
        CannotAlign: it may as well be another photo's.
    """
    for each in placements:
        if each.alignment.regime != "hole" or is_own(each.region, each.alignment, comparison):
            return
    if placements:
        raise CannotAlign(
            "The edited picture may belong to another photo: the masked area lies not quite where it was, "
            "and little around it is what was sent; if it is this photo's, restore it by itself."
        )


def _scene(comparison: Comparison) -> Alignment:
    guess = comparison.features
    if guess is None or guess.inliers < SCENE_INLIERS:
        raise CannotAlign(
            "A region painted by hand has no place in the edited picture: too little of the visible scene "
            "came back to tell where it belongs."
        )
    return Alignment(guess.matrix, "scene", 1.0 / guess.inliers)
