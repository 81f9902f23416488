"""`Alignment`: where an original face belongs in the edited picture, and on what evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from privateedit.core.similarity import Matrix, rotation_of, scale_of
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

    Raises:
        CannotAlign: the matrix is not finite or mirrors or flattens the face.
    """

    matrix: Matrix
    regime: Regime
    residual: float

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
