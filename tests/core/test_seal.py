import threading

import cv2
import numpy as np
import pytest
from tests.doubles.ports import RawEncoder, SizeInspector, seeded, zeros
from tests.doubles.scenes import masked, noise, oval

from privateedit.core.conceal import Backdrop, Fill, MaskedPhoto, Paint, conceal, see_through
from privateedit.core.framing import Framing
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo
from privateedit.core.seal import scramble, seal
from privateedit.errors import InputError, NotSealed, Refused

PORTS = {"encoder": RawEncoder(), "inspector": SizeInspector(), "entropy": seeded(1)}
HIDDEN = oval(40, 60, 33, 17, 12, 9)


def test_the_payload_is_what_the_encoder_wrote_of_the_masked_picture():
    pixels = noise(40, 60)
    concealed = masked(pixels, HIDDEN)
    payload = seal(Photo(pixels), concealed, Framing(), **PORTS)
    assert payload.data == RawEncoder().encode(concealed.pixels, "png")
    assert np.array_equal(payload.hidden, HIDDEN)
    assert payload.sealed


@pytest.mark.parametrize("fill", ["black", "noise", "#204060"])
@pytest.mark.parametrize(
    "entropy", [zeros, seeded(3), lambda count: b"\xff" * count, lambda count: b"\xfe" * count]
)
def test_a_scramble_changes_every_hidden_byte_and_no_other(fill, entropy):
    photo = Photo(noise(40, 60))
    other = scramble(photo, Mask(HIDDEN), entropy)
    assert (other.pixels[HIDDEN] != photo.pixels[HIDDEN]).all()
    assert np.array_equal(other.pixels[~HIDDEN], photo.pixels[~HIDDEN])


def test_an_empty_mask_is_never_sealed():
    pixels = noise(40, 60)
    nothing = Mask(np.zeros((40, 60), np.bool_))
    concealed = conceal(Photo(pixels), nothing, Paint.mixed(Fill(), nothing, bytes))
    with pytest.raises(NotSealed, match="Nothing is hidden"):
        seal(Photo(pixels), concealed, Framing(), **PORTS)


def test_another_photo_of_the_same_size_is_not_sealed():
    with pytest.raises(NotSealed):
        seal(Photo(noise(40, 60, 1)), masked(noise(40, 60, 2), HIDDEN), Framing(), **PORTS)


def test_another_photo_of_another_size_is_refused():
    with pytest.raises(InputError):
        seal(Photo(noise(40, 61)), masked(noise(40, 60), HIDDEN), Framing(), **PORTS)


@pytest.mark.parametrize(
    ("longest", "size"),
    [(None, (60, 40)), (60, (60, 40)), (500, (60, 40)), (30, (30, 20)), (1, (1, 1)), (7, (7, 5))],
)
def test_pictures_shrink_and_never_grow(longest, size):
    pixels = noise(40, 60)
    payload = seal(Photo(pixels), masked(pixels, HIDDEN), Framing(max_side=longest), **PORTS)
    assert (payload.width, payload.height) == size
    assert payload.hidden.any()


def test_a_resized_outline_holds_every_pixel_that_hidden_ones_went_into():
    pixels = np.full((41, 59, 3), 200, np.uint8)
    hidden = oval(41, 59, 30, 20, 11, 9)
    payload = seal(Photo(pixels), masked(pixels, hidden), Framing(max_side=23), **PORTS)
    frame = np.frombuffer(payload.data[8:], np.uint8).reshape(payload.height, payload.width, 3)
    assert np.array_equal(payload.hidden | (frame == 200).all(2), np.ones_like(payload.hidden))


@pytest.mark.parametrize("side", [0, -5])
def test_a_side_is_at_least_one_pixel(side):
    with pytest.raises(InputError):
        Framing(max_side=side)


def test_one_pixel_of_one_pixel_can_be_sealed():
    pixels = noise(1, 1)
    assert seal(Photo(pixels), masked(pixels, np.ones((1, 1), np.bool_)), Framing(), **PORTS).sealed


