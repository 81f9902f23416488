import cv2
import numpy as np
import pytest
from tests.doubles.scenes import scenery

from privateedit.core.style import Renderer
from privateedit.core.tone import Tone, brightness, learn_tone, sampled

PENCIL = Renderer("pencil drawing", pencil=3.0)
PHOTO = scenery(240, 320, 7).astype(np.float32)
PHOTO[:, 200:] = 150 + 0.4 * PHOTO[:, 200:]  # light tones that only the right side has
PHOTO[:, :200] *= 0.5
SEEN = np.zeros(PHOTO.shape[:2], np.bool_)
SEEN[:, :190] = True
LIGHT = (slice(10, 230), slice(212, 310))


def shaded(photo, wash, color, paper=250):
    """Lines, squared, over a wash with a share of the photo's colors."""
    bright = brightness(photo)[..., None]
    lines = (brightness(PENCIL.apply(photo))[..., None] / 255) ** 2
    return lines * (paper * (1 - wash * (1 - bright / 255)) + color * (photo - bright))


def soft(pixels):
    return cv2.GaussianBlur(pixels, (0, 0), 3)[LIGHT]


@pytest.mark.parametrize("wash", [0.0, 0.3, 0.75, 1.0])
def test_tones_that_nothing_visible_has_are_laid_on_as_the_others_are(wash):
    """Black hair and a dark wall say how a face is drawn all the same."""
    edited = shaded(PHOTO, wash, 0.6)
    tone = learn_tone(PENCIL.apply(PHOTO), PHOTO, edited, SEEN)
    assert tone.wash == pytest.approx(wash, abs=0.05)
    assert tone.color == pytest.approx(0.6, abs=0.05)
    off = soft(tone.apply(PENCIL.apply(PHOTO), PHOTO)) - soft(edited)
    assert np.abs(off).mean() < 6


def test_where_nothing_visible_has_another_tone_white_stays_paper():
    photo = np.full_like(PHOTO, 40)
    photo[LIGHT] = 250
    edited = np.full_like(PHOTO, 100)
    tone = learn_tone(PENCIL.apply(photo), photo, edited, SEEN)
    drawn = tone.apply(PENCIL.apply(photo), photo)
    assert np.abs(drawn[20:220, 10:180] - 100).max() < 2
    assert drawn[60:180, 240:280].min() > 235


def test_lines_may_lie_a_little_beside_where_they_lay():
    edited = np.roll(shaded(PHOTO, 0.75, 0.6), (1, 2), (0, 1))
    tone = learn_tone(PENCIL.apply(PHOTO), PHOTO, edited, SEEN)
    assert tone.wash == pytest.approx(0.75, abs=0.1)
    assert tone.color == pytest.approx(0.6, abs=0.15)


def test_a_changed_corner_says_little():
    edited = shaded(PHOTO, 0.3, 0.6)
    edited[:60, :60] = 250
    tone = learn_tone(PENCIL.apply(PHOTO), PHOTO, edited, SEEN)
    assert tone.wash == pytest.approx(0.3, abs=0.1)


def test_grey_has_no_color_and_paper_has_its_tint():
    tint = np.float32([6, 2, -12])
    edited = np.repeat(brightness(shaded(PHOTO, 0.3, 0.0))[..., None], 3, 2)
    tone = learn_tone(PENCIL.apply(PHOTO), PHOTO, edited + tint, SEEN)
    assert tone.color == 0
    assert np.abs(tone.tint - (tint - brightness(tint))).max() < 2


@pytest.mark.parametrize("color", [0.0, 0.6])
def test_faint_colors_tell_what_becomes_of_strong_ones(color):
    bright = brightness(PHOTO)[..., None]
    faint = bright + 0.04 * (PHOTO - bright)
    noise = np.random.default_rng(4).normal(0, 0.3, PHOTO.shape).astype(np.float32)
    tone = learn_tone(PENCIL.apply(faint), faint, shaded(faint, 0.75, color) + noise, SEEN)
    assert tone.color == pytest.approx(color, abs=0.1)


def test_equal_lines_are_drawn_equally():
    tone = learn_tone(PENCIL.apply(PHOTO), PHOTO, shaded(PHOTO, 0.75, 0.6), SEEN)
    assert (np.diff(np.rint(tone.source)) > 0).all()
    assert (np.diff(tone.target) >= 0).all()


def test_ink_has_no_color_and_paper_all_of_it():
    tone = Tone(np.array([0.0, 255.0]), np.array([0.0, 255.0]), 1.0, np.zeros(3), 1.0)
    photo = np.full((4, 4, 3), (200, 120, 80), np.float32)
    for lines, share in ((0, 0), (255, 1)):
        made = tone.apply(np.full_like(photo, lines), photo)
        np.testing.assert_allclose(made, share * photo, atol=0.01)


def test_large_areas_are_thinned():
    assert 10_000 < len(sampled(np.ones((600, 800), np.bool_))) < 40_000
    assert len(sampled(SEEN[:50, :50])) == np.count_nonzero(SEEN[:50, :50])
