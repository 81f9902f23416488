"""How much of the photo's own background came back beside a hole, and where it gave way to another one."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.blend import smoothstep
from privateedit.core.channels import largest_difference
from privateedit.core.mask import Hidden
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import reduced_size, resized, single

_LOOK = 300  # pixels: structure of this size is compared, grain and compression average out
_REACH = 0.06  # of the hole's size: half a window
_TEXTURE = 5.0  # levels of standard deviation from which structure tells more than color
_PLAIN = 0.15  # what a plain place is worth
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def replaced_backdrop(graded: Floats, edited: Floats, backdrop: Hidden, size: float) -> Floats:
    """Return float32 H×W: 1 where the background near by is another one than in the photo, else 0.

    Where something is seen, light and dark must lie in the same places and be as sharp; a color that differs
    alone is a grade that was not understood. Where it is plain, only the color can tell. Between the places
    that can be compared, and into the hole, the answer is continued.

    Args:
        graded: H×W×3 levels of the photo, in the edited picture's look and geometry.
        edited: H×W×3 levels as returned.
        backdrop: pixels where both show background and nothing of the hole.
        size: of the hole, in pixels.
    """
    height, width = reduced_size(backdrop.shape, _LOOK)
    ratio = width / backdrop.shape[1]
    weight = _sized(backdrop.astype(np.float32), height, width)
    shown = single(weight > 0.99)
    reach = max(2, round(_REACH * size * ratio))
    before, after = (_seen(each, backdrop, weight) for each in (graded, edited))
    alike, certain = _alike(before, after, shown, reach)
    # What is seen at a place weighs more than a plain color there; where all is plain, the color decides.
    weight = single(certain * shown)
    # Where most gave way, a plain place of the same color as before is a coincidence.
    gone = float((weight * (1 - alike)).sum()) / max(float(weight.sum()), 1e-6)
    chance = (alike > 0.5) & (certain < 2 * _PLAIN)
    weight = single(np.where(chance, weight * (1 - 0.98 * smoothstep(np.array((gone - 0.35) / 0.2))), weight))
    near = [single(cv2.GaussianBlur(plane, (0, 0), 1.5 * reach)) for plane in (alike * weight, weight)]
    heard = single(np.minimum(near[1] * 20, 1) * shown)
    field = pull_push(single(near[0] / np.maximum(near[1], 1e-6))[..., None], heard)[..., 0]
    return resized(1 - smoothstep((field - 0.3) / 0.25), backdrop.shape)


def _alike(before: Floats, after: Floats, shown: Floats, reach: int) -> tuple[Floats, Floats]:
    """Return 0…1 for every pixel: whether the window around it shows the same in both, and how sure."""
    window = (2 * reach + 1, 2 * reach + 1)
    total = np.maximum(cv2.blur(shown, window), 1e-6)

    def mean(plane: Floats) -> Floats:
        covered = shown if plane.ndim == 2 else shown[..., None]
        norm = total if plane.ndim == 2 else total[..., None]
        return np.asarray(cv2.blur(plane * covered, window) / norm, np.float32)

    first, second = before @ _LUMA, after @ _LUMA
    first_mean, second_mean = mean(first), mean(second)
    varies = np.maximum(mean(first * first) - first_mean**2, 0)
    varied = np.maximum(mean(second * second) - second_mean**2, 0)
    common = mean(first * second) - first_mean * second_mean
    correlation = common / np.sqrt(np.maximum(varies * varied, 1e-3))
    gain = common / np.maximum(varies, 1e-3)
    structure = smoothstep((correlation - 0.35) / 0.3) * smoothstep((gain - 0.15) / 0.3)
    color = 1 - smoothstep((largest_difference(mean(before), mean(after)) - 5) / 9)
    most = np.maximum(varies, varied)
    textured = most / (most + _TEXTURE**2)
    certain = _PLAIN + (1 - _PLAIN) * textured
    return single(textured * structure + (1 - textured) * color), single(certain)


def _seen(pixels: Floats, backdrop: Hidden, weight: Floats) -> Floats:
    """Return a reduced picture of the backdrop alone: nothing beside it is mixed in."""
    shown = _sized(pixels * backdrop[..., None], *weight.shape)
    return single(shown / np.maximum(weight, 1e-6)[..., None])


def _sized(plane: Floats, height: int, width: int) -> Floats:
    return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA), np.float32)
