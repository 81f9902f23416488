import threading

import numpy as np
import pytest
from tests.doubles.ports import RawEncoder, SizeInspector
from tests.doubles.scenes import noise

from privateedit.codec import ByteInspector, PackedAhead, PixelEncoder
from privateedit.core.photo import Photo
from privateedit.errors import InputError, Refused


class Counting(RawEncoder):
    def __init__(self):
        self.threads = []

    def encode(self, pixels, image_format):
        self.threads.append(threading.current_thread())
        return super().encode(pixels, image_format)


class Looked(SizeInspector):
    def __init__(self):
        self.times = 0

    def inspect(self, data, width, height):
        self.times += 1
        return super().inspect(data, width, height)


class Refusing:
    def inspect(self, data, width, height):
        raise Refused("The PNG holds more than pixels.")


@pytest.fixture
def pixels():
    return Photo(noise(30, 50)).pixels


def test_what_was_begun_is_the_answer_and_made_once_in_another_thread(pixels):
    encoder, inspector = Counting(), Looked()
    with PackedAhead(encoder, inspector) as packer:
        packer.begin(pixels, "png")
        data = packer.encode(pixels, "png")
        packer.inspect(data, 50, 30)
    assert data == RawEncoder().encode(pixels, "png")
    assert len(encoder.threads) == inspector.times == 1
    assert encoder.threads[0] is not threading.current_thread()


def test_an_equal_picture_is_encoded_anew_so_that_a_proof_still_asks_twice(pixels):
    encoder = Counting()
    with PackedAhead(encoder, SizeInspector()) as packer:
        packer.begin(pixels, "png")
        first = packer.encode(pixels, "png")
        assert packer.encode(Photo(pixels.copy()).pixels, "png") == first
    assert len(encoder.threads) == 2


def test_another_format_or_picture_is_encoded_as_it_is(pixels):
    other = Photo(noise(30, 50, 2)).pixels
    with PackedAhead(PixelEncoder(), ByteInspector()) as packer:
        packer.begin(pixels, "png")
        assert packer.encode(pixels, "jpeg") == PixelEncoder().encode(pixels, "jpeg")
        assert packer.encode(other, "png") == PixelEncoder().encode(other, "png")


def test_of_two_that_were_begun_the_later_counts(pixels):
    other = Photo(noise(30, 50, 2)).pixels
    with PackedAhead(PixelEncoder(), ByteInspector()) as packer:
        packer.begin(pixels, "png")
        packer.begin(other, "png")
        data = packer.encode(other, "png")
        packer.inspect(data, 50, 30)
        assert packer.encode(pixels, "png") == PixelEncoder().encode(pixels, "png")
    assert data == PixelEncoder().encode(other, "png")


def test_a_picture_that_could_still_change_is_not_begun_with(pixels):
    encoder, open_to_all = Counting(), pixels.copy()
    with PackedAhead(encoder, SizeInspector()) as packer:
        packer.begin(open_to_all, "png")
        open_to_all[0, 0] ^= 255
        data = packer.encode(open_to_all, "png")
    assert data == RawEncoder().encode(open_to_all, "png")
    assert encoder.threads == [threading.current_thread()]


def test_what_is_refused_is_refused_however_early_that_was_found(pixels):
    with PackedAhead(RawEncoder(), Refusing()) as packer:
        packer.begin(pixels, "png")
        data = packer.encode(pixels, "png")
        with pytest.raises(Refused, match="more than pixels"):
            packer.inspect(data, 50, 30)


@pytest.mark.parametrize("size", [(30, 50), (51, 30), (50, 29)])
def test_another_size_than_that_of_the_picture_is_refused(pixels, size):
    with PackedAhead(PixelEncoder(), ByteInspector()) as packer:
        packer.begin(pixels, "png")
        data = packer.encode(pixels, "png")
        packer.inspect(data, 50, 30)
        with pytest.raises(Refused):
            packer.inspect(data, *size)


def test_other_bytes_than_those_that_were_begun_are_looked_at(pixels):
    with PackedAhead(PixelEncoder(), ByteInspector()) as packer:
        packer.begin(pixels, "png")
        data = packer.encode(pixels, "png")
        packer.inspect(data, 50, 30)
        with pytest.raises(Refused):
            packer.inspect(data + b"x", 50, 30)


def test_a_picture_that_cannot_be_encoded_says_so_when_it_is_asked_for():
    wide = np.zeros((1, 20_000, 3), np.uint8)
    wide.flags.writeable = False
    with PackedAhead(PixelEncoder(), ByteInspector()) as packer:
        packer.begin(wide, "webp")
        with pytest.raises(InputError, match="does not fit"):
            packer.encode(wide, "webp")


def test_what_nobody_asks_for_holds_nobody_up(pixels):
    class Slow(RawEncoder):
        def encode(self, pixels, image_format):
            assert waiting.wait(30)
            return super().encode(pixels, image_format)

    waiting = threading.Event()
    with PackedAhead(Slow(), SizeInspector()) as packer:
        packer.begin(pixels, "png")
    waiting.set()
