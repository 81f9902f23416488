import struct
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from codec_samples import PNG_SIGNATURE, chunk, exif, heic, picture, png_header, saved, tiff
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from privateedit.codec import Limits, decode
from privateedit.errors import PrivateEditError, UnreadablePhoto

PALETTE = Image.fromarray(picture()).convert("P", palette=Image.Palette.ADAPTIVE)
FILES = {
    "jpeg": saved("JPEG", quality=90),
    "progressive jpeg": saved("JPEG", quality=90, progressive=True),
    "cmyk jpeg": saved("JPEG", Image.fromarray(picture()).convert("CMYK")),
    "mpo": saved("MPO", save_all=True, append_images=[Image.new("RGB", (56, 40))]),
    "png": saved("PNG"),
    "palette png": saved("PNG", PALETTE),
    "webp": saved("WEBP"),
    "lossless webp": saved("WEBP", lossless=True),
    "extended webp": saved("WEBP", exif=exif(6)),
    "avif": saved("AVIF"),
    "heic": heic(picture()),
    "tiff": saved("TIFF"),
    "lzw tiff": saved("TIFF", compression="tiff_lzw"),
    "deflate tiff": saved("TIFF", compression="tiff_adobe_deflate"),
    "backward tiff": tiff(picture(), 2),
    "bmp": saved("BMP"),
    "gif": saved("GIF", PALETTE),
    "ppm": saved("PPM"),
}
LOSSLESS = ("png", "lossless webp", "tiff", "lzw tiff", "deflate tiff", "backward tiff", "bmp", "ppm")
MAY_BE_CUT = {"png": 24, "palette png": 24, "gif": 2, "mpo": None}
"""Bytes after the last pixel: checksums and end of a PNG, a GIF's trailer, the second picture of an MPO."""

AS_STORED = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, 1),
    7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
    8: lambda a: np.rot90(a, -1),
}


@pytest.mark.parametrize("name", FILES)
def test_opens_every_format(name):
    pixels = decode(FILES[name]).photo.pixels
    expected = np.rot90(picture(), -1) if name == "extended webp" else picture()
    assert pixels.shape == expected.shape
    assert np.abs(pixels.astype(int) - expected).mean() < 12
    if name in LOSSLESS:
        assert np.array_equal(pixels, expected)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_every_orientation_comes_out_upright(image_format, orientation):
    stored = Image.fromarray(np.ascontiguousarray(AS_STORED[orientation](picture())))
    options = {"lossless": True} if image_format == "WEBP" else {"quality": 100}
    data = saved(image_format, stored, exif=exif(orientation), **options)
    pixels = decode(data).photo.pixels
    assert pixels.shape == picture().shape
    assert np.abs(pixels.astype(int) - picture())[15:, 20:].max() <= (
        0 if image_format in ("PNG", "WEBP", "TIFF") else 24
    )


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_is_turned_once(orientation):
    stored = np.ascontiguousarray(AS_STORED[orientation](picture()))
    pixels = decode(heic(stored, exif=exif(orientation))).photo.pixels
    assert pixels.shape == picture().shape
    assert np.abs(pixels.astype(int) - picture())[15:, 20:].mean() < 5


def test_orientation_in_xmp_counts():
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="3"/></x:xmpmeta>'
    pixels = decode(saved("WEBP", lossless=True, xmp=packet)).photo.pixels
    assert np.array_equal(pixels, np.rot90(picture(), 2))


def test_the_first_frame_of_an_animation_is_the_photo():
    black = Image.new("RGB", (56, 40))
    for image_format in ("GIF", "WEBP", "PNG", "AVIF"):
        data = saved(image_format, PALETTE.convert("RGB"), save_all=True, append_images=[black], quality=95)
        assert np.abs(decode(data).photo.pixels.astype(int) - picture()).mean() < 12


def test_the_photo_takes_over_the_decoded_array():
    pixels = decode(FILES["jpeg"]).photo.pixels
    assert pixels.base is None
    assert not pixels.flags.writeable
    assert pixels.flags.c_contiguous


def test_metadata_travels_beside_the_photo():
    data = saved("JPEG", exif=exif(6, Artist="Ada Lovelace"))
    opened = decode(data)
    assert b"Ada Lovelace" in opened.metadata.exif
    assert "Ada" not in repr(opened)


@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_is_an_error(name):
    data = FILES[name]
    whole = decode(data).photo.pixels
    harmless = MAY_BE_CUT.get(name, 0)
    lengths = {*range(0, len(data), max(1, len(data) // 120)), *range(max(0, len(data) - 30), len(data))}
    for length in sorted(lengths):
        try:
            pixels = decode(data[:length], name="photo").photo.pixels
        except UnreadablePhoto as error:
            assert error.message.startswith("photo ")
            assert error.message.endswith(".")
        else:
            assert np.array_equal(pixels, whole)
            assert harmless is None or len(data) - length <= harmless


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "photo.jpg is empty."),
        (b"Dear reader, this is a letter.", "photo.jpg is not in a picture format that PrivateEdit opens."),
        (FILES["jpeg"][:600], "photo.jpg is truncated or damaged."),
        (b"\xff\xd8\xff\xe0", "photo.jpg is truncated or damaged."),
    ],
)
def test_messages_are_one_sentence_naming_the_file(data, message):
    with pytest.raises(UnreadablePhoto) as caught:
        decode(data, name="photo.jpg")
    assert caught.value.message == message


