import io
import subprocess
import sys

import cv2
import numpy as np
import pytest
from codec_samples import picture
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from privateedit.codec import ByteInspector, PixelEncoder, decode
from privateedit.errors import InputError

FORMATS = ["png", "jpeg", "webp"]


@pytest.mark.parametrize("image_format", ["png", "webp"])
def test_lossless_formats_give_the_pixels_back(image_format):
    assert np.array_equal(decode(PixelEncoder().encode(picture(), image_format)).photo.pixels, picture())


def test_jpeg_keeps_colors_apart_at_a_hard_border():
    pixels = np.zeros((32, 32, 3), np.uint8)
    pixels[:, 16:] = (255, 0, 0)
    back = decode(PixelEncoder().encode(pixels, "jpeg")).photo.pixels
    assert np.abs(back.astype(int) - pixels).max() <= 6


def test_jpeg_is_what_pillow_writes_to_the_last_byte():
    stream = io.BytesIO()
    Image.fromarray(picture(333, 217)).save(stream, "JPEG", quality=95, subsampling=0)
    assert PixelEncoder().encode(picture(333, 217), "jpeg") == stream.getvalue()


@pytest.mark.parametrize("image_format", FORMATS)
def test_equal_pixels_give_equal_bytes_whatever_the_threads(image_format):
    pixels = picture(300, 200)
    first = PixelEncoder().encode(pixels, image_format)
    strided = np.asfortranarray(pixels)
    threads = cv2.getNumThreads()
    try:
        for count in (1, 2, 5):
            cv2.setNumThreads(count)
            assert PixelEncoder().encode(strided, image_format) == first
    finally:
        cv2.setNumThreads(threads)


def test_another_process_gives_the_same_bytes():
    code = (
        "import hashlib, numpy as np\n"
        "from privateedit.codec import PixelEncoder\n"
        "pixels = (np.arange(30 * 20 * 3) % 251).astype(np.uint8).reshape(20, 30, 3)\n"
        "for f in ('png', 'jpeg', 'webp'):\n"
        "    print(hashlib.sha256(PixelEncoder().encode(pixels, f)).hexdigest())"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert len(set(runs[0].split())) == 3


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(1, 70),
    height=st.integers(1, 70),
    seed=st.integers(0, 9),
    levels=st.sampled_from([1, 2, 256]),
    image_format=st.sampled_from(FORMATS),
)
def test_the_inspector_accepts_whatever_the_encoder_writes(width, height, seed, levels, image_format):
    pixels = np.random.default_rng(seed).integers(0, levels, (height, width, 3), np.uint8)
    data = PixelEncoder().encode(pixels, image_format)
    ByteInspector().inspect(data, width, height)
    assert (decode(data).photo.width, decode(data).photo.height) == (width, height)


def test_the_inspector_accepts_a_large_picture():
    pixels = np.random.default_rng(1).integers(0, 256, (900, 1200, 3), np.uint8)
    for image_format in FORMATS:
        ByteInspector().inspect(PixelEncoder().encode(pixels, image_format), 1200, 900)


def test_refuses_what_does_not_fit(capfd):
    with pytest.raises(InputError, match="65501×1 does not fit into jpeg"):
        PixelEncoder().encode(np.zeros((1, 65501, 3), np.uint8), "jpeg")
    assert not any(capfd.readouterr())
    with pytest.raises(InputError, match="does not fit into webp"):
        PixelEncoder().encode(np.zeros((1, 16384, 3), np.uint8), "webp")
    with pytest.raises(InputError):
        PixelEncoder().encode(np.zeros((4, 4), np.uint8), "png")
    with pytest.raises(InputError, match="png, jpeg or webp"):
        PixelEncoder().encode(picture(), "gif")


@pytest.mark.parametrize("failure", [cv2.error("bad allocation"), (False, np.zeros(0, np.uint8))])
def test_a_lack_of_memory_is_not_laid_to_the_picture(monkeypatch, failure):
    def fail(*_):
        if isinstance(failure, Exception):
            raise failure
        return failure

    monkeypatch.setattr(cv2, "imencode", fail)
    with pytest.raises(MemoryError):
        PixelEncoder().encode(picture(), "jpeg")
