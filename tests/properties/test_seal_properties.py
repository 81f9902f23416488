"""The heart: no pixel under the mask can influence a single byte that leaves the device.

The scrambling here is the test's own. What is compared are the bytes of the payload.
"""

import io

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.doubles.ports import seeded
from tests.doubles.scenes import noise, oval

from privateedit.codec import ByteInspector, PixelEncoder
from privateedit.core.conceal import Fill, Paint, conceal
from privateedit.core.framing import Framing
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo
from privateedit.core.seal import scramble, seal

FORMATS = ("png", "jpeg", "webp")


def payload_of(pixels, mask, paint, framing):
    photo = Photo(pixels)
    ports = {"encoder": PixelEncoder(), "inspector": ByteInspector(), "entropy": seeded(0)}
    return seal(photo, conceal(photo, mask, paint), framing, **ports)


@st.composite
def masks(draw, height, width):
    """An ellipse anywhere, scattered pixels, or a rectangle up to the border."""
    kind = draw(st.sampled_from(["oval", "scattered", "corner", "everything"]))
    if kind == "oval":
        x, y = draw(st.floats(0, width)), draw(st.floats(0, height))
        return oval(height, width, x, y, draw(st.floats(1, width)), draw(st.floats(1, height)))
    if kind == "scattered":
        share = draw(st.floats(0.02, 0.98))
        return np.random.default_rng(draw(st.integers(0, 999))).random((height, width)) < share
    hidden = np.ones((height, width), np.bool_)
    if kind == "corner":
        hidden[: draw(st.integers(0, height - 1))] = False
        hidden[:, : draw(st.integers(0, width - 1))] = False
    return hidden


@st.composite
def sends(draw):
    height, width = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    seed = draw(st.integers(0, 2**32 - 1))
    pixels = (
        noise(height, width, seed)
        if draw(st.booleans())
        else np.full((height, width, 3), seed % 256, np.uint8)
    )
    hidden = draw(masks(height, width))
    level = st.integers(0, 255)
    fill = Fill(draw(st.none() | st.tuples(level, level, level)))
    framing = Framing(draw(st.sampled_from(FORMATS)), draw(st.none() | st.integers(1, 50)))
    return pixels, hidden, fill, framing, seed


def replaced(pixels, hidden, how, seed):
    """The photo with other hidden pixels."""
    other = pixels.copy()
    random = np.random.default_rng(seed + 1)
    count = int(hidden.sum())
    other[hidden] = {
        "noise": lambda: random.integers(0, 256, (count, 3), np.uint8),
        "black": lambda: 0,
        "white": lambda: 255,
        "inverted": lambda: ~pixels[hidden],
        "one bit": lambda: pixels[hidden] ^ np.uint8(1 << seed % 8),
        "shuffled": lambda: random.permutation(pixels[hidden]),
    }[how]()
    return other


@settings(max_examples=250, deadline=None)
@given(
    send=sends(),
    how=st.sampled_from(["noise", "black", "white", "inverted", "one bit", "shuffled"]),
)
def test_other_hidden_pixels_give_the_same_bytes(send, how):
    pixels, hidden, fill, framing, seed = send
    assume(hidden.any())
    mask = Mask(hidden)
    paint = Paint.mixed(fill, mask, seeded([seed, 99]))
    one = payload_of(pixels, mask, paint, framing)
    two = payload_of(replaced(pixels, hidden, how, seed), mask, paint, framing)
    assert one.data == two.data
    assert one.sha256 == two.sha256
    assert np.array_equal(one.hidden, two.hidden)
    assert one.sealed
    assert two.sealed


@settings(max_examples=80, deadline=None)
@given(send=sends())
def test_what_leaves_is_one_plain_picture_of_the_announced_size(send):
    pixels, hidden, fill, framing, seed = send
    assume(hidden.any())
    mask = Mask(hidden)
    payload = payload_of(pixels, mask, Paint.mixed(fill, mask, seeded([seed, 99])), framing)
    with Image.open(io.BytesIO(payload.data)) as image:
        image.load()
        assert image.size == (payload.width, payload.height)
        assert image.mode == "RGB"
        assert not image.getexif()
        assert getattr(image, "n_frames", 1) == 1
        assert payload.media_type == Image.MIME[image.format]


@settings(max_examples=80, deadline=None)
@given(send=sends())
def test_at_native_size_lossless_bytes_open_to_the_masked_picture(send):
    pixels, hidden, fill, framing, seed = send
    assume(hidden.any() and framing.image_format != "jpeg")
    mask = Mask(hidden)
    paint = Paint.mixed(fill, mask, seeded([seed, 99]))
    payload = payload_of(pixels, mask, paint, Framing(framing.image_format))
    with Image.open(io.BytesIO(payload.data)) as image:
        assert np.array_equal(np.asarray(image), conceal(Photo(pixels), mask, paint).pixels)


@settings(max_examples=80, deadline=None)
@given(send=sends(), entropy=st.sampled_from(["zeros", "ones", "random"]))
def test_a_scramble_differs_in_every_hidden_byte_and_nowhere_else(send, entropy):
    pixels, hidden, *_, seed = send
    draw = {"zeros": bytes, "ones": lambda count: b"\xff" * count, "random": seeded([seed, 99])}[entropy]
    other = scramble(Photo(pixels), Mask(hidden), draw).pixels
    assert (other[hidden] != pixels[hidden]).all()
    assert np.array_equal(other[~hidden], pixels[~hidden])
