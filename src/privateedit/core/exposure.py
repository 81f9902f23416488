"""What an attacker gets back from a see-through mask: the photo, almost."""

from __future__ import annotations

import numpy as np

from privateedit.core.conceal import MaskedPhoto
from privateedit.core.mask import Hidden
from privateedit.core.photo import Photo, Pixels

IDENTICAL = 99.0
"""Decibels that stand for no difference at all."""

_MIDDLE_GREY = (128, 128, 128)


def recovered(masked: MaskedPhoto) -> Pixels:
    """Return the exposed picture with the fill subtracted again: H×W×3 uint8, as anybody could compute it.

    Of a noise fill an attacker knows the mean alone. A picture that is not exposed comes back as it is.
    """
    if not masked.exposed:
        return masked.pixels
    pixels = masked.pixels.copy()
    rows, columns = masked.mask.bounds
    hidden = masked.mask.hidden[rows, columns]
    fill = np.array(masked.paint.fill.color or _MIDDLE_GREY, np.float64)
    seen = pixels[rows, columns][hidden].astype(np.float64)
    stretched = (seen - (1 - masked.exposure) * fill) / masked.exposure
    pixels[rows, columns][hidden] = np.clip(np.rint(stretched), 0, 255).astype(np.uint8)
    return pixels


def recovered_psnr(photo: Photo, masked: MaskedPhoto) -> float:
    """Return how well `recovered` matches the photo under the mask: peak signal-to-noise ratio in decibels.

    30 dB and more looks like the photo; 99 stands for an exact copy.
    """
    window = masked.mask.bounds
    return psnr(recovered(masked)[window], photo.pixels[window], masked.mask.hidden[window])


def psnr(first: Pixels, second: Pixels, where: Hidden) -> float:
    """Return the peak signal-to-noise ratio of two pictures under a mask, in decibels; 99 is a copy."""
    difference = first[where].astype(np.float64) - second[where]
    error = float(np.mean(np.square(difference))) if difference.size else 0.0
    return min(IDENTICAL, float(10 * np.log10(255.0**2 / error))) if error > 0 else IDENTICAL
