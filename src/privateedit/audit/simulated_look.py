"""What an image model does to the look of a picture: backdrop, clothes, grade, light, softness, style.

Every function takes and returns H×W×3 float32 RGB levels 0–255.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.blend import smoothstep
from privateedit.core.color_difference import lab
from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def backdrop(kind: str, shape: tuple[int, ...], other: Pixels, random: np.random.Generator) -> Floats:
    """Return a background of `kind`: one color, a gradient between two, or a soft part of another picture."""
    height, width = shape[:2]
    if kind == "other":
        large = cv2.resize(other, (width, height), interpolation=cv2.INTER_AREA)
        return single(cv2.GaussianBlur(large.astype(np.float32), (0, 0), 0.012 * max(height, width)))
    colors = single(random.uniform(45, 225, (2, 1)) + random.uniform(-30, 30, (2, 3)))
    if kind == "plain":
        colors[1] = colors[0]
    along = _ramp(shape, random.uniform(0, 360))[..., None] / 2 + np.float32(0.5)
    grain = random.normal(0, 1.2, (height, width, 1)).astype(np.float32)
    return single(colors[0] + along * (colors[1] - colors[0]) + grain)


def before(canvas: Floats, person: Pixels, alpha: Floats, behind: Floats) -> Floats:
    """Return the person in front of `behind`; soft edge pixels take the person's own color beside them."""
    own = single(cv2.resize(person, alpha.shape[::-1], interpolation=cv2.INTER_LINEAR))
    weight = alpha[..., None]
    pure = np.where(weight >= 0.99, canvas, own)
    return single(behind + weight * (pure - behind))


def clothed(canvas: Floats, alpha: Floats, chin: float, skin: Floats, random: np.random.Generator) -> Floats:
    """Return the picture with other colors on the person below row `chin`, except on what looks like skin."""
    height = canvas.shape[0]
    below = smoothstep((np.arange(height, dtype=np.float32) - chin) / max(0.03 * height, 2.0))[:, None]
    apart = np.linalg.norm((lab(canvas) - lab(skin))[..., 1:], axis=2)
    mixed = alpha * below * smoothstep((apart - 8) / 8)
    weight = single(cv2.GaussianBlur(single(mixed), (0, 0), max(1.0, 0.002 * height)))[..., None]
    color = random.uniform(0.35, 1.5, 3).astype(np.float32)
    dyed = (canvas @ _LUMA)[..., None] * color + np.float32(random.uniform(0, 30))
    return single(canvas + weight * (np.clip(dyed, 0, 255) - canvas))


def graded(canvas: Floats, name: str, random: np.random.Generator) -> Floats:
    """Return the picture with the grade of that name, its strength drawn."""
    strength = 1.0 if name == "black-and-white" else float(random.uniform(0.6, 1.0))
    tone = single(np.clip(canvas, 0, 255) / 255)
    grey = single(tone @ _LUMA)[..., None]
    return single(np.clip(tone + strength * (_GRADES[name](tone, grey) - tone), 0, 1) * 255)


def _tinted(tone: Floats, red: float, green: float, blue: float) -> Floats:
    return single(tone * np.array([red, green, blue], np.float32))


_GRADES: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "warm": lambda tone, grey: single(_tinted(tone, 1.08, 1.0, 0.84) + 0.01),
    "cool": lambda tone, grey: single(_tinted(tone, 0.86, 0.98, 1.10) + 0.005),
    "night": lambda tone, grey: _tinted(_faded(tone, grey, 0.65) ** np.float32(1.25), 0.42, 0.5, 0.72),
    "film": lambda tone, grey: single(_tinted(_curve(_faded(tone, grey, 0.7)), 0.84, 0.80, 0.74) + 0.10),
    "black-and-white": lambda tone, grey: single(np.repeat(_curve(grey), 3, axis=2)),
}


def _faded(tone: Floats, grey: Floats, share: float) -> Floats:
    """Return the picture with that share of its colors."""
    return single(np.maximum(grey + share * (tone - grey), 0))


def _curve(tone: Floats) -> Floats:
    """Return more contrast in the middle."""
    return single(0.5 * tone + 0.5 * smoothstep(tone))


