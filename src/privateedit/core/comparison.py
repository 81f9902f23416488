"""`Comparison`: what was sent beside what came back, with the evidence on where things went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from privateedit.core.conceal import MaskedPhoto
from privateedit.core.face import Box, Face
from privateedit.core.photo import Pixels
from privateedit.core.ports import FaceDetector
from privateedit.core.pyramid import Pyramid
from privateedit.core.register_scene import Guess, crop_guess, feature_guess, frame_guesses
from privateedit.core.register_surroundings import Surroundings
from privateedit.core.scale import reduced
from privateedit.core.similarity import Matrix, carried, inverse, scale_of, scaling, transform, warp

SCENE_INLIERS = 25
"""Features that agree on a transform, from which on it is certain."""

_CLOSE_UP, _CLOSE_SIDE = 3.0, 480  # face widths across a closer look, and its pixels
_SAME_FACE = 0.3  # overlap
_PLENTY = 256  # pixels of the smallest face, from which on detectors and landmarks see no more
_SMALLER, _LEAST_SIDE = 0.7, 640  # ratio from which on reducing pays; pixels that are looked at in any case


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

    @property
    def certain(self) -> bool:
        """Whether enough features agree on `best_frame`."""
        return self.best_frame.inliers >= SCENE_INLIERS

    @cached_property
    def found(self) -> tuple[Face, ...]:
        """The faces of the edited picture: those seen at once, and those seen where one should be."""
        small, back = self._plenty()
        found = [carried(each, back) for each in self.detector.detect(small)]
        for face in self.faces:
            if not any(self._expected(face).overlap(other.box) > 0.1 for other in found):
                found += [each for each in self._closer(face) if not _known(each, found)]
        return tuple(replace(face, id=index) for index, face in enumerate(found))

    @cached_property
    def looked_at(self) -> Pyramid:
        """The edited picture, for those who look at it reduced."""
        return Pyramid(self.edited)

    def around(self, box: Box) -> Surroundings:
        """Return what was sent around a hidden face or region; however often asked, prepared once."""
        if box not in self._prepared:
            self._prepared[box] = Surroundings.of(self.masked, box)
        return self._prepared[box]

    @cached_property
    def _prepared(self) -> dict[Box, Surroundings]:
        return {}

    def _plenty(self) -> tuple[Pixels, Matrix]:
        """Return the edited picture no larger than such faces need, and the matrix back from it."""
        sizes = [max(face.box.width, face.box.height) for face in self.faces]
        needed = _PLENTY / max(min(sizes, default=0.0) * scale_of(self.best_frame.matrix), 1.0)
        if needed > _SMALLER:
            return self.edited, scaling(1.0, 1.0)
        height, width = self.edited.shape[:2]
        small = reduced(self.edited, max(_LEAST_SIDE, round(needed * max(height, width))))
        return small, scaling(width / small.shape[1], height / small.shape[0])

    def _expected(self, face: Face) -> Box:
        placed = transform(self.best_frame.matrix, face.box.corners)
        return Box(*placed.min(0), *placed.max(0))

    def _closer(self, face: Face) -> list[Face]:
        """Look for a face where the frame puts one, as large as detectors like it."""
        box = self._expected(face)
        scale = _CLOSE_SIDE / (_CLOSE_UP * max(box.width, box.height, 1.0))
        zoom = scaling(scale, scale)
        zoom[:, 2] = _CLOSE_SIDE / 2 - scale * np.array(box.center)
        height, width = self.edited.shape[:2]
        low, high = np.array(box.center) - 1.5 / scale, np.array(box.center) + 1.5 / scale
        if (high < 0).any() or low[0] > width or low[1] > height:
            return []
        window = (slice(0, _CLOSE_SIDE), slice(0, _CLOSE_SIDE))
        seen = warp(self.edited, zoom, window, beyond=cv2.BORDER_CONSTANT)
        near = (0.5 * _CLOSE_UP - 1, 2.0)
        return [
            carried(each, inverse(zoom))
            for each in self.detector.detect(np.ascontiguousarray(seen))
            if _central(each.box, near)
        ]


def _central(box: Box, near: tuple[float, float]) -> bool:
    reach, factor = near
    expected = _CLOSE_SIDE / _CLOSE_UP
    away = np.abs(np.array(box.center) - _CLOSE_SIDE / 2).max()
    size = max(box.width, box.height) / expected
    return bool(away < reach * expected and 1 / factor < size < factor)


def _known(face: Face, found: Sequence[Face]) -> bool:
    return any(face.box.overlap(other.box) > _SAME_FACE for other in found)
