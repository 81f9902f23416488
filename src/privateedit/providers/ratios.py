"""Canvases for services that draw in a handful of proportions: the photo's size, padded to one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from privateedit.core.framing import Framing

Shape = tuple[int, int]

_SMALLEST = 0.25  # of a shape; below, rounding would bend its proportions


def padded(wanted: Framing, width: int, height: int, shapes: Sequence[Shape], most: float) -> Framing:
    """Return a canvas in the proportions of one of `shapes`: the one that a photo of that size fills best.

    The photo keeps its size where that is between a quarter of the shape and `most` times it, so a service
    that answers in the same proportions leaves nothing out and squashes nothing.

    Args:
        wanted: format and longest side that a person asked for.
        width: of the photo.
        height: of the photo.
        shapes: widths and heights that the service draws at its base resolution.
        most: how many times a shape's sides the canvas may have at most.
    """
    across, down = max(shapes, key=lambda shape: _filled(width, height, shape))
    kept = min(1.0, (wanted.max_side or max(width, height)) / max(width, height))
    zoom = max(width / across, height / down) * kept
    zoom = min(max(zoom, _SMALLEST), most)
    return replace(wanted, canvas=(round(across * zoom), round(down * zoom)))


def nearest_shape(width: int, height: int, shapes: Sequence[Shape]) -> Shape:
    """Return the one of `shapes` whose proportions are nearest to those of a canvas."""
    return max(shapes, key=lambda shape: _filled(width, height, shape))


def _filled(width: int, height: int, shape: Shape) -> float:
    """Return which part of a canvas of that shape the photo fills, from 0 to 1."""
    across, down = shape[0] / width, shape[1] / height
    return min(across, down) / max(across, down)
