"""How much of the photo's own background came back beside a hole, and goes on into it."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.blend import depth_of, distance_outside, smoothstep
from privateedit.core.mask import Hidden
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import reduced_size, resized, single

_LOOK = 400  # pixels
_RING = 0.04  # of the hole's size: how far beside it is looked
_CLEAR = 25.0  # levels between old and new from which on it is told well which is shown
_STRANGE = 20.0  # levels off the line from old to new: something else is shown
_DECIDED = 0.12  # of the hole's size: how deep inside it is one or the other
_GUESS = 0.004  # weight of what was thought before


def kept_backdrop(
    old: Floats, new: Floats, edited: Floats, beside: Hidden, hole: Hidden, size: float, guess: Floats
) -> Floats:
    """Return float32 H×W in [0, 1]: the old background's share beside the hole, going on in it.

    An editor takes the old background away incompletely: rests stay beside the person, and mixes of both.
    Where the hole goes on with the same mix, no outline shows. Each pixel beside the hole lies on the line
    between the new and the old background; its place on the line is continued smoothly.

    Args:
        old: H×W×3 levels of the photo in the edited picture's look and geometry.
        new: H×W×3 levels of the new background, continued to where it is not seen.
        edited: H×W×3 levels as returned.
        beside: bool H×W, pixels where background and nothing of the hole is shown.
        hole: bool H×W.
        size: of the hole, in pixels.
        guess: float32 H×W, the share that is assumed where old and new look the same.
    """
    height, width = reduced_size(hole.shape, _LOOK)
    ring = beside & (distance_outside(hole) <= max(_RING * size, 8.0))
    seen = _sized(single(ring), height, width)
    before, after, fresh = (_seen(each, ring, seen) for each in (old, edited, new))
    share, told = _told(before, after, fresh, _sized(guess, height, width))
    weight = single(np.minimum(seen * 4, 1) * told)
    if not weight.any():
        return guess
    carried = np.clip(resized(pull_push(share[..., None], weight)[..., 0], hole.shape), 0, 1)
    # Deep inside, one of the two is shown, and no ghost of both.
    inside = smoothstep(depth_of(hole) / (_DECIDED * size))
    return single(carried + inside * (smoothstep((carried - 0.3) / 0.4) - carried))


def _seen(pixels: Floats, ring: Hidden, weight: Floats) -> Floats:
    """Return the reduced picture of the ring alone."""
    shown = np.zeros_like(pixels)
    shown[ring] = pixels[ring]
    return single(_sized(shown, *weight.shape) / np.maximum(weight, 1e-6)[..., None])


def _told(before: Floats, after: Floats, fresh: Floats, guess: Floats) -> tuple[Floats, Floats]:
    """Return the old background's share of each pixel, and how well it is told."""
    line, apart = before - fresh, after - fresh
    length = np.einsum("ijk,ijk->ij", line, line)
    along = np.einsum("ijk,ijk->ij", apart, line) / np.maximum(length, 1)
    off = apart - along[..., None] * line
    misfit = np.einsum("ijk,ijk->ij", off, off)
    told = length / (length + _CLEAR**2) * np.exp(-misfit / (2 * _STRANGE**2))
    share = (told * np.clip(along, 0, 1) + _GUESS * guess) / (told + _GUESS)
    return single(share), single(told + _GUESS)


def _sized(plane: Floats, height: int, width: int) -> Floats:
    return single(cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA))
