"""What lies around a hidden face, found again in the edited picture by its outlines.

Edits change colors, clothes and backdrops, and models redraw everything; what stays is where outlines run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import cv2
import numpy as np

from privateedit.core.beside import beside
from privateedit.core.blend import distance_outside
from privateedit.core.conceal import MaskedPhoto
from privateedit.core.directions import directions
from privateedit.core.face import Box
from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single
from privateedit.core.similarity import (
    Matrix,
    Picture,
    compose,
    inverse,
    scaling,
    similar,
    warp,
    warp_area,
    warp_frame,
)
from privateedit.core.visible_person import on_grid
from privateedit.errors import CannotAlign

_FINEST, _FINE, _COARSE = 384, 224, 128  # pixels across the window
_WINDOW = 3.0  # of the face's longer side
_LOW = 0.1  # of the same: there is more of a person below the face than above it
_REACH = 0.16  # of the window: how fast what is farther from the hole counts less
_SEARCH = 12, 6, 26  # pixels on the coarse grid, on the fine one, and for telling a peak from chance
_NEARBY = 4  # pixels on the fine grid, where the place is known but for a few
_BESIDE = 10  # pixels around a peak that belong to it
_SCALES, _TURNS = (-0.04, 0.0, 0.04), (-3.0, 0.0, 3.0)  # logarithm, degrees
_FINER = 3.0
_MIRRORED, _CLEARLY = 0.3, 0.1  # agreement left for right, and how far it must exceed the straight one
_CLEAR_OF_HOLE = 2  # pixels; the outline of the hole itself is no scene


@dataclass(frozen=True, eq=False, slots=True)
class Sighting:
    """Where the surroundings of a face were found.

    Attributes:
        matrix: 2×3 similarity, photo to edited.
        agreement: cosine similarity of outlines there, 1 for the same picture.
        margin: how much better that is than anywhere else nearby; small for chance.
    """

    matrix: Matrix
    agreement: float
    margin: float

    @property
    def evidence(self) -> float:
        """From 0, nothing in common, to nearly 2, the same picture."""
        return max(0.0, self.agreement) + max(0.0, self.margin)


@dataclass(frozen=True, eq=False)
class Surroundings:
    """The sent picture around one hidden face, or, of those that are `straight`, the same left for right.

    With `person`, a bool picture of the photo in any size, only what it shows of somebody counts.
    """

    sent: Pixels
    hidden: Hidden
    box: Box
    straight: Surroundings | None = None
    person: Hidden | None = None

    @classmethod
    def of(cls, masked: MaskedPhoto, box: Box) -> Surroundings:
        """Return the surroundings of the face in `box`, in photo pixels."""
        return cls(masked.pixels, masked.concealed.hidden, box)

    @property
    def flipped(self) -> bool:
        """Whether these are the surroundings left for right."""
        return self.straight is not None

    def sighted(self, edited: Picture, guess: Matrix) -> Sighting:
        """Look for the surroundings near where `guess` (photo to edited) puts them.

        Outlines are compared as gradient directions, whatever their contrast and sign; first coarsely, then
        finely, over translations by correlation and a few sizes and tilts each.
        """
        coarse = _best(self._coarse.scores(edited, guess, _SEARCH[0], 1.0))
        fine = _best(self._fine.scores(edited, coarse[1], _SEARCH[1], 1 / _FINER))
        return self._finest.judged(edited, fine[1])

    def sighted_nearby(self, edited: Picture, guess: Matrix) -> Sighting:
        """Look for the surroundings as `sighted` does, no farther from `guess` than a fine look reaches.

        A coarse look may settle on a larger likeness beside the place, and no finer one comes back from it.
        """
        return self._finest.judged(edited, _best(self._fine.scores(edited, guess, _NEARBY, 1 / _FINER))[1])

    def prepare(self) -> None:
        """Work out now what was sent there, which every look compares with."""
        for grid in (self._coarse, self._fine, self._finest):
            grid.prepare()

    def mirrored(self, edited: Picture, matrix: Matrix) -> bool:
        """Whether the surroundings are there left for right, and not as they were sent."""
        other = replace(self, straight=self)
        straight, flipped = (each.agreement(edited, matrix) for each in (self, other))
        # A coarse look never loses the way; a finer one may, where little but a dark suit is left.
        if straight > flipped:
            return False
        straight, flipped = (each.sighted(edited, matrix).agreement for each in (self, other))
        return flipped > max(_MIRRORED, straight + _CLEARLY)

    def refuse_mirrored(self, edited: Picture, matrix: Matrix) -> None:
        """Do nothing unless the surroundings came back mirrored: no similarity mirrors a face.

        Raises:
            CannotAlign: they did.
        """
        if self.mirrored(edited, matrix):
            raise CannotAlign(
                "The picture came back mirrored, so the original does not fit into it; mirror it back, or "
                'ask the service to keep the "same pose and framing".'
            )

    def agreement(self, edited: Picture, matrix: Matrix) -> float:
        """Return the agreement about where `matrix` (photo to edited) puts the surroundings, coarsely."""
        return self._coarse.agreement(edited, matrix, _SEARCH[0])

    @property
    def visible(self) -> float:
        """The share of the window that was visible in the sent picture, pixels next to the hole first."""
        return self._coarse.visible

    @cached_property
    def _coarse(self) -> _Grid:
        return _Grid.of(self, _COARSE) if self.straight is None else self.straight._coarse.flipped()

    @cached_property
    def _fine(self) -> _Grid:
        return _Grid.of(self, _FINE) if self.straight is None else self.straight._fine.flipped()

    @cached_property
    def _finest(self) -> _Grid:
        return _Grid.of(self, _FINEST) if self.straight is None else self.straight._finest.flipped()


@dataclass(frozen=True, eq=False)
class _Grid:
    """A square window around the face: directions of what was sent there, and how much each counts."""

    side: int
    to_grid: Matrix
    weighted: Floats
    weights: Floats

    @classmethod
    def of(cls, around: Surroundings, side: int) -> _Grid:
        box = around.box
        longest = max(box.width, box.height)
        to_grid = scaling(*(2 * (side / (_WINDOW * longest),)))
        center = np.array([box.center[0], box.center[1] + _LOW * longest])
        to_grid[:, 2] = side / 2 - to_grid[0, 0] * center
        window = (slice(0, side), slice(0, side))
        hidden = warp_area(around.hidden, to_grid, window)
        visible = warp_frame(around.hidden.shape, to_grid, window)
        kernel = np.ones((2 * _CLEAR_OF_HOLE + 1,) * 2, np.uint8)
        visible &= cv2.dilate(hidden.astype(np.uint8), kernel) == 0
        if around.person is not None:
            visible &= on_grid(around.person, around.hidden.shape, to_grid, window)
        away = distance_outside(hidden)
        weights = np.asarray(visible * np.exp(-away / (_REACH * side)), np.float32)
        weighted = directions(warp(around.sent, to_grid, window)) * weights[..., None]
        return cls(side, to_grid, weighted, weights)

    def prepare(self) -> None:
        """Work out what is compared at every look."""
        _ = self._planes, self._own, self._floor

    def agreement(self, edited: Picture, matrix: Matrix, search: int) -> float:
        """Return the best agreement within `search` pixels of `matrix`."""
        return float(self._agreement(edited, self._from_edited(matrix), search).max())

    def flipped(self) -> _Grid:
        """Return the same surroundings left for right."""
        other_way = self.weighted[:, ::-1] * np.array([1, -1], np.float32)
        return replace(self, weighted=other_way, weights=np.ascontiguousarray(self.weights[:, ::-1]))

    @property
    def visible(self) -> float:
        """Mean weight of the window."""
        return float(self.weights.mean())

    def scores(self, edited: Picture, guess: Matrix, search: int, step: float) -> list[tuple[float, Matrix]]:
        """Return the best agreement over translations for every size and tilt, and its matrix.

        One half of them is tried on another core.
        """
        self.prepare()

        def tried(grow: float, turn: float) -> tuple[float, Matrix]:
            local = self._turned(float(np.exp(grow * step)), turn * step)
            plane = self._agreement(edited, compose(local, self._from_edited(guess)), search)
            _, score, _, place = cv2.minMaxLoc(plane)
            shift = np.array(place) + _peak_offset(plane, (place[0], place[1])) - search
            return score, self._matrix(guess, local, shift)

        ways = list(product(_SCALES, _TURNS))
        half = len(ways) // 2
        with beside(lambda: [tried(*way) for way in ways[:half]]) as first:
            second = [tried(*way) for way in ways[half:]]
            return [*first(), *second]

    def judged(self, edited: Picture, matrix: Matrix) -> Sighting:
        plane = self._agreement(edited, self._from_edited(matrix), _SEARCH[2])
        reach = _SEARCH[2]
        rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
        away = np.hypot(rows, columns)
        near = np.where(away <= 4, plane, -1)
        y, x = np.unravel_index(int(near.argmax()), near.shape)
        shift = np.array([x, y]) + _peak_offset(plane, (int(x), int(y))) - reach
        peak = float(near.max())
        moved = self._matrix(matrix, self._turned(1.0, 0.0), shift)
        return Sighting(moved, peak, peak - float(plane[away > _BESIDE].max()))

    def _from_edited(self, matrix: Matrix) -> Matrix:
        return compose(self.to_grid, inverse(matrix))

    def _turned(self, scale: float, degrees: float) -> Matrix:
        return similar(scale, degrees, np.full(2, self.side / 2))

    def _matrix(self, guess: Matrix, local: Matrix, shift: np.ndarray) -> Matrix:
        """Return where the photo lies in the edited picture if its grid lies `shift` away from `local`."""
        moved = local.copy()
        moved[:, 2] -= shift
        return compose(guess, compose(inverse(self.to_grid), compose(inverse(moved), self.to_grid)))

    def _agreement(self, edited: Picture, to_grid: Matrix, search: int) -> Floats:
        window = (slice(-search, self.side + search),) * 2
        seen = directions(warp(edited, to_grid, window))
        total = sum(
            cv2.matchTemplate(np.ascontiguousarray(seen[..., axis]), plane, cv2.TM_CCORR)
            for axis, plane in enumerate(self._planes)
        )
        energy = cv2.matchTemplate(single(seen[..., 0] ** 2 + seen[..., 1] ** 2), self.weights, cv2.TM_CCORR)
        floor = self._floor
        scale = np.sqrt((self._own + floor) * (np.maximum(energy, 0) + floor) + 1e-9)
        return np.asarray(total / scale, np.float32)

    @cached_property
    def _planes(self) -> tuple[Floats, Floats]:
        x, y = (np.ascontiguousarray(self.weighted[..., axis]) for axis in (0, 1))
        return x, y

    @cached_property
    def _own(self) -> float:
        """The energy of what was sent."""
        seen = self.weights > 0
        return float((self.weighted**2).sum(2)[seen] @ (1 / self.weights[seen]))

    @cached_property
    def _floor(self) -> float:
        return 0.02 * float(self.weights.sum())


def _best(scored: Sequence[tuple[float, Matrix]]) -> tuple[float, Matrix]:
    return max(scored, key=lambda pair: pair[0])


def _peak_offset(plane: Floats, place: tuple[int, int]) -> np.ndarray:
    """Return where between pixels the peak lies (parabola), x and y, each within half a pixel."""
    x, y = place
    offset = np.zeros(2)
    for axis, (index, limit) in enumerate(((x, plane.shape[1]), (y, plane.shape[0]))):
        if 0 < index < limit - 1:
            line = plane[y, x - 1 : x + 2] if axis == 0 else plane[y - 1 : y + 2, x]
            bend = line[0] - 2 * line[1] + line[2]
            offset[axis] = 0.5 * (line[0] - line[2]) / bend if bend < -1e-9 else 0.0
    return np.clip(offset, -0.5, 0.5)
