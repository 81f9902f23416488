"""Recognizes a picture's format by its first bytes and opens it with that one parser.

Pillow's own `Image.open` would try parsers in turn and warn in passing. Here a signature leads to exactly
one class, so the parsers of exotic formats (EPS, PSD, FITS, ...) are not even imported, and an MPO is simply
the JPEG it starts with.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable

from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.PpmImagePlugin import PpmImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from privateedit.codec.tiff import SIGNATURES as TIFF_SIGNATURES

Parser = Callable[[io.BytesIO], Image.Image]

_PARSERS: tuple[tuple[tuple[bytes, ...], Parser], ...] = (
    ((b"\xff\xd8\xff",), JpegImageFile),
    ((b"\x89PNG\r\n\x1a\n",), PngImageFile),
    ((b"GIF87a", b"GIF89a"), GifImageFile),
    (TIFF_SIGNATURES, TiffImageFile),
    ((b"BM",), BmpImageFile),
    ((b"P1", b"P2", b"P3", b"P4", b"P5", b"P6"), PpmImageFile),
)
_OTHERS: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"<!doctype", b"<html", b"<head", b"<body"), "a web page, perhaps an error message of the service"),
    ((b"{", b"["), "a text, perhaps an answer of the service that holds the picture or an error message"),
    ((b"pk\x03\x04",), "an archive; unpack it first"),
    ((b"%pdf",), "a PDF document"),
    ((b"<?xml", b"<svg"), "a drawing or document in XML"),
)
_HEIF_BRANDS = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")
)
_TILE_WIDTH, _TILE_LENGTH = 322, 323


def parser_for(data: bytes) -> Parser | None:
    """Return the one parser for `data`'s signature, or None when it is no format PrivateEdit opens."""
    if data[4:8] == b"ftyp":
        return _parser_for_brands(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WebPImageFile
    for signatures, parser in _PARSERS:
        if data.startswith(signatures):
            return parser
    return None


def kind_of(data: bytes) -> str:
    """Say what bytes without a picture's signature are, to finish "The file is …"."""
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for signatures, words in _OTHERS:
        if start.startswith(signatures):
            return f"{words}, not a picture"
    return "not in a picture format that PrivateEdit opens"


def _parser_for_brands(data: bytes) -> Parser | None:
    """AVIF and HEIC share a container; the brands in its first box tell them apart."""
    box = data[: min(int.from_bytes(data[:4]), 256)]
    brands = {box[8:12]} | {box[offset : offset + 4] for offset in range(16, len(box) - 3, 4)}
    if brands & {b"avif", b"avis"}:
        return AvifImageFile
    return _open_heif if brands & _HEIF_BRANDS else None


def _open_heif(stream: io.BytesIO) -> Image.Image:
    # Loading libheif costs time that most pictures need not pay. Using the class itself, unregistered, leaves
    # Pillow's global tables alone, so threads cannot meet half-registered state.
    opened = importlib.import_module("pillow_heif").HeifImageFile(stream)
    assert isinstance(opened, Image.Image)  # noqa: S101 (tells the type checker what the import hides)
    return opened


def largest_block(image: Image.Image) -> tuple[int, int]:
    """Return the size that decoding will allocate at once: the picture's, or its tile's if that is larger."""
    width, height = image.size
    if isinstance(image, TiffImageFile):
        tile_width = int(image.tag_v2.get(_TILE_WIDTH, 0))
        tile_height = int(image.tag_v2.get(_TILE_LENGTH, 0))
        if tile_width * tile_height > width * height:
            return tile_width, tile_height
    return width, height
