"""`Overlap`: what the photo and the edited picture both show, side by side in one geometry."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np

from privateedit.core.color_difference import lab
from privateedit.core.conceal import MaskedPhoto
from privateedit.core.face import Face
from privateedit.core.grade import LUMA
from privateedit.core.mask import Hidden
from privateedit.core.middle import median
from privateedit.core.patch import Window, inside_photo
from privateedit.core.photo import Photo, Pixels
from privateedit.core.pull_push import Floats
from privateedit.core.pyramid import Pyramid
from privateedit.core.scale import reduced_size, single
from privateedit.core.similarity import Matrix, compose, scaling, transform, warp, warp_area

_PERSON, _BACKDROP = 0.85, 0.10  # matte values that count as certain
_MIXED = 2  # pixels beside a mask that hold some of it
_SKIN_SPREAD, _LEAST_SPREAD = 2.5, 3.5  # of a*b* around the face's own, in robust deviations and in units
_DARKER, _LIGHTER = 25.0, 12.0  # L* by which a neck may lie below or above the face
_FEW = 30  # pixels
_STRUCTURE = 1.5  # levels of local deviation below which an area shows nothing to recognize
_RECOGNIZED = 0.5  # median local correlation of a part that survived
_TRACES, _DRIFT = 0.3, 2.5  # correlation that a drawing keeps, and pixels by which lines may drift
_LOCAL = 9  # pixels over which local structure is compared


@dataclass(frozen=True, eq=False)
class Overlap:
    """Two registered views of one window of the edited picture, reduced; what is told from them is told once.

    Attributes:
        before: h×w×3 float32 levels of the photo, hidden parts included.
        after: h×w×3 float32 levels of the edited picture.
        visible: what was sent unhidden and lies in both pictures.
        person: float32 h×w, coarse matte of the photo's people.
        face: bool h×w, inside the photo's own face; empty without landmarks.
        from_picture: 2×3, edited picture to view.
    """

    before: Floats
    after: Floats
    visible: Hidden
    person: Floats = field(repr=False)
    face: Hidden = field(repr=False)
    from_picture: Matrix

    @cached_property
    def sources(self) -> dict[str, Hidden]:
        """Visible parts that an edit keeps or replaces as a whole."""
        return {
            "person": self.visible & (self.person > _PERSON),
            "surroundings": self.visible & (self.person < _BACKDROP),
            "everything": self.visible,
        }

    @cached_property
    def skin(self) -> Hidden:
        """Visible skin of the person whose face is hidden, told by the photo's own face color."""
        return own_skin(self.before, self.face) & self.visible & (self.person > 0.5)

    @cached_property
    def survivors(self) -> tuple[str, ...]:
        """Which of person and surroundings are still the same thing; each survives as a whole or not.

        Asked at a reduced size, where a registration that is off by a pixel does not matter.
        """
        before, after = (single(each @ LUMA) for each in (self.before, self.after))
        alike, structured = _survived(before, after, self.visible.astype(np.float32))
        found = []
        for name in ("person", "surroundings"):
            seen = self.sources[name] & structured
            if np.count_nonzero(seen) >= _FEW and median(alike[seen]) > _RECOGNIZED:
                found.append(name)
        return tuple(found)


@dataclass(frozen=True, eq=False)
class Scene:
    """The photo, what was sent of it, and what came back. However often a view is asked for, it is made once.

    Attributes:
        photo: the original.
        masked: what was sent.
        edited: H×W×3 uint8, what came back.
        person: float32 matte of the photo's people, any size.
        before: the photo for those who look at it reduced, where somebody has that already.
    """

    photo: Photo
    masked: MaskedPhoto
    edited: Pixels
    person: Floats = field(repr=False)
    before: Pyramid | None = None

    @property
    def everywhere(self) -> Window:
        """All rows and columns of the edited picture."""
        return slice(0, self.edited.shape[0]), slice(0, self.edited.shape[1])

    def overlap(self, frame: Matrix, face: Face | None, window: Window, longest: int) -> Overlap:
        """Return both pictures in `window` of the edited one, no side above `longest` pixels.

        `frame` maps the photo to the edited picture, by what is seen around; `face` is the hidden one.
        """
        asked = (frame.tobytes(), face and face.id, *((side.start, side.stop) for side in window), longest)
        if asked not in self._views:
            self._views[asked] = self._overlap(frame, face, window, longest)
        return self._views[asked]

    def people(self, to_view: Matrix, view: Window) -> Floats:
        """Return the matte of the photo's people, h×w float32, where `to_view` carries the photo."""
        matte = (self.person * 255).astype(np.uint8)
        enlarge = scaling(self.photo.width / matte.shape[1], self.photo.height / matte.shape[0])
        return single(warp(matte, compose(to_view, enlarge), view).astype(np.float32) / 255)

    @cached_property
    def _before(self) -> Pyramid:
        return self.before or Pyramid(self.photo.pixels)

    @cached_property
    def _after(self) -> Pyramid:
        return Pyramid(self.edited)

    @cached_property
    def _views(self) -> dict[tuple[object, ...], Overlap]:
        return {}

    def _overlap(self, frame: Matrix, face: Face | None, window: Window, longest: int) -> Overlap:
        rows, columns = window
        seen = self.edited[rows, columns]
        height, width = reduced_size(seen.shape, longest)
        shift = np.array([[1.0, 0.0, -columns.start], [0.0, 1.0, -rows.start]])
        from_picture = compose(scaling(width / seen.shape[1], height / seen.shape[0]), shift)
        to_view = compose(from_picture, frame)
        view = (slice(0, height), slice(0, width))
        visible = ~warp_area(self.masked.concealed.hidden, to_view, view)
        visible &= inside_photo(self.photo, to_view, view)
        return Overlap(
            before=single(warp(self._before, to_view, view)),
            # Resampled as the photo is, so that what was not edited is equal.
            after=single(warp(self._after, from_picture, view)),
            visible=cv2.erode(visible.astype(np.uint8), np.ones((2 * _MIXED + 1,) * 2, np.uint8)) > 0,
            person=self.people(to_view, view),
            face=_inside(face, to_view, (height, width)),
            from_picture=from_picture,
        )


