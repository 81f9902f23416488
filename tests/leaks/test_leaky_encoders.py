"""Encoders and inspectors that leak, fail or wave everything through."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from tests.doubles.ports import seeded
from tests.doubles.scenes import masked, noise, oval

from privateedit.codec import ByteInspector, PixelEncoder
from privateedit.core import seal as seal_module
from privateedit.core.conceal import MaskedPhoto
from privateedit.core.framing import Framing
from privateedit.core.photo import Photo
from privateedit.core.seal import seal
from privateedit.errors import NotSealed, Refused

PHOTO = Photo(noise(40, 56, 8))
HIDDEN = oval(40, 56, 30, 18, 12, 10)
FORMATS = ("png", "jpeg", "webp")


def sealed(encoder, image_format="png", inspector=None):
    ports = {"encoder": encoder, "inspector": inspector or ByteInspector(), "entropy": seeded(1)}
    return seal(PHOTO, masked(PHOTO.pixels, HIDDEN), Framing(image_format), **ports)


class Encoding:
    """An encoder from a function of honest bytes, pixels and format."""

    def __init__(self, change):
        self.change = change

    def encode(self, pixels, image_format):
        return self.change(PixelEncoder().encode(pixels, image_format), pixels, image_format)


def thumbnail():
    stream = io.BytesIO()
    Image.fromarray(PHOTO.pixels).resize((16, 12)).save(stream, "JPEG")
    return stream.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_metadata(pixels, image_format, **settings):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, image_format.upper(), **settings)
    return stream.getvalue()


def exif():
    block = Image.Exif()
    block[0x013B] = "Ada Lovelace"
    return block


@pytest.mark.parametrize("image_format", FORMATS)
@pytest.mark.parametrize(
    "more", [b"\0", b"\n", thumbnail(), PHOTO.pixels.tobytes()], ids=["0", "n", "jpeg", "raw"]
)
def test_bytes_after_the_end(image_format, more):
    with pytest.raises(Refused):
        sealed(Encoding(lambda data, *_: data + more), image_format)


@pytest.mark.parametrize("image_format", FORMATS)
def test_bytes_before_the_start(image_format):
    with pytest.raises(Refused):
        sealed(Encoding(lambda data, *_: b"\0" + data), image_format)


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"prVt", b"tIME"])
def test_a_chunk_that_is_not_pixels(kind):
    with pytest.raises(Refused):
        sealed(Encoding(lambda data, *_: data[:33] + chunk(kind, thumbnail()) + data[33:]))


@pytest.mark.parametrize("marker", [0xE0, 0xE1, 0xE2, 0xED, 0xEF, 0xFE])
def test_a_segment_that_is_not_pixels(marker):
    body = thumbnail()
    segment = struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body
    with pytest.raises(Refused):
        sealed(Encoding(lambda data, *_: data[:2] + segment + data[2:]), "jpeg")


@pytest.mark.parametrize("image_format", FORMATS)
def test_exif(image_format):
    with pytest.raises(Refused):
        sealed(Encoding(lambda _, pixels, kind: with_metadata(pixels, kind, exif=exif())), image_format)


@pytest.mark.parametrize("image_format", FORMATS)
def test_a_profile(image_format):
    profile = b"\0" * 200
    with pytest.raises(Refused):
        sealed(
            Encoding(lambda _, pixels, kind: with_metadata(pixels, kind, icc_profile=profile)), image_format
        )


@pytest.mark.parametrize("image_format", FORMATS)
def test_the_whole_photo_instead(image_format):
    """It knows the photo from elsewhere: the same bytes for every frame, which only re-reading could tell.

    Encoding receives the masked frame alone; that no encoder here can see a photo is the architecture's part.
    """
    half = PHOTO.pixels[:20]
    with pytest.raises(Refused):
        sealed(Encoding(lambda _data, _pixels, kind: PixelEncoder().encode(half, kind)), image_format)


def test_bytes_that_differ_from_run_to_run():
    count = iter(range(99))

    def restless(_data, pixels, kind):
        other = pixels.copy()
        other[0, 0] = next(count)
        return PixelEncoder().encode(other, kind)

    with pytest.raises(NotSealed):
        sealed(Encoding(restless))


def test_bytes_that_depend_on_hidden_pixels():
    """An encoder that was given a way to look at the photo being probed."""
    seen = []

    def peeking(data, pixels, _kind):
        seen.append(pixels)
        return data[:-1] + bytes([len(seen)])

    with pytest.raises(NotSealed):
        sealed(Encoding(peeking))


LARGE = Photo(noise(900, 1100, 5))
LARGE_HIDDEN = oval(900, 1100, 500, 400, 200, 150)


def sealed_large(encoder, image_format="png"):
    ports = {"encoder": encoder, "inspector": ByteInspector(), "entropy": seeded(1)}
    return seal(LARGE, masked(LARGE.pixels, LARGE_HIDDEN), Framing(image_format), **ports)


@pytest.mark.parametrize("image_format", FORMATS)
def test_of_a_large_frame_a_strip_is_encoded_again(image_format):
    sizes = []

    def counting(data, pixels, _kind):
        sizes.append(pixels.shape[:2])
        return data

    assert sealed_large(Encoding(counting), image_format).sealed
    whole, *strips = sizes
    assert whole == (900, 1100)
    assert len(strips) == 2
    assert all(height * width < 310_000 and width == 1100 for height, width in strips)


def test_a_large_photo_of_nobody_is_sealed_by_leave():
    ports = {"encoder": PixelEncoder(), "inspector": ByteInspector(), "entropy": seeded(1)}
    nobody = masked(LARGE.pixels, np.zeros_like(LARGE_HIDDEN))
    assert seal(LARGE, nobody, Framing(), nobody=True, **ports).sealed


def test_a_restless_encoder_is_caught_in_the_strip_too():
    calls = iter(range(99))

    def restless(data, pixels, kind):
        other = pixels.copy()
        other[0, 0] = next(calls)
        return PixelEncoder().encode(other, kind)

    with pytest.raises(NotSealed):
        sealed_large(Encoding(restless))


@pytest.mark.parametrize("place", [(0, 0), (899, 1099), (400, 700)])
def test_a_large_frame_that_carries_a_hidden_bit_anywhere_is_caught(place, monkeypatch):
    """Also where no strip lies: frames are compared whole."""
    honest = seal_module.conceal

    def whispering(source, mask, paint, backdrop=None):
        concealed = honest(source, mask, paint)
        pixels = concealed.pixels.copy()
        pixels[place][0] = pixels[place][0] & 0xFE | source.pixels[400, 500, 0] & 1
        return MaskedPhoto(pixels, concealed.mask, concealed.paint)

    monkeypatch.setattr(seal_module, "conceal", whispering)
    usual = masked(LARGE.pixels, LARGE_HIDDEN)
    ports = {"encoder": PixelEncoder(), "inspector": ByteInspector(), "entropy": seeded(1)}
    with pytest.raises(NotSealed):
        seal(LARGE, whispering(LARGE, usual.mask, usual.paint), Framing(), **ports)


class Raising:
    def __init__(self, error):
        self.error = error

    def inspect(self, data, width, height):
        raise self.error

    encode = inspect


@pytest.mark.parametrize(
    "error", [Refused("no"), OSError("disk"), ValueError("odd"), MemoryError(), KeyboardInterrupt()]
)
def test_an_inspector_that_fails_makes_no_payload(error):
    with pytest.raises(type(error)):
        sealed(PixelEncoder(), inspector=Raising(error))


@pytest.mark.parametrize("error", [OSError("disk"), ValueError("odd"), MemoryError()])
def test_an_encoder_that_fails_makes_no_payload(error):
    class Failing:
        def encode(self, pixels, image_format):
            raise error

    with pytest.raises(type(error)):
        sealed(Failing())


def test_an_encoder_that_fails_only_the_second_time_makes_no_payload():
    calls = []

    def once(data, *_):
        calls.append(1)
        if len(calls) > 1:
            raise OSError("disk")
        return data

    with pytest.raises(OSError, match="disk"):
        sealed(Encoding(once))


@pytest.mark.parametrize("wrong", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n"])
def test_anything_but_a_picture(wrong):
    with pytest.raises(Refused):
        sealed(Encoding(lambda *_: wrong))


@pytest.mark.parametrize("image_format", FORMATS)
def test_another_size(image_format):
    with pytest.raises(Refused):
        sealed(Encoding(lambda _, pixels, kind: PixelEncoder().encode(pixels[:, :-1], kind)), image_format)


def test_every_format_is_honest_without_a_leak():
    for image_format in FORMATS:
        payload = sealed(PixelEncoder(), image_format)
        assert payload.sealed
        assert np.array_equal(payload.hidden, HIDDEN)
