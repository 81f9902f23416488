"""`Likeness`: how alike two pictures of one place are to a face recognizer, as a distance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from privateedit.core.face import Face, Points
from privateedit.core.photo import Photo, Pixels
from privateedit.core.ports import Descriptor, LandmarkFinder, Recognizer
from privateedit.core.scale import glimpse
from privateedit.core.similarity import Matrix, transform

Levels = NDArray[np.uint8] | NDArray[np.float32]

_SIDE = 400  # pixels of a face's box; the recognizer looks at 150, and reductions cost less than full size


@dataclass(frozen=True, slots=True)
class Likeness:
    """A recognizer and the distance below which it takes two pictures for one person."""

    finder: LandmarkFinder
    recognizer: Recognizer
    same_person: float

    def portrayed(self, photo: Photo, face: Face) -> Portrayed:
        """Return what the recognizer knows of `face` from the untouched photo."""
        points = self.finder.fit(photo.pixels, face)
        return Portrayed(self, points, self._described(photo.pixels, points))

    def _described(self, pixels: Pixels, points: Points) -> Descriptor:
        reach = float(np.ptp(points, axis=0).max())
        ratio = min(1.0, _SIDE / max(4 * reach, 1.0))
        if ratio == 1.0:
            return self.recognizer.embed(pixels, points)
        # Only the face's surroundings are reduced: a large photo costs no more than a small one.
        limit = np.array(pixels.shape[1::-1])
        low = np.clip(np.floor(points.min(0) - 3 * reach), 0, limit - 1).astype(int)
        high = np.clip(np.ceil(points.max(0) + 3 * reach), low + 1, limit).astype(int)
        part = pixels[low[1] : high[1], low[0] : high[0]]
        size = (max(1, round(part.shape[1] * ratio)), max(1, round(part.shape[0] * ratio)))
        small, each = glimpse(part, *size)
        return self.recognizer.embed(small, ((points - low) / each).astype(np.float32))


@dataclass(frozen=True, eq=False, slots=True)
class Portrayed:
    """One person's face as the photo shows it: five landmarks and a description. `repr` shows neither."""

    likeness: Likeness
    points: Points
    descriptor: Descriptor

    def distance_at(self, pixels: Pixels, matrix: Matrix) -> float:
        """Return the distance to what RGB `pixels` show where `matrix` (photo → pixels) carries the face.

        The landmarks are those of the clean photo: a changed picture cannot mislead the search for them.
        """
        moved = transform(matrix, self.points).astype(np.float32)
        return self._to(self.likeness._described(pixels, moved))

    def distance_to(self, pixels: Pixels, face: Face) -> float:
        """Return the distance to another `face` found in RGB `pixels`, by that face's own landmarks."""
        return self._to(self.likeness._described(pixels, self.likeness.finder.fit(pixels, face)))

    def judge(self, matrix: Matrix, window: tuple[slice, slice]) -> Callable[[Levels], float]:
        """Return a function from a window's pixels, H×W×3 levels 0–255, to the distance of the face in it.

        `matrix` maps the photo to the whole picture, and `window` is its rows and columns that are judged.
        """
        local = matrix.copy()
        local[:, 2] -= (window[1].start, window[0].start)

        def distance(pixels: Levels) -> float:
            rounded = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
            return self.distance_at(rounded, local)

        return distance

    def _to(self, other: Descriptor) -> float:
        return float(np.linalg.norm(self.descriptor - other))

    def __repr__(self) -> str:
        return "Portrayed()"
