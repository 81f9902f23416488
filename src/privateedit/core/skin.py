"""Where a face's skin shows in a picture, and how one face's skin differs from another's."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.blend import smoothstep
from privateedit.core.channels import length
from privateedit.core.mask import Hidden
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single

_CHROMA, _LIGHT, _SHADE = 6.0, 13.0, 26.0  # CIE L*a*b* units that skin varies around its local color
_BEARD = np.array([16, 9, 9], np.float32)  # the same for a beard's one color
_SURE, _LOST = 1.0, 2.4  # of those, where skin begins to be doubted, and ends
_STRONGEST = 0.9  # natural logarithm of the largest change of tone
_BLACK = 12.0  # levels, so that noise in shadows is no ratio


@dataclass(frozen=True, eq=False, slots=True)
class Skin:
    """Skin of one face in one picture.

    Attributes:
        lab: float32 H×W×3, the picture in L*a*b*.
        share: float32 H×W in [0, 1], 1 where a pixel looks like this face's skin, in light or shade.
        color: float32 H×W×3, L*a*b* of the skin around there, continued where there is none.
    """

    lab: Floats
    share: Floats
    color: Floats


def skin_of(lab: Floats, cheeks: Hidden) -> Skin:
    """Return where skin like that of `cheeks` (H×W bool, mostly skin) shows in float32 H×W×3 L*a*b*.

    Light on a face falls off to one side: its skin is a plane over the picture, fitted robustly, which hair
    or a beard over parts of it cannot bend. Beyond the cheeks' own extent the plane is continued flat.
    """
    rows, columns = np.nonzero(cheeks)
    if len(rows) < 32:
        return Skin(lab, np.zeros(cheeks.shape, np.float32), lab)
    half = max(float(np.ptp(rows)), float(np.ptp(columns)), 1.0) / 2

    def place(y: NDArray[np.generic], x: NDArray[np.generic]) -> NDArray[np.float64]:
        low, high = (rows.min(), columns.min()), (rows.max(), columns.max())
        y, x = np.broadcast_arrays(np.clip(y, low[0], high[0]), np.clip(x, low[1], high[1]))
        return np.stack([np.ones(y.shape), (y - rows.mean()) / half, (x - columns.mean()) / half], -1)

    samples, design = lab[rows, columns].astype(np.float64), place(rows, columns)
    plane = np.zeros((3, 3))
    plane[0] = np.median(samples, axis=0)
    for _ in range(6):
        weights = skin_share(samples, design @ plane)[:, None] + 1e-3
        ridge = np.diag([0.0, 0.02, 0.02]) * weights.sum()
        plane = np.linalg.solve((design * weights).T @ design + ridge, (design * weights).T @ samples)
    height, width = cheeks.shape
    every, first = np.arange(height), np.arange(width)
    down, across = place(every, columns[:1]) * (1, 1, 0) @ plane, place(rows[:1], first)[:, 2:] @ plane[2:]
    color = single(down[:, None] + across[None, :])
    return Skin(lab, skin_share(lab, color), color)


def beard_of(skin: Skin, chin: Hidden) -> Floats:
    """Return float32 H×W in [0, 1]: how much a pixel looks like the beard on `chin` (H×W bool), if any."""
    hairy = chin & (skin.share < 0.35)
    if np.count_nonzero(hairy) < 0.12 * np.count_nonzero(chin) + 8:
        return np.zeros_like(skin.share)
    color = np.median(skin.lab[hairy], axis=0)
    apart = length(single((skin.lab - single(color)) / _BEARD))
    return single(1 - smoothstep((apart - 0.8) / 1.2))


def skin_share(lab: NDArray[np.floating], color: NDArray[np.floating]) -> Floats:
    """Return how much L*a*b* colors (…×3) look like skin of `color`, in light or shade; float32 in [0, 1]."""
    # In place, as large arrays take longer to get than to compute.
    misfit, red, yellow = (lab[..., channel] - color[..., channel] for channel in range(3))
    dark = misfit / _SHADE
    misfit /= _LIGHT
    np.maximum(misfit, dark, out=misfit)  # the one for its sign
    red *= red
    yellow *= yellow
    red += yellow
    red /= _CHROMA**2
    misfit *= misfit
    misfit += red
    np.sqrt(misfit, out=misfit)
    misfit -= _SURE
    misfit /= _LOST - _SURE
    return single(1 - smoothstep(misfit))


def tone_change(first: Skin, second: Skin) -> Floats:
    """Return float32 H×W×3, the logarithm of the factors that give the second skin the tone of the first.

    Known everywhere, because both skins are planes; bounded, because light beyond what the cheeks show is
    guessed.
    """
    levels = [cv2.cvtColor(each.color, cv2.COLOR_LAB2RGB) * 255 + _BLACK for each in (first, second)]
    return single(np.clip(np.log(levels[0] / levels[1]), -_STRONGEST, _STRONGEST))


def toned(pixels: Floats, change: Floats) -> Floats:
    """Return float32 levels with a change of tone of any smaller size applied."""
    height, width = pixels.shape[:2]
    factors = single(cv2.resize(np.exp(change), (width, height), interpolation=cv2.INTER_LINEAR))
    return single((pixels + np.float32(_BLACK)) * factors - np.float32(_BLACK))
