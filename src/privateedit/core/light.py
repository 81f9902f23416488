"""Light that changes slowly across the picture: exposure and white balance as a plane in log levels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.grade import LUMA
from privateedit.core.mask import Hidden
from privateedit.core.middle import median
from privateedit.core.overlap import Overlap, kept
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single
from privateedit.core.similarity import Matrix, compose, scaling, transform

_GRID = 48  # points a side; a plane needs no more
_LIMIT = 0.8  # of a log gain anywhere: 2.2 times brighter, 0.45 times as bright
_BLACK, _WHITE = 12.0, 246.0  # levels between which a ratio tells anything
_FEW = 80  # pixels
_SKIN, _FAR = 6.0, 0.05  # weights: of the person's own skin, and of what is far from the face
_REACH = 1.2  # sizes of the hole over which weight falls
_COLOR_PRIOR, _PRIOR = 0.01, 0.002  # weight of no change, of hue and of brightness, against the evidence
_SMOOTH = 0.06  # of the face: what is finer is features, not light
_UNCLEAR = 0.25  # log gain across a size of the hole by which two people's faces differ in the same light
_STEEPEST, _STEEPEST_HUE = 0.8, 0.08  # log gain across a size of the hole
_SMALLEST = 0.015  # log gain that is worth anything


@dataclass(frozen=True, eq=False, slots=True)
class Light:
    """A plane of log gains per channel: gain = exp(planes · [u, v, 1]).

    Attributes:
        planes: 3×3, a row a channel (R, G, B); u and v are in sizes of the hole from its middle.
        to_plane: 2×3, edited picture to (u, v).
    """

    planes: NDArray[np.float64]
    to_plane: Matrix

    @classmethod
    def unchanged(cls) -> Light:
        """The light that changes nothing."""
        return cls(np.zeros((3, 3)), np.eye(2, 3))

    @property
    def is_unchanged(self) -> bool:
        """Whether it changes nothing."""
        return not self.planes.any()

    def at(self, strength: float) -> Light:
        """Return a share of it; 0 changes nothing."""
        return Light(self.planes * strength, self.to_plane)

    def apply(self, pixels: Floats, to_picture: Matrix) -> Floats:
        """Return lit H×W×3 levels; `to_picture` maps their coordinates to the edited picture's."""
        return pixels if self.is_unchanged else single(pixels * self._gains(pixels.shape, to_picture))

    def remove(self, pixels: Floats, to_picture: Matrix) -> Floats:
        """Return H×W×3 levels as they would be without it."""
        return pixels if self.is_unchanged else single(pixels / self._gains(pixels.shape, to_picture))

    def _gains(self, shape: tuple[int, ...], to_picture: Matrix) -> Floats:
        height, width = shape[:2]
        grid = min(_GRID, height), min(_GRID, width)
        x, y = np.meshgrid(np.arange(grid[1]) + 0.5, np.arange(grid[0]) + 0.5)
        to_view = scaling(width / grid[1], height / grid[0])
        matrix = compose(self.to_plane, compose(to_picture, to_view))
        places = transform(matrix, np.column_stack([x.ravel(), y.ravel()]))
        logs = np.column_stack([places, np.ones(len(places))]) @ self.planes.T
        gains = np.exp(np.clip(logs, -_LIMIT, _LIMIT)).astype(np.float32).reshape(*grid, 3)
        if grid == (height, width):
            return gains
        # The plane's values lie at cell centers, as OpenCV resamples; only its outermost half cell is level.
        return single(cv2.resize(gains, (width, height), interpolation=cv2.INTER_LINEAR))


def learn_light(view: Overlap, graded: Floats, to_plane: Matrix) -> Light:
    """Return the plane of light by which `view.after` differs from `graded`, both h×w×3 levels.

    The person's own skin counts most, then what is near the face. Parts of the picture that were replaced
    teach nothing: only those whose structure is still seen do.
    """
    usable = kept(view) & (np.minimum(graded, view.after).min(2) > _BLACK)
    usable &= np.maximum(graded, view.after).max(2) < _WHITE
    if np.count_nonzero(usable) < _FEW:
        return Light.unchanged()
    places = _places(view, to_plane)[usable]
    weights = _FAR + np.exp(-(places**2).sum(1) / (2 * _REACH**2))
    weights = weights * np.where(view.skin[usable], _SKIN, 1.0)
    logs = np.log(np.maximum(view.after, 1) / np.maximum(graded, 1))[usable].astype(np.float64)
    planes = _fitted(places, logs, weights)
    at_face = np.abs(planes) @ np.array([0.5, 0.5, 1.0])
    return Light(planes, to_plane) if at_face.max() > _SMALLEST else Light.unchanged()


