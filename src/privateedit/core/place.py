"""Find where every hidden region belongs in the edited picture, by the strongest evidence there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from privateedit.core.align import Alignment
from privateedit.core.conceal import MaskedPhoto
from privateedit.core.face import Face
from privateedit.core.photo import Pixels
from privateedit.core.ports import FaceDetector
from privateedit.core.region import Region, regions
from privateedit.core.register_face import align_to_face, matched
from privateedit.core.register_hole import align_to_hole
from privateedit.core.register_scene import Guess, crop_guess, feature_guess, frame_guesses
from privateedit.core.similarity import Matrix, scale_of, transform
from privateedit.errors import CannotAlign

_CLEAR = 0.004  # a hole's residual below which no better guess of the frame is looked for
_SCENE_INLIERS = 25
_SAME_PLACE = 0.1


@dataclass(frozen=True, eq=False, slots=True)
class Placement:
    """A region, the faces that one alignment carries, that alignment, and where the scene went.

    `drawn` is the face that the editor painted in the place of a single hidden one, if it did.
    """

    region: Region
    faces: tuple[Face, ...]
    alignment: Alignment
    frame: Matrix
    drawn: Face | None = None


@dataclass(frozen=True, eq=False)
class Comparison:
    """What was sent beside what came back; expensive evidence is gathered when first asked for."""

    faces: Sequence[Face]
    masked: MaskedPhoto
    edited: Pixels
    detector: FaceDetector

    @cached_property
    def frames(self) -> list[Guess]:
        """Plain guesses from the two frames: stretched, padded, cropped."""
        guesses = frame_guesses(self.masked.pixels.shape[:2], self.edited.shape[:2])
        cropped = crop_guess(self.masked.pixels, self.edited)
        return guesses if cropped is None else [*guesses, cropped]

    @cached_property
    def features(self) -> Guess | None:
        """The similarity that the visible scene agrees on."""
        return feature_guess(self.masked.pixels, self.masked.mask.hidden, self.edited)

    @cached_property
    def best_frame(self) -> Guess:
        """The scene's transform when there is one, else the plainest."""
        return self.features or self.frames[0]

    @cached_property
    def pairs(self) -> dict[int, Face]:
        """Faces of the edited picture by the id of the photo's face they stand for."""
        found = self.detector.detect(self.edited)
        certain = self.best_frame.inliers >= _SCENE_INLIERS
        return matched(self.faces, found, self.best_frame.matrix, certain=certain)


def place(comparison: Comparison, hidden: Sequence[Face]) -> tuple[Placement, ...]:
    """Return a placement for every hidden face and hand-painted region.

    Raises:
        CannotAlign: one of them fits nowhere; nothing half-done is returned.
    """
    placements: list[Placement] = []
    for region in regions(comparison.masked.mask, hidden):
        hole = _hole(region, comparison)
        if hole is not None:
            placements.append(Placement(region, region.faces, hole, hole.matrix))
        elif region.faces:
            frame = comparison.best_frame.matrix
            strangers = [(face, _stranger(face, comparison)) for face in region.faces]
            placements += [
                Placement(region, (face,), fitted, frame, comparison.pairs[face.id])
                for face, fitted in strangers
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
    if comparison.features.inliers >= _SCENE_INLIERS:
        found = [each for each in found if _agrees(each.matrix, comparison.features.matrix, region)]
    return min(found, key=lambda alignment: alignment.residual, default=None)


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


def _stranger(face: Face, comparison: Comparison) -> Alignment:
    found = comparison.pairs.get(face.id)
    if found is None:
        raise CannotAlign(
            f"Face {face.id} has no place in the edited picture: neither the masked area nor a face came "
            'back there; ask the service to keep the "same pose and framing", and restore with the options '
            "that masked it."
        )
    return align_to_face(face, found, comparison.best_frame.matrix)


def _scene(comparison: Comparison) -> Alignment:
    guess = comparison.features
    if guess is None or guess.inliers < _SCENE_INLIERS:
        raise CannotAlign(
            "A region painted by hand has no place in the edited picture: too little of the visible scene "
            "came back to tell where it belongs."
        )
    return Alignment(guess.matrix, "scene", 1.0 / guess.inliers)
