"""What an image model does to the frame: resize, zoom, turn, shift, pad or crop to another aspect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.audit.restore_scenarios import Frame, Recipe
from privateedit.core.mask import Hidden
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import single
from privateedit.core.similarity import Matrix, compose, scaling, transform, warp, warp_area

_STEP = 16  # pixels; sides of what models return are multiples
_MARGIN = 4.0
_BORDERS = {"white": 255.0, "black": 0.0}
Window = tuple[slice, slice]


@dataclass(frozen=True, eq=False, slots=True)
class Framing:
    """Where a photo goes: 2×3 matrix from photo to returned picture, and that picture's height and width."""

    matrix: Matrix
    shape: tuple[int, int]

    @property
    def window(self) -> Window:
        """Rows and columns of the whole returned picture."""
        return slice(0, self.shape[0]), slice(0, self.shape[1])

    def carried(self, canvas: Floats, border: str, hole: Hidden) -> Floats:
        """Return H×W×3 levels in the new frame; beyond the photo's edge stands what `border` says.

        An extended picture goes on smoothly; a hole at the edge does not.
        """
        carried = _warped(canvas, self.matrix, self.window)
        inside = warp_area(np.ones(hole.shape, np.bool_), self.matrix, self.window)
        if inside.all():
            return single(carried)
        if border in _BORDERS:
            return single(np.where(inside[..., None], carried, np.float32(_BORDERS[border])))
        seen = cv2.erode(
            single(inside & ~warp_area(hole, self.matrix, self.window)), np.ones((3, 3), np.uint8)
        )
        return single(np.where(inside[..., None], carried, pull_push(single(carried), single(seen))))


def framing(recipe: Recipe, shape: tuple[int, ...], kept: NDArray[np.float64]) -> Framing:
    """Return what the recipe does to a photo of that shape, so that the points `kept` (N×2) stay in sight."""
    height, width = shape[:2]
    frame = recipe.scenario.frame
    if frame is Frame.SAME:
        return Framing(scaling(1, 1), (height, width))
    if frame is Frame.ASPECT and recipe.aspect is not None:
        return _in_aspect(recipe, recipe.aspect, (height, width), kept)
    if frame is Frame.DRIFT:
        size = (max(8, round(height * recipe.zoom)), max(8, round(width * recipe.zoom)))
        return _moved(recipe, recipe.zoom, (height, width), size, kept)
    return _moved(recipe, recipe.zoom, (height, width), (height, width), kept)


def _moved(
    recipe: Recipe, zoom: float, shape: tuple[int, int], size: tuple[int, int], kept: NDArray[np.float64]
) -> Framing:
    """Zoom and turn about the middle, shift, and move back as far as it takes to keep the points in sight."""
    middle, target = np.array([shape[1], shape[0]]) / 2, np.array([size[1], size[0]]) / 2
    turn = np.radians(recipe.turn)
    axes = zoom * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shift = target + np.array(recipe.shift) * (size[1], size[0]) - axes @ middle
    matrix = np.column_stack([axes, shift])
    placed = transform(matrix, kept)
    if (np.ptp(placed, axis=0) > np.array([size[1], size[0]]) - 2 * _MARGIN).any() and zoom > 0.5:
        return _moved(recipe, 0.93 * zoom, shape, size, kept)
    matrix[:, 2] += np.maximum(_MARGIN - placed.min(0), 0)
    matrix[:, 2] -= np.maximum(transform(matrix, kept).max(0) - ((size[1], size[0]) - np.array(_MARGIN)), 0)
    return Framing(matrix, size)


def _in_aspect(recipe: Recipe, aspect: float, shape: tuple[int, int], kept: NDArray[np.float64]) -> Framing:
    """Pad or crop to an aspect, then resize to sides that are multiples of 16, as services do."""
    height, width = shape
    wide, tall = (max(width, height * aspect), max(height, width / aspect))
    low, high = kept.min(0), kept.max(0)
    small = (min(width, height * aspect), min(height, width / aspect))
    fits = bool((high - low <= np.array(small) - 2 * _MARGIN).all())
    if not recipe.padded and fits:
        wide, tall = small
    spare = np.array([wide - width, tall - height])
    corner = spare / 2  # where the photo's corner lies in the new frame
    if not recipe.padded and fits:
        corner = np.clip(corner, _MARGIN - low, np.array(small) - _MARGIN - high)
        corner = np.clip(corner, np.minimum(spare, 0), 0)
    zoom = recipe.zoom * max(height, width) / max(wide, tall)
    size = (_multiple(tall * zoom), _multiple(wide * zoom))
    stretch = scaling(size[1] / wide, size[0] / tall)
    return Framing(compose(stretch, np.column_stack([np.eye(2), corner])), size)


def _multiple(side: float) -> int:
    return max(_STEP, _STEP * round(side / _STEP))


def _warped(canvas: NDArray[Any], matrix: Matrix, window: Window) -> Floats:
    """`warp` takes any depth."""
    return single(warp(canvas, matrix, window))
