import io

import numpy as np
import pytest
from codec_samples import exif, picture, srgb_profile, swapped_profile
from PIL import Image

from privateedit.codec import WRITABLE, ByteInspector, Metadata, decode, encode_final, require_fits
from privateedit.codec import final as final_module
from privateedit.errors import InputError

FORMATS = {".avif": "AVIF", ".bmp": "BMP", ".heic": "HEIF", ".jpg": "JPEG", ".png": "PNG", ".tif": "TIFF"}
LOSSLESS = (".bmp", ".png", ".tif", ".tiff")


@pytest.mark.parametrize("suffix", [".jpg", ".JPEG"])
def test_a_plain_jpeg_is_what_pillow_writes_to_the_last_byte(suffix):
    stream = io.BytesIO()
    Image.fromarray(picture(333, 217)).save(stream, "JPEG", quality=95, subsampling=0)
    assert encode_final(picture(333, 217), suffix) == stream.getvalue()


@pytest.mark.parametrize("suffix", WRITABLE)
def test_every_suffix_is_written_and_opens_again(suffix):
    opened = decode(encode_final(picture(), suffix.upper()))
    assert np.abs(opened.photo.pixels.astype(int) - picture()).mean() < (0.1 if suffix in LOSSLESS else 8)
    assert opened.metadata.exif is None
    assert opened.metadata.icc is None


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".jpeg", ".webp"])
def test_by_default_the_file_holds_pixels_only(suffix):
    ByteInspector().inspect(encode_final(picture(), suffix), 56, 40)


@pytest.mark.parametrize("suffix", [".txt", ".gif", "", "png", ".svg"])
def test_an_unknown_suffix_says_what_can_be_written(suffix):
    with pytest.raises(InputError, match=r"use one of \.avif, \.bmp"):
        encode_final(picture(), suffix)


def test_heic_that_cannot_be_written_says_what_can(monkeypatch):
    class Reader:
        @staticmethod
        def libheif_info():
            return {"HEIF": ""}

    monkeypatch.setattr(final_module.importlib, "import_module", lambda name: Reader)
    with pytest.raises(InputError, match=r"cannot write HEIC; use one of \.avif, \.bmp, \.jpeg"):
        encode_final(picture(), ".heic")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".avif", ".heic"])
def test_kept_metadata_is_upright_and_opens_upright(suffix):
    metadata = Metadata(exif=exif(6, Artist="Ada Lovelace"), icc=srgb_profile())
    opened = decode(encode_final(picture(), suffix, metadata=metadata))
    assert opened.photo.pixels.shape == picture().shape
    assert b"Ada Lovelace" in opened.metadata.exif
    assert opened.metadata.icc == srgb_profile()


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_pixels_are_converted_into_the_kept_profile(suffix):
    data = encode_final(picture(), suffix, metadata=Metadata(icc=swapped_profile()))
    stored = np.asarray(Image.open(io.BytesIO(data)))
    assert np.abs(stored.astype(int) - picture()[..., ::-1]).max() <= 2
    assert np.abs(decode(data).photo.pixels.astype(int) - picture()).max() <= 4


@pytest.mark.parametrize("suffix", WRITABLE)
def test_broken_metadata_is_left_out(suffix):
    opened = decode(encode_final(picture(), suffix, metadata=Metadata(exif=b"junk", icc=b"junk")))
    assert opened.metadata.icc is None
    assert b"junk" not in (opened.metadata.exif or b"")


def test_bmp_cannot_name_a_profile_so_it_stays_srgb():
    data = encode_final(picture(), ".bmp", metadata=Metadata(icc=swapped_profile()))
    assert np.array_equal(decode(data).photo.pixels, picture())


def test_what_does_not_fit_is_a_clean_error():
    with pytest.raises(InputError, match=r"16384×1 cannot be written as \.webp"):
        encode_final(np.zeros((1, 16384, 3), np.uint8), ".webp")


@pytest.mark.parametrize(("suffix", "longest"), [(".webp", 16_383), (".JPG", 65_500), (".bmp", 32_767)])
def test_a_side_that_a_format_cannot_count_is_known_beforehand(suffix, longest):
    require_fits(suffix, longest, 1)
    with pytest.raises(InputError, match=str(longest)):
        require_fits(suffix, 1, longest + 1)


def test_what_is_said_to_fit_is_written():
    for suffix, longest in ((".webp", 16_383), (".jpg", 65_500)):
        assert encode_final(np.zeros((1, longest, 3), np.uint8), suffix)
        with pytest.raises(InputError):
            encode_final(np.zeros((1, longest + 1, 3), np.uint8), suffix)


def test_formats_that_count_far_take_any_size():
    require_fits(".png", 100_000, 1000)