def test_a_fresh_scramble_is_drawn_for_every_seal():
    asked = []
    pixels = noise(40, 60)

    def counting(count):
        asked.append(count)
        return seeded(len(asked))(count)

    for _ in range(2):
        seal(Photo(pixels), masked(pixels, HIDDEN), Framing(), **{**PORTS, "entropy": counting})
    assert len(asked) >= 2
    assert min(asked) >= 3 * HIDDEN.sum()


def test_an_exposed_picture_leaves_only_when_it_was_asked_for_by_name():
    photo = Photo(noise(48, 64))
    mask = Mask(oval(48, 64, 30, 20, 15, 12))
    exposed = see_through(photo, mask, Paint.mixed(Fill(), mask, seeded(0)), 0.98)
    ports = {"encoder": RawEncoder(), "inspector": SizeInspector(), "entropy": seeded(1)}
    with pytest.raises(Refused, match="show through"):
        seal(photo, exposed, Framing(), **ports)
    payload = seal(photo, exposed, Framing(), **ports, expose_face=True)
    assert payload.sealed is False
    assert "exposed" in repr(payload)


def test_leave_to_expose_does_not_weaken_the_check_of_a_masked_picture():
    photo = Photo(noise(48, 64))
    concealed = masked(photo.pixels, oval(48, 64, 30, 20, 15, 12))
    leaky = MaskedPhoto(
        np.where(concealed.mask.hidden[..., None], concealed.pixels, cv2.blur(photo.pixels, (5, 5))),
        concealed.mask,
        concealed.paint,
    )
    ports = {"encoder": RawEncoder(), "inspector": SizeInspector(), "entropy": seeded(1)}
    with pytest.raises(NotSealed):
        seal(photo, leaky, Framing(), **ports, expose_face=True)


def test_the_pixels_of_a_replaced_backdrop_are_proven_gone_too():
    photo = Photo(noise(48, 64))
    mask, area = Mask(oval(48, 64, 30, 20, 10, 9)), Mask(~oval(48, 64, 32, 30, 24, 20))
    paint = Paint.mixed(Fill(), mask, seeded(0))
    ports = {"encoder": RawEncoder(), "inspector": SizeInspector(), "entropy": seeded(1)}
    honest = conceal(photo, mask, paint, Backdrop(area))
    payload = seal(photo, honest, Framing(), **ports)
    assert payload.sealed
    assert np.array_equal(payload.hidden, mask.hidden)
    bleeding = honest.pixels.copy()
    person = ~honest.concealed.hidden
    bleeding[person] = cv2.blur(photo.pixels, (5, 5))[person]
    with pytest.raises(NotSealed):
        seal(photo, MaskedPhoto(bleeding, mask, paint, Backdrop(area)), Framing(), **ports)


@pytest.mark.parametrize("fill", [Fill(), Fill(None)], ids=["plain", "noise"])
def test_where_there_is_nobody_the_picture_is_packed_and_inspected_like_any_other(fill):
    pixels = noise(40, 60)
    nothing = Mask(np.zeros((40, 60), np.bool_))
    concealed = conceal(Photo(pixels), nothing, Paint.mixed(fill, nothing, seeded(1)))
    payload = seal(Photo(pixels), concealed, Framing(), **PORTS, nobody=True)
    assert payload.data == RawEncoder().encode(pixels, "png")
    assert payload.sealed
    assert not payload.hidden.any()

    class Chatty(RawEncoder):
        def encode(self, pixels, image_format):
            return super().encode(pixels, image_format) + b"more"

    with pytest.raises(Refused, match="more than pixels"):
        seal(Photo(pixels), concealed, Framing(), **{**PORTS, "encoder": Chatty()}, nobody=True)


