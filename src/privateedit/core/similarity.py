"""Similarity transforms (scale, rotation, shift) between a photo and its edited version.

Coordinates are continuous: the center of the first pixel is (0.5, 0.5). OpenCV puts it at (0, 0);
`warp` converts.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.face import Box, Face
from privateedit.core.middle import median
from privateedit.core.photo import Pixels
from privateedit.core.pyramid import Pyramid

_KEPT = 0.75  # of a scale: what is reduced less is resampled as it is

Picture = Pixels | Pyramid
"""Pixels, or a pyramid of them where they are looked at reduced many times."""

Matrix = NDArray[np.float64]
"""2×3 float64, maps photo coordinates to edited coordinates."""


def scaling(x: float, y: float) -> Matrix:
    """Return the matrix that only stretches."""
    return np.array([[x, 0.0, 0.0], [0.0, y, 0.0]])


def similar(scale: float, degrees: float, about: NDArray[np.floating]) -> Matrix:
    """Return the matrix that magnifies and turns (clockwise) about a point that stays where it is."""
    turn = math.radians(degrees)
    linear = scale * np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    return np.column_stack([linear, about - linear @ about])


def scale_of(matrix: Matrix) -> float:
    """Return the linear magnification."""
    return math.sqrt(abs(float(np.linalg.det(matrix[:, :2]))))


def rotation_of(matrix: Matrix) -> float:
    """Return the rotation in degrees, clockwise as seen in the picture."""
    return math.degrees(math.atan2(matrix[1, 0], matrix[0, 0]))


def transform(matrix: Matrix, points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Map N×2 points."""
    return np.asarray(points, np.float64) @ matrix[:, :2].T + matrix[:, 2]


def carried(face: Face, matrix: Matrix) -> Face:
    """Return a face where `matrix` puts it: box (again upright) and landmarks; the pose stays."""
    corners = transform(matrix, face.box.corners)
    box = Box(*corners.min(0), *corners.max(0))
    marks = None if face.landmarks is None else transform(matrix, face.landmarks).astype(np.float32)
    return replace(face, box=box, landmarks=marks)


def inverse(matrix: Matrix) -> Matrix:
    """Return the matrix that undoes this one."""
    return np.asarray(cv2.invertAffineTransform(matrix), np.float64)


def compose(second: Matrix, first: Matrix) -> Matrix:
    """Return the matrix that applies `first`, then `second`."""
    return np.column_stack([second[:, :2] @ first[:, :2], second[:, :2] @ first[:, 2] + second[:, 2]])


def fit(source: NDArray[np.floating], target: NDArray[np.floating], weights: NDArray[np.floating]) -> Matrix:
    """Return the weighted least-squares similarity from N×2 `source` to `target` (Umeyama, 1991)."""
    share = np.asarray(weights, np.float64) / np.sum(weights)
    source, target = np.asarray(source, np.float64), np.asarray(target, np.float64)
    from_center, to_center = share @ source, share @ target
    a, b = source - from_center, target - to_center
    spread = float(share @ (a**2).sum(1))
    cosine = float(share @ (a * b).sum(1)) / spread
    sine = float(share @ (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])) / spread
    linear = np.array([[cosine, -sine], [sine, cosine]])
    return np.column_stack([linear, to_center - linear @ from_center])


def fit_robustly(
    source: NDArray[np.floating], target: NDArray[np.floating], weights: NDArray[np.floating]
) -> Matrix:
    """Like `fit`, with outliers held down by Cauchy weights (iteratively reweighted least squares)."""
    prior = np.asarray(weights, np.float64)
    matrix = fit(source, target, prior)
    for _ in range(8):
        misfit = np.linalg.norm(transform(matrix, source) - target, axis=1)
        typical = max(median(misfit), 1e-6)
        matrix = fit(source, target, prior / (1 + (misfit / (2 * typical)) ** 2))
    return matrix


def warp(
    pixels: Picture, matrix: Matrix, window: tuple[slice, slice], *, beyond: int = cv2.BORDER_REPLICATE
) -> Pixels:
    """Resample `pixels` (H×W or H×W×C, any depth) into the `window` (rows, columns) of the target.

    Shifts by whole pixels are copied exactly. Reductions average by area first, so nothing aliases; of a
    pyramid, from the level that is nearest. `beyond` is OpenCV's border mode: by default the last row or
    column is repeated.
    """
    return _resampled(pixels, matrix, window, beyond)


def warp_area(area: NDArray[np.bool_], matrix: Matrix, window: tuple[slice, slice]) -> NDArray[np.bool_]:
    """Resample an H×W bool area like `warp`; nothing beyond the border belongs to it."""
    return np.asarray(_resampled(area, matrix, window, cv2.BORDER_CONSTANT) > 127)


def warp_frame(shape: tuple[int, ...], matrix: Matrix, window: tuple[slice, slice]) -> NDArray[np.bool_]:
    """Return where a whole picture of `shape` lies, as `warp_area` would, without making one of that size."""
    local, size = _local(matrix, window)
    less = _reduction(shape, local, size)
    if less is not None:
        shape, local = less.size[::-1], compose(local, less.back)
    ink = np.full(shape[:2], 255, np.uint8)
    return np.asarray(_cubic(ink, local, size, cv2.BORDER_CONSTANT) > 127)


