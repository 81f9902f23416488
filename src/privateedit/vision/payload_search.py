"""The second search: is a face still visible in a masked picture?

It looks at another scale than the first detection, and at a picture in which the faces found first no
longer draw the network's attention. Strict, because the first search was generous: whatever it reports is
plainly a face, lies outside the mask, and two networks' views of it agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from privateedit.core.face import Face, in_order
from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels
from privateedit.vision import views
from privateedit.vision.candidate import Candidate, strongest
from privateedit.vision.centerface import CenterFace
from privateedit.vision.landmarks import FaceMesh
from privateedit.vision.second_opinion import SecondOpinion, face_from

_SEEN = 0.35
_PLAIN = 1.15  # evidence, see `Opinion`
_FINER, _COARSER = 1.25, 0.8  # of the first search's scale
_VISIBLE, _CORE_VISIBLE = 0.5, 0.6  # shares of the box and of its middle half
_POINTS_VISIBLE = 3  # of eyes, nose and mouth corners


class VisibleFaceSearcher:
    """Implements `PayloadSearcher` with one more view of CenterFace. Safe to share between threads."""

    def __init__(self, center_face: CenterFace | None = None, mesh: FaceMesh | None = None) -> None:
        self._center_face = center_face or CenterFace()
        self._mesh = mesh or FaceMesh()
        self._opinion = SecondOpinion(self._center_face, self._mesh)

    def search(self, pixels: Pixels, hidden: Hidden) -> tuple[Face, ...]:
        """Return the faces of a masked RGB picture that lie outside `hidden` (H×W bool), left to right.

        A face counts when more than half of it and three of its five points are visible.
        """
        return in_order(self._faces(pixels, hidden))

    def _faces(self, pixels: Pixels, hidden: Hidden) -> Iterator[Face]:
        for candidate in strongest(self._seen(pixels)):
            if not _is_visible(candidate, hidden):
                continue
            opinion = self._opinion.on(pixels, candidate)
            if opinion.evidence >= _PLAIN:
                mesh = opinion.mesh or self._mesh.fit(pixels, candidate.points)
                yield face_from(replace(candidate, score=opinion.score), mesh)

    def _seen(self, pixels: Pixels) -> Iterator[Candidate]:
        for piece in views.whole(pixels, _scale(pixels)).pieces():
            for each in self._center_face.find(piece.pixels, max(piece.pixels.shape[:2]), _SEEN):
                yield piece.in_photo(each)
        # Packing comes next, which needs memory itself.
        self._center_face.rest()


def _scale(pixels: Pixels) -> float:
    first = views.main_scale(pixels)
    area = pixels.shape[0] * pixels.shape[1] * (first * _FINER) ** 2
    return first * (_FINER if area <= views.MOST else _COARSER)


def _is_visible(candidate: Candidate, hidden: Hidden) -> bool:
    box, (x, y) = candidate.box, candidate.box.center
    core = (x - box.width / 4, y - box.height / 4, x + box.width / 4, y + box.height / 4)
    points = [_share(hidden, (px, py, px, py)) for px, py in candidate.points]
    return (
        _share(hidden, box) > _VISIBLE
        and _share(hidden, core) > _CORE_VISIBLE
        and sum(points) >= _POINTS_VISIBLE
    )


def _share(hidden: Hidden, box: tuple[float, float, float, float]) -> float:
    """Return the visible share of a box's part inside the frame; 0 when it lies outside."""
    x0, y0, x1, y1 = (int(value) for value in np.floor(np.clip(box, -1e6, 1e6)))
    part = hidden[max(y0, 0) : max(y1 + 1, 0), max(x0, 0) : max(x1 + 1, 0)]
    return 1.0 - float(part.mean()) if part.size else 0.0