def own_skin(pixels: Floats, face: Hidden) -> Hidden:
    """Return where a photo, H×W×3 levels, shows skin of the color that its `face` (bool H×W) has."""
    if np.count_nonzero(face) < _FEW:
        return np.zeros(face.shape, np.bool_)
    colors = lab(pixels)
    own = colors[face]
    middle = np.median(own, axis=0)
    spread = 1.48 * np.median(np.abs(own - middle), axis=0)
    allowed = np.maximum(_SKIN_SPREAD * spread[1:], _LEAST_SPREAD)
    low, high = np.quantile(own[:, 0], (0.1, 0.95))
    alike = (np.abs(colors[..., 1:] - middle[1:]) < allowed).all(2)
    return np.asarray(alike & (colors[..., 0] > low - _DARKER) & (colors[..., 0] < high + _LIGHTER))


def softened(pixels: Floats) -> Floats:
    """Registration is never perfect at edges: compare smooth parts."""
    return single(cv2.GaussianBlur(pixels, (0, 0), 1.2))


def same_scene(view: Overlap) -> bool:
    """Whether lines lie where they lay, as they do in a drawing of the photo and not in another picture."""
    return lines_alike(view) > _TRACES


def lines_alike(view: Overlap) -> float:
    """Return how far lines lie where they lay, −1 to 1; 0 where nothing can be seen."""
    weight = view.visible.astype(np.float32)
    if np.count_nonzero(view.visible) < _FEW:
        return 0.0
    maps = [_busy(single(each @ LUMA), weight)[view.visible] for each in (view.before, view.after)]
    first, second = (each - each.mean() for each in maps)
    spread = float(np.sqrt(max(float(first @ first) * float(second @ second), 1e-6)))
    return float(first @ second) / spread


def _busy(bright: Floats, weight: Floats) -> Floats:
    """Return how much is going on around each pixel, on a scale that strong edges do not rule."""
    across, down = (cv2.Sobel(bright, cv2.CV_32F, *axis) for axis in ((1, 0), (0, 1)))
    # Where a hidden pixel is near, the step to it is no line.
    clear = cv2.erode(weight, np.ones((3, 3), np.uint8))
    lines = single(np.log1p(np.hypot(across, down)) * clear)
    total = cv2.GaussianBlur(clear, (0, 0), _DRIFT)
    return single(cv2.GaussianBlur(lines, (0, 0), _DRIFT) / np.maximum(total, 1e-3))


def parts_of(view: Overlap, names: tuple[str, ...]) -> Hidden:
    """Return where the named parts are visible."""
    found = np.zeros(view.visible.shape, np.bool_)
    for name in names:
        found |= view.sources[name]
    return found


def kept(view: Overlap) -> Hidden:
    """Return the visible parts that are still the same thing."""
    return parts_of(view, view.survivors)


def _survived(before: Floats, after: Floats, visible: Floats) -> tuple[Floats, Hidden]:
    """Return how alike the local structure of two H×W planes is, −1 to 1, and where there is any.

    Normalized cross-correlation of visible pixels in a small window: no light and no grade changes it,
    another thing does.
    """
    size = (_LOCAL, _LOCAL)
    total = np.maximum(cv2.blur(visible, size), 1e-3)

    def mean(plane: Floats) -> Floats:
        return single(cv2.blur(plane * visible, size) / total)

    one = mean(before * before) - mean(before) ** 2
    two = mean(after * after) - mean(after) ** 2
    both = mean(before * after) - mean(before) * mean(after)
    alike = both / np.sqrt(np.maximum(one * two, 1e-3))
    return single(np.clip(alike, -1, 1)), np.asarray(one > _STRUCTURE**2)


def _inside(face: Face | None, matrix: Matrix, shape: tuple[int, int]) -> Hidden:
    drawn = np.zeros(shape, np.uint8)
    if face is not None and face.mesh is not None:
        hull = cv2.convexHull(transform(matrix, face.mesh).astype(np.float32))
        cv2.fillConvexPoly(drawn, np.rint(hull * 16 - 8).astype(np.int32), 1, shift=4)
    return drawn.astype(bool)
