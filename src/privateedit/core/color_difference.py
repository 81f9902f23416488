"""How different two colors look: CIE L*a*b* and CIEDE2000."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.pull_push import Floats

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_TO_WHITE = (_TO_XYZ / _TO_XYZ.sum(1, keepdims=True)).astype(np.float32)  # linear sRGB to XYZ, white is 1
_DARK = (6 / 29) ** 3  # below it CIE L*a*b* is a straight line
_CHROMA = 25.0**7  # the constant of the blue-region and grey-axis corrections
_GREY = 1e-3  # chroma below which a color is grey


def lab(pixels: NDArray[Any]) -> Floats:
    """Return CIE L*a*b* (D65, 2° observer) of sRGB levels 0–255; float32, same shape (…×3).

    L* is 0–100, grey has a* = b* = 0. Levels beyond 0–255 are clipped: no screen shows them.
    """
    light = _linear(pixels) @ _TO_WHITE.T
    cube, dark = np.cbrt(light), light <= _DARK
    # In place, here and below: large arrays take longer to get than to compute.
    light *= 1 / (3 * (6 / 29) ** 2)
    light += 4 / 29
    _put(light, dark, cube)
    x, y, z = cube[..., 0], cube[..., 1], cube[..., 2]
    found = np.empty(cube.shape, np.float32)
    found[..., 0] = 116 * y - 16
    found[..., 1] = 500 * (x - y)
    found[..., 2] = 200 * (y - z)
    return found


def _put(source: Floats, where: NDArray[np.bool_], target: Floats) -> None:
    """Copy into the contiguous `target` as `np.copyto` does in several times the time."""
    if target.size:
        cv2.copyTo(source.ravel(), where.ravel().view(np.uint8), target.ravel())


def _linear(pixels: NDArray[Any]) -> Floats:
    """Return linear light 0–1 of sRGB levels (IEC 61966-2-1)."""
    if pixels.dtype == np.uint8:
        return np.asarray(_LINEAR[pixels], np.float32)
    levels = np.ascontiguousarray(np.clip(np.asarray(pixels, np.float32), 0, 255))
    levels /= np.float32(255)
    return _decoded(levels)


def _decoded(levels: Floats) -> Floats:
    """Return what levels 0–1 stand for; `levels` are used up."""
    bright = levels + np.float32(0.055)
    bright /= np.float32(1.055)
    bright **= np.float32(2.4)
    dark = levels <= np.float32(0.04045)
    levels /= np.float32(12.92)
    _put(levels, dark, bright)
    return bright


_LINEAR: Floats = _decoded(np.arange(256, dtype=np.float32) / np.float32(255))


def delta_e_2000(first: NDArray[Any], second: NDArray[Any]) -> Floats:
    """Return CIEDE2000 between arrays of L*a*b* colors (…×3), elementwise; float32 without the last axis.

    About 1 is just noticeable side by side. Sharma, Wu and Dalal, The CIEDE2000 color-difference formula,
    Color Research and Application 30 (2005).
    """
    one, two = np.asarray(first, np.float64), np.asarray(second, np.float64)
    stretch = 1 + 0.5 * (1 - _saturation((np.hypot(*_ab(one)) + np.hypot(*_ab(two))) / 2))
    (chroma_one, hue_one), (chroma_two, hue_two) = _polar(one, stretch), _polar(two, stretch)
    grey = chroma_one * chroma_two == 0
    turn = np.where(grey, 0.0, (hue_two - hue_one + 180) % 360 - 180)
    chroma = (chroma_one + chroma_two) / 2
    hue = np.where(grey, hue_one + hue_two, _mean_hue(hue_one, hue_two))
    light = (one[..., 0] + two[..., 0]) / 2
    by_light = (two[..., 0] - one[..., 0]) / (1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2))
    by_chroma = (chroma_two - chroma_one) / (1 + 0.045 * chroma)
    by_hue = 2 * np.sqrt(chroma_one * chroma_two) * _sine(turn / 2) / (1 + 0.015 * chroma * _hue_weight(hue))
    rotation = -_sine(60 * np.exp(-(((hue - 275) / 25) ** 2))) * 2 * _saturation(chroma)
    squared = by_light**2 + by_chroma**2 + by_hue**2 + rotation * by_chroma * by_hue
    return np.asarray(np.sqrt(np.maximum(squared, 0)), np.float32)


def _ab(colors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return colors[..., 1], colors[..., 2]


def _saturation(chroma: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sqrt(chroma**7 / (chroma**7 + _CHROMA)))


def _polar(
    colors: NDArray[np.float64], stretch: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return chroma and hue (degrees, 0–360) with a* stretched.

    What rounding leaves of a grey's color has a hue of its own, which would count (by its square root).
    """
    a, b = colors[..., 1] * stretch, colors[..., 2]
    chroma = np.hypot(a, b)
    return np.where(chroma < _GREY, 0.0, chroma), np.degrees(np.arctan2(b, a)) % 360


def _mean_hue(one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the hue halfway along the shorter arc."""
    middle = (one + two) / 2
    across = np.where(one + two < 360, middle + 180, middle - 180)
    return np.where(np.abs(one - two) <= 180, middle, across)


def _hue_weight(hue: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(
        1
        - 0.17 * _sine(hue - 30 + 90)
        + 0.24 * _sine(2 * hue + 90)
        + 0.32 * _sine(3 * hue + 6 + 90)
        - 0.20 * _sine(4 * hue - 63 + 90)
    )


def _sine(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sin(np.radians(degrees)))
