"""What somebody who got a masked picture can try in order to see the face again.

Pure arrays. An attacker sees what was sent, its outline, and knows this code and its settings; never the
photo. Each attack returns its picture of what is hidden and leaves the visible pixels as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.conceal import RGB
from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels

_SPREAD = (1.0, 99.0)  # percentiles that become black and white
_NOISE = 2.0  # levels; a picture with less is not denoised
_INPAINT_SIDE = 160  # pixels; inpainting a larger hole is slower and no better
_FILTER_SIDE = 320  # pixels; a recognizer looks at 150, so filters need no more
_INPAINT_REACH = 4
_MARGIN = 0.5  # of a hole's size: how much of its surroundings an attack looks at
_BLUR = 0.05  # of a hole's size: the blur that deblurring assumes
_DEBLUR_STEPS = 15

Floats = NDArray[np.float32]
Patch = Callable[[Pixels, Hidden], Pixels]
"""Takes the surroundings of a hole and where in them it is, and returns a picture of the same size."""


@dataclass(frozen=True, eq=False, slots=True)
class Observed:
    """What an attacker has: H×W×3 uint8 RGB pixels as sent, the outline, and the known settings.

    Attributes:
        fill: the color that hides, or None where it is noise.
        opacity: how much of the fill is seen; 1 is opaque.
    """

    pixels: Pixels = field(repr=False)
    hidden: Hidden = field(repr=False)
    fill: RGB | None = (0, 0, 0)
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to look behind a mask: its name, what it does in a layman's words, and the doing."""

    name: str
    explanation: str
    run: Callable[[Observed], Pixels] = field(repr=False)


def as_sent(observed: Observed) -> Pixels:
    """Return the picture as it was sent: the recognizer has to do with that."""
    return observed.pixels


def stretched(observed: Observed) -> Pixels:
    """Return the picture with the contrast of each hidden area stretched, channel by channel, to full range.

    Linear between the 1st and the 99th percentile: any see-through fill of one color falls out. An area of
    one color stays as it is.
    """
    return _in_each_hole(observed, _stretch)


def unblended(observed: Observed) -> Pixels:
    """Return the picture with the known fill subtracted at the known opacity.

    Inverts sent = opacity · fill + (1 − opacity) · shown. Where nothing shows through, or the fill is noise,
    it stays as it is.
    """
    if observed.fill is None or not 0 < observed.opacity < 1:
        return observed.pixels
    fill = np.array(observed.fill, np.float32)
    shown = (observed.pixels[observed.hidden] - observed.opacity * fill) / (1 - observed.opacity)
    return _with_hidden(observed, np.clip(np.rint(shown), 0, 255).astype(np.uint8))


def denoised(observed: Observed) -> Pixels:
    """Return the picture with noise in each hidden area removed (non-local means), then stretched.

    The noise is measured by Immerkær's estimate (1996). An area without noise is only stretched.
    """

    def smoothed(patch: Pixels, inside: Hidden) -> Pixels:
        if noise_level(patch, inside) < _NOISE:
            return _stretch(patch, inside)
        return _at_most(_FILTER_SIDE, patch, inside, _without_noise)

    return _in_each_hole(observed, smoothed)


def inpainted_telea(observed: Observed) -> Pixels:
    """Return the picture with each hole filled from its surroundings (Telea, fast marching, 2004)."""
    return _in_each_hole(observed, partial(_inpainted, method=cv2.INPAINT_TELEA))


def inpainted_navier_stokes(observed: Observed) -> Pixels:
    """Return the picture with each hole filled from its surroundings (Bertalmio, Navier–Stokes, 2001)."""
    return _in_each_hole(observed, partial(_inpainted, method=cv2.INPAINT_NS))


def deblurred(observed: Observed) -> Pixels:
    """Return the picture with each hidden area sharpened by Richardson–Lucy deconvolution (1972)."""
    return _in_each_hole(observed, lambda patch, inside: _at_most(_FILTER_SIDE, patch, inside, _deblur))


