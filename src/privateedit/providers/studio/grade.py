"""Grades: one map from color to color for the whole picture, so that the same can be done to a face later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats
from privateedit.core.scale import resized

_LUMA = (0.2126, 0.7152, 0.0722)  # Rec. 709
_SEED = 1839
_GRAIN_GRID = 2200
_BAND = 512


@dataclass(frozen=True, slots=True)
class Grade:
    """A global color map: saturation about the luma, then one smooth curve a channel, then grain.

    Attributes:
        saturation: 0 for none, 1 for unchanged.
        curves: for R, G and B, the outputs in [0, 1] at inputs 0, 1/4, 1/2, 3/4 and 1.
        grain: standard deviation of the monochrome grain in the mid-tones, in 8-bit levels.
    """

    saturation: float
    curves: tuple[tuple[float, ...], ...]
    grain: float = 0.0


GRADES: Mapping[str, Grade] = MappingProxyType(
    {
        "black-and-white": Grade(0.0, ((0.0, 0.21, 0.5, 0.785, 1.0),) * 3),
        "warm": Grade(
            1.04,
            ((0.0, 0.275, 0.54, 0.785, 1.0), (0.0, 0.25, 0.505, 0.755, 0.99), (0.0, 0.21, 0.44, 0.68, 0.91)),
        ),
        "cool": Grade(
            0.98,
            ((0.0, 0.22, 0.45, 0.69, 0.93), (0.0, 0.25, 0.5, 0.75, 0.985), (0.015, 0.29, 0.555, 0.79, 1.0)),
        ),
        "film": Grade(
            0.82,
            (
                (0.045, 0.225, 0.525, 0.79, 0.965),
                (0.055, 0.235, 0.51, 0.765, 0.945),
                (0.075, 0.25, 0.495, 0.725, 0.885),
            ),
            grain=2.6,
        ),
        "headshot": Grade(
            1.03,
            (
                (0.0, 0.245, 0.525, 0.785, 1.0),
                (0.0, 0.237, 0.512, 0.775, 1.0),
                (0.0, 0.23, 0.497, 0.757, 0.985),
            ),
        ),
    }
)
"""The grade of each preset that has one."""


def graded(pixels: Pixels, name: str) -> Pixels:
    """Return uint8 H×W×3 under the grade called `name`; equal colors stay equal but for its grain."""
    grade = GRADES[name]
    matrix = _saturation_matrix(grade.saturation)
    table = _table(grade.curves)
    mapped = cv2.LUT(cv2.transform(pixels, matrix), table)
    out = np.asarray(mapped, np.uint8).reshape(pixels.shape)
    return _grained(out, grade.grain) if grade.grain else out


def _saturation_matrix(saturation: float) -> NDArray[np.float32]:
    grey = np.tile(np.array(_LUMA, np.float32), (3, 1))
    return (grey + saturation * (np.eye(3, dtype=np.float32) - grey)).astype(np.float32)


def _table(curves: tuple[tuple[float, ...], ...]) -> NDArray[np.uint8]:
    """Return a 1×256×3 lookup table: the quartic polynomial through each curve's five points."""
    knots = np.linspace(0, 1, 5)
    levels = np.linspace(0, 1, 256)
    planes = [np.polyval(np.polyfit(knots, np.array(points), 4), levels) for points in curves]
    table = np.clip(np.rint(255 * np.stack(planes, axis=-1)), 0, 255).astype(np.uint8)
    return np.asarray(table.reshape(1, 256, 3), np.uint8)


def _grained(pixels: Pixels, strength: float) -> Pixels:
    """Return `pixels` under monochrome grain, strongest in the mid-tones, the same at every call."""
    height, width = pixels.shape[:2]
    factor = min(1.0, _GRAIN_GRID / max(height, width))
    grid = (max(1, round(height * factor)), max(1, round(width * factor)))
    grain = np.random.default_rng(_SEED).standard_normal(grid, np.float32)
    grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), 0.7), np.float32).reshape(grid)
    grain *= strength / max(float(grain.std()), 1e-3)
    grain = resized(grain, pixels.shape)
    out = np.empty_like(pixels)
    for top in range(0, height, _BAND):  # bands keep the floats of a large photo within memory
        band = pixels[top : top + _BAND].astype(np.float32)
        out[top : top + _BAND] = _with_grain(band, grain[top : top + _BAND])
    return out


def _with_grain(band: Floats, grain: Floats) -> Pixels:
    luma = band @ np.array(_LUMA, np.float32) / 255
    weight = 0.35 + 2.6 * luma * (1 - luma)
    noisy = np.clip(np.rint(band + (weight * grain)[..., None]), 0, 255)
    return np.asarray(noisy, np.uint8)
