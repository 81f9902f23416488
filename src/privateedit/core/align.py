"""`Alignment`: where an original face belongs in the edited picture, and on what evidence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from privateedit.core.face import Face
from privateedit.core.similarity import Matrix, compose, inverse, rotation_of, scale_of, similar, transform
from privateedit.errors import CannotAlign

Regime = Literal["face", "hole", "scene"]


@dataclass(frozen=True, eq=False, slots=True)
class Alignment:
    """Where one hidden face (or hand-painted region) belongs in the edited picture.

    Attributes:
        matrix: 2×3 similarity from photo to edited coordinates.
        regime: `face` when a stranger's face came back in its place, `hole` when the masked area itself came
            back, `scene` when only the surroundings tell.
        residual: misfit as a fraction of the face's own size; 0 is perfect.
        pose_difference: degrees between the directions in which the original and the drawn head look; None
            when no head was drawn.

    Raises:
        CannotAlign: the matrix is not finite or mirrors or flattens the face.
    """

    matrix: Matrix
    regime: Regime
    residual: float
    pose_difference: float | None = None

    def __post_init__(self) -> None:
        matrix = np.array(self.matrix, dtype=np.float64, copy=True)
        sane = matrix.shape == (2, 3) and np.isfinite(matrix).all() and np.isfinite(self.residual)
        if not sane or np.linalg.det(matrix[:, :2]) <= 1e-6:
            raise CannotAlign("The face cannot be placed in the edited picture.")
        matrix.flags.writeable = False
        object.__setattr__(self, "matrix", matrix)

    @property
    def scale(self) -> float:
        """Linear magnification from photo to edited picture."""
        return scale_of(self.matrix)

    @property
    def rotation(self) -> float:
        """Degrees clockwise."""
        return rotation_of(self.matrix)


def moved(first: Matrix, second: Matrix, face: Face) -> tuple[float, float, float]:
    """Return how far a face lies from where `second` puts it under `first`.

    In face widths, as the logarithm of its scale, and in degrees clockwise.
    """
    center = np.array([face.box.center])
    away = np.linalg.norm(transform(first, center) - transform(second, center))
    width = max(face.box.width, face.box.height) * scale_of(second)
    change = compose(first, inverse(second))
    return float(away) / width, math.log(scale_of(change)), rotation_of(change)


def between(first: Matrix, second: Matrix, face: Face, share: float) -> Matrix:
    """Return the similarity that puts a face `share` of the way from `first` to `second`."""
    _, grown, turned = moved(second, first, face)
    center = np.array([face.box.center])
    start, end = transform(first, center)[0], transform(second, center)[0]
    stepped = compose(similar(math.exp(share * grown), share * turned, start), first)
    stepped[:, 2] += share * (end - start)
    return stepped
