import numpy as np
import pytest
from tests.doubles.scenes import oval, scenery

from privateedit.core.color_difference import lab
from privateedit.core.face_change import alike, apart, hues_alike, proportions_alike, redness, share

PIXELS = scenery(120, 120).astype(np.float32)
FACE = oval(120, 120, 60, 60, 40, 45)
NOBODY = np.zeros((120, 120), np.bool_)
GREY = PIXELS @ np.float32([0.3, 0.6, 0.1])


def test_without_a_face_nothing_changes():
    assert apart(lab(PIXELS), lab(255 - PIXELS), NOBODY) == 0
    assert hues_alike(lab(PIXELS), lab(255 - PIXELS), NOBODY) == 1
    assert alike(GREY, 255 - GREY, NOBODY) == 1
    assert redness(PIXELS, NOBODY) == 0
    assert share(FACE, NOBODY) > 0
    assert share(NOBODY, NOBODY) == 0


def test_a_change_of_color_is_measured_within_the_face_alone():
    changed = lab(PIXELS)
    changed[~FACE] += 40
    assert apart(lab(PIXELS), changed, FACE) == 0
    changed[FACE, 0] += 10
    assert 5 < apart(lab(PIXELS), changed, FACE) < 14


def test_hues_that_keep_their_order_are_alike_and_turned_ones_are_not():
    own = lab(PIXELS)
    assert hues_alike(own, own + np.float32([5, 12, -9]), FACE) == pytest.approx(1, abs=1e-4)
    assert hues_alike(own, own * np.float32([1, -1, -1]), FACE) == pytest.approx(-1, abs=1e-4)
    drained = own * np.float32([1, 0, 0])
    assert hues_alike(own, drained, FACE) == 1  # a grey face has no hues to differ


def test_gains_leave_proportions_though_they_turn_hues():
    """A face in a night: bright skin becomes bluer than dark skin, and lips stay the reddest there is."""
    shade = np.repeat(np.linspace(0.3, 1.0, 120, dtype=np.float32)[:, None], 120, 1)[..., None]
    own = shade * np.float32([225, 175, 145])
    own[70:80, 45:75] = (175, 120, 110)
    night = 255 * (own / 255) ** np.float32(1.25) * np.float32([0.42, 0.5, 0.72])
    assert proportions_alike(own, night, FACE) > 0.9
    assert hues_alike(lab(own), lab(night), FACE) < 0.6
    assert proportions_alike(own, own[..., [1, 0, 2]], FACE) < -0.5  # red and green change places
    assert proportions_alike(own, GREY[..., None] + np.zeros(3, np.float32), FACE) == 0
    assert proportions_alike(own, night, NOBODY) == 1


def test_structure_survives_a_rising_map_and_not_a_negative_or_a_blur():
    assert alike(GREY, 20 + 0.7 * GREY, FACE) > 0.98
    assert alike(GREY, 255 - GREY, FACE) < -0.9
    noise = np.random.default_rng(1).uniform(0, 255, GREY.shape).astype(np.float32)
    assert abs(alike(GREY, noise, FACE)) < 0.3


def test_red_is_above_nothing_and_green_below():
    plain = np.full((120, 120, 3), 128, np.float32)
    assert abs(redness(plain, FACE)) < 0.1
    assert redness(plain + np.float32([40, 0, 0]), FACE) > 10
    assert redness(plain + np.float32([0, 40, 0]), FACE) < -10


def test_a_share_is_of_the_whole():
    half = FACE.copy()
    half[:60] = False
    assert share(half, FACE) == pytest.approx(0.5, abs=0.02)
