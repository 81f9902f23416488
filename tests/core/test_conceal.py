import numpy as np
import pytest
from tests.doubles.ports import broken, seeded
from tests.doubles.scenes import noise, oval

from privateedit.core.conceal import Fill, MaskedPhoto, Paint, conceal
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo
from privateedit.errors import InputError, Refused

HIDDEN = oval(20, 30, 15, 10, 8, 6)
MASK = Mask(HIDDEN)


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("black", (0, 0, 0)),
        (" Grey ", (128, 128, 128)),
        ("gray", (128, 128, 128)),
        ("WHITE", (255, 255, 255)),
        ("#0a0B0c", (10, 11, 12)),
        ("noise", None),
    ],
)
def test_fills_are_read(text, color):
    assert Fill.parse(text).color == color


@pytest.mark.parametrize(
    "text", ["", "blur", "pixelate", "#fff", "#12345g", "123456", "#1234567", "black\x00", "#٠٠٠٠٠٠"]
)
def test_other_fills_are_refused(text):
    with pytest.raises(InputError, match="fill"):
        Fill.parse(text)


def test_noise_is_what_the_generator_gave_and_nothing_of_the_photo():
    pixels = noise(20, 30)
    count = int(HIDDEN.sum())
    paint = Paint.mixed(Fill(None), MASK, seeded(5))
    masked = conceal(Photo(pixels), MASK, paint)
    expected = np.frombuffer(seeded(5)(3 * count), np.uint8).reshape(count, 3)
    assert np.array_equal(masked.pixels[HIDDEN], expected)
    assert np.array_equal(masked.pixels[~HIDDEN], pixels[~HIDDEN])


def test_a_solid_fill_asks_for_no_noise():
    assert Paint.mixed(Fill((1, 2, 3)), MASK, broken).values.tolist() == [1, 2, 3]


def test_a_broken_generator_makes_no_paint():
    with pytest.raises(OSError, match="generator"):
        Paint.mixed(Fill(None), MASK, broken)


def test_a_generator_that_gives_too_little_makes_no_paint():
    with pytest.raises(ValueError, match="reshape"):
        Paint.mixed(Fill(None), MASK, lambda count: bytes(count - 1))


def test_every_single_hidden_pixel_must_be_paint():
    painted = conceal(Photo(noise(20, 30)), MASK, Paint.mixed(Fill(), MASK, seeded(0))).pixels
    for row, column in np.argwhere(HIDDEN)[::7]:
        for channel in range(3):
            leaky = painted.copy()
            leaky[row, column, channel] = 1
            with pytest.raises(Refused, match="hidden pixel"):
                MaskedPhoto(leaky, MASK, Paint.mixed(Fill(), MASK, seeded(0)))


def test_mask_and_photo_have_one_size():
    with pytest.raises(InputError, match="30×20"):
        conceal(Photo(noise(20, 31)), MASK, Paint.mixed(Fill(), MASK, seeded(0)))
    with pytest.raises(InputError):
        MaskedPhoto(noise(20, 31), MASK, Paint.mixed(Fill(), MASK, seeded(0)))


def test_the_photo_stays_as_it_is_and_the_result_is_read_only():
    photo = Photo(noise(20, 30))
    before = photo.pixels.copy()
    masked = conceal(photo, MASK, Paint.mixed(Fill(), MASK, seeded(0)))
    assert np.array_equal(photo.pixels, before)
    assert not masked.pixels.flags.writeable


def test_an_empty_mask_changes_nothing():
    pixels = noise(20, 30)
    nothing = Mask(np.zeros((20, 30), np.bool_))
    masked = conceal(Photo(pixels), nothing, Paint.mixed(Fill(), nothing, seeded(0)))
    assert np.array_equal(masked.pixels, pixels)


def test_reprs_show_no_pixels():
    paint = Paint.mixed(Fill(None), MASK, seeded(1))
    masked = conceal(Photo(noise(20, 30)), MASK, paint)
    for text in (repr(paint), repr(masked)):
        assert "array" not in text
        assert "dtype" not in text
