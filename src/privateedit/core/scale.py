"""Working at a reduced size: heavy filters see a bounded number of pixels, whatever the photo's size."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.photo import Pixels
from privateedit.core.pyramid import Pyramid

_PLENTY = 4  # times the size that is wanted, from which on a picture is halved
_WORTH = 3  # pixels of a block; means of four at once are rounded up, and two steps would brighten


def reduced_size(shape: tuple[int, ...], longest: int) -> tuple[int, int]:
    """Return (height, width) with the proportions of `shape`, no side above `longest`, none below 1."""
    height, width = shape[:2]
    factor = min(1.0, longest / max(height, width))
    return max(1, round(height * factor)), max(1, round(width * factor))


def reduced(pixels: Pixels, longest: int) -> Pixels:
    """Return uint8 pixels, area-averaged so that no side exceeds `longest`; smaller ones as they are."""
    size = reduced_size(pixels.shape, longest)
    if size == pixels.shape[:2]:
        return pixels
    return _area(pixels, size[1], size[0])


def averaged(pixels: Pixels | Pyramid, height: int, width: int) -> Pixels:
    """Return H×W or H×W×3 uint8 pixels at a smaller size, each nearly the mean of what it covers.

    For estimates only: large pictures are halved first as often as that comes out even and leaves twice
    the size or more, or a multiple of it, which takes a third of the time and blurs a little.
    """
    pyramid = pixels if isinstance(pixels, Pyramid) else Pyramid(pixels)
    rows, columns, times = *pyramid.shape[:2], 0
    while rows % 2 == columns % 2 == 0 and (
        min(rows / height, columns / width) >= _PLENTY or (rows % (2 * height) == columns % (2 * width) == 0)
    ):
        rows, columns, times = rows // 2, columns // 2, times + 1
    halved, _ = pyramid.halved(times)
    small = cv2.resize(halved, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8).reshape(height, width, *halved.shape[2:])


def glimpse(pixels: Pixels, width: int, height: int) -> tuple[Pixels, tuple[float, float]]:
    """Return H×W×3 uint8 pixels at a smaller size, and for how many, across and down, each of them stands.

    For networks that look for a face: first come means of whole blocks of pixels, which take less than half
    the time of means over parts of pixels. Last rows and columns that make no whole block are left out.
    """
    rows, columns = pixels.shape[:2]
    block = int(min(rows / height, columns / width))
    if block < _WORTH:
        return _area(pixels, width, height), (columns / width, rows / height)
    high, wide = rows // block, columns // block
    blocks = _area(pixels[: high * block, : wide * block], wide, high)
    return _area(blocks, width, height), (wide * block / width, high * block / height)


def _area(pixels: Pixels, width: int, height: int) -> Pixels:
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8).reshape(height, width, 3)


def reduced_mask(mask: NDArray[np.bool_], longest: int) -> NDArray[np.bool_]:
    """Return a bool mask of `reduced`'s size, True wherever any pixel under it is."""
    size = reduced_size(mask.shape, longest)
    if size == mask.shape:
        return mask
    small = cv2.resize(mask.astype(np.float32), (size[1], size[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32).reshape(size) > 0


def single(array: NDArray[Any]) -> NDArray[np.float32]:
    """Return `array` as float32, which arithmetic with NumPy's scalars may have left."""
    return np.asarray(array, np.float32)


def resized(plane: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return a float32 H×W plane at the height and width of `shape`, linearly interpolated."""
    if plane.shape == tuple(shape[:2]):
        return plane
    large = cv2.resize(plane, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.float32).reshape(shape[0], shape[1])


def enlarged(pixels: Pixels, shape: tuple[int, ...]) -> Pixels:
    """Return uint8 RGB pixels at the height and width of `shape`, bicubic."""
    if pixels.shape[:2] == tuple(shape[:2]):
        return pixels
    large = cv2.resize(pixels, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.uint8).reshape(shape[0], shape[1], 3)


def dithered(field: NDArray[np.float32], shape: tuple[int, ...], seed: int) -> Pixels:
    """Return a smooth float32 h×w×3 field in [0, 255] as uint8 at the size of `shape`, without banding.

    Triangular noise of one level before rounding (Lipshitz et al., Quantization and Dither, JAES 1992),
    from a seeded generator: the same every time.
    """
    height, width = shape[:2]
    random = np.random.default_rng(seed)
    tile = random.random((256, 256), np.float32) - random.random((256, 256), np.float32)
    noise = np.tile(tile, (-(-height // 256), -(-width // 256)))[:height, :width]
    out = np.empty((height, width, 3), np.uint8)
    for channel in range(3):  # one plane at a time keeps a 50-megapixel photo within memory
        plane = resized(np.ascontiguousarray(field[..., channel]), shape) + noise
        out[..., channel] = np.clip(np.rint(plane), 0, 255).astype(np.uint8)
    return out