ATTACKS: Mapping[str, Attack] = MappingProxyType(
    {
        attack.name: attack
        for attack in (
            Attack(
                "as-sent", "Look at the picture as it was sent, knowing where eyes and nose were.", as_sent
            ),
            Attack("stretch", "Turn up the contrast under the mask as far as it goes.", stretched),
            Attack("unblend", "Subtract the color of the mask, knowing how strong it was.", unblended),
            Attack("denoise", "Smooth noise away, then turn up the contrast.", denoised),
            Attack("inpaint-telea", "Continue the surroundings into the hole (Telea).", inpainted_telea),
            Attack(
                "inpaint-ns",
                "Continue the surroundings into the hole (Navier–Stokes).",
                inpainted_navier_stokes,
            ),
            Attack("deblur", "Undo a blur.", deblurred),
        )
    }
)
"""Every attack by name, the plainest first."""


def _in_each_hole(observed: Observed, change: Patch) -> Pixels:
    """Apply `change` to the surroundings of each connected hidden area; only hidden pixels are taken over."""
    result = observed.pixels.copy()
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(observed.hidden.astype(np.uint8))
    for label in range(1, count):
        left, top, width, height, _ = (int(value) for value in boxes[label])
        margin = max(2, round(_MARGIN * max(width, height)))
        window = (
            slice(max(0, top - margin), top + height + margin),
            slice(max(0, left - margin), left + width + margin),
        )
        inside = labels[window] == label
        result[window][inside] = change(observed.pixels[window], inside)[inside]
    return result


def _with_hidden(observed: Observed, values: Pixels) -> Pixels:
    result = observed.pixels.copy()
    result[observed.hidden] = values
    return result


def _stretch(patch: Pixels, inside: Hidden) -> Pixels:
    low, high = np.percentile(patch[inside], _SPREAD, axis=0)
    span = np.where(high > low, high - low, 1)
    stretched = np.clip((patch - low) / span * 255, 0, 255)
    return np.where(high > low, np.rint(stretched), patch).astype(np.uint8)


def _at_most(side: int, patch: Pixels, inside: Hidden, change: Patch) -> Pixels:
    """Apply `change` to a picture whose longer side is at most `side`, and enlarge the result again."""
    height, width = inside.shape
    ratio = min(1.0, side / max(height, width))
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    small = np.asarray(cv2.resize(patch, size, interpolation=cv2.INTER_AREA), np.uint8)
    # A small pixel is hidden when any hidden pixel went into it.
    hole = np.asarray(cv2.resize(inside.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0)
    changed = change(small, hole)
    return np.asarray(cv2.resize(changed, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _without_noise(patch: Pixels, inside: Hidden) -> Pixels:
    # The visible surroundings are another picture; without them the means come from the hidden area alone.
    alone = np.where(inside[..., None], patch, np.uint8(0))
    sigma = noise_level(alone, inside)
    smooth = cv2.fastNlMeansDenoisingColored(alone, None, sigma, sigma, 5, 15)
    return _stretch(np.asarray(smooth, np.uint8), inside)


def noise_level(patch: Pixels, inside: Hidden) -> float:
    """Return the standard deviation of noise in a hidden area, in levels (Immerkær 1996)."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    grey = patch.astype(np.float32).mean(2)
    core = cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    if not core.any():
        return 0.0
    response = np.abs(cv2.filter2D(grey, cv2.CV_32F, kernel))[core]
    # The mean of three channels has less noise than each of them.
    return float(np.sqrt(np.pi / 2) / 6 * response.mean() * np.sqrt(3))


def _inpainted(patch: Pixels, inside: Hidden, method: int) -> Pixels:
    """Fill the hole in a smaller picture: what fills it is smooth anyway."""
    return _at_most(_INPAINT_SIDE, patch, inside, lambda small, hole: _fill(small, hole, method))


def _fill(patch: Pixels, inside: Hidden, method: int) -> Pixels:
    if inside.all():
        return patch
    return np.asarray(cv2.inpaint(patch, inside.astype(np.uint8), _INPAINT_REACH, method), np.uint8)


def _deblur(patch: Pixels, inside: Hidden) -> Pixels:
    sigma = max(0.6, _BLUR * float(np.sqrt(np.count_nonzero(inside))))
    seen = patch.astype(np.float32) + 1
    guess = seen.copy()
    for _ in range(_DEBLUR_STEPS):
        guess *= _blurred(seen / _blurred(guess, sigma), sigma)
    return np.clip(np.rint(guess - 1), 0, 255).astype(np.uint8)


def _blurred(picture: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
