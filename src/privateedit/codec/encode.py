"""`PixelEncoder`: bytes that hold the pixels of a picture and nothing else."""

from __future__ import annotations

import io

import cv2
from PIL import Image

from privateedit.codec.png import png
from privateedit.core.framing import ImageFormat
from privateedit.core.photo import Pixels, frozen_pixels
from privateedit.errors import InputError

LONGEST_JPEG = 65_500
"""Pixels of a side, as the library counts them."""

_JPEG = (
    *(cv2.IMWRITE_JPEG_QUALITY, 95),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
)


class PixelEncoder:
    """Encodes RGB pixels afresh: equal pixels give equal bytes, with no metadata, profile or date.

    PNG and WebP are lossless, so that the border of the mask stays hard and every visible pixel can be
    compared with what comes back. JPEG is quality 95 without chroma subsampling, for services that take
    nothing else or when size matters: subsampling would mix colors across the mask's border.

    Lossy WebP is not offered: it always halves the chroma, and JPEG already serves small sizes.

    PNG is written here (`codec.png`), JPEG by OpenCV, which gives the bytes that Pillow gives, in two thirds
    of the time and without a copy of four bytes a pixel; WebP by Pillow. None encodes in several threads.
    """

    def encode(self, pixels: Pixels, image_format: ImageFormat) -> bytes:
        """Return the encoded picture; bit-identical for identical pixels on one installation.

        Raises:
            InputError: not H×W×3 uint8, or larger than the format can hold.
        """
        pixels = frozen_pixels(pixels)
        try:
            if image_format == "png":
                return png(pixels)
            if image_format == "jpeg":
                return jpeg(pixels)
            if image_format == "webp":
                return _with_pillow(pixels, "WEBP", lossless=True, quality=0, method=0, exact=True)
        except (OSError, ValueError) as error:
            height, width = pixels.shape[:2]
            raise InputError(f"A picture of {width}×{height} does not fit into {image_format}.") from error
        raise InputError(f"Pictures are sent as png, jpeg or webp, not {image_format}.")


def jpeg(pixels: Pixels) -> bytes:
    """Return H×W×3 uint8 RGB as a JPEG of quality 95 with full chroma and no metadata.

    Raises:
        ValueError: a side is longer than the format, or its library, counts.
        MemoryError: there is not enough memory.
    """
    if max(pixels.shape) > LONGEST_JPEG:  # OpenCV would say so on standard error
        raise ValueError
    try:
        written, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), _JPEG)
    except cv2.error as error:
        raise MemoryError from error  # pixels that fit a picture lack nothing else
    if not written:
        raise MemoryError
    return data.tobytes()


def _with_pillow(pixels: Pixels, image_format: str, **settings: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, image_format, **settings)
    return stream.getvalue()
