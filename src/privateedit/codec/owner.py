"""Names of people in a file's metadata: who took the picture, who owns it, who is in it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from PIL import ExifTags, Image

from privateedit.codec.metadata import DAMAGED, Metadata
from privateedit.codec.strictness import STRICT_AND_QUIET

_Base = ExifTags.Base
_CAMERA_OWNER = 0xA430
_LONGEST = 1024
_MOST_XMP = 1_048_576
_XMP_FIELDS = {
    "artists": ("dc:creator", "tiff:Artist", "photoshop:CaptionWriter"),
    "owners": (
        "dc:rights",
        "aux:OwnerName",
        "exifEX:CameraOwnerName",
        "xmpRights:Owner",
        "plus:CopyrightOwner",
    ),
    "persons": (
        "Iptc4xmpExt:PersonInImage",
        "Iptc4xmpExt:PersonName",
        "mwg-rs:Name",
        "MPReg:PersonDisplayName",
    ),
}
_IPTC_FIELDS = {"artists": (80, 122), "owners": (116,), "persons": ()}
_TAG = re.compile(r"<[^<>]{0,1024}>")


@dataclass(frozen=True, slots=True)
class Owners:
    """Texts that name people, as the file has them; `repr` shows none of them."""

    artists: tuple[str, ...] = field(default=(), repr=False)
    owners: tuple[str, ...] = field(default=(), repr=False)
    persons: tuple[str, ...] = field(default=(), repr=False)


def owners_of(metadata: Metadata) -> Owners:
    """Return the names in EXIF, XMP and IPTC; a damaged part counts as absent.

    Artist: EXIF Artist and XPAuthor, XMP creator, IPTC by-line and writer. Owner: EXIF Copyright and camera
    owner, XMP rights and owner, IPTC copyright notice. Person: XMP person in image and face regions.
    """
    exif = _from_exif(metadata.exif) if metadata.exif else {}
    xmp = metadata.xmp[:_MOST_XMP].decode("utf-8", "replace") if metadata.xmp else ""
    iptc = list(_records(metadata.iptc)) if metadata.iptc else []
    found = {
        kind: (
            *exif.get(kind, ()),
            *(text for name in _XMP_FIELDS[kind] for text in _from_xmp(xmp, name)),
            *(text for dataset, text in iptc if dataset in _IPTC_FIELDS[kind]),
        )
        for kind in _XMP_FIELDS
    }
    return Owners(**{kind: _distinct(texts) for kind, texts in found.items()})


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    cleaned = (" ".join(text.split())[:_LONGEST] for text in texts)
    return tuple(dict.fromkeys(text for text in cleaned if text))


def _from_exif(block: bytes) -> dict[str, list[str]]:
    with STRICT_AND_QUIET:
        try:
            exif = Image.Exif()
            exif.load(block)
            detail = exif.get_ifd(ExifTags.IFD.Exif)
            artists = [_text(exif.get(_Base.Artist)), _wide(exif.get(_Base.XPAuthor))]
            return {
                "artists": artists,
                "owners": [_text(exif.get(_Base.Copyright)), _text(detail.get(_CAMERA_OWNER))],
            }
        except DAMAGED:
            return {}


def _text(value: object) -> str:
    """EXIF text is ASCII by its standard and UTF-8 in practice; Pillow reads it as Latin-1."""
    data = value.encode("latin-1", "replace") if isinstance(value, str) else value
    if not isinstance(data, bytes):
        return ""
    try:
        return data.decode("utf-8").replace("\0", " ")
    except UnicodeDecodeError:
        return data.decode("latin-1").replace("\0", " ")


def _wide(value: object) -> str:
    if isinstance(value, tuple) and all(isinstance(each, int) and 0 <= each <= 255 for each in value):
        value = bytes(value)
    return value.decode("utf-16-le", "ignore").replace("\0", " ") if isinstance(value, bytes) else ""


def _from_xmp(xmp: str, name: str) -> Iterator[str]:
    """Yield the texts of a field, written as an element or as an attribute.

    Read with patterns, not as XML: the block is hostile input, and prefixes are the usual ones in practice.
    """
    start = 0
    opening, closing = f"<{name}", f"</{name}>"
    while (begin := xmp.find(opening, start)) >= 0 and (end := xmp.find(closing, begin)) >= 0:
        inner = xmp[xmp.find(">", begin) + 1 : end]
        yield from (html.unescape(text) for text in _TAG.split(inner))
        start = end + len(closing)
    for match in re.finditer(
        rf"""\s{re.escape(name)}\s?=\s?(?:"([^"<]{{0,1024}})"|'([^'<]{{0,1024}})')""", xmp
    ):
        yield html.unescape(match[1] or match[2] or "")


def _records(block: bytes) -> Iterator[tuple[int, str]]:
    """Yield number and text of each data set of record 2 (IPTC-IIM 4.2, part II)."""
    at = 0
    while at + 5 <= len(block) and block[at] == 0x1C:
        size = int.from_bytes(block[at + 3 : at + 5], "big")
        if size & 0x8000:
            return  # an extended data set holds pictures, not names
        if block[at + 1] == 2:
            yield block[at + 2], _text(block[at + 5 : at + 5 + size])
        at += 5 + size
