"""`Ground`: a face that was drawn where one was hidden, as the original finds it, whatever look that gets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.align import Alignment
from privateedit.core.blend import smoothstep
from privateedit.core.color_difference import lab
from privateedit.core.cover import Coverage, outline
from privateedit.core.face import Face
from privateedit.core.face_areas import FaceAreas, areas_of
from privateedit.core.mask import Hidden
from privateedit.core.patch import Patch, Window
from privateedit.core.pull_push import Floats
from privateedit.core.scale import reduced_size, single
from privateedit.core.silhouette_warp import fetched, outline_field, silhouette_field, then
from privateedit.core.similarity import transform
from privateedit.core.skin import Skin, beard_of, skin_of

_WORK = 480  # pixels on which everything is found
_MARGIN = 0.06  # of the hole, around it
_ROUNDS = (1.0, 0.3)  # of the room the outline has, in the first and second look

Points = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Ground:
    """What an original goes onto. Everything is found when it is first asked for, once for all looks.

    Attributes:
        patch: the window; its `hole` is all that may change.
        face: the original's, in the photo.
        alignment: from the photo to the edited picture.
        drawn: the stranger's face, in the edited picture, when it is known.
    """

    patch: Patch
    face: Face
    alignment: Alignment
    drawn: Face | None = None

    def prepare(self) -> None:
        """Find now what every look asks for."""
        _ = self.lab, self.visible, self.skin

    @cached_property
    def near(self) -> Window:
        """The rows and columns of the hole in the patch, and a little around."""
        hole = self.patch.hole
        rows, columns = np.nonzero(hole.any(1))[0], np.nonzero(hole.any(0))[0]
        if not len(rows):
            return slice(0, hole.shape[0]), slice(0, hole.shape[1])
        margin = max(4, round(_MARGIN * max(np.ptp(rows), np.ptp(columns))))
        return (
            slice(max(0, int(rows[0]) - margin), min(hole.shape[0], int(rows[-1]) + 1 + margin)),
            slice(max(0, int(columns[0]) - margin), min(hole.shape[1], int(columns[-1]) + 1 + margin)),
        )

    @property
    def hole(self) -> Hidden:
        """Bool H×W, what may change of `near`."""
        return self.patch.hole[self.near]

    @property
    def edited(self) -> Floats:
        """H×W×3 levels of `near` as returned."""
        return self.patch.edited[self.near]

    @cached_property
    def shape(self) -> tuple[int, int]:
        """The height and width, h×w, at which everything is found."""
        return reduced_size(self.hole.shape, _WORK)

    def small(self, plane: Floats) -> Floats:
        """Return a float32 plane or picture of `near` at that size."""
        return single(cv2.resize(plane, self.shape[::-1], interpolation=cv2.INTER_AREA))

    @cached_property
    def returned(self) -> Floats:
        """h×w×3 levels as returned."""
        return self.small(self.edited)

    @cached_property
    def lab(self) -> Floats:
        """The same in L*a*b*."""
        return lab(self.returned)

    @cached_property
    def visible(self) -> Hidden:
        """Bool h×w, what the photo shows and no mask hid."""
        return self.small(self.patch.visible[self.near].astype(np.float32)) > 0.99

    @cached_property
    def areas(self) -> FaceAreas:
        """The areas of the original face."""
        own, _ = self._points
        return areas_of(own, self.small(self.hole.astype(np.float32)) > 0.99)

    @cached_property
    def field(self) -> Floats:
        """h×w×2, what gives the drawn face the original's silhouette; 0 where landmarks are unknown.

        By the landmarks first, then as the two pictures show it. A silhouette is where it is whatever look
        the original gets, so its own colors tell.
        """
        own, strange = self._points
        if strange is None:
            return np.zeros((*self.shape, 2), np.float32)
        field, areas = silhouette_field(own, strange, self.areas), self.areas
        whole = lab(self.small(self.patch.original[self.near]))
        original = _silhouette(skin_of(whole, areas.cheeks), areas)
        for part in _ROUNDS:
            drawn = _silhouette(skin_of(lab(fetched(self.returned, field)), areas.cheeks), areas)
            further = outline_field(original, drawn, areas, areas.room * np.float32(part))
            field = then(field, further)
        return field

    @cached_property
    def around(self) -> Floats:
        """h×w×3 levels as returned, moved by the field."""
        return fetched(self.returned, self.field) if self.field.any() else self.returned

    @cached_property
    def skin(self) -> Skin:
        """The drawn face's skin in that."""
        return skin_of(lab(self.around), self.areas.cheeks)

    @cached_property
    def _points(self) -> tuple[Points, Points | None]:
        """The original's mesh, or its outline without one, and the drawn face's, at the reduced size."""
        rows, columns = self.near
        window, face, drawn = self.patch.window, self.face, self.drawn
        origin = np.array([window[1].start + columns.start, window[0].start + rows.start])
        zoom = np.array([self.shape[1] / self.hole.shape[1], self.shape[0] / self.hole.shape[0]])
        points = face.mesh if face.mesh is not None else outline(face, Coverage.INNER).boundary()
        own = transform(self.alignment.matrix, points) - origin
        if drawn is None or drawn.mesh is None or face.mesh is None:
            return own * zoom, None
        strange = drawn.mesh[: len(own)] - origin
        return own[: len(strange)] * zoom, strange * zoom


def _silhouette(skin: Skin, areas: FaceAreas) -> Floats:
    """Return H×W×2: what belongs to a face, and the shade on it; nobody's colors, and no background."""
    face = smoothstep(areas.signed / (0.03 * areas.size))
    whole = np.maximum.reduce([skin.share, beard_of(skin, areas.chin), face])
    shade = np.clip(skin.lab[..., 0] - skin.color[..., 0], -25, 10) / 25
    return single(np.stack([whole, shade * skin.share], axis=-1))
