"""How far a mask reaches: from coverage and landmarks to one smooth superellipse per face.

`Shape.CONTOUR`, on request, follows the face instead.

The outline is drawn from at most six numbers (center, two half axes, angle, exponent), so it tells little
about the shape of the jaw or cheeks. Every coverage contains the smaller ones. Where landmarks are missing
(profile, occluded, cut) the box is used instead: larger, never smaller.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from privateedit.core.contour import hull, stretched
from privateedit.core.face import Box, Face, Points
from privateedit.core.mask import Hidden, Mask
from privateedit.core.painted import draw_polygon
from privateedit.errors import InputError

_EXPONENT = 4.0
# A pixel is hidden when any part of it may lie inside: its center is at most 0.71 pixels away.
_PIXEL_REACH = 1.5
_ROWS = 16  # looked at together
_MAX_GROW = 4.0
_SQUARENESS = 0.95
_HEAD_REACH = (0.42, 0.22, 0.16)  # up, sideways and down from the mesh, as shares of its size
_CONTOUR_MARGIN = 0.06  # the mesh ends just inside the face

_BROWS_AND_EYES = (
    *(46, 53, 52, 65, 55, 70, 63, 105, 66, 107, 276, 283, 282, 295, 285, 300, 293, 334, 296, 336),
    *(33, 133, 159, 145, 263, 362, 386, 374, 110, 339, 23, 253),
)
_BROWS_TO_CHIN = (*_BROWS_AND_EYES, 61, 291, 152, 148, 377, 176, 400, 50, 280, 205, 425)


class Coverage(StrEnum):
    """How much of a head is hidden. `EYES` does not hide identity: a recognizer still matches most people."""

    EYES = "eyes"
    INNER = "inner"
    FACE = "face"
    HEAD = "head"

    @property
    def hides_identity(self) -> bool:
        """Whether a recognizer is expected to fail (docs/threat-model.md has the figures)."""
        return self in {Coverage.FACE, Coverage.HEAD}


class Shape(StrEnum):
    """What the outline of a mask is. A contour tells the shape of jaw and cheeks to whoever looks for it."""

    SUPERELLIPSE = "superellipse"
    CONTOUR = "contour"


@dataclass(frozen=True, slots=True)
class Superellipse:
    """|u/a|⁴ + |v/b|⁴ ≤ 1 around (x, y), turned clockwise by `angle` degrees; lengths in pixels."""

    x: float
    y: float
    a: float
    b: float
    angle: float

    def grown(self, amount: float) -> Superellipse:
        """Return the outline with both half axes `amount` (a fraction) longer."""
        return Superellipse(self.x, self.y, self.a * (1 + amount), self.b * (1 + amount), self.angle)

    def boundary(self, count: int = 96) -> Points:
        """Return `count` points on the outline."""
        local = _unit_boundary(count) * (self.a, self.b)
        return (local @ _axes(self.angle) + (self.x, self.y)).astype(np.float32)

    def draw(self, hidden: Hidden) -> None:
        """Set every pixel of an H×W bool array that the shape may touch, up to and including the border."""
        window, inside = self._raster(hidden.shape)
        hidden[window] |= inside

    def _raster(self, shape: tuple[int, ...]) -> tuple[tuple[slice, slice], Hidden]:
        outline = self.boundary().astype(np.float64)
        limit = (shape[1], shape[0])
        low = np.clip(np.floor(outline.min(0) - 3), 0, limit).astype(int)
        high = np.clip(np.ceil(outline.max(0) + 3), low, limit).astype(int)
        inside = np.empty((high - low)[::-1], np.bool_)
        x = np.arange(low[0], high[0])[None, :] + 0.5 - self.x
        # In strips, whose numbers stay near the processor: a third of the time on large photos.
        for top in range(0, len(inside), _ROWS):
            strip = inside[top : top + _ROWS]
            y = np.arange(low[1] + top, low[1] + top + len(strip))[:, None] + 0.5 - self.y
            self._judge(x, y, strip)
        return (slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))), inside

    def _judge(self, x: NDArray[np.float64], y: NDArray[np.float64], inside: Hidden) -> None:
        """Write which points, as far from the middle as a row `x` and a column `y` say, are inside."""
        axes = _axes(self.angle)
        u = (x * axes[0, 0] + y * axes[0, 1]) / (self.a + _PIXEL_REACH)
        v = (x * axes[1, 0] + y * axes[1, 1]) / (self.b + _PIXEL_REACH)
        # Squared twice instead of a power: the same value, several times faster on large photos.
        for each in (u, v):
            np.square(each, out=each)
            np.square(each, out=each)
        np.less_equal(np.add(u, v, out=u), 1.0, out=inside)


@cache
def _unit_boundary(count: int) -> NDArray[np.float64]:
    """Return `count` points on the outline whose half axes are 1."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    cosine, sine = np.cos(angle), np.sin(angle)
    radius = (np.abs(cosine) ** _EXPONENT + np.abs(sine) ** _EXPONENT) ** (-1 / _EXPONENT)
    points = np.stack([radius * cosine, radius * sine], -1)
    points.flags.writeable = False
    return points


