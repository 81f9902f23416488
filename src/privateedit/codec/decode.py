"""Bytes of a picture file in, upright sRGB pixels out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from PIL import Image

from privateedit.codec.color import converter
from privateedit.codec.containers import kind_of, largest_block, parser_for
from privateedit.codec.limits import DEFAULT_LIMITS, Limits
from privateedit.codec.metadata import Metadata, metadata_of
from privateedit.codec.orientation import as_stored, orientation_of, swaps_sides
from privateedit.codec.strictness import STRICT_AND_QUIET
from privateedit.codec.tiff import is_cut_off
from privateedit.core.photo import Photo, Pixels
from privateedit.errors import PrivateEditError, UnreadablePhoto

_STRIP_ROWS = 64
"""Rows converted at a time: few enough to stay in the processor's cache."""

_ONE_PIXEL = np.dtype("V3")
"""Three bytes moved as one, which makes turning a picture twice as fast."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A photo and, beside it, what its file said about it. The metadata never enters the photo.

    Attributes:
        photo: the pixels.
        metadata: EXIF and color profile.
        several: whether the file holds more pictures, of which this is the first.
        transparent: whether something could be seen through, which is white now.
        orientation: EXIF's, which has been applied.
    """

    photo: Photo
    metadata: Metadata
    several: bool = False
    transparent: bool = False
    orientation: int = 1


def decode(data: bytes, *, name: str = "The picture", limits: Limits = DEFAULT_LIMITS) -> Opened:
    """Return the picture as upright 8-bit sRGB, decoded once and within `limits`, or raise one error.

    Opens JPEG (MPO: its first picture), PNG, WebP, AVIF, HEIC/HEIF, TIFF, BMP, GIF and PPM; of an animation,
    the first frame. Orientation and color profile are applied, transparency is laid over white, 16 bits are
    scaled to 8.

    Args:
        data: the whole file.
        name: how messages call the picture, usually its file name.
        limits: bytes and pixels allowed.

    Raises:
        UnreadablePhoto: whatever is wrong with the bytes; no other exception comes out of a decoder.
    """
    name = _printable(name)
    limits.check_bytes(len(data), name)
    parser = parser_for(data)
    if parser is None:
        raise UnreadablePhoto(f"{name} is {kind_of(data)}.")
    with one_error(name), STRICT_AND_QUIET:
        if is_cut_off(data):
            raise UnreadablePhoto(f"{name} is truncated or damaged.")
        with parser(io.BytesIO(data)) as image:
            limits.check_pixels(*largest_block(image), name)
            return _opened(image, limits, name)


def _opened(image: Image.Image, limits: Limits, name: str) -> Opened:
    mode_is_known = converter(
        image.mode, None
    )  # a mode that cannot be converted is refused before it is decoded
    image.load()
    limits.check_pixels(*image.size, name)  # HEIF may turn out larger than announced
    metadata = metadata_of(image)
    convert = converter(image.mode, metadata.icc) if metadata.icc else mode_is_known
    orientation = orientation_of(image)
    width, height = image.size
    shape = (width, height, 3) if swaps_sides(orientation) else (height, width, 3)
    upright: Pixels = np.empty(shape, np.uint8)
    stored = as_stored(upright.view(_ONE_PIXEL), orientation)
    for top in range(0, height, _STRIP_ROWS):
        strip = image.crop((0, top, width, min(top + _STRIP_ROWS, height)))
        stored[top : top + _STRIP_ROWS] = convert(strip).view(_ONE_PIXEL)
    upright.flags.writeable = False  # read-only and its own: Photo takes it over without a copy
    several = bool(getattr(image, "is_animated", False))
    return Opened(Photo(upright), metadata, several, _see_through(image), orientation)


def _see_through(image: Image.Image) -> bool:
    if not image.has_transparency_data:
        return False
    full = image if "A" in image.getbands() else image.convert("RGBA")
    return bool(np.asarray(full.getchannel("A")).min() < 255)


@contextmanager
def one_error(name: str) -> Iterator[None]:
    """Turn whatever a decoder raises into one error about the picture called `name`."""
    try:
        yield
    except PrivateEditError:
        raise
    except MemoryError as error:
        raise UnreadablePhoto(f"{name} needs more memory than there is.") from error
    except Image.DecompressionBombError as error:
        raise UnreadablePhoto(f"{name} has more pixels than allowed.") from error
    except Exception as error:
        # Decoders raise whatever their parsing happens to trip over; each means the same to a person.
        raise UnreadablePhoto(f"{name} is truncated or damaged.") from error


def _printable(name: str) -> str:
    """File names may hold control characters, which must not reach a terminal through a message."""
    return "".join(character if character.isprintable() else "?" for character in name)
