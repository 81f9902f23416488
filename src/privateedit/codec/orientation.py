"""Which way up a picture is stored, and where its stored rows lie in the upright one."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
from PIL import ExifTags, Image

from privateedit.core.photo import Pixels

_View = Callable[[Pixels], Pixels]

# Each takes the upright picture and returns a view of it laid out as stored, undoing what EXIF asks for.
_AS_STORED: dict[int, _View] = {
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: np.rot90,
    7: lambda upright: upright[::-1, ::-1].swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}


def orientation_of(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 to 8, that still has to be applied to a loaded picture; 1 if unknown.

    Pillow also looks into XMP, and clears the tag where the decoder has turned the picture already (TIFF,
    HEIF). Damaged EXIF is no reason to refuse a picture, so it counts as upright.
    """
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except (
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        OSError,
        SyntaxError,
        TypeError,
        ValueError,
        struct.error,
    ):
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def swaps_sides(orientation: int) -> bool:
    """Tell whether the upright picture is as wide as the stored one is high."""
    return orientation >= 5


def as_stored(upright: Pixels, orientation: int) -> Pixels:
    """Return a writable view of `upright` in which row r, column c is the stored pixel at r, c."""
    view = _AS_STORED.get(orientation)
    return view(upright) if view else upright
