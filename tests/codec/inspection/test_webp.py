import struct

import pytest
from codec_samples import exif, picture, saved, srgb_profile
from PIL import Image

from privateedit.codec.inspection.webp import check_webp
from privateedit.errors import Refused

LOSSY = saved("WEBP", quality=90)
LOSSLESS = saved("WEBP", lossless=True)
TRANSPARENT = Image.fromarray(picture()).convert("RGBA")
TRANSPARENT.putalpha(100)


def check(data, width=56, height=40):
    check_webp(memoryview(data), width, height)


def riff(*chunks):
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def chunk(kind, body):
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


@pytest.mark.parametrize("data", [LOSSY, LOSSLESS])
def test_accepts_the_simple_format(data):
    check(data)


@pytest.mark.parametrize(
    "data",
    [
        saved("WEBP", exif=exif()),
        saved("WEBP", icc_profile=srgb_profile()),
        saved("WEBP", xmp=b"<x/>"),
        saved("WEBP", TRANSPARENT),
        saved("WEBP", TRANSPARENT, lossless=True),
        saved("WEBP", save_all=True, append_images=[Image.new("RGB", (56, 40))]),
    ],
    ids=["exif", "icc", "xmp", "alpha", "lossless alpha", "animation"],
)
def test_refuses_what_pillow_can_add(data):
    with pytest.raises(Refused):
        check(data)


@pytest.mark.parametrize(
    "data",
    [
        LOSSY + b"\0",
        LOSSLESS + b"hidden",
        LOSSY[:-1],
        LOSSLESS[:-2],
        LOSSY[:20],
        b"",
        riff(LOSSY[12:], chunk(b"EXIF", b"hidden")),
        riff(LOSSY[12:], LOSSY[12:]),
        riff(chunk(b"EXIF", b"hidden"), LOSSY[12:]),
        riff(chunk(b"VP8 ", b"\1" + LOSSY[21:])),
        riff(chunk(b"VP8 ", LOSSY[20:23] + b"\0\0\0" + LOSSY[26:])),
        riff(chunk(b"VP8 ", LOSSY[20:26] + struct.pack("<HH", 56 | 1 << 14, 40) + LOSSY[30:])),
        riff(chunk(b"VP8 ", b"\xf0\xff\xff" + LOSSY[23:])),
        riff(chunk(b"VP8L", b"\0" + LOSSLESS[21:])),
        riff(chunk(b"VP8L", LOSSLESS[20:24] + bytes((LOSSLESS[24] | 0x10,)) + LOSSLESS[25:])),
        riff(chunk(b"VP8L", LOSSLESS[20:24] + bytes((LOSSLESS[24] | 0x20,)) + LOSSLESS[25:])),
    ],
)
def test_refuses_what_is_not_exactly_a_picture(data):
    with pytest.raises(Refused):
        check(data)


def test_refuses_a_byte_hidden_in_the_padding():
    body = LOSSLESS[20:]
    odd = body[:-1] if len(body) % 2 == 0 else body
    check(riff(chunk(b"VP8L", odd)))
    with pytest.raises(Refused, match="padding"):
        check(riff(chunk(b"VP8L", odd))[:-1] + b"x")


@pytest.mark.parametrize("data", [LOSSY, LOSSLESS])
def test_refuses_another_size(data):
    with pytest.raises(Refused, match="size"):
        check(data, 40, 56)
