"""Contact sheets: the worst cases of a benchmark, each as original, sent, returned and final."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from privateedit.core.face import Box
from privateedit.core.photo import Pixels
from privateedit.core.similarity import Matrix, transform

TILE = 360
"""Pixels of one picture's side."""
_AROUND = 1.0  # how far a tile reaches beyond the middle of a face, in its larger side
_CAPTION = 22
_GAP = 4
_PAPER, _INK = 255, (20, 20, 20)


def strip(pictures: Sequence[Pixels | None], box: Box | None, matrix: Matrix) -> bytes:
    """Return the pictures side by side as JPEG, cut around a face; the whole picture without a box.

    Args:
        pictures: equal sizes, RGB; None leaves a blank tile.
        box: of the face, in the photo.
        matrix: 2×3, from photo to these pictures.
    """
    known = next(each for each in pictures if each is not None)
    x, y, half = _place(box, matrix, known.shape)
    zoom = TILE / (2 * half)
    to_tile = np.array([[zoom, 0, TILE / 2 - zoom * x], [0, zoom, TILE / 2 - zoom * y]])
    tiles = [_tile(each, to_tile) for each in pictures]
    gap = np.full((TILE, _GAP, 3), _PAPER, np.uint8)
    row = np.hstack([part for tile in tiles for part in (tile, gap)][:-1])
    _, data = cv2.imencode(".jpg", row[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
    return data.tobytes()


def _place(box: Box | None, matrix: Matrix, shape: tuple[int, ...]) -> tuple[float, float, float]:
    """Return the middle of a tile and half its side, in pixels of the pictures."""
    if box is None:
        return shape[1] / 2, shape[0] / 2, max(shape[:2]) / 2
    corners = transform(matrix, box.corners)
    x, y = corners.mean(0)
    return float(x), float(y), _AROUND * float((corners.max(0) - corners.min(0)).max())


def _tile(pixels: Pixels | None, to_tile: Matrix) -> Pixels:
    if pixels is None:
        return np.full((TILE, TILE, 3), 225, np.uint8)
    mode = cv2.INTER_AREA if to_tile[0, 0] < 1 else cv2.INTER_CUBIC
    zoom = to_tile[0, 0]
    if zoom < 1:
        size = (max(1, round(pixels.shape[1] * zoom)), max(1, round(pixels.shape[0] * zoom)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=mode), np.uint8)
        to_tile = np.array([[1, 0, to_tile[0, 2]], [0, 1, to_tile[1, 2]]])
    done = cv2.warpAffine(
        pixels,
        to_tile,
        (TILE, TILE),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(225,) * 3,
    )
    return np.asarray(done, np.uint8)


def sheet(rows: Sequence[tuple[str, bytes]]) -> bytes:
    """Return a PNG of captioned strips below each other; captions are ASCII."""
    width = 4 * TILE + 3 * _GAP
    parts = []
    for caption, data in rows:
        line = np.full((_CAPTION, width, 3), _PAPER, np.uint8)
        cv2.putText(line, caption, (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, _INK, 1, cv2.LINE_AA)
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
        parts += [line, np.asarray(picture, np.uint8)]
    if not parts:
        parts = [np.full((_CAPTION, width, 3), _PAPER, np.uint8)]
    _, png = cv2.imencode(".png", np.vstack(parts)[..., ::-1])
    return png.tobytes()
