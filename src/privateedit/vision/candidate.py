"""What a detector reports before anything is confirmed: a box, five points and a score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from privateedit.core.face import Box, Points


@dataclass(frozen=True, eq=False, slots=True)
class Candidate:
    """One possible face in picture pixels.

    `points` are left eye, right eye, nose tip and the two mouth corners as seen in the picture.
    """

    box: Box
    score: float
    points: Points

    def scaled(self, x: float, y: float) -> Candidate:
        """Return the same candidate in a picture that is `x` and `y` times as large."""
        box = Box(self.box.x0 * x, self.box.y0 * y, self.box.x1 * x, self.box.y1 * y)
        return Candidate(box, self.score, self.points * np.array([x, y], np.float32))

    def moved(self, x: float, y: float) -> Candidate:
        """Return the same candidate shifted by `x` and `y` pixels."""
        box = Box(self.box.x0 + x, self.box.y0 + y, self.box.x1 + x, self.box.y1 + y)
        return Candidate(box, self.score, self.points + np.array([x, y], np.float32))


def strongest(candidates: Iterable[Candidate], overlap: float = 0.3) -> list[Candidate]:
    """Keep, of every group overlapping by more than `overlap`, the best-scored (greedy NMS)."""
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda each: -each.score):
        if not is_known(candidate, kept, overlap):
            kept.append(candidate)
    return kept


def is_known(candidate: Candidate, others: Sequence[Candidate], overlap: float = 0.3) -> bool:
    """Whether one of `others` shows the same face: boxes overlap, or one lies within the other."""
    return any(
        candidate.box.overlap(other.box) > overlap or _nested(candidate.box, other.box) for other in others
    )


def _nested(first: Box, second: Box) -> bool:
    """Two passes may box one face tightly and loosely: same center, very different size."""
    small, large = sorted((first, second), key=lambda box: box.width * box.height)
    x, y = small.center
    reach = 0.25 * large.width
    near = abs(x - large.center[0]) < reach and abs(y - large.center[1]) < reach
    return near and small.width > 0.4 * large.width
