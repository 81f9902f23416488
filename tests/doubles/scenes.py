"""Pictures and geometry made on the spot."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from tests.doubles.ports import seeded

from privateedit.core.conceal import Fill, Paint, conceal
from privateedit.core.face import Box, Face
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo
from privateedit.core.similarity import transform, warp


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    """Pixels that differ everywhere."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def scenery(height: int = 240, width: int = 320, seed: int = 3) -> np.ndarray:
    """Smooth colors with corners and texture at several sizes, 60 to 200 levels: never black or white."""
    return _scenery(height, width, seed).copy()


@lru_cache(20)
def _scenery(height: int, width: int, seed: int) -> np.ndarray:
    """Painted once for the two dozen files that begin with the same one."""
    random = np.random.default_rng(seed)
    layers = np.zeros((height, width, 3), np.float32)
    for sigma, weight in ((2.0, 14), (8.0, 20), (30.0, 24)):
        layer = cv2.GaussianBlur(random.normal(size=(height, width, 3)).astype(np.float32), (0, 0), sigma)
        layers += weight * layer / layer.std()
    return np.clip(130 + layers, 60, 200).astype(np.uint8)


def box_face(x0: float, y0: float, x1: float, y1: float, number: int = 0) -> Face:
    return Face(number, Box(x0, y0, x1, y1), 0.9)


def oval(height: int, width: int, x: float, y: float, a: float, b: float) -> np.ndarray:
    """Bool H×W, an ellipse around (x, y)."""
    rows, columns = np.mgrid[:height, :width] + 0.5
    return ((columns - x) / a) ** 2 + ((rows - y) / b) ** 2 <= 1


def masked(pixels: np.ndarray, hidden: np.ndarray, fill: str = "black"):
    mask = Mask(hidden)
    return conceal(Photo(pixels), mask, Paint.mixed(Fill.parse(fill), mask, seeded(1)))


def similarity(scale: float = 1.0, degrees: float = 0.0, x: float = 0.0, y: float = 0.0) -> np.ndarray:
    """A 2×3 matrix: turned clockwise, stretched, then shifted."""
    cosine, sine = scale * np.cos(np.radians(degrees)), scale * np.sin(np.radians(degrees))
    return np.array([[cosine, -sine, x], [sine, cosine, y]])


def about(center: tuple[float, float], scale: float = 1.0, degrees: float = 0.0) -> np.ndarray:
    """The same, with `center` left in place."""
    matrix = similarity(scale, degrees)
    matrix[:, 2] = np.array(center) - matrix[:, :2] @ center
    return matrix


def moved(pixels: np.ndarray, matrix: np.ndarray, height: int, width: int) -> np.ndarray:
    """The picture as a service returns it after `matrix`, at another size."""
    return warp(pixels, matrix, (slice(0, height), slice(0, width)))


def recompressed(pixels: np.ndarray, quality: int = 85) -> np.ndarray:
    done, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB))


def corner_error(found: np.ndarray, truth: np.ndarray, face: Face) -> float:
    """How far the corners of the face's box land from where they belong, as a share of the face."""
    apart = transform(found, face.box.corners) - transform(truth, face.box.corners)
    size = max(face.box.width, face.box.height) * np.sqrt(np.linalg.det(truth[:, :2]))
    return float(np.linalg.norm(apart, axis=1).max() / size)