def test_control_characters_of_a_name_reach_no_terminal():
    with pytest.raises(UnreadablePhoto, match=r"^\?\[31mred is empty\.$"):
        decode(b"", name="\x1b[31mred")


def bombs():
    pixels = chunk(b"IDAT", b"\x78\x9c\x63\x00") + chunk(b"IEND")
    jpeg = bytearray(FILES["jpeg"])
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
    webp = b"VP8X" + struct.pack("<I", 10) + b"\0" * 4 + (16_382).to_bytes(3, "little") * 2
    gif = bytearray(FILES["gif"])
    gif[6:10] = struct.pack("<HH", 60_000, 60_000)
    bmp = bytearray(FILES["bmp"])
    bmp[18:26] = struct.pack("<ii", 60_000, 60_000)
    heif = heic(picture(64, 64)).replace(struct.pack(">II", 64, 64), struct.pack(">II", 30_000, 30_000))
    return {
        "png": PNG_SIGNATURE + png_header(60_000, 60_000) + pixels,
        "png over Pillow's warning": PNG_SIGNATURE + png_header(10_000, 10_001) + pixels,
        "jpeg": bytes(jpeg),
        "webp": b"RIFF" + struct.pack("<I", 4 + len(webp)) + b"WEBP" + webp,
        "gif": bytes(gif),
        "bmp": bytes(bmp),
        "heic": heif,
        "ppm": b"P6 60000 60000 255\n\0",
    }


@pytest.mark.parametrize("name", bombs())
def test_a_bomb_is_refused_by_its_header(name):
    tracemalloc.start()
    try:
        with pytest.raises(UnreadablePhoto):
            decode(bombs()[name])
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_the_size_limits_are_the_callers():
    with pytest.raises(UnreadablePhoto, match="more than the allowed 2,239"):
        decode(FILES["png"], limits=Limits(max_pixels=56 * 40 - 1))
    with pytest.raises(UnreadablePhoto, match="bytes"):
        decode(FILES["png"], limits=Limits(max_bytes=100))
    decode(FILES["png"], limits=Limits(max_pixels=56 * 40))


def test_a_picture_between_pillows_limits_opens_without_a_warning(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 2000)
    assert decode(FILES["png"]).photo.width == 56


def test_no_picture_is_half_accepted_when_pillow_is_told_to(monkeypatch):
    # Another library in the process may have switched this on; what is missing would come out gray.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(UnreadablePhoto):
        decode(FILES["jpeg"][:800])
    assert ImageFile.LOAD_TRUNCATED_IMAGES  # put back for whoever wanted it


def test_a_lack_of_memory_is_said(monkeypatch):
    def starve(*_):
        raise MemoryError

    monkeypatch.setattr(ImageFile.ImageFile, "load", starve)
    with pytest.raises(UnreadablePhoto, match="memory"):
        decode(FILES["png"])


def test_damaged_metadata_does_not_cost_the_picture():
    for block in (b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"):
        opened = decode(saved("JPEG", exif=block))
        assert (opened.photo.width, opened.photo.height) == (56, 40)


def test_threads_do_not_disturb_each_other():
    def work(name):
        return decode(FILES[name]).photo.pixels.sum()

    names = list(FILES) * 5
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, names)) == [work(name) for name in names]


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(sorted(FILES)), data=st.data())
def test_flipped_bytes_raise_nothing_foreign(name, data):
    damaged = bytearray(FILES[name])
    positions = st.one_of(st.integers(0, 120), st.integers(0, len(damaged) - 1))
    for position, value in data.draw(
        st.lists(st.tuples(positions, st.integers(0, 255)), min_size=1, max_size=8)
    ):
        damaged[position] = value
    try:
        decode(bytes(damaged), limits=Limits(max_pixels=1_000_000))
    except PrivateEditError as error:
        assert isinstance(error, UnreadablePhoto)


@settings(max_examples=150, deadline=None)
@given(head=st.sampled_from([b"", *(data[:16] for data in FILES.values())]), tail=st.binary(max_size=400))
def test_garbage_raises_nothing_foreign(head, tail):
    try:
        decode(head + tail, limits=Limits(max_pixels=1_000_000))
    except PrivateEditError as error:
        assert isinstance(error, UnreadablePhoto)


@pytest.mark.parametrize("image_format", ["GIF", "PNG", "WEBP", "TIFF"])
def test_several_pictures_are_noticed(image_format):
    second = Image.new("RGB", (56, 40), "red")
    assert decode(saved(image_format, save_all=True, append_images=[second])).several
    assert not decode(saved(image_format)).several


def test_transparency_is_noticed_where_something_shows_through():
    full = Image.fromarray(picture()).convert("RGBA")
    assert not decode(saved("PNG", full)).transparent
    full.putpixel((3, 2), (0, 0, 0, 254))
    assert decode(saved("PNG", full)).transparent
    one_color = PALETTE.copy()
    assert decode(saved("PNG", one_color, transparency=int(np.asarray(one_color)[0, 0]))).transparent
