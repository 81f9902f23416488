"""Hide pixels: at native size, with a hard edge, by a fill that knows nothing of the photo."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from privateedit.core.mask import Mask
from privateedit.core.photo import Photo, Pixels, frozen_pixels
from privateedit.core.ports import Entropy
from privateedit.errors import InputError, Refused

RGB = tuple[int, int, int]

_MIXED = object()
_NAMED: dict[str, RGB] = {
    "black": (0, 0, 0),
    "grey": (128, 128, 128),
    "gray": (128, 128, 128),
    "white": (255, 255, 255),
}


@dataclass(frozen=True, slots=True)
class Fill:
    """What hidden pixels become: one color, or noise from the system's generator (`color` is None)."""

    color: RGB | None = (0, 0, 0)

    @classmethod
    def parse(cls, text: str) -> Fill:
        """Read ``black``, ``grey``, ``white``, ``noise`` or ``#rrggbb``.

        Raises:
            InputError: the text is none of these.
        """
        word = text.strip().lower()
        if word == "noise":
            return cls(None)
        if word in _NAMED:
            return cls(_NAMED[word])
        if re.fullmatch(r"#[0-9a-f]{6}", word):
            red, green, blue = bytes.fromhex(word[1:])
            return cls((red, green, blue))
        raise InputError("The fill must be black, grey, white, noise or #rrggbb.")


@dataclass(frozen=True, eq=False, slots=True)
class Paint:
    """The hidden pixels' new values, fixed before the photo is looked at.

    `values` is 3 uint8 for a solid fill, or N×3 for the N hidden pixels in row order. Only `mixed` makes one,
    and it never sees the photo.

    Raises:
        Refused: it was not made by `mixed`.
    """

    fill: Fill
    values: Pixels = field(repr=False)
    mixed_here: object = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.mixed_here is not _MIXED:
            raise Refused("Paint is mixed from a fill and the system's generator, never from pixels.")

    @classmethod
    def mixed(cls, fill: Fill, mask: Mask, entropy: Entropy) -> Paint:
        """Draw the paint for `mask` from the fill and the system's generator alone."""
        if fill.color is not None:
            return cls(fill, np.array(fill.color, np.uint8), _MIXED)
        count = int(np.count_nonzero(mask.hidden))
        return cls(fill, np.frombuffer(entropy(3 * count), np.uint8).reshape(count, 3), _MIXED)


@dataclass(frozen=True, eq=False, slots=True)
class MaskedPhoto:
    """A photo whose hidden pixels are a function of mask and paint only; H×W×3 uint8 sRGB, read-only.

    Raises:
        Refused: a hidden pixel holds anything but the paint.
    """

    pixels: Pixels = field(repr=False)
    mask: Mask
    paint: Paint

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", frozen_pixels(self.pixels))
        if self.pixels.shape[:2] != self.mask.hidden.shape:
            raise InputError("The mask and the picture differ in size.")
        rows, columns = self.mask.bounds
        hidden = self.mask.hidden[rows, columns]
        if not np.array_equal(
            self.pixels[rows, columns][hidden], np.broadcast_to(self.paint.values, (hidden.sum(), 3))
        ):
            raise Refused("A hidden pixel does not hold the fill.")


def conceal(photo: Photo, mask: Mask, paint: Paint) -> MaskedPhoto:
    """Return the photo with every hidden pixel replaced by the paint, and no other pixel touched.

    Works at native size with a hard edge: feathering or resizing first would mix hidden pixels into visible
    ones.

    Raises:
        InputError: mask and photo differ in size.
    """
    if mask.hidden.shape != photo.pixels.shape[:2]:
        raise InputError(
            f"The mask is {mask.width}×{mask.height} but the photo is {photo.width}×{photo.height}."
        )
    pixels = photo.pixels.copy()
    rows, columns = mask.bounds
    pixels[rows, columns][mask.hidden[rows, columns]] = paint.values
    pixels.flags.writeable = False
    return MaskedPhoto(pixels, mask, paint)