def _resampled(
    pixels: Picture | NDArray[np.bool_], matrix: Matrix, window: tuple[slice, slice], beyond: int
) -> Pixels:
    """Resample like `warp`; a bool area becomes ink."""
    local, size = _local(matrix, window)
    pyramid, times = None, 0
    if isinstance(pixels, Pyramid):
        pyramid = pixels
        pixels, times, local = _nearest(pyramid, local)
    if exact := _whole_shift(pixels.shape, local, size):
        return _inked(pixels[exact]).copy()
    less = _reduction(pixels.shape, local, size)
    if less is None:
        return _cubic(_inked(pixels), local, size, beyond)
    if pyramid is not None and less.whole:
        source = pyramid.averaged(times, less.size)
    else:
        part = _inked(pixels[less.rows, less.columns])
        source = np.asarray(cv2.resize(part, less.size, interpolation=cv2.INTER_AREA), part.dtype)
    return _cubic(source, compose(local, less.back), size, beyond)


def _local(matrix: Matrix, window: tuple[slice, slice]) -> tuple[Matrix, tuple[int, int]]:
    """Return the matrix into a window, and the window's (width, height)."""
    rows, columns = window
    local = matrix.copy()
    local[:, 2] -= (columns.start, rows.start)
    return local, (columns.stop - columns.start, rows.stop - rows.start)


def _cubic(source: Pixels, matrix: Matrix, size: tuple[int, int], beyond: int) -> Pixels:
    local = matrix.copy()
    local[:, 2] += local[:, :2] @ (0.5, 0.5) - 0.5
    # Cubic keeps detail without the ringing of longer kernels at the hard edges of a face.
    warped = cv2.warpAffine(source, local, size, flags=cv2.INTER_CUBIC, borderMode=beyond)
    return np.asarray(warped, source.dtype)


def _inked(pixels: NDArray[Any]) -> Pixels:
    """Return an area as ink, 255 where it is; pixels as they are."""
    return np.negative(pixels.view(np.uint8)) if pixels.dtype == np.bool_ else np.asarray(pixels)


def _whole_shift(shape: tuple[int, ...], matrix: Matrix, size: tuple[int, int]) -> tuple[slice, slice] | None:
    x, y = np.rint(matrix[:, 2])
    copied = np.array([[1.0, 0.0, x], [0.0, 1.0, y]])
    if (np.abs(matrix - copied) > 1e-9 + 1e-5 * np.abs(copied)).any():
        return None
    left, top = int(-x), int(-y)
    if left < 0 or top < 0 or left + size[0] > shape[1] or top + size[1] > shape[0]:
        return None
    return slice(top, top + size[1]), slice(left, left + size[0])


class _Reduction(NamedTuple):
    """What is averaged before it is resampled, whether that is the whole frame, and to which (width, height).

    `back` leads from the reduced picture to the picture.
    """

    rows: slice
    columns: slice
    size: tuple[int, int]
    back: Matrix
    whole: bool


def _reduction(shape: tuple[int, ...], matrix: Matrix, size: tuple[int, int]) -> _Reduction | None:
    """Return how to average what a window of `size` (width, height) shows to nearly its scale; None: not."""
    scale = scale_of(matrix)
    if scale > _KEPT:
        return None
    height, width = shape[:2]
    if scale > 0.5:
        # No whole block of pixels comes near; the whole frame, so that any part of it is the same.
        whole = (max(1, round(width * scale)), max(1, round(height * scale)))
        back = scaling(width / whole[0], height / whole[1])
        return _Reduction(slice(0, height), slice(0, width), whole, back, whole=True)
    # Blocks of whole pixels that start at the corner: the same averages whatever part is asked for.
    block = math.floor(1 / scale) if math.floor(1 / scale) * scale >= _KEPT else math.ceil(1 / scale)
    rows, columns = _needed(shape, matrix, size, block)
    high, wide = rows.stop - rows.start, columns.stop - columns.start
    whole = (max(1, wide // block), max(1, high // block))
    # A picture thinner than a block is averaged as it is.
    high, wide = min(high, whole[1] * block), min(wide, whole[0] * block)
    back = scaling(wide / whole[0], high / whole[1])
    back[:, 2] = (columns.start, rows.start)
    taken = (slice(rows.start, rows.start + high), slice(columns.start, columns.start + wide))
    return _Reduction(*taken, whole, back, whole=False)


def _nearest(pyramid: Pyramid, matrix: Matrix) -> tuple[Pixels, int, Matrix]:
    """Return the smallest level that is still reduced, its number, and the matrix from there."""
    number = max(0, math.floor(math.log2(_KEPT / max(scale_of(matrix), 1e-6))))
    pixels, times = pyramid.halved(number)
    return pixels, times, compose(matrix, scaling(2.0**times, 2.0**times))


def _needed(shape: tuple[int, ...], matrix: Matrix, size: tuple[int, int], block: int) -> tuple[slice, slice]:
    """Return the rows and columns that a window of `size` shows: whole blocks, with room for the kernel."""
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float64)
    seen = transform(inverse(matrix), corners)
    low = np.floor(seen.min(0) / block - 4).astype(int) * block
    high = np.ceil(seen.max(0) / block + 4).astype(int) * block
    limit = np.array(shape[1::-1])
    # At least a block is kept: beyond the picture its border goes on.
    first = np.clip(low, 0, (limit - 1) // block * block)
    last = np.clip(high, np.minimum(first + block, limit), limit)
    return slice(int(first[1]), int(last[1])), slice(int(first[0]), int(last[0]))
