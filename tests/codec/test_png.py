import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from privateedit.codec import ByteInspector
from privateedit.codec.png import png


def noise(height, width, levels=256, seed=0):
    return np.random.default_rng(seed).integers(0, levels, (height, width, 3), np.uint8)


def chunks(data):
    at, found = 8, []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


@settings(max_examples=150, deadline=None)
@given(
    height=st.integers(1, 50),
    width=st.integers(1, 50),
    levels=st.sampled_from([1, 2, 9, 256]),
    seed=st.integers(0, 99),
)
def test_two_other_readers_see_the_same_pixels(height, width, levels, seed):
    pixels = noise(height, width, levels, seed)
    data = png(pixels)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), pixels)
    assert np.array_equal(
        cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)[..., ::-1], pixels
    )
    ByteInspector().inspect(data, width, height)


@pytest.mark.parametrize("size", [(1, 400_000), (400_000, 1), (700, 1500), (1399, 250)], ids=str)
def test_pictures_that_are_filtered_in_several_parts(size):
    pixels = noise(*size)
    data = png(pixels)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), pixels)
    ByteInspector().inspect(data, size[1], size[0])


@pytest.mark.parametrize("size", [(1400, 1100), (900_000, 3), (3, 1_000_000)], ids=str)
def test_parts_of_several_cores_are_the_bytes_of_one(size):
    pixels, threads = noise(*size, levels=5), cv2.getNumThreads()
    try:
        cv2.setNumThreads(1)
        alone = png(pixels)
        cv2.setNumThreads(4)
        assert png(pixels) == alone
    finally:
        cv2.setNumThreads(threads)
    body = b"".join(content for kind, content in chunks(alone) if kind == b"IDAT")
    stream = zlib.decompressobj()  # refuses another checksum
    assert len(stream.decompress(body)) == size[0] * (1 + 3 * size[1])
    assert stream.eof
    ByteInspector().inspect(alone, size[1], size[0])


def test_it_holds_the_picture_and_nothing_else():
    found = chunks(png(noise(900, 900)))
    assert {kind for kind, _ in found} == {b"IHDR", b"IDAT", b"IEND"}
    body = b"".join(content for kind, content in found if kind == b"IDAT")
    stream = zlib.decompressobj()
    assert len(stream.decompress(body)) == 900 * (1 + 3 * 900)
    assert stream.eof
    assert stream.unused_data == b""


def test_no_chunk_is_empty_but_the_end_or_much_larger_than_a_megabyte():
    lengths = [len(content) for kind, content in chunks(png(noise(1200, 1600))) if kind == b"IDAT"]
    assert len(lengths) > 3
    assert min(lengths) > 0
    assert max(lengths) < 2.5 * 2**20


def test_a_profile_and_exif_are_read_back():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x010E] = "a portrait"
    pixels = noise(20, 30)
    image = Image.open(
        io.BytesIO(png(pixels, profile=profile, exif=exif.tobytes().removeprefix(b"Exif\0\0")))
    )
    assert image.info["icc_profile"] == profile
    assert image.getexif()[0x010E] == "a portrait"
    assert np.array_equal(np.asarray(image), pixels)


def test_it_is_hardly_larger_than_what_opencv_writes():
    smooth = cv2.GaussianBlur(noise(600, 800), (0, 0), 3)
    best = cv2.imencode(".png", smooth, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1]
    assert len(png(smooth)) < 1.15 * len(best)


def test_what_is_too_large_for_the_format_is_refused():
    with pytest.raises(ValueError, match="large"):
        png(np.zeros((1, 1_000_001, 3), np.uint8))
    longest = np.zeros((1, 1_000_000, 3), np.uint8)
    assert cv2.imdecode(np.frombuffer(png(longest), np.uint8), cv2.IMREAD_COLOR).shape == longest.shape


def test_what_is_empty_is_left_out():
    assert png(noise(4, 4), profile=b"", exif=b"") == png(noise(4, 4))
