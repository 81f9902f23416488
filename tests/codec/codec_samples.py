"""Small pictures and files made on the spot, so that no binary file needs to be kept."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageCms

from privateedit.core.photo import Pixels


def picture(width: int = 56, height: int = 40) -> Pixels:
    """A picture without any symmetry: smooth, with one rough patch."""
    y, x = np.mgrid[:height, :width]
    pixels = np.stack([x * 255 // width, y * 255 // height, (x + y) * 2 % 256], axis=-1).astype(np.uint8)
    patch = pixels[: height // 3, : width // 3]
    patch[:] = np.random.default_rng(7).integers(0, 256, patch.shape, np.uint8)
    return pixels


def saved(image_format: str, image: Image.Image | None = None, **settings: object) -> bytes:
    stream = io.BytesIO()
    (image or Image.fromarray(picture())).save(stream, image_format, **settings)
    return stream.getvalue()


def heic(pixels: Pixels, **settings: object) -> bytes:
    stream = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(pixels)).save(stream, quality=95, chroma=444, **settings)
    return stream.getvalue()


def exif(orientation: int = 1, **tags: object) -> bytes:
    block = Image.Exif()
    block[0x0112] = orientation
    for name, value in tags.items():
        block[getattr(__import__("PIL.ExifTags").ExifTags.Base, name)] = value
    return block.tobytes()


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_header(width: int, height: int, depth: int = 8, color: int = 2, interlace: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace))


def png(pixels: NDArray[np.generic], color: int, *extra: bytes) -> bytes:
    """Write 8- or 16-bit samples as they are; Pillow cannot write 16-bit color."""
    height, width = pixels.shape[:2]
    depth = 8 * pixels.dtype.itemsize
    big_endian = pixels.astype(pixels.dtype.newbyteorder(">"))
    rows = b"".join(b"\0" + row.tobytes() for row in big_endian)
    header = png_header(width, height, depth, color)
    return b"".join((PNG_SIGNATURE, header, *extra, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND")))


def tiff(pixels: NDArray[np.generic], photometric: int, order: str = "<") -> bytes:
    """Write a TIFF with its directory, and the values beside it, at the very end."""
    height, width = pixels.shape[:2]
    samples = pixels.shape[2] if pixels.ndim == 3 else 1
    kind = 3 if pixels.dtype.kind == "f" else 1
    strip = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    strip += b"\0" * (len(strip) % 2)
    bits_at = 8 + len(strip) + 2 + 12 * 10 + 4
    bits = 8 * pixels.dtype.itemsize
    entries = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, samples, bits_at if samples > 2 else bits),
        (259, 3, 1, 1),
        (262, 3, 1, photometric),
        (273, 4, 1, 8),
        (277, 3, 1, samples),
        (278, 4, 1, height),
        (279, 4, 1, pixels.nbytes),
        (339, 3, 1, kind),
    ]
    directory = struct.pack(order + "H", len(entries))
    for tag, field, count, value in entries:
        short = field == 3 and count == 1
        packed = struct.pack(order + "HH", value, 0) if short else struct.pack(order + "I", value)
        directory += struct.pack(order + "HHI", tag, field, count) + packed
    mark = b"II\x2a\0" if order == "<" else b"MM\0\x2a"
    start = struct.pack(order + "I", 8 + len(strip))
    return mark + start + strip + directory + b"\0" * 4 + struct.pack(order + "H", bits) * samples


def swapped_profile() -> bytes:
    """An sRGB profile whose red and blue colorants are exchanged: valid, and impossible to miss."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")


@cache  # a profile holds the second it was made in
def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
