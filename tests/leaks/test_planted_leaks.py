"""Ways to let a hidden pixel through, planted one by one: each must end without a payload."""

from dataclasses import replace
from secrets import token_bytes

import cv2
import numpy as np
import pytest
from tests.doubles.ports import broken, seeded, zeros
from tests.doubles.scenes import masked, noise, oval, scenery

from privateedit.codec import ByteInspector, PixelEncoder
from privateedit.core import seal as seal_module
from privateedit.core.conceal import Fill, MaskedPhoto, Paint, conceal
from privateedit.core.framing import Framing
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo
from privateedit.core.seal import seal
from privateedit.errors import NotSealed, Refused

HIDDEN = oval(48, 64, 33, 21, 15, 12)
FORMATS = ("png", "jpeg", "webp")
ENTROPIES = [seeded(1), zeros, lambda count: b"\xff" * count]


def sealed(photo, concealed, framing=Framing(), **ports):
    usual = {"encoder": PixelEncoder(), "inspector": ByteInspector(), "entropy": seeded(1)}
    return seal(photo, concealed, framing, **{**usual, **ports})


@pytest.fixture(params=[noise, scenery], ids=["noise", "scenery"])
def photo(request):
    return Photo(request.param(48, 64, 4))


def with_visible(concealed, pixels):
    """The masked picture with other visible pixels: a constructor cannot know that they tell something."""
    out = np.where(HIDDEN[..., None], concealed.pixels, pixels)
    return MaskedPhoto(out, concealed.mask, concealed.paint)


@pytest.mark.parametrize("fill", ["black", "noise"])
def test_without_a_leak_there_is_a_payload(photo, fill):
    for image_format in FORMATS:
        assert sealed(photo, masked(photo.pixels, HIDDEN, fill), Framing(image_format, 40)).sealed


@pytest.mark.parametrize("fill", ["black", "noise"])
@pytest.mark.parametrize("framing", [Framing(), Framing("jpeg"), Framing("webp", 30)])
def test_feathering_outwards(photo, fill, framing):
    blurred = cv2.GaussianBlur(photo.pixels, (0, 0), 2)
    with pytest.raises(NotSealed):
        sealed(photo, with_visible(masked(photo.pixels, HIDDEN, fill), blurred), framing)


def test_feathering_in_the_stage_itself(photo, monkeypatch):
    """Both runs feather alike, so only a probe that truly differs can tell."""
    honest = seal_module.conceal

    def feathering(source, mask, paint, backdrop=None):
        concealed = honest(source, mask, paint)
        return with_visible(concealed, cv2.GaussianBlur(source.pixels, (0, 0), 2))

    monkeypatch.setattr(seal_module, "conceal", feathering)
    for entropy in ENTROPIES:
        with pytest.raises(NotSealed):
            leaky = feathering(photo, masked(photo.pixels, HIDDEN).mask, masked(photo.pixels, HIDDEN).paint)
            sealed(photo, leaky, entropy=entropy)


def test_resizing_before_masking(photo):
    """A reduction made before the mask: hidden pixels have already run into their visible neighbors."""
    half = cv2.resize(photo.pixels, (32, 24), interpolation=cv2.INTER_AREA)
    back = cv2.resize(half, (64, 48), interpolation=cv2.INTER_LINEAR)
    with pytest.raises(NotSealed):
        sealed(photo, with_visible(masked(photo.pixels, HIDDEN), back), Framing(max_side=32))


PIXEL_LEAKS = {
    "threshold of one pixel": lambda hidden: int(hidden[0, 0] >= 128),
    "lowest bit of one pixel": lambda hidden: int(hidden[-1, 2] & 1),
    "highest bit of one pixel": lambda hidden: int(hidden[5, 1] >> 7),
}
GLOBAL_LEAKS = {
    "parity": lambda hidden: int(np.bitwise_xor.reduce(hidden.ravel()) & 1),
    "mean": lambda hidden: int(hidden.mean()) & 1,
    "brighter than grey": lambda hidden: int(hidden.mean() > 128),
}


def whisper(monkeypatch, leak):
    """Make the stage write `leak` of the hidden pixels into the lowest bit of the first one, in every run."""
    honest = seal_module.conceal

    def whispering(source, mask, paint, backdrop=None):
        visible = source.pixels.copy()
        visible[0, 0, 0] = visible[0, 0, 0] & 0xFE | leak(source.pixels[mask.hidden])
        return with_visible(honest(source, mask, paint), visible)

    monkeypatch.setattr(seal_module, "conceal", whispering)
    return whispering


