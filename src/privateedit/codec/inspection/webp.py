"""Accounts for every chunk of a WebP."""

from __future__ import annotations

import struct

from privateedit.errors import Refused

_HEADER = struct.Struct("<4sI4s4sI")
_KEY_FRAME_START = b"\x9d\x01\x2a"


def check_webp(data: memoryview, width: int, height: int) -> None:
    """Return only for the simple file format: one picture chunk of that size, no alpha, nothing around it.

    Raises:
        Refused: the extended format (it exists to carry more than pixels), other chunks, other sizes or
            trailing bytes.
    """
    if len(data) < _HEADER.size + 10:
        raise Refused("The WebP is too short.")
    riff, riff_length, webp, kind, length = _HEADER.unpack_from(data)
    if riff != b"RIFF" or webp != b"WEBP" or kind not in (b"VP8 ", b"VP8L"):
        raise Refused("The WebP holds more than pixels.")
    padded = length + length % 2
    if riff_length + 8 != len(data) or _HEADER.size + padded != len(data):
        raise Refused("The WebP does not end where it says.")
    if length % 2 and data[-1]:
        raise Refused("The WebP hides a byte in its padding.")
    body = data[_HEADER.size : _HEADER.size + length]
    found = _lossy_size(body) if kind == b"VP8 " else _lossless_size(body)
    if found != (width, height):
        raise Refused("The WebP does not have the expected size.")


def _lossy_size(body: memoryview) -> tuple[int, int]:
    tag = int.from_bytes(body[:3], "little")
    key_frame, shown, first_partition = not tag & 1, tag >> 4 & 1, tag >> 5
    if not key_frame or not shown or bytes(body[3:6]) != _KEY_FRAME_START:
        raise Refused("The WebP is not a single shown picture.")
    if first_partition + 10 >= len(body):
        raise Refused("The WebP ends within its pixels.")
    width, height = struct.unpack_from("<HH", body, 6)
    if width >> 14 or height >> 14:
        raise Refused("The WebP asks to be scaled.")
    return width, height


def _lossless_size(body: memoryview) -> tuple[int, int]:
    bits = int.from_bytes(body[1:5], "little")
    if body[0] != 0x2F or bits >> 29:
        raise Refused("The WebP is not a picture of a known version.")
    if bits >> 28:
        raise Refused("The WebP announces transparency.")
    return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
