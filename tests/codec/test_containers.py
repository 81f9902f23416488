import io
import subprocess
import sys

import pytest
from codec_samples import heic, picture, saved, tiff
from PIL import Image

from privateedit.codec.containers import kind_of, largest_block, parser_for


@pytest.mark.parametrize("image_format", ["JPEG", "MPO", "PNG", "WEBP", "AVIF", "TIFF", "BMP", "GIF", "PPM"])
def test_finds_the_parser_by_the_first_bytes(image_format):
    data = saved(image_format)
    opened = parser_for(data)(io.BytesIO(data))
    assert opened.format == {"MPO": "JPEG"}.get(image_format, image_format)


def test_tells_heic_from_avif_by_any_brand():
    data = heic(picture())
    assert parser_for(data)(io.BytesIO(data)).format == "HEIF"
    generic = saved("AVIF").replace(b"ftypavif", b"ftypmif1", 1)
    assert parser_for(generic)(io.BytesIO(generic)).format == "AVIF"


@pytest.mark.parametrize("image_format", ["EPS", "ICO", "TGA", "SGI", "PCX", "JPEG2000", "PDF", "DDS"])
def test_other_parsers_are_out_of_reach(image_format):
    assert parser_for(saved(image_format)) is None


@pytest.mark.parametrize("data", [b"", b"hello, world, this is text", b"\0\0\0\x18ftypisom\0\0\0\0isommp42"])
def test_knows_what_is_no_picture(data):
    assert parser_for(data) is None


def test_counts_the_tile_that_is_larger_than_its_picture():
    image = Image.open(io.BytesIO(tiff(picture(), 2)))
    assert largest_block(image) == (56, 40)
    image.tag_v2[322] = image.tag_v2[323] = 60_000
    assert largest_block(image) == (60_000, 60_000)


def test_importing_the_codec_loads_neither_libheif_nor_exotic_parsers():
    code = (
        "import sys, privateedit.codec\n"
        "exotic = ['PIL.EpsImagePlugin', 'PIL.PsdImagePlugin', 'PIL.FitsImagePlugin', 'pillow_heif']\n"
        "print([name for name in exotic if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xef\xbb\xbf\n<!DOCTYPE HTML>", "web page"),
        (b'[{"error": 1}]', "answer of the service"),
        (b"PK\x03\x04rest", "archive"),
        (b"%PDF-1.7", "PDF"),
        (b"<svg/>", "XML"),
        (b"anything else", "not in a picture format"),
        (b"", "not in a picture format"),
    ],
)
def test_says_what_else_it_is(data, says):
    assert says in kind_of(data)