@pytest.mark.parametrize("leak", [*PIXEL_LEAKS.values(), *GLOBAL_LEAKS.values()])
def test_a_masked_picture_that_carries_one_bit_of_what_is_hidden(photo, leak):
    """Either the bit is already what the photo shows there, and nothing was added, or there is no payload."""
    honest = masked(photo.pixels, HIDDEN)
    for flipped in (0, 1):
        visible = photo.pixels.copy()
        bit = leak(photo.pixels[HIDDEN]) ^ flipped
        visible[0, 0, 0] = visible[0, 0, 0] & 0xFE | bit
        if np.array_equal(visible, photo.pixels):
            assert sealed(photo, with_visible(honest, visible)).data == sealed(photo, honest).data
        else:
            with pytest.raises(NotSealed):
                sealed(photo, with_visible(honest, visible))


@pytest.mark.parametrize("leak", PIXEL_LEAKS.values(), ids=PIXEL_LEAKS)
def test_a_stage_that_whispers_one_bit_of_one_pixel_is_always_caught(photo, leak, monkeypatch):
    whispering = whisper(monkeypatch, leak)
    usual = masked(photo.pixels, HIDDEN)
    for seed in range(12):
        with pytest.raises(NotSealed):
            sealed(photo, whispering(photo, usual.mask, usual.paint), entropy=seeded(seed))


@pytest.mark.parametrize("leak", GLOBAL_LEAKS.values(), ids=GLOBAL_LEAKS)
def test_a_stage_that_whispers_one_bit_of_everything_is_caught_within_a_few_sends(photo, leak, monkeypatch):
    """A bit of all hidden pixels together is by chance the same for a probe as for the photo."""
    whispering = whisper(monkeypatch, leak)
    usual = masked(photo.pixels, HIDDEN)
    caught = 0
    for seed in range(16):
        try:
            sealed(photo, whispering(photo, usual.mask, usual.paint), entropy=seeded(seed))
        except NotSealed:
            caught += 1
    assert caught >= 4


@pytest.mark.parametrize("channel", range(3))
@pytest.mark.parametrize("bit", range(8))
def test_any_single_bit_of_a_hidden_pixel_is_seen_both_ways(photo, bit, channel, monkeypatch):
    honest = seal_module.conceal
    row, column = np.argwhere(HIDDEN)[100]

    def whispering(source, mask, paint, backdrop=None):
        visible = source.pixels.copy()
        visible[-1, -1, 1] = source.pixels[row, column, channel] >> bit & 1
        return with_visible(honest(source, mask, paint), visible)

    monkeypatch.setattr(seal_module, "conceal", whispering)
    usual = masked(photo.pixels, HIDDEN)
    for entropy in (*ENTROPIES, seeded(9)):
        with pytest.raises(NotSealed):
            sealed(photo, whispering(photo, usual.mask, usual.paint), entropy=entropy)


def test_one_level_of_one_visible_pixel(photo):
    visible = photo.pixels.copy()
    visible[0, 0, 2] ^= 1
    with pytest.raises(NotSealed):
        sealed(photo, with_visible(masked(photo.pixels, HIDDEN), visible))


@pytest.mark.parametrize("framing", [Framing(), Framing("jpeg"), Framing("webp"), Framing(max_side=20)])
def test_a_stage_that_does_not_hide_at_all(photo, framing):
    shown = masked(photo.pixels, HIDDEN)
    with pytest.raises(Refused):
        sealed(photo, MaskedPhoto(photo.pixels, shown.mask, shown.paint), framing)


def test_a_mask_smaller_than_the_one_that_was_concealed(photo):
    """Hidden by a larger mask, sealed with a smaller one: what was hidden between them is not visible."""
    smaller = oval(48, 64, 33, 21, 9, 7)
    larger = masked(photo.pixels, HIDDEN)
    with pytest.raises(NotSealed):
        sealed(photo, MaskedPhoto(larger.pixels, masked(photo.pixels, smaller).mask, larger.paint))


def test_a_generator_of_zeros_still_changes_every_hidden_byte(photo):
    assert sealed(photo, masked(photo.pixels, HIDDEN), entropy=zeros).sealed
    with pytest.raises(NotSealed):
        blurred = cv2.GaussianBlur(photo.pixels, (0, 0), 1)
        sealed(photo, with_visible(masked(photo.pixels, HIDDEN), blurred), entropy=zeros)