def test_that_there_is_nobody_does_not_weaken_the_check_of_another_photo():
    nothing = Mask(np.zeros((40, 60), np.bool_))
    concealed = conceal(Photo(noise(40, 60, 2)), nothing, Paint.mixed(Fill(), nothing, bytes))
    with pytest.raises(NotSealed):
        seal(Photo(noise(40, 60, 1)), concealed, Framing(), **PORTS, nobody=True)
    with pytest.raises(NotSealed):
        seal(Photo(noise(40, 60, 1)), masked(noise(40, 60, 2), HIDDEN), Framing(), **PORTS, nobody=True)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_frame_that_is_not_proven_is_told_before_anything_that_went_wrong_meanwhile(threads):
    """Bytes are made beside the proof; whatever becomes of them, the reason is that hidden pixels tell."""

    class Failing(RawEncoder):
        def encode(self, pixels, image_format):
            raise InputError("It does not fit.")

    class Suspicious(SizeInspector):
        def inspect(self, data, width, height):
            raise Refused("More than pixels.")

    before = cv2.getNumThreads()
    cv2.setNumThreads(threads)
    try:
        for other in ({"encoder": Failing()}, {"inspector": Suspicious()}):
            with pytest.raises(NotSealed, match="outgoing picture"):
                seal(
                    Photo(noise(40, 60, 1)), masked(noise(40, 60, 2), HIDDEN), Framing(), **{**PORTS, **other}
                )
            with pytest.raises((InputError, Refused), match=r"fit|More"):
                seal(Photo(noise(40, 60)), masked(noise(40, 60), HIDDEN), Framing(), **{**PORTS, **other})
    finally:
        cv2.setNumThreads(before)


SIDE = 700  # large enough that only a strip is encoded twice


class Remembering(RawEncoder):
    """Writes a pixel of the first picture it was ever shown into every later large one."""

    first = None

    def encode(self, pixels, image_format):
        if self.first is None:
            self.first = pixels[0, 0].copy()
        elif len(pixels) == SIDE:
            pixels = pixels.copy()
            pixels[0, 0] = self.first
        return super().encode(pixels, image_format)


def large():
    hidden = np.zeros((SIDE, SIDE), np.bool_)
    hidden[300:400, 300:400] = True
    pixels = noise(SIDE, SIDE)
    return Photo(pixels), masked(pixels, hidden)


@pytest.mark.parametrize("threads", [1, 2])
def test_an_encoder_is_never_shown_a_hidden_pixel(threads):
    """What it saw of a picture that was refused could leave with the next one, which is sealed."""
    photo, good = large()
    leaking = good.pixels.copy()
    leaking[0, 0] = photo.pixels[350, 350]
    encoder, before = Remembering(), cv2.getNumThreads()
    cv2.setNumThreads(threads)
    try:
        with pytest.raises(NotSealed):
            seal(
                photo, MaskedPhoto(leaking, good.mask, good.paint), Framing(), **{**PORTS, "encoder": encoder}
            )
        payload = seal(photo, good, Framing(), **{**PORTS, "encoder": encoder})
    finally:
        cv2.setNumThreads(before)
    assert payload.data == RawEncoder().encode(good.pixels, "png")


def test_what_is_proven_of_an_encoder_is_proven_in_the_thread_that_makes_the_payload():
    class ByThread(RawEncoder):
        def encode(self, pixels, image_format):
            if threading.current_thread() is not threading.main_thread():
                pixels = pixels.copy()
                pixels[0, 0] ^= 1
            return super().encode(pixels, image_format)

    photo, good = large()
    with pytest.raises(NotSealed, match="outgoing bytes"):
        seal(photo, good, Framing(), **{**PORTS, "encoder": ByThread()})


def test_bytes_are_made_of_a_picture_whose_hidden_pixels_are_random():
    """A leak through an encoder that reached beyond its frame would tell of random pixels."""
    shown = []

    class Watching(RawEncoder):
        def encode(self, pixels, image_format):
            shown.append(pixels)
            return super().encode(pixels, image_format)

    photo, good = large()
    seal(photo, good, Framing(), **{**PORTS, "encoder": Watching()})
    assert not any(np.shares_memory(each, good.pixels) for each in shown)
    assert not any(each.flags.writeable for each in shown)
