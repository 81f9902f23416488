import struct

import pytest
from codec_samples import exif, picture, saved, srgb_profile
from PIL import Image

from privateedit.codec.inspection.jpeg import check_jpeg
from privateedit.errors import Refused

GOOD = saved("JPEG", quality=95, subsampling=0)
AFTER_JFIF = 20


def check(data, width=56, height=40):
    check_jpeg(memoryview(data), width, height)


def segment(marker, body):
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def with_segment(marker, body, at=AFTER_JFIF):
    return GOOD[:at] + segment(marker, body) + GOOD[at:]


def replaced(at, new):
    return GOOD[:at] + new + GOOD[at + len(new) :]


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        saved("JPEG", quality=50),
        saved("JPEG", progressive=True),
        saved("JPEG", optimize=True),
        saved("JPEG", restart_marker_blocks=1),
        GOOD[:2] + GOOD[AFTER_JFIF:],
    ],
    ids=["plain", "subsampled", "progressive", "optimized", "restarts", "without JFIF"],
)
def test_accepts_plain_pictures(data):
    check(data)


@pytest.mark.parametrize("marker", [0xFE, *range(0xE0, 0xF0), 0xDC, 0xDF, 0xCC, 0x01, 0xF7])
def test_refuses_comments_and_application_segments(marker):
    with pytest.raises(Refused):
        check(with_segment(marker, b"the whole face"))
    end = len(GOOD) - 2
    with pytest.raises(Refused):
        check(with_segment(marker, b"the whole face", at=end))


@pytest.mark.parametrize(
    "data",
    [
        saved("JPEG", exif=exif()),
        saved("JPEG", icc_profile=srgb_profile()),
        saved("JPEG", comment=b"hello"),
        saved("JPEG", xmp=b"<x/>"),
        saved("MPO", save_all=True, append_images=[Image.new("RGB", (56, 40))]),
        saved("JPEG", Image.fromarray(picture()).convert("CMYK")),
        saved("JPEG", Image.fromarray(picture()).convert("L")),
    ],
    ids=["exif", "icc", "comment", "xmp", "mpo", "cmyk", "gray"],
)
def test_refuses_what_pillow_can_add(data):
    with pytest.raises(Refused):
        check(data)


def thumbnail_in_jfif():
    body = b"JFIF\0\1\1\0\0\1\0\1\1\1" + b"\xff\0\0"
    return GOOD[:2] + segment(0xE0, body) + GOOD[AFTER_JFIF:]


SCAN = GOOD.index(b"\xff\xda")
FRAME = GOOD.index(b"\xff\xc0")


@pytest.mark.parametrize(
    "data",
    [
        thumbnail_in_jfif(),
        replaced(18, b"\1\1"),
        replaced(6, b"JFXX"),
        with_segment(0xE0, GOOD[6:20]),
        GOOD + b"\0",
        GOOD + GOOD,
        GOOD[:-2],
        GOOD[:-1],
        GOOD[:AFTER_JFIF] + b"\0" + GOOD[AFTER_JFIF:],
        GOOD[:AFTER_JFIF] + b"\xff" + GOOD[AFTER_JFIF:],
        GOOD[:-2] + b"\xff" + GOOD[-2:],
        GOOD[:-2] + b"\xff\xd0" + GOOD[-2:],
        GOOD[:SCAN] + GOOD[-2:],
        GOOD[: SCAN + 14] + GOOD[-2:],
        GOOD[:-2] + GOOD[SCAN:],
        GOOD[:FRAME] + GOOD[FRAME : FRAME + 19] + GOOD[FRAME:],
        GOOD[:FRAME] + GOOD[FRAME + 19 :],
        replaced(FRAME + 4, b"\x0c"),
        replaced(FRAME + 1, b"\xc1"),
        replaced(FRAME + 11, b"\x44"),
        replaced(AFTER_JFIF + 4, b"\x7f"),
        with_segment(0xDB, bytes(65) + b"hidden"),
        with_segment(0xC4, bytes(17) + b"hidden"),
        with_segment(0xC4, b""),
        with_segment(0xDD, b"\0\0hidden"),
        GOOD[:2],
        GOOD[:2] + b"\xff\xd9",
        GOOD[:3],
        b"\xff\xd8\xff\xdb\xff\xff",
        b"\xff\xd8\xff\xdb\0\0",
        b"GIF89a",
    ],
)
def test_refuses_what_is_not_exactly_a_picture(data):
    with pytest.raises(Refused):
        check(data)


def test_refuses_another_size():
    with pytest.raises(Refused, match="size"):
        check(GOOD, 40, 56)