def learn_shading(own: Floats, drawn: Floats, face: Hidden, to_picture: Matrix, to_plane: Matrix) -> Light:
    """Return how the light falls from another side on a drawn face than on the person's own.

    Only the slope of brightness across the face is taken, and only where it is clear of what two people's
    faces differ by: never how bright the drawn face is, nor its color. A dark stranger darkens nobody.

    Args:
        own: h×w×3 levels of the original, in its place, graded.
        drawn: h×w×3 levels of the edited picture.
        face: bool h×w, where both show skin, eyes and mouth.
        to_picture: 2×3, pixels of both to the edited picture.
        to_plane: 2×3, edited picture to coordinates in sizes of the hole.
    """
    rows, columns = np.nonzero(face)
    if len(rows) < _FEW:
        return Light.unchanged()
    smooth = max(1.0, _SMOOTH * float(np.sqrt(len(rows))))
    bright = [_log_brightness(each, face, smooth)[face] for each in (own, drawn)]
    places = transform(compose(to_plane, to_picture), np.column_stack([columns + 0.5, rows + 0.5]))
    design = np.column_stack([places - places.mean(0), np.ones(len(rows))])
    slope = _robust(design, (bright[1] - bright[0]).astype(np.float64), np.ones(len(rows)))[0][:2]
    steep = float(np.linalg.norm(slope))
    if steep <= _UNCLEAR:
        return Light.unchanged()
    slope *= min(steep - _UNCLEAR, _STEEPEST) / steep
    plane = np.array([*slope, -float(slope @ places.mean(0))])
    return Light(np.tile(plane, (3, 1)), to_plane)


def _log_brightness(levels: Floats, face: Hidden, smooth: float) -> Floats:
    """Return the logarithm of brightness, smoothed within the face alone."""
    weight = face.astype(np.float32)
    bright = np.log(np.clip(levels @ LUMA.astype(np.float32), 8, 255)) * weight
    total = cv2.GaussianBlur(weight, (0, 0), smooth)
    return single(cv2.GaussianBlur(single(bright), (0, 0), smooth) / np.maximum(total, 1e-3))


def _places(view: Overlap, to_plane: Matrix) -> NDArray[np.float64]:
    height, width = view.visible.shape
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    matrix = compose(to_plane, np.asarray(cv2.invertAffineTransform(view.from_picture)))
    return transform(matrix, np.column_stack([x.ravel(), y.ravel()])).reshape(height, width, 2)


def _fitted(
    places: NDArray[np.float64], logs: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return robust planes (ridge regression) of brightness plus each channel's difference from it."""
    design = np.column_stack([places, np.ones(len(places))])
    bright = logs @ LUMA
    plane, robust = _robust(design, bright, weights)
    hues = np.stack([_robust(design, logs[:, c] - bright, robust, _COLOR_PRIOR)[0] for c in range(3)])
    # Clothes of another color are no light: none makes a chin green and a forehead pink.
    steep = float(np.linalg.norm(hues[:, :2], axis=1).max())
    hues[:, :2] *= min(1.0, _STEEPEST_HUE / max(steep, 1e-9))
    return np.asarray(plane + hues)


def _robust(
    design: NDArray[np.float64],
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    prior: float = _PRIOR,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a plane that outliers hardly move (Cauchy weights), and those weights."""
    robust, plane = weights, np.zeros(3)
    for _ in range(10):
        plane = _solved(design, values, robust, prior)
        apart = np.abs(values - design @ plane)
        robust = weights / (1 + (apart / (2 * max(median(apart), 0.01))) ** 2)
    return plane, robust


def _solved(
    design: NDArray[np.float64], values: NDArray[np.float64], weights: NDArray[np.float64], prior: float
) -> NDArray[np.float64]:
    weighted = design * weights[:, None]
    ridge = prior * weights.sum() * np.eye(3)
    return np.asarray(np.linalg.solve(weighted.T @ design + ridge, weighted.T @ values))
