"""Accounts for every byte of a PNG.

What igzip wrote is inflated by zlib-ng, which shares no code with it and takes half of zlib's time.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from zlib_ng import zlib_ng

from privateedit.errors import Refused

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_IHDR = struct.Struct(">IIBBBBB")
_EIGHT_BIT_RGB_NOT_INTERLACED = (8, 2, 0, 0, 0)
_INFLATED_AT_ONCE = 1 << 20
_NOT_DEFLATED: type[Exception] = zlib_ng.error  # type: ignore[assignment]  # the stub has an instance


def check_png(data: memoryview, width: int, height: int) -> None:
    """Return only for IHDR, IDATs that inflate to exactly the picture, IEND, and nothing else.

    Raises:
        Refused: any other chunk, order, size, checksum, or a byte left over inside or outside the chunks.
    """
    if data[: len(_SIGNATURE)] != _SIGNATURE:
        raise Refused("The PNG does not start as a PNG.")
    chunks = _chunks(data)
    kind, body = next(chunks, (b"", memoryview(b"")))
    if kind != b"IHDR" or len(body) != _IHDR.size:
        raise Refused("The PNG does not begin with its header.")
    if _IHDR.unpack(body) != (width, height, *_EIGHT_BIT_RGB_NOT_INTERLACED):
        raise Refused("The PNG is not 8-bit RGB of the expected size.")
    scanlines = _Scanlines(width, height)
    for kind, body in chunks:
        if kind == b"IEND":
            break
        if kind != b"IDAT":
            raise Refused("The PNG holds more than pixels.")
        scanlines.feed(body)
    else:
        raise Refused("The PNG has no end.")
    if len(body) or next(chunks, None) is not None:
        raise Refused("The PNG goes on after its end.")
    scanlines.finish()


def _chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    offset = len(_SIGNATURE)
    while offset < len(data):
        if offset + 12 > len(data):
            raise Refused("The PNG ends within a chunk or goes on after its end.")
        (length,) = struct.unpack_from(">I", data, offset)
        end = offset + 12 + length
        if end > len(data):
            raise Refused("A chunk of the PNG is longer than the file.")
        (checksum,) = struct.unpack_from(">I", data, end - 4)
        if zlib_ng.crc32(data[offset + 4 : end - 4]) != checksum:
            raise Refused("A checksum of the PNG does not fit.")
        yield bytes(data[offset + 4 : offset + 8]), data[offset + 8 : end - 4]
        offset = end


class _Scanlines:
    """Counts what the compressed data inflates to, holding at most a megabyte of it at a time."""

    def __init__(self, width: int, height: int) -> None:
        self._inflate = zlib_ng.decompressobj()
        self._stride = 1 + 3 * width
        self._expected = height * self._stride
        self._seen = 0

    def feed(self, piece: memoryview) -> None:
        if self._inflate.eof:
            raise Refused("The PNG holds a second stream after its pixels.")
        pending: bytes | memoryview = piece
        try:
            while len(pending) and not self._inflate.eof:
                self._account(self._inflate.decompress(pending, _INFLATED_AT_ONCE))
                pending = self._inflate.unconsumed_tail
        except _NOT_DEFLATED as error:
            raise Refused("The pixels of the PNG cannot be inflated.") from error
        if self._inflate.unused_data:
            raise Refused("The PNG holds bytes behind its compressed pixels.")

    def _account(self, inflated: bytes) -> None:
        # The first byte of a row names its filter, 0 to 4; anything else is no picture.
        filters = inflated[-self._seen % self._stride :: self._stride]
        self._seen += len(inflated)
        if self._seen > self._expected:
            raise Refused("The PNG holds more pixels than its size.")
        if filters and max(filters) > 4:
            raise Refused("A row of the PNG has an unknown filter.")

    def finish(self) -> None:
        # Output that fitted into the last window exactly may leave the checksum unread; ask for the rest.
        if not self._inflate.eof:
            try:
                self._account(self._inflate.decompress(b"", _INFLATED_AT_ONCE))
            except _NOT_DEFLATED as error:
                raise Refused("The pixels of the PNG cannot be inflated.") from error
        if not self._inflate.eof or self._seen != self._expected:
            raise Refused("The PNG holds fewer pixels than its size.")
