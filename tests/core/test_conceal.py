import cv2
import numpy as np
import pytest
from tests.doubles.ports import broken, seeded
from tests.doubles.scenes import box_face, noise, oval

from privateedit.core.conceal import Fill, MaskedPhoto, Paint, conceal, see_through
from privateedit.core.guide import Guide
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


def test_noise_that_comes_again_was_seeded_and_makes_no_paint():
    """Seeded from the photo, say: then it would be a digest of the face."""
    pixels = noise(20, 30)
    with pytest.raises(Refused, match="repeats"):
        Paint.mixed(Fill(None), MASK, lambda count: np.random.default_rng(int(pixels.sum())).bytes(count))


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


LARGE = Mask(oval(80, 90, 45, 40, 30, 32))
HEAD = [Guide.of(box_face(25, 20, 65, 60))]


@pytest.mark.parametrize("text", ["black", "grey", "white", "noise", "#0a0b0c"])
def test_a_fill_has_a_text_that_is_read_back(text):
    assert Fill.parse(text).text == text
    assert Fill.parse(Fill.parse(text).text) == Fill.parse(text)


@pytest.mark.parametrize("fill", ["black", "grey", "#204060"])
def test_less_opacity_shows_more_of_the_guide(fill):
    plain = np.array(Fill.parse(fill).color, float)
    shown = []
    for opacity in (1.0, 0.9, 0.5, 0.0):
        paint = Paint.mixed(Fill.parse(fill), LARGE, seeded(0), HEAD, opacity)
        assert paint.guided is (opacity < 1)
        values = np.broadcast_to(paint.values, (int(LARGE.hidden.sum()), 3))
        shown.append(float(np.abs(values - plain).mean()))
    assert shown[0] == 0
    assert shown == sorted(shown)
    assert shown[-1] > 5


def test_the_outline_of_a_guided_mask_shows_only_the_fill():
    paint = Paint.mixed(Fill.parse("grey"), LARGE, seeded(0), HEAD, 0.0)
    masked = conceal(Photo(noise(80, 90)), LARGE, paint)
    inner = cv2.erode(LARGE.hidden.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    edge = LARGE.hidden & ~inner
    assert (masked.pixels[edge] == 128).all()


def test_a_guide_is_the_same_whatever_the_photo_is():
    paints = [Paint.mixed(Fill(), LARGE, seeded(0), HEAD, 0.0) for _ in range(2)]
    one, two = (conceal(Photo(noise(80, 90, seed)), LARGE, paints[0]).pixels for seed in (1, 2))
    assert np.array_equal(one[LARGE.hidden], two[LARGE.hidden])
    assert np.array_equal(paints[0].values, paints[1].values)


@pytest.mark.parametrize("opacity", [0.0, 0.5, 0.95])
def test_a_see_through_mask_is_marked_for_ever(opacity):
    photo = Photo(noise(20, 30))
    masked = see_through(photo, MASK, Paint.mixed(Fill(), MASK, seeded(0)), opacity)
    assert masked.exposed
    assert masked.exposure == pytest.approx(1 - opacity)
    assert np.array_equal(masked.pixels[~HIDDEN], photo.pixels[~HIDDEN])
    expected = np.rint(photo.pixels[HIDDEN] * np.float32(1 - opacity))
    assert np.abs(masked.pixels[HIDDEN] - expected).max() <= 1
    with pytest.raises(Refused):
        MaskedPhoto(masked.pixels, MASK, masked.paint)


@pytest.mark.parametrize("opacity", [-0.1, 1.0, 1.5])
def test_a_see_through_mask_has_an_opacity_below_one(opacity):
    with pytest.raises(InputError):
        see_through(Photo(noise(20, 30)), MASK, Paint.mixed(Fill(), MASK, seeded(0)), opacity)


@pytest.mark.parametrize("exposure", [-0.1, 1.1, np.nan])
def test_an_exposure_is_a_share(exposure):
    with pytest.raises(InputError):
        MaskedPhoto(noise(20, 30), MASK, Paint.mixed(Fill(), MASK, seeded(0)), exposure=exposure)