def cover(
    width: int,
    height: int,
    faces: Iterable[Face],
    coverage: Coverage,
    grow: float = 0.0,
    shape: Shape = Shape.SUPERELLIPSE,
) -> Mask:
    """Return the mask that hides `faces` as far as `coverage` and `grow` say.

    A face without a mesh has no contour to follow and gets the superellipse.

    Raises:
        InputError: `grow` is negative, not finite or beyond 4.
    """
    if not 0 <= grow <= _MAX_GROW:
        raise InputError(f"Grow must be between 0 and {_MAX_GROW:g}.")
    hidden = np.zeros((height, width), np.bool_)
    demands = []
    for face in faces:
        if shape is Shape.CONTOUR and face.mesh is not None:
            # One hull need not hold the smaller coverage's: every smaller one is drawn as well.
            for level in _up_to(coverage):
                draw_polygon(hidden, contour(face, level, grow))
            demands.append(contour(face, coverage))
        else:
            outline(face, coverage).grown(grow).draw(hidden)
            demands.append(demand(face, coverage))
    return Mask(hidden, tuple(demands))


def contour(face: Face, coverage: Coverage, grow: float = 0.0) -> Points:
    """Return the convex polygon that follows a face with a mesh, as far as `coverage` and `grow` say."""
    if face.mesh is None:
        raise InputError("A face without landmarks has no contour.")
    if coverage is Coverage.FACE:
        return hull(face.mesh, _CONTOUR_MARGIN + grow)
    if coverage is Coverage.HEAD:
        up, sides, down = _HEAD_REACH
        return hull(stretched(face.mesh, up, sides, down, face.pose.roll), grow)
    return hull(_extent(face, coverage), grow)


def _up_to(coverage: Coverage) -> list[Coverage]:
    """Every coverage that lies within this one, and itself."""
    levels = list(Coverage)
    return levels[: levels.index(coverage) + 1]


def outline(face: Face, coverage: Coverage) -> Superellipse:
    """Return the superellipse that hides `face`; contains that of every smaller coverage."""
    shape: Superellipse | None = None
    for level in Coverage:
        points = [_extent(face, level)]
        if shape is not None:
            points.append(shape.boundary())
        shape = _around(np.concatenate(points), _tilt(face))
        if level is coverage:
            return shape
    raise AssertionError(coverage)


def demand(face: Face, coverage: Coverage) -> Points:
    """Return the convex polygon that must be hidden: the box, or the part for `eyes` and `inner`."""
    if coverage.hides_identity or face.mesh is None:
        return face.box.corners
    return _extent(face, coverage)


def _extent(face: Face, coverage: Coverage) -> Points:
    """Corners of a convex polygon, or points, that a coverage has to reach."""
    if face.mesh is None:
        return _box_extent(face, coverage)
    axes = _axes(_tilt(face))
    everything = face.mesh.astype(np.float64) @ axes.T
    low, high = everything.min(0), everything.max(0)
    size = high - low
    if coverage is Coverage.HEAD:
        up, sides, down = _HEAD_REACH
        return _corners(low - size * (sides, up), high + size * (sides, down)) @ axes.astype(np.float32)
    if coverage is Coverage.FACE:
        # The mesh ends at the hairline and the cheek; the box is what the detector calls the face.
        return np.concatenate([hull(face.mesh), _nearly_square(face.box).corners])
    part = _BROWS_AND_EYES if coverage is Coverage.EYES else _BROWS_TO_CHIN
    corners = hull(face.mesh[list(part)])
    middle = corners.mean(0)
    return np.asarray(middle + (corners - middle) * 1.06, np.float32)


def _box_extent(face: Face, coverage: Coverage) -> Points:
    """Without a mesh nobody knows where the eyes are: every coverage hides at least the whole box."""
    reach = {Coverage.EYES: 0.0, Coverage.INNER: 0.0, Coverage.FACE: 0.10, Coverage.HEAD: 0.40}[coverage]
    box = _nearly_square(face.box) if coverage.hides_identity else face.box
    size = np.array([box.width, box.height])
    center = np.array(face.box.center)
    return _corners(center - size * (0.5 + reach), center + size * (0.5 + reach))


def _nearly_square(box: Box) -> Box:
    """Widen a narrow box: detectors leave out the cheeks by the ears, and part of a face that is cut.

    With 0.95 of the longer side, every square that annotators drew around inner faces in 18 photographed
    faces lies under the mask; without it up to 2 % of one did not.
    """
    side = _SQUARENESS * max(box.width, box.height)
    x, y = max(0.0, side - box.width) / 2, max(0.0, side - box.height) / 2
    return Box(box.x0 - x, box.y0 - y, box.x1 + x, box.y1 + y)


def _corners(low: NDArray[np.float64], high: NDArray[np.float64]) -> Points:
    return np.array([low, (high[0], low[1]), high, (low[0], high[1])], np.float32)


def _tilt(face: Face) -> float:
    """Degrees by which the head is turned in the picture plane, 0 when only a box is known."""
    return face.pose.roll if face.mesh is not None else 0.0


def _axes(angle: float) -> NDArray[np.float64]:
    """Rows are the across and down directions of a head tilted clockwise by `angle` degrees."""
    radians = np.radians(angle)
    cosine, sine = np.cos(radians), np.sin(radians)
    return np.array([[cosine, sine], [-sine, cosine]])


def _around(points: Points, angle: float) -> Superellipse:
    """Return the smallest superellipse of the points' own proportions that contains them all."""
    axes = _axes(angle)
    local = points.astype(np.float64) @ axes.T
    low, high = local.min(0), local.max(0)
    center, half = (low + high) / 2, np.maximum((high - low) / 2, 0.5)
    # Squared twice for the exponent 4, which crowds of faces make worth it.
    reach = np.square(np.square((local - center) / half)).sum(1).max() ** (1 / _EXPONENT)
    # The points are float32; a thousandth more keeps their rounding inside.
    a, b = half * reach * 1.001
    x, y = center @ axes
    return Superellipse(float(x), float(y), float(a), float(b), angle)
