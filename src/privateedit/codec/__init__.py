"""Bytes to photo and back: formats, orientation, color profiles, limits, metadata-free encoding."""

from privateedit.codec.decode import Opened, decode
from privateedit.codec.encode import PixelEncoder
from privateedit.codec.files import open_file, sync_folder, write_atomically
from privateedit.codec.final import WRITABLE, encode_final, require_fits
from privateedit.codec.inspection import ByteInspector
from privateedit.codec.limits import DEFAULT_LIMITS, Limits
from privateedit.codec.metadata import Metadata
from privateedit.codec.owner import Owners, owners_of
from privateedit.codec.region import edit_region

__all__ = [
    "DEFAULT_LIMITS",
    "WRITABLE",
    "ByteInspector",
    "Limits",
    "Metadata",
    "Opened",
    "Owners",
    "PixelEncoder",
    "decode",
    "edit_region",
    "encode_final",
    "open_file",
    "owners_of",
    "require_fits",
    "sync_folder",
    "write_atomically",
]
