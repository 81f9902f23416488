"""What a file said beside its pixels, and the part of it that may go into a result."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from PIL import ExifTags, Image

from privateedit.codec.strictness import STRICT_AND_QUIET

_Base = ExifTags.Base
_KEPT_TAGS = frozenset(
    (
        _Base.ImageDescription,
        _Base.Make,
        _Base.Model,
        _Base.XResolution,
        _Base.YResolution,
        _Base.ResolutionUnit,
        _Base.Software,
        _Base.DateTime,
        _Base.Artist,
        _Base.HostComputer,
        _Base.Rating,
        _Base.Copyright,
        _Base.XPTitle,
        _Base.XPComment,
        _Base.XPAuthor,
        _Base.XPKeywords,
        _Base.XPSubject,
    )
)
# Exposure, dates, lens and the like. The maker's note lies in this range too, but may hold previews.
_KEPT_EXIF_TAGS = frozenset(range(0x829A, 0xA500)) - {_Base.MakerNote, _Base.ExifInteroperabilityOffset}
_KEPT_GPS_TAGS = frozenset(range(32))
_XMP_TAG, _IPTC_TAG, _IPTC_RESOURCE = 0x02BC, 0x83BB, 0x0404
_LONGEST_VALUE = 4096
"""Bytes; no recognizable picture hides in less, and no ordinary tag needs more."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """EXIF, ICC profile, XMP and IPTC of an opened file, unchanged; `repr` shows sizes, never content.

    XMP and IPTC are only read for the names in them (`owner`); no result ever gets them.
    """

    exif: bytes | None = field(default=None, repr=False)
    icc: bytes | None = field(default=None, repr=False)
    xmp: bytes | None = field(default=None, repr=False)
    iptc: bytes | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        kept = {"exif": self.exif, "icc": self.icc}
        read = {"xmp": self.xmp, "iptc": self.iptc}
        shown = {**kept, **{name: block for name, block in read.items() if block is not None}}
        return f"Metadata({', '.join(f'{name}={_size(block)}' for name, block in shown.items())})"


def _size(block: bytes | None) -> str:
    return "none" if block is None else f"{len(block)} bytes"


def metadata_of(image: Image.Image) -> Metadata:
    """Return the metadata of a loaded picture; a damaged part counts as absent."""
    exif = image.info.get("exif")
    if exif is None and image.format == "TIFF":
        exif = _directory_of(image)
    icc = image.info.get("icc_profile")
    return Metadata(
        exif=exif if isinstance(exif, bytes) and exif else None,
        icc=icc if isinstance(icc, bytes) and icc else None,
        xmp=_xmp_of(image),
        iptc=_iptc_of(image),
    )


def _xmp_of(image: Image.Image) -> bytes | None:
    block = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if block is None and image.format == "TIFF":
        block = _tiff_tag(image, _XMP_TAG)
    return _bytes_of(block)


def _iptc_of(image: Image.Image) -> bytes | None:
    resources = image.info.get("photoshop")
    block = resources.get(_IPTC_RESOURCE) if isinstance(resources, dict) else None
    if block is None and image.format == "TIFF":
        block = _tiff_tag(image, _IPTC_TAG)
    return _bytes_of(block)


def _tiff_tag(image: Image.Image, tag: int) -> object:
    try:
        return image.getexif().get(tag)
    except DAMAGED:
        return None


def _bytes_of(block: object) -> bytes | None:
    if isinstance(block, str):
        block = block.encode("utf-8", "replace")
    return block if isinstance(block, bytes) and block else None


def _directory_of(image: Image.Image) -> bytes | None:
    """A TIFF keeps its EXIF tags among the ones that lay out the picture; only the former are taken."""
    try:
        kept = _kept(image.getexif())
        return kept.tobytes() if len(kept) else None
    except DAMAGED:
        return None


def exif_for(exif: bytes, width: int, height: int) -> bytes | None:
    """Return EXIF that fits a new picture of that size, or None if `exif` cannot be read.

    Written anew from a list of known tags: upright, without the thumbnail (it shows the picture before the
    edit), without the maker's note, XMP or any value long enough to hold a preview.
    """
    with STRICT_AND_QUIET:
        try:
            original = Image.Exif()
            original.load(exif)
            kept = _kept(original)
            detail = kept.get(ExifTags.IFD.Exif, {})
            for tag, length in ((_Base.ExifImageWidth, width), (_Base.ExifImageHeight, height)):
                if tag in detail:
                    detail[tag] = length
            kept[_Base.Orientation] = 1
            return kept.tobytes()
        except DAMAGED:
            return None


def _kept(original: Image.Exif) -> Image.Exif:
    kept = Image.Exif()
    for tag, value in _selected(original, _KEPT_TAGS):
        kept[tag] = value
    for directory, tags in ((ExifTags.IFD.Exif, _KEPT_EXIF_TAGS), (ExifTags.IFD.GPSInfo, _KEPT_GPS_TAGS)):
        chosen = dict(_selected(original.get_ifd(directory), tags))
        if chosen:
            kept[directory] = chosen
    return kept


def _selected(directory: Mapping[int, object], tags: frozenset[int]) -> Iterable[tuple[int, object]]:
    for tag in sorted(tags.intersection(directory)):
        value = directory[tag]
        if not _is_long(value):
            yield tag, value


def _is_long(value: object) -> bool:
    if isinstance(value, (bytes, str)):
        return len(value) > _LONGEST_VALUE
    if isinstance(value, tuple):
        return 8 * len(value) > _LONGEST_VALUE
    return isinstance(value, dict)


DAMAGED = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
