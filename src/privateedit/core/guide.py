"""The guide: a mannequin head that shows an editor where a face belongs, and nothing of whose it is.

Drawn from seven numbers: place, size and the three angles of the pose, the angles and the size coarsened.
No landmark, no outline of the real face and no color of the photo takes part, so the drawing can be shown at
any strength and the payload stays sealed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.face import Face
from privateedit.core.photo import Pixels
from privateedit.errors import InputError

Floats = NDArray[np.float64]
_Triple = tuple[float, float, float]
_Solid = tuple[_Triple, _Triple]

TONES: dict[str, tuple[int, int, int]] = {
    "grey": (158, 158, 158),
    "fair": (232, 200, 178),
    "light": (214, 172, 142),
    "tan": (186, 140, 106),
    "brown": (146, 102, 74),
    "dark": (104, 72, 54),
    "deep": (72, 50, 40),
}
"""Skin colors a person may pick for the mannequin, sRGB; none is ever chosen from the photo."""

_ANGLE_STEP = 5.0  # degrees
_SIZE_STEP = 1.06  # ratio between neighboring sizes
_FINEST, _COARSEST = 224, 48  # pixels across the drawing before it is brought to size
_REACH = 1.45  # half the drawing's side, in half head heights
_LIGHT = np.array([-0.38, -0.55, 0.74]) / np.linalg.norm([-0.38, -0.55, 0.74])

# Ellipsoids in head coordinates (x right, y down, z towards the nose), in half head heights:
# center, then half axes. One head for everybody.
_SOLIDS: tuple[_Solid, ...] = (
    ((0.0, -0.28, -0.10), (0.70, 0.72, 0.80)),  # skull
    ((0.0, 0.14, 0.04), (0.61, 0.72, 0.60)),  # face
    ((0.0, 0.55, 0.14), (0.44, 0.45, 0.42)),  # jaw and chin
    ((0.0, 0.14, 0.56), (0.070, 0.27, 0.17)),  # nose: bridge and tip
    ((0.0, 0.29, 0.62), (0.115, 0.085, 0.15)),
    ((-0.69, 0.08, -0.10), (0.08, 0.19, 0.11)),  # ears
    ((0.69, 0.08, -0.10), (0.08, 0.19, 0.11)),
    ((0.0, 1.15, -0.20), (0.40, 0.80, 0.40)),  # neck
)
# Dents and bumps: center, half widths, height (towards the viewer is positive).
_RELIEF: tuple[tuple[_Triple, _Triple, float], ...] = (
    ((-0.27, -0.06, 0.55), (0.17, 0.10, 0.40), -0.13),  # eye sockets
    ((0.27, -0.06, 0.55), (0.17, 0.10, 0.40), -0.13),
    ((-0.27, -0.04, 0.55), (0.10, 0.065, 0.40), 0.075),  # closed lids
    ((0.27, -0.04, 0.55), (0.10, 0.065, 0.40), 0.075),
    ((-0.26, -0.22, 0.55), (0.20, 0.05, 0.40), 0.035),  # brows
    ((0.26, -0.22, 0.55), (0.20, 0.05, 0.40), 0.035),
    ((0.0, 0.475, 0.60), (0.17, 0.035, 0.40), 0.035),  # lips and the line between them
    ((0.0, 0.570, 0.60), (0.14, 0.040, 0.40), 0.040),
    ((0.0, 0.520, 0.60), (0.19, 0.012, 0.40), -0.025),
)
_SMOOTH = 15.0  # how sharply one solid gives way to the next


@dataclass(frozen=True, slots=True)
class Guide:
    """Where a mannequin head is drawn: center and half height in pixels, pose in degrees, a tone's name.

    A head whose pose is unknown has `yaw`, `pitch` and `roll` None and is drawn without features.

    Raises:
        InputError: there is no tone of that name, or a number is not finite.
    """

    x: float
    y: float
    half_height: float
    yaw: float | None
    pitch: float | None
    roll: float | None
    tone: str = "grey"

    def __post_init__(self) -> None:
        if self.tone not in TONES:
            raise InputError(f"The tone of the guide must be one of: {', '.join(TONES)}.")
        numbers = (self.x, self.y, self.half_height, self.yaw or 0.0, self.pitch or 0.0, self.roll or 0.0)
        if not all(map(math.isfinite, numbers)) or self.half_height <= 0:
            raise InputError("A guide needs a finite place and a positive size.")

    @classmethod
    def of(cls, face: Face, tone: str = "grey") -> Guide:
        """Return the guide for `face`: the middle of its box, its size and pose, all coarsened."""
        x, y = face.box.center
        size = math.sqrt(face.box.width * face.box.height)
        # The box of a detector ends at the brow; a head's middle lies a little above the face's.
        half = 0.78 * _SIZE_STEP ** round(math.log(max(size, 1.0), _SIZE_STEP))
        if face.mesh is None:
            return cls(round(x), round(y), half, None, None, None, tone)
        yaw, pitch, roll = (_ANGLE_STEP * round(angle / _ANGLE_STEP) for angle in face.pose)
        return cls(round(x), round(y), half, yaw, pitch, roll, tone)

    def moved(self, x: float, y: float) -> Guide:
        """Return the same head shifted by `x` and `y` pixels."""
        return replace(self, x=self.x + x, y=self.y + y)

    def scaled(self, ratio: float) -> Guide:
        """Return the same head in a picture that is `ratio` times as large."""
        return replace(
            self, x=self.x * ratio, y=self.y * ratio, half_height=max(0.5, self.half_height * ratio)
        )

    @property
    def _square(self) -> tuple[int, int, int]:
        side = max(1, round(2 * _REACH * self.half_height))
        return round(self.x - side / 2), round(self.y - side / 2), side

    def window(self, shape: tuple[int, ...]) -> tuple[slice, slice]:
        """Return the rows and columns of an H×W picture that the drawing may touch; empty when none."""
        left, top, side = self._square
        low = max(0, top), max(0, left)
        return (
            slice(low[0], max(low[0], min(shape[0], top + side))),
            slice(low[1], max(low[1], min(shape[1], left + side))),
        )

    def draw(self, canvas: Pixels) -> None:
        """Paint the head onto H×W×3 uint8 RGB `canvas`, in place; outside its outline nothing changes."""
        left, top, side = self._square
        rows, columns = self.window(canvas.shape)
        part = canvas[rows, columns]
        if part.size == 0:
            return
        color, inside = _resized(*_head(self, min(max(side, _COARSEST), _FINEST)), side)
        window = (slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left))
        alpha = inside[window].astype(np.float32) / 255
        for channel in range(3):  # one plane at a time keeps a large head within memory
            below = part[..., channel].astype(np.float32)
            below += alpha * (color[window][..., channel] - below)
            part[..., channel] = np.rint(below).astype(np.uint8)


def _resized(color: Floats, inside: Floats, side: int) -> tuple[Pixels, NDArray[np.uint8]]:
    """Return the head as H×W×3 levels and H×W opacity (255 is opaque), uint8, `side` pixels wide."""
    levels = np.clip(np.rint(color), 0, 255).astype(np.uint8)
    opacity = np.clip(np.rint(255 * inside), 0, 255).astype(np.uint8)
    if opacity.shape[0] == side:
        return levels, opacity
    way = cv2.INTER_AREA if side < opacity.shape[0] else cv2.INTER_CUBIC
    large = [cv2.resize(plane, (side, side), interpolation=way) for plane in (levels, opacity)]
    return np.asarray(large[0], np.uint8), np.asarray(large[1], np.uint8)


def _head(guide: Guide, grid: int) -> tuple[Floats, Floats]:
    """Return the lit head on a square grid of that many pixels: H×W×3 levels, and where it is (0 to 1)."""
    known = guide.yaw is not None
    turn = _rotation(guide.yaw or 0.0, guide.pitch or 0.0, guide.roll or 0.0)
    axis = (np.arange(grid) + 0.5) / grid * 2 * _REACH - _REACH
    # The face's middle sits at the window's center; the solids are modelled a little lower.
    x, y = np.meshgrid(axis, axis)
    y = y + 0.10
    depth, inside = _depth(x, y, turn, _SOLIDS if known else _SOLIDS[:3])
    if known:
        depth = depth + _relief(x, y, depth, turn)
    depth = np.asarray(np.where(inside > 0, depth, depth.min()))
    light = _lit(depth, 2 * _REACH / grid)
    tone = np.array(TONES[guide.tone], np.float64)
    color = tone * light[..., None]
    # The neck fades out where the drawing ends.
    blur = grid / _FINEST
    soft = cv2.GaussianBlur(inside, (0, 0), blur) * np.clip(
        (_REACH - np.maximum(abs(x), abs(y))) / 0.25, 0, 1
    )
    return np.asarray(cv2.GaussianBlur(color, (0, 0), 0.8 * blur)), np.asarray(soft, np.float64)


def _depth(x: Floats, y: Floats, turn: Floats, solids: tuple[_Solid, ...]) -> tuple[Floats, Floats]:
    """Return the height of the nearest surface, solids smoothly joined, and where there is one."""
    heights, hits = [], []
    for center, axes in solids:
        height, hit = _ellipsoid(x, y, np.asarray(turn @ np.array(center)), turn, np.array(axes))
        heights.append(height)
        hits.append(hit)
    stack, hit = np.stack(heights), np.stack(hits)
    nearest = np.where(hit, stack, -2.0).max(0)
    weights = np.where(hit, np.exp(_SMOOTH * np.clip(stack - nearest, -20, 0)), 0.0)
    joined = nearest + np.log(np.maximum(weights.sum(0), 1e-12)) / _SMOOTH
    inside = np.asarray(hit.any(0), np.float64)
    return np.asarray(np.where(inside > 0, joined, -2.0)), inside


def _ellipsoid(
    x: Floats, y: Floats, center: Floats, turn: Floats, axes: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the front of a turned ellipsoid seen along z: height where the line of sight meets it."""
    shape = turn @ np.diag(1 / axes**2) @ turn.T
    u, v = x - center[0], y - center[1]
    a = shape[2, 2]
    b = shape[0, 2] * u + shape[1, 2] * v
    c = shape[0, 0] * u * u + 2 * shape[0, 1] * u * v + shape[1, 1] * v * v - 1
    room = b * b - a * c
    return center[2] + (-b + np.sqrt(np.maximum(room, 0))) / a, room > 0


def _relief(x: Floats, y: Floats, depth: Floats, turn: Floats) -> Floats:
    """Return the dents and bumps of sockets, brows and lips at every point of the surface."""
    head = np.stack([x, y, depth], -1) @ turn  # turn's inverse is its transpose
    total = np.zeros_like(depth)
    for center, widths, height in _RELIEF:
        away = ((head - np.array(center)) / np.array(widths)) ** 2
        total += height * np.exp(-0.5 * away.sum(-1))
    return total


def _lit(depth: Floats, step: float) -> Floats:
    """Return brightness from a lamp above the viewer's left and light from all around (Lambert)."""
    down, right = np.gradient(depth, step)
    normal = np.stack([-right, -down, np.ones_like(depth)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    lamp = np.clip(normal @ _LIGHT, 0, 1)
    return np.asarray(0.42 + 0.68 * lamp + 0.06 * normal[..., 2], np.float64)


def _rotation(yaw: float, pitch: float, roll: float) -> Floats:
    """Return the matrix from head to view for the angles of `Pose` (degrees; y points down)."""
    a, b, c = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)
