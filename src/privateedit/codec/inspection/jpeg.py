"""Accounts for every segment of a JPEG."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from privateedit.errors import Refused

_SOI, _EOI, _SOS, _DQT, _DHT, _DRI, _APP0 = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xE0
_SOF_BASELINE, _SOF_PROGRESSIVE = 0xC0, 0xC2
_JFIF = struct.Struct(">5sBBBHHBB")
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00]", re.DOTALL)
_RESTARTS = range(0xD0, 0xD8)


def check_jpeg(data: memoryview, width: int, height: int) -> None:
    """Return only for a JPEG of that size, three components, made of nothing but what decoding needs.

    Raises:
        Refused: comments, application segments other than one plain JFIF header, other sizes, malformed
            tables, bytes between or after the segments.
    """
    _Segments(data, width, height).check()


class _Segments:
    """One pass over a JPEG from start to end, remembering what has been seen."""

    def __init__(self, data: memoryview, width: int, height: int) -> None:
        self._data = data
        self._size = (width, height)
        self._offset = 2
        self._seen: set[int] = set()
        self._checks: dict[int, Callable[[memoryview], None]] = {
            _APP0: self._check_jfif,
            _DQT: _check_quantization,
            _DHT: _check_huffman,
            _DRI: _check_restart_interval,
            _SOF_BASELINE: self._check_frame,
            _SOF_PROGRESSIVE: self._check_frame,
            _SOS: self._check_scan,
        }

    def check(self) -> None:
        if bytes(self._data[:2]) != bytes((0xFF, _SOI)):
            raise Refused("The JPEG does not start as a JPEG.")
        while (marker := self._marker()) != _EOI:
            check = self._checks.get(marker)
            if check is None:
                raise Refused("The JPEG holds more than pixels.")
            body = self._body()
            check(body)
            self._seen.add(marker)
            if marker == _SOS:
                self._skip_scan()
        if _SOS not in self._seen:
            raise Refused("The JPEG holds no pixels.")
        if self._offset != len(self._data):
            raise Refused("The JPEG goes on after its end.")

    def _marker(self) -> int:
        marker = bytes(self._data[self._offset : self._offset + 2])
        if len(marker) < 2 or marker[0] != 0xFF:
            raise Refused("The JPEG has bytes between its segments, or no end.")
        self._offset += 2
        return marker[1]

    def _body(self) -> memoryview:
        start = self._offset + 2
        length = int.from_bytes(self._data[self._offset : start])
        end = self._offset + length
        if length < 2 or end > len(self._data):
            raise Refused("A segment of the JPEG is longer than the file.")
        self._offset = end
        return self._data[start:end]

    def _check_jfif(self, body: memoryview) -> None:
        if self._seen:
            raise Refused("The JPEG has its header in the wrong place or twice.")
        if len(body) != _JFIF.size:
            raise Refused("The JPEG's header holds more than a header.")
        name, major, minor, units, _, _, thumbnail_width, thumbnail_height = _JFIF.unpack(body)
        if name != b"JFIF\0" or major != 1 or minor > 2 or units > 2:
            raise Refused("The JPEG's header is not a JFIF header.")
        if thumbnail_width or thumbnail_height:
            raise Refused("The JPEG's header holds a thumbnail.")

    def _check_frame(self, body: memoryview) -> None:
        if self._seen & {_SOF_BASELINE, _SOF_PROGRESSIVE}:
            raise Refused("The JPEG holds more than one picture.")
        if len(body) != 15:
            raise Refused("The JPEG does not have three components.")
        depth, height, width, components = struct.unpack_from(">BHHB", body)
        if (width, height) != self._size:
            raise Refused("The JPEG does not have the expected size.")
        if depth != 8 or components != 3 or bytes(body[6::3]) != b"\x01\x02\x03":
            raise Refused("The JPEG is not 8-bit color.")
        if any(factor not in (0x11, 0x12, 0x21, 0x22) for factor in body[7::3]) or max(body[8::3]) > 3:
            raise Refused("The JPEG has an unusual layout.")

    def _check_scan(self, body: memoryview) -> None:
        if not self._seen & {_SOF_BASELINE, _SOF_PROGRESSIVE}:
            raise Refused("The JPEG has pixels before its size.")
        if not body or not 1 <= body[0] <= 3 or len(body) != 4 + 2 * body[0]:
            raise Refused("A scan of the JPEG is malformed.")
        if _SOF_BASELINE in self._seen and (_SOS in self._seen or bytes(body[-3:]) != b"\x00\x3f\x00"):
            raise Refused("The JPEG holds a second picture.")

    def _skip_scan(self) -> None:
        """Move to the first marker that is not a restart. Stuffed zeros keep pixels from looking like one."""
        start = self._offset
        for found in _MARKER_IN_SCAN.finditer(self._data, start):
            if self._data[found.start() + 1] in _RESTARTS and _DRI in self._seen:
                continue
            if found.start() == start:
                raise Refused("A scan of the JPEG is empty.")
            self._offset = found.start()
            return
        raise Refused("The JPEG has no end.")


def _check_quantization(body: memoryview) -> None:
    offset = 0
    while offset < len(body):
        precision, table = divmod(body[offset], 16)
        if precision > 1 or table > 3:
            raise Refused("A table of the JPEG is malformed.")
        offset += 1 + 64 * (1 + precision)
    _check_exhausted(offset, body)


def _check_huffman(body: memoryview) -> None:
    offset = 0
    while offset < len(body):
        kind, table = divmod(body[offset], 16)
        symbols = sum(body[offset + 1 : offset + 17])
        if kind > 1 or table > 3 or symbols > 256:
            raise Refused("A table of the JPEG is malformed.")
        offset += 17 + symbols
    _check_exhausted(offset, body)


def _check_restart_interval(body: memoryview) -> None:
    _check_exhausted(2, body)


def _check_exhausted(offset: int, body: memoryview) -> None:
    if offset != len(body) or not offset:
        raise Refused("A table of the JPEG is malformed.")
