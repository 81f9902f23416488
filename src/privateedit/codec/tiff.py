"""Tells a cut-off TIFF from a whole one.

A TIFF may keep its directory, and the longer values in it, at its very end. Pillow answers a missing one with
no more than a warning and goes on without that tag, so that a picture can come out inverted or in stripes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

SIGNATURES = (b"II\x2a\x00", b"MM\x00\x2a", b"II\x2b\x00", b"MM\x00\x2b")

_VALUE_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_FIRST_PRIVATE_TAG = 0x8000
"""From here on tags describe, they do not lay out pixels; a damaged one does no harm to the picture."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the parts of a directory lie; BigTIFF has wider fields."""

    start: struct.Struct
    start_at: int
    count: struct.Struct
    entry: struct.Struct


def is_cut_off(data: bytes) -> bool:
    """Return True for a TIFF whose first directory, or a value it needs, lies beyond the end of the file."""
    if not data.startswith(SIGNATURES):
        return False
    layout = _layout(data)
    try:
        (start,) = layout.start.unpack_from(data, layout.start_at)
        (count,) = layout.count.unpack_from(data, start)
        first = start + layout.count.size
        if first + count * layout.entry.size > len(data):
            return True
        entries = (layout.entry.unpack_from(data, first + n * layout.entry.size) for n in range(count))
        return any(_is_beyond(len(data), layout, entry) for entry in entries)
    except (struct.error, OverflowError):
        return True


def _layout(data: bytes) -> _Layout:
    order = "<" if data[:2] == b"II" else ">"
    if 0x2B in data[2:4]:
        wide = struct.Struct(order + "Q")
        return _Layout(wide, 8, wide, struct.Struct(order + "HHQQ"))
    return _Layout(struct.Struct(order + "I"), 4, struct.Struct(order + "H"), struct.Struct(order + "HHII"))


def _is_beyond(end: int, layout: _Layout, entry: tuple[int, int, int, int]) -> bool:
    tag, kind, count, offset = entry
    size = _VALUE_SIZES.get(kind, 0) * count
    inline = layout.start.size  # a value that fits into the offset's place is stored there
    return tag < _FIRST_PRIVATE_TAG and size > inline and offset + size > end
