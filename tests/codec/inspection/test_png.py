import struct
import zlib

import numpy as np
import pytest
from codec_samples import PNG_SIGNATURE, chunk, exif, picture, png_header, saved, srgb_profile
from hypothesis import given, settings
from hypothesis import strategies as st

from privateedit.codec.inspection.png import check_png
from privateedit.errors import Refused

ROWS = b"".join(b"\0" + row.tobytes() for row in picture())
STREAM = zlib.compress(ROWS)


def built(*chunks, header=None):
    return PNG_SIGNATURE + (header or png_header(56, 40)) + b"".join(chunks)


def check(data, width=56, height=40):
    check_png(memoryview(data), width, height)


GOOD = built(chunk(b"IDAT", STREAM), chunk(b"IEND"))


def test_accepts_one_stream_however_it_is_cut():
    check(GOOD)
    for size in (1, 7, 1000):
        pieces = [chunk(b"IDAT", STREAM[i : i + size]) for i in range(0, len(STREAM), size)]
        check(built(*pieces, chunk(b"IEND")))


@pytest.mark.parametrize(
    ("height", "width"), [(1024, 341), (1 << 18, 1), (3, 1 << 18)], ids=["one MiB exactly", "tall", "wide"]
)
def test_accepts_pictures_that_fill_the_window(height, width):
    stream = zlib.compress(bytes(height * (1 + 3 * width)))
    for pieces in ([stream], [stream[:-4], stream[-4:]], [stream[:-1], stream[-1:]]):
        data = built(*(chunk(b"IDAT", p) for p in pieces), chunk(b"IEND"), header=png_header(width, height))
        check(data, width, height)


@pytest.mark.parametrize(
    "extra",
    [
        chunk(b"tEXt", b"Comment\0the whole face"),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"face")),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>"),
        chunk(b"eXIf", exif()[6:]),
        chunk(b"iCCP", b"icc\0\0" + zlib.compress(srgb_profile())),
        chunk(b"tIME", bytes(7)),
        chunk(b"pHYs", bytes(9)),
        chunk(b"gAMA", bytes(4)),
        chunk(b"caBX", b"c2pa"),
        chunk(b"prVt", b"private"),
        png_header(56, 40),
    ],
)
def test_refuses_any_other_chunk_anywhere(extra):
    pixels, end = chunk(b"IDAT", STREAM), chunk(b"IEND")
    for data in (built(extra, pixels, end), built(pixels, extra, end), built(pixels, end, extra)):
        with pytest.raises(Refused):
            check(data)


@pytest.mark.parametrize(
    "data",
    [
        GOOD + b"\0",
        GOOD + saved("JPEG"),
        GOOD[:-1],
        GOOD[:-12],
        GOOD[:8],
        PNG_SIGNATURE[:4] + GOOD[8:],
        built(chunk(b"IEND"), chunk(b"IDAT", STREAM)),
        built(chunk(b"IEND")),
        built(chunk(b"IDAT", STREAM), chunk(b"IEND", b"x")),
        built(chunk(b"IDAT", STREAM), chunk(b"IDAT", STREAM), chunk(b"IEND")),
        built(chunk(b"IDAT", STREAM), chunk(b"IDAT", b""), chunk(b"IEND")),
        built(chunk(b"IDAT", STREAM + b"hidden"), chunk(b"IEND")),
        built(chunk(b"IDAT", STREAM[:-4]), chunk(b"IEND")),
        built(chunk(b"IDAT", STREAM[:-1] + b"\0"), chunk(b"IEND")),
        built(chunk(b"IDAT", zlib.compress(ROWS + b"hidden row")), chunk(b"IEND")),
        built(chunk(b"IDAT", zlib.compress(ROWS[:-1])), chunk(b"IEND")),
        built(chunk(b"IDAT", zlib.compress(b"\5" + ROWS[1:])), chunk(b"IEND")),
        built(chunk(b"IDAT", zlib.compress(ROWS[:-169] + b"\7" + ROWS[-168:])), chunk(b"IEND")),
        built(chunk(b"IDAT", b"not deflate"), chunk(b"IEND")),
        built(chunk(b"IDAT", STREAM), chunk(b"IEND"), header=png_header(40, 56)),
        built(chunk(b"IDAT", STREAM), chunk(b"IEND"), header=png_header(56, 40, interlace=1)),
        built(chunk(b"IDAT", STREAM), chunk(b"IEND"), header=png_header(56, 40, color=6)),
        built(chunk(b"IDAT", STREAM), chunk(b"IEND"), header=png_header(56, 40, depth=16)),
        GOOD.replace(b"IDAT", b"IDAt"),
        GOOD[:33] + struct.pack(">I", 1 << 31) + GOOD[37:],
    ],
)
def test_refuses_what_is_not_exactly_the_picture(data):
    with pytest.raises(Refused):
        check(data)


def test_a_deflate_bomb_is_refused_in_bounded_memory():
    bomb = zlib.compress(bytes(200_000_000), 9)
    with pytest.raises(Refused, match="more pixels"):
        check(built(chunk(b"IDAT", bomb), chunk(b"IEND")))


@settings(max_examples=100, deadline=None)
@given(position=st.integers(0, len(GOOD) - 1), flip=st.integers(1, 255))
def test_no_byte_can_change_unnoticed(position, flip):
    damaged = bytearray(GOOD)
    damaged[position] ^= flip
    with pytest.raises(Refused):
        check(bytes(damaged))


def test_the_rows_of_the_sample_are_the_picture():
    assert len(ROWS) == 40 * (1 + 3 * 56) == np.prod(picture().shape) + 40
