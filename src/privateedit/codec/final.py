"""The file a person keeps: any common format, without metadata unless they asked to keep it."""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image

from privateedit.codec.color import transform_from_srgb
from privateedit.codec.encode import LONGEST_JPEG, jpeg
from privateedit.codec.metadata import Metadata, exif_for
from privateedit.codec.png import png
from privateedit.codec.strictness import STRICT_AND_QUIET
from privateedit.core.photo import Pixels, frozen_pixels
from privateedit.errors import InputError

_Extras = dict[str, bytes]
_LONGEST_SIDE = {
    ".jpeg": LONGEST_JPEG,
    ".jpg": LONGEST_JPEG,
    ".webp": 16_383,
    ".avif": 65_536,
    ".bmp": 32_767,
}
_LARGEST_PROFILE = 4 * 1024 * 1024


def encode_final(
    pixels: Pixels, suffix: str, *, metadata: Metadata | None = None, quality: int | None = None
) -> bytes:
    """Return the file for `suffix`: pixels only, or with the part of `metadata` that is safe to keep.

    EXIF is written anew: upright, with the new size, without thumbnail, maker's note and XMP. A color profile
    is kept when it is an RGB display profile, and the pixels are converted from sRGB into it.

    Args:
        pixels: H×W×3 uint8, sRGB.
        suffix: such as ``.jpg``, in any case.
        metadata: of the original, only if the user wants to keep it. BMP can hold none.
        quality: 0 to 100, of JPEG and WebP; None for the usual, which is high. Other formats have none.

    Raises:
        InputError: no writer for that suffix, or the picture does not fit into the format.
    """
    pixels = frozen_pixels(pixels)
    write = _WRITERS.get(suffix.lower())
    if write is not None and quality is not None and suffix.lower() in _WITH_QUALITY:
        write = _with(_WITH_QUALITY[suffix.lower()], quality=quality)
    if write is None:
        raise InputError(f"{suffix or 'No suffix'} cannot be written; use one of {', '.join(WRITABLE)}.")
    height, width = pixels.shape[:2]
    plainly = _PLAINLY.get(suffix.lower()) if metadata is None and quality is None else None
    with STRICT_AND_QUIET:
        if plainly is None:
            image, extras = _prepared(Image.fromarray(pixels), metadata)
            encode = partial(write, image, pixels, extras)
        else:  # Pillow's image takes four bytes a pixel, and time
            encode = partial(plainly, pixels)
        try:
            return encode()
        except InputError:
            raise
        except Exception as error:
            raise InputError(f"A picture of {width}×{height} cannot be written as {suffix}.") from error


def require_fits(suffix: str, width: int, height: int) -> None:
    """Refuse a size that a format cannot hold, without making the picture.

    Raises:
        InputError: a side is longer than the format of `suffix` counts.
    """
    longest = _LONGEST_SIDE.get(suffix.lower())
    if longest is not None and max(width, height) > longest:
        raise InputError(
            f"A picture of {width}×{height} cannot be written as {suffix}: {longest} is the most."
        )


def _prepared(image: Image.Image, metadata: Metadata | None) -> tuple[Image.Image, _Extras]:
    extras: _Extras = {}
    if metadata is None:
        return image, extras
    exif = exif_for(metadata.exif, *image.size) if metadata.exif else None
    if exif:
        extras["exif"] = exif
    if metadata.icc and len(metadata.icc) <= _LARGEST_PROFILE:
        usable, transform = transform_from_srgb(metadata.icc)
        if usable:
            extras["icc_profile"] = metadata.icc
            image = transform.apply(image) if transform else image
    return image, extras


_Writer = Callable[[Image.Image, Pixels, _Extras], bytes]


def _png(image: Image.Image, pixels: Pixels, extras: _Extras) -> bytes:
    exif = extras.get("exif", b"").removeprefix(b"Exif\0\0")
    shown = np.asarray(image) if extras else pixels  # else they are the same, and taking them out takes time
    return png(shown, profile=extras.get("icc_profile"), exif=exif)


def _with(image_format: str, **settings: int | str) -> _Writer:
    return lambda image, pixels, extras: _saved(image, image_format, extras, **settings)


def _bmp(image: Image.Image, pixels: Pixels, extras: _Extras) -> bytes:
    # A BMP cannot say which profile it is in, so it always gets the sRGB pixels.
    return _saved(Image.fromarray(pixels), "BMP", {})


def _heic(image: Image.Image, pixels: Pixels, extras: _Extras) -> bytes:
    library = importlib.import_module("pillow_heif")
    if not library.libheif_info()["HEIF"]:
        others = ", ".join(suffix for suffix in WRITABLE if _WRITERS[suffix] is not _heic)
        raise InputError(f"This installation cannot write HEIC; use one of {others}.")
    stream = io.BytesIO()
    library.from_pillow(image).save(stream, quality=92, chroma=444, **extras)
    return stream.getvalue()


def _saved(image: Image.Image, image_format: str, extras: _Extras, **settings: int | str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, image_format, **settings, **extras)
    return stream.getvalue()


_JPEG = _with("JPEG", quality=95, subsampling=0)
_WITH_QUALITY = {".jpeg": "JPEG", ".jpg": "JPEG", ".webp": "WEBP"}
_TIFF = _with("TIFF", compression="tiff_lzw")
_WRITERS: dict[str, _Writer] = {
    ".avif": _with("AVIF", quality=92, subsampling="4:4:4", speed=7),
    ".bmp": _bmp,
    ".heic": _heic,
    ".heif": _heic,
    ".jpeg": _JPEG,
    ".jpg": _JPEG,
    ".png": _png,
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".webp": _with("WEBP", quality=95, method=4),
}
_PLAINLY = {".jpeg": jpeg, ".jpg": jpeg, ".png": png}
"""What needs neither metadata nor a quality of its own."""
WRITABLE: tuple[str, ...] = tuple(sorted(_WRITERS))
"""The suffixes `encode_final` accepts."""
