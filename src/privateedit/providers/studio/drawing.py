"""Drawn and painted: kernels are shares of the picture's size, so any resolution looks the same."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats
from privateedit.core.scale import enlarged, reduced, reduced_mask, single
from privateedit.providers.studio.hole import Bools, Scene

_PENCIL = 2400
_PAINT = 1600
_SEED = 1795

_PAPER = (250.0, 247.0, 240.0)
_GRAPHITE = (44.0, 44.0, 48.0)


def pencil_sketch(scene: Scene) -> Pixels:
    """Return uint8 H×W×3: lines and hatched tone in graphite on warm paper.

    Lines by color dodge at two scales; tone by hatching along two directions, after Lu, Xu and Jia, Combining
    Sketch and Tone for Pencil Drawing Production, NPAR 2012.
    """
    small, unknown = reduced(scene.smooth, _PENCIL), reduced_mask(scene.unknown, _PENCIL)
    size = max(small.shape[:2])
    calm = cv2.bilateralFilter(small, 5, 22, max(1.0, size / 900))
    grey = np.asarray(cv2.cvtColor(calm, cv2.COLOR_RGB2GRAY), np.float32).reshape(small.shape[:2])
    grey = _stretched(grey, unknown)
    lines = (_dodged(grey, size * 0.0018) ** 2.2) * (_dodged(grey, size * 0.008) ** 1.3)
    tone = _blurred(grey, size * 0.0022)
    ink = _hatched(tone, size)
    value = np.clip(lines * (1 - ink), 0, 1) * _grain_of_paper(grey.shape, size * 0.0005, 0.03)
    value = np.clip(value, 0, 1)[..., None]
    paper, graphite = np.array(_PAPER, np.float32), np.array(_GRAPHITE, np.float32)
    drawn = np.clip(np.rint(graphite + value * (paper - graphite)), 0, 255).astype(np.uint8)
    return enlarged(drawn, scene.shown.shape)


def watercolor(scene: Scene) -> Pixels:
    """Return uint8 H×W×3: soft washes with darker rims, on rough paper.

    Edge-preserving smoothing and soft luminance steps after Winnemöller, Olsen and Gooch, Real-Time Video
    Abstraction, SIGGRAPH 2006; pigment, rims and paper after Bousseau et al., Interactive Watercolor
    Rendering, NPAR 2006.
    """
    small = reduced(scene.smooth, _PAINT)
    size = max(small.shape[:2])
    wash = _washed(small, size)
    wash = _stepped(wash)
    density = _pigment(wash, size)
    painted = wash - (wash - wash * wash) * (density - 1)[..., None]
    painted = 0.03 + 0.97 * painted
    paper = np.array(_PAPER, np.float32) / 255
    out = np.clip(np.rint(255 * painted * paper), 0, 255).astype(np.uint8)
    return enlarged(out, scene.shown.shape)


def _stretched(grey: Floats, unknown: Bools) -> Floats:
    """Return `grey` in [0, 1], its visible range stretched to the ends unless it is nearly flat."""
    visible = grey[~unknown]
    low, high = np.percentile(visible if visible.size else grey, (1, 99))
    low, high = (float(low), float(high)) if high - low > 40 else (0.0, 255.0)
    return single(np.clip((grey - low) / (high - low), 0, 1))


def _dodged(grey: Floats, sigma: float) -> Floats:
    """Return float32 in [0, 1]: white where `grey` is no darker than its surroundings, dark on lines."""
    # The offset keeps noise in deep shadows, where a ratio is all noise, from being drawn.
    around = _blurred(grey, sigma)
    return single(np.clip((grey + 0.10) / (around + 0.10), 0, 1))


def _hatched(tone: Floats, size: int) -> Floats:
    """Return float32 H×W in [0, 1]: how much graphite covers the paper for a tone of 0 (black) to 1."""
    # Paper stays bare in the lights; the tone that remains is darkest where the picture is.
    dark = np.clip((0.82 - tone) / 0.82, 0, 1)
    first = _strokes(tone.shape, size, 52, _SEED)
    second = _strokes(tone.shape, size, -38, _SEED + 1)
    light_pass = np.clip(0.60 * dark**1.35 + 0.75 * (first - 0.5) * dark * (1.25 - dark), 0, 1)
    dark_pass = np.clip(1.2 * (dark - 0.55) + 0.5 * (second - 0.5) * np.clip(2 * dark - 0.9, 0, 1), 0, 1)
    covered = 1 - (1 - light_pass) * (1 - 0.55 * dark_pass)
    return single(covered)


def _strokes(shape: tuple[int, ...], size: int, degrees: float, seed: int) -> Floats:
    """Return float32 noise about 0.5 drawn out along one direction: parallel strokes of a pencil."""
    length = max(3, round(size * 0.022)) | 1
    noise = np.random.default_rng(seed).standard_normal(shape[:2], np.float32)
    noise = _blurred(noise, max(0.5, size * 0.0006))
    kernel = np.zeros((length, length), np.float32)
    middle = length // 2
    turned = np.deg2rad(degrees)
    dx, dy = middle * np.cos(turned), -middle * np.sin(turned)
    start, end = (round(middle - dx), round(middle - dy)), (round(middle + dx), round(middle + dy))
    cv2.line(kernel, start, end, (1.0,), 1, cv2.LINE_AA)
    strokes = _filtered(noise, kernel / max(float(kernel.sum()), 1e-6))
    strokes /= max(float(strokes.std()), 1e-6)
    return single(np.clip(0.5 + 0.22 * strokes, 0, 1))


def _grain_of_paper(shape: tuple[int, ...], tooth_width: float, strength: float) -> Floats:
    """Return float32 H×W about 1: the tooth of rough paper, each about `tooth_width` pixels wide."""
    noise = np.random.default_rng(_SEED + 2).standard_normal(shape[:2], np.float32)
    tooth = _blurred(noise, max(0.5, tooth_width)) - 0.6 * _blurred(noise, max(0.8, 2.8 * tooth_width))
    tooth /= max(float(tooth.std()), 1e-6)
    return single(1 + strength * np.clip(tooth, -2.5, 2.5))


def _washed(pixels: Pixels, size: int) -> Floats:
    """Return float32 H×W×3 in [0, 1]: texture gone, outlines kept, edges gently bled."""
    wash = np.asarray(cv2.medianBlur(pixels, 2 * max(1, round(size * 0.0016)) + 1), np.uint8)
    for _ in range(4):
        wash = np.asarray(cv2.bilateralFilter(wash, 9, 26, max(1.5, size * 0.0035)), np.uint8)
    wash = wash.reshape(pixels.shape)
    soft = np.stack([_blurred(wash[..., c].astype(np.float32), size * 0.0008) for c in range(3)], axis=-1)
    # Lighter and a little more colorful: paper shines through thin paint.
    soft = single(soft / 255)
    luma = soft.mean(axis=-1, keepdims=True)
    lively = np.clip(luma + 1.22 * (soft - luma), 0, 1)
    return single(np.clip(0.06 + 0.94 * lively**0.82, 0, 1))


def _stepped(wash: Floats, steps: int = 7) -> Floats:
    """Return `wash` with its lightness drawn towards a few levels by smooth steps, hue kept."""
    luma = np.maximum(wash.mean(axis=-1), 1e-3)
    nearest = np.rint(luma * steps) / steps
    stepped = nearest + np.tanh((luma - nearest) * steps * 2.4) / (2 * steps)
    return single(np.clip(wash * (0.35 + 0.65 * stepped / luma)[..., None], 0, 1))


def _pigment(wash: Floats, size: int) -> Floats:
    """Return float32 H×W about 1: paint is denser at a wash's rim, in pools and in the paper's hollows."""
    luma = wash.mean(axis=-1)
    smooth = _blurred(luma, size * 0.0016)
    across = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), np.float32).reshape(luma.shape)
    down = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 0, 1), np.float32).reshape(luma.shape)
    rim = np.clip(np.hypot(across, down) * 0.0024 * size, 0, 0.8)
    random = np.random.default_rng(_SEED + 3)
    pools = np.zeros(luma.shape, np.float32)
    for share, weight in ((0.16, 0.16), (0.05, 0.09), (0.018, 0.05)):
        cloud = _cloud(random, luma.shape, share * size)
        pools += np.float32(weight) * cloud
    paper = 1.9 * (_grain_of_paper(luma.shape, size * 0.0013, 0.028) - 1)
    return single(1 + rim + pools + paper)


def _cloud(random: np.random.Generator, shape: tuple[int, ...], grain: float) -> Floats:
    """Return smooth float32 H×W noise of unit strength whose blobs are about `grain` pixels wide."""
    rows, columns = (max(2, round(side / max(grain, 1)) + 2) for side in shape[:2])
    coarse = random.standard_normal((rows, columns), np.float32)
    large = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.float32).reshape(shape[0], shape[1])


def _blurred(plane: Floats, sigma: float) -> Floats:
    smooth = cv2.GaussianBlur(np.ascontiguousarray(plane), (0, 0), max(0.3, sigma))
    return np.asarray(smooth, np.float32).reshape(plane.shape)


def _filtered(plane: Floats, kernel: Floats) -> Floats:
    return np.asarray(cv2.filter2D(plane, -1, kernel), np.float32).reshape(plane.shape)
