import cv2
import numpy as np
import pytest
from tests.doubles.scenes import scenery

from privateedit.core.grade import Grade
from privateedit.core.light import Light
from privateedit.core.look import Look
from privateedit.core.style import Renderer, Style, Tone
from privateedit.core.texture import Grain, Texture

WINDOW = (slice(30, 150), slice(40, 200))
PIXELS = scenery(120, 160).astype(np.float32)
WARM = Grade(np.column_stack([np.diag([1.1, 1.0, 0.8]), [2.0, 0.0, 0.0]]))
SIDE = Light(np.tile([0.3, 0.1, 0.0], (3, 1)), np.array([[0.01, 0, -1.2], [0, 0.01, -0.9]]))
SOFT = Texture(1.5, 0.0, Grain((3.0,) * 4, 0.0, 0.0))
GREY = Style(
    Renderer("pencil drawing", pencil=3.0),
    Tone(np.array([0.0, 255.0]), np.array([20.0, 250.0]), 0.0, np.zeros(3)),
)
PAINTED = Style(Renderer("painting", smooth=8.0, contrast=0.3), None)


def test_a_plain_look_returns_its_argument():
    assert Look(WINDOW).is_plain
    assert Look(WINDOW).apply(PIXELS) is PIXELS


@pytest.mark.parametrize(
    "part",
    [{"grade": WARM}, {"light": SIDE}, {"shading": SIDE}, {"texture": SOFT}, {"style": GREY}],
    ids=lambda part: next(iter(part)),
)
def test_every_part_shows_and_no_strength_takes_it_away(part):
    look = Look(WINDOW, **part)
    assert not look.is_plain
    assert np.abs(look.apply(PIXELS) - PIXELS).mean() > 0.5
    assert look.at(0.0).is_plain
    assert look.at(1.0) is look


def test_half_a_look_lies_between():
    look = Look(WINDOW, WARM, SIDE)
    whole, half = (np.abs(look.at(each).apply(PIXELS) - PIXELS).mean() for each in (1.0, 0.5))
    assert 0.4 * whole < half < 0.6 * whole


def test_a_reduced_window_looks_alike():
    look = Look(WINDOW, WARM, SIDE, texture=Texture(2.0))
    small = cv2.resize(PIXELS, (80, 60), interpolation=cv2.INTER_AREA)
    whole = cv2.resize(look.apply(PIXELS), (80, 60), interpolation=cv2.INTER_AREA)
    assert np.abs(look.apply(small) - whole).mean() < 1.5


def test_a_drawing_has_tones_of_its_own():
    drawn = Look(WINDOW, WARM, SIDE, style=GREY).apply(PIXELS)
    assert np.ptp(drawn, axis=2).max() < 0.1
    np.testing.assert_allclose(drawn, Look(WINDOW, style=GREY).apply(PIXELS))


def test_a_painting_takes_the_grade():
    painted = Look(WINDOW, WARM, style=PAINTED).apply(PIXELS)
    np.testing.assert_allclose(painted, WARM.apply(PAINTED.render(PIXELS)), atol=1e-3)