@pytest.mark.parametrize("short", [b"", b"\x01"])
def test_a_generator_that_gives_too_little_makes_no_payload(photo, short):
    with pytest.raises(ValueError):
        sealed(photo, masked(photo.pixels, HIDDEN), entropy=lambda count: short)


def test_a_generator_that_is_gone_makes_no_payload(photo):
    with pytest.raises(OSError, match="generator"):
        sealed(photo, masked(photo.pixels, HIDDEN), entropy=broken)


def test_paint_made_from_the_photo_is_refused():
    photo = Photo(noise(40, 60))
    hidden = oval(40, 60, 30, 20, 12, 10)
    with pytest.raises(Refused, match="never from pixels"):
        Paint(Fill(None), photo.pixels[hidden])


def test_a_generator_that_hands_back_the_photo_is_refused():
    photo = Photo(noise(40, 60))
    mask = Mask(oval(40, 60, 30, 20, 12, 10))
    stolen = photo.pixels[mask.hidden].tobytes()
    with pytest.raises(Refused, match="repeats itself"):
        Paint.mixed(Fill(None), mask, lambda count: stolen[:count])
    draws = iter([stolen, seeded(3)(len(stolen))])  # one that also passes as a generator
    paint = Paint.mixed(Fill(None), mask, lambda count: next(draws))
    ports = {"encoder": PixelEncoder(), "inspector": ByteInspector(), "entropy": seeded(5)}
    with pytest.raises(NotSealed, match="repeats"):
        seal(photo, conceal(photo, mask, paint), Framing(), **ports)


@pytest.mark.parametrize(
    ("height", "row"), [(130, 0), (130, 63), (130, 64), (130, 129), (129, 128), (128, 127), (81, 80)]
)
def test_a_hidden_pixel_told_in_one_byte_of_any_row(height, row, monkeypatch):
    tall, hidden = Photo(noise(height, 40, 5)), oval(height, 40, 20, 60, 9, 12)
    honest = seal_module.conceal

    def whispering(source, mask, paint, backdrop=None):
        concealed = honest(source, mask, paint, backdrop)
        pixels = concealed.pixels.copy()
        pixels[row, -1, 2] = source.pixels[60, 20, 0]
        return MaskedPhoto(pixels, concealed.mask, concealed.paint)

    mask = Mask(hidden)
    told = whispering(tall, mask, Paint.mixed(Fill(), mask, bytes))
    monkeypatch.setattr(seal_module, "conceal", whispering)
    with pytest.raises(NotSealed, match="outgoing picture"):
        sealed(tall, told)


@pytest.mark.parametrize(
    "values", [np.full((400, 3), 0.4), np.int64([256, 256, 256]), np.zeros((399, 3), np.uint8)]
)
def test_paint_that_no_pixel_can_hold_is_refused_and_not_cast(values):
    hidden = np.zeros((40, 40), np.bool_)
    hidden[10:30, 10:30] = True
    mask = Mask(hidden)
    honest = conceal(Photo(np.zeros((40, 40, 3), np.uint8)), mask, Paint.mixed(Fill(), mask, token_bytes))
    forged = replace(honest.paint, values=values)
    with pytest.raises(Refused, match="does not hold the fill"):
        MaskedPhoto(honest.pixels, mask, forged)


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("channels", [slice(None), 0, 2])
@pytest.mark.parametrize("entropy", [seeded(number) for number in range(8)])
def test_whether_a_sum_is_odd(photo, monkeypatch, more, channels, entropy):
    """One bit of everything: random values have it by chance in half of all cases."""
    honest, hidden = seal_module.conceal, HIDDEN.copy()
    hidden[tuple(np.argwhere(hidden)[0])] ^= bool((np.count_nonzero(hidden) + more) % 2)
    mask = Mask(hidden)

    def telling(source, mask, paint, backdrop=None):
        told = honest(source, mask, paint, backdrop)
        pixels = told.pixels.copy()
        pixels[0, 0, 0] = (pixels[0, 0, 0] & 254) | int(source.pixels[mask.hidden][:, channels].sum() & 1)
        return MaskedPhoto(pixels, told.mask, told.paint)

    monkeypatch.setattr(seal_module, "conceal", telling)
    told = telling(photo, mask, Paint.mixed(Fill(), mask, seeded(1)))
    with pytest.raises(NotSealed):
        sealed(photo, told, entropy=entropy)