def lit(canvas: Floats, stops: float, toward: float) -> Floats:
    """Return the picture with its exposure falling evenly across it, `stops` from one side to the other."""
    exposure = _ramp(canvas.shape, toward)[..., None] * np.float32(stops / 2)
    # Levels are about the 2.2th root of light.
    return single(canvas * np.exp2(exposure / np.float32(2.2)))


def _ramp(shape: tuple[int, ...], degrees: float) -> Floats:
    """Return −1 to 1 across the picture, rising in one direction."""
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    across = 2 * columns / max(shape[1] - 1, 1) - 1
    down = 2 * rows / max(shape[0] - 1, 1) - 1
    turn = np.radians(degrees)
    ramp = np.cos(turn) * across + np.sin(turn) * down
    return single(ramp / (abs(np.cos(turn)) + abs(np.sin(turn))))


def softened(canvas: Floats, softness: float, enlarged: float) -> Floats:
    """Return the picture as enlarged from a smaller one by a model: without grain, a little soft."""
    height, width = canvas.shape[:2]
    if enlarged < 1:
        size = (max(8, round(width * enlarged)), max(8, round(height * enlarged)))
        small = cv2.resize(canvas, size, interpolation=cv2.INTER_AREA)
        small = cv2.bilateralFilter(small, 5, 10, 1.5)
        canvas = single(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC))
    if softness > 0:
        canvas = single(cv2.GaussianBlur(canvas, (0, 0), softness))
    return canvas


def restyled(pixels: Pixels, name: str) -> Pixels:
    """Return uint8 RGB pixels as a sketch, a drawing in colored pencil, a watercolor or a cartoon."""
    if name in {"sketch", "colored-pencil"}:
        return levels(_penciled(pixels.astype(np.float32), in_color=name != "sketch"))
    backward = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    if name == "watercolor":
        return np.asarray(
            cv2.cvtColor(cv2.stylization(backward, sigma_s=50, sigma_r=0.35), cv2.COLOR_BGR2RGB)
        )
    return np.asarray(cv2.cvtColor(_cartoon(backward), cv2.COLOR_BGR2RGB), np.uint8)


def _penciled(canvas: Floats, *, in_color: bool) -> Floats:
    """Return lines where light falls off fast, over a pale wash: a picture divided by its own blur."""
    tone = single(canvas @ _LUMA)
    near = cv2.GaussianBlur(tone, (0, 0), max(2.0, 0.006 * max(tone.shape)))
    lines = np.clip((tone + 2) / (near + 2), 0, 1)[..., None] ** np.float32(2.5)
    wash = canvas if in_color else tone[..., None]
    return single(np.repeat(lines, 3, axis=2) * (255 - (0.5 if in_color else 0.3) * (255 - wash)))


def _cartoon(picture: NDArray[Any]) -> NDArray[np.uint8]:
    """Return flat colors with dark outlines."""
    flat = cv2.edgePreservingFilter(picture, flags=cv2.RECURS_FILTER, sigma_s=40, sigma_r=0.4)
    steps = np.rint(flat.astype(np.float32) / 28) * 28
    smooth = cv2.medianBlur(np.clip(steps, 0, 255).astype(np.uint8), 5)
    grey = cv2.medianBlur(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), 5)
    lines = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 11, 5)
    ink = cv2.GaussianBlur(lines, (0, 0), 0.7).astype(np.float32)[..., None] / 255
    return np.asarray(smooth * (0.25 + 0.75 * ink), np.uint8)


def recompressed(pixels: Pixels, quality: int) -> Pixels:
    """Return what a JPEG of that quality keeps."""
    _, data = cv2.imencode(
        ".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), np.uint8)


def levels(canvas: Floats) -> Pixels:
    """Return uint8 levels."""
    return np.asarray(np.clip(np.rint(canvas), 0, 255), np.uint8)


def skin_of(pixels: Pixels, oval: Hidden) -> Floats:
    """Return the median color of a face, as 1×1×3."""
    return single(np.median(pixels[oval], axis=0)).reshape(1, 1, 3)
