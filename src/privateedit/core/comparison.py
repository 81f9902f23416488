"""`Comparison`: what was sent beside what came back, with the evidence on where things went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from privateedit.core.beside import beside
from privateedit.core.conceal import MaskedPhoto
from privateedit.core.face import Box, Face
from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels
from privateedit.core.ports import FaceDetector
from privateedit.core.pyramid import Pyramid
from privateedit.core.register_scene import (
    FeaturePairs,
    Features,
    Guess,
    agreed,
    crop_guess,
    feature_pairs,
    frame_guesses,
)
from privateedit.core.register_surroundings import Surroundings
from privateedit.core.scale import reduced, reduced_size
from privateedit.core.similarity import carried, inverse, scale_of, scaling, transform, warp

SCENE_INLIERS = 25
"""Features that agree on a transform, from which on it is certain."""

BY_PERSON = 0.9
"""Evidence (see `Sighting`) around the visible person alone, whatever is behind, that makes a place certain.

Of 797 pairs of strangers' portraits, most from one studio, and of 209 of tight crops, landmark on landmark,
none that all around it tells apart has more than 0.8; of simulated edits with a new backdrop, other clothes,
frame and look at once, 4 in 5 have. Measured once, by hand.
"""

_TOLD = 0.025  # mean weight of what is visible of a person: of less, chance makes as much as of any stranger
_CLOSE_UP, _CLOSE_SIDE = 3.0, 480  # face widths across a closer look, and its pixels
_SAME_FACE = 0.3  # overlap
_PLENTY = 256  # pixels of the smallest face, from which on detectors and landmarks see no more
_SMALLER, _LEAST_SIDE = 0.7, 640  # ratio from which on reducing pays; pixels that are looked at in any case


@dataclass(frozen=True, eq=False)
class Comparison:
    """What was sent beside what came back; expensive evidence is gathered when first asked for.

    Attributes:
        faces: of the photo.
        masked: the photo as it was sent.
        edited: what came back.
        detector: finds the faces of that.
        person: returns where the open photo shows somebody, H×W bool in any size; asked last of all. None
            where nobody can tell.
        seen: returns the features of what came back, if somebody looks for them; None where nobody does.
    """

    faces: Sequence[Face]
    masked: MaskedPhoto
    edited: Pixels
    detector: FaceDetector
    person: Callable[[], Hidden] | None = None
    seen: Callable[[], Features] | None = None

    @cached_property
    def frames(self) -> list[Guess]:
        """Plain guesses from the two frames: stretched, padded, cropped."""
        guesses = frame_guesses(self.masked.pixels.shape[:2], self.edited.shape[:2])
        cropped = crop_guess(self.masked.pixels, self.edited)
        return guesses if cropped is None else [*guesses, cropped]

    @cached_property
    def features(self) -> Guess | None:
        """The similarity that the visible scene agrees on."""
        return agreed(self.pairs)

    @cached_property
    def pairs(self) -> FeaturePairs | None:
        """Visible features of the sent picture with those that they look like; None when there are few."""
        seen = None if self.seen is None else self.seen()
        return feature_pairs(self.masked.pixels, self.masked.mask.hidden, self.edited, seen)

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
        longest = self._needed(self.best_frame)
        height, width = self.edited.shape[:2]
        rows, columns = reduced_size(self.edited.shape, longest)
        back = scaling(width / columns, height / rows)
        found = [carried(each, back) for each in self._at_once(longest)]
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

    def around_person(self, box: Box) -> Surroundings | None:
        """Return what was sent of the person around `box`, not behind it; None where that is little.

        None, too, where there are several people, whose shoulders may be alike, and where the scene stayed
        and tells better: somebody who moved in it may be somebody else.
        """
        if self.person is None or len(self.faces) != 1 or self.certain:
            return None
        if box not in self._persons:
            self._persons[box] = replace(self.around(box), person=self._shown)
        return self._persons[box] if self._persons[box].visible >= _TOLD else None

    @cached_property
    def _shown(self) -> Hidden | None:
        return None if self.person is None else self.person()

    @cached_property
    def _persons(self) -> dict[Box, Surroundings]:
        return {}

    @cached_property
    def _prepared(self) -> dict[Box, Surroundings]:
        return {}

    def look_ahead(self, faces: Sequence[Face]) -> None:
        """Find the features, and meanwhile, on another core, what else tells where drawn faces belong.

        Nothing comes out otherwise for it: it is what is asked for next, however the features turn out.

        Args:
            faces: hidden ones whose hole did not come back.
        """
        with beside(lambda: self.features) as found:
            longest = self._needed(self.frames[0])
            # In between, any other guess of the frame asks for another size.
            if longest in (_LEAST_SIDE, max(self.edited.shape)):
                self._at_once(longest)
            for face in faces:
                self.around(face.box).prepare()
            found()

    def _needed(self, frame: Guess) -> int:
        """Return how many pixels along the longer side are plenty for the faces that `frame` lets expect."""
        longest = int(max(self.edited.shape[:2]))
        sizes = [max(face.box.width, face.box.height) for face in self.faces]
        needed = _PLENTY / max(min(sizes, default=0.0) * scale_of(frame.matrix), 1.0)
        return longest if needed > _SMALLER else max(_LEAST_SIDE, round(needed * longest))

    def _at_once(self, longest: int) -> Sequence[Face]:
        """Return the faces of the edited picture, seen at `longest` pixels and in its coordinates then."""
        if longest not in self._seen:
            self._seen[longest] = self.detector.detect(reduced(self.edited, longest))
        return self._seen[longest]

    @cached_property
    def _seen(self) -> dict[int, Sequence[Face]]:
        return {}

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
