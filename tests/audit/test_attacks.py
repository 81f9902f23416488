"""Each attack works on what it is meant for, and gets nothing from an opaque mask."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.scenes import noise, oval, scenery

from privateedit.audit.attacks import ATTACKS, Observed, noise_level
from privateedit.core.exposure import psnr
from privateedit.vision.recognize import SAME_PERSON

BLACK = (0, 0, 0)
RED = (200, 30, 30)


def after(name, pixels, hidden, fill=BLACK, opacity=1.0):
    return ATTACKS[name].run(Observed(pixels, hidden, fill, opacity))


@pytest.fixture
def distance(astronaut, astronaut_landmarks, recognizer):
    clean = recognizer.embed(astronaut.pixels, astronaut_landmarks)

    def measure(pixels):
        return float(np.linalg.norm(recognizer.embed(pixels, astronaut_landmarks) - clean))

    return measure


@pytest.mark.parametrize("fill", [BLACK, RED])
def test_unblending_gives_back_what_shows_through(astronaut, astronaut_hidden, see_through, distance, fill):
    got = after("unblend", see_through(fill, 0.95), astronaut_hidden, fill, 0.95)
    assert psnr(got, astronaut.pixels, astronaut_hidden) > 30
    assert distance(got) < 0.25


@pytest.mark.parametrize("opacity", [0.9, 0.95, 0.98])
@pytest.mark.parametrize("fill", [BLACK, RED])
def test_stretching_recognizes_behind_any_color_without_knowing_it(
    astronaut_hidden, see_through, distance, fill, opacity
):
    got = after("stretch", see_through(fill, opacity), astronaut_hidden, None)
    assert distance(got) < 0.4


def test_denoising_gets_more_out_of_see_through_noise(astronaut, astronaut_hidden, see_through, distance):
    sent = see_through(None, 0.6)
    got = after("denoise", sent, astronaut_hidden, None, 0.6)
    assert psnr(got, astronaut.pixels, astronaut_hidden) > psnr(sent, astronaut.pixels, astronaut_hidden) + 2
    assert distance(got) < SAME_PERSON


def test_blur_and_pixels_are_recognized_better_than_an_opaque_mask(
    astronaut_hidden, see_through, blurred, pixelated, distance
):
    """Why neither is offered as concealment."""
    opaque = distance(see_through(BLACK, 1.0))
    assert distance(blurred) < opaque - 0.1
    assert distance(pixelated) < opaque - 0.05


def test_deblurring_comes_closer_to_the_face(astronaut, astronaut_hidden, blurred):
    got = after("deblur", blurred, astronaut_hidden)
    assert (
        psnr(got, astronaut.pixels, astronaut_hidden)
        > psnr(blurred, astronaut.pixels, astronaut_hidden) + 0.3
    )


@pytest.mark.parametrize("name", ["inpaint-telea", "inpaint-ns"])
def test_inpainting_continues_what_is_around(name):
    truth = scenery()
    truth = cv2.GaussianBlur(truth, (0, 0), 12)
    hidden = oval(240, 320, 160, 120, 40, 50)
    sent = np.where(hidden[..., None], np.uint8(0), truth)
    assert psnr(after(name, sent, hidden), truth, hidden) > 24 > psnr(sent, truth, hidden) + 10


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("fill", [BLACK, None])
def test_an_opaque_mask_gives_no_attack_the_face(astronaut_hidden, see_through, distance, name, fill):
    assert distance(after(name, see_through(fill, 1.0), astronaut_hidden, fill)) > SAME_PERSON


@pytest.mark.parametrize("name", ["stretch", "unblend", "denoise"])
def test_one_color_stays_one_color(astronaut_hidden, see_through, name):
    sent = see_through(RED, 1.0)
    assert np.array_equal(after(name, sent, astronaut_hidden, RED), sent)


@pytest.mark.parametrize("name", ATTACKS)
@settings(max_examples=8, deadline=None)
@given(
    x=st.integers(-10, 90),
    y=st.integers(-10, 70),
    opacity=st.sampled_from([0.0, 0.5, 1.0]),
    seed=st.integers(0, 99),
)
def test_visible_pixels_stay_and_the_input_is_not_written_to(name, x, y, opacity, seed):
    sent = noise(60, 80, seed)
    sent.flags.writeable = False
    hidden = oval(60, 80, x, y, 18, 14)
    got = after(name, sent, hidden, RED, opacity)
    assert got.shape == sent.shape
    assert got.dtype == np.uint8
    assert np.array_equal(got[~hidden], sent[~hidden])


@pytest.mark.parametrize("name", ATTACKS)
def test_a_picture_hidden_altogether_can_be_attacked(name):
    sent = noise(40, 40)
    assert after(name, sent, np.ones((40, 40), bool)).shape == sent.shape


def test_holes_are_stretched_each_by_itself():
    sent = scenery(100, 200)
    hidden = np.zeros((100, 200), bool)
    hidden[20:80, 20:80] = hidden[20:80, 120:180] = True
    sent[:, :100] //= 20
    got = after("stretch", sent, hidden)
    for part in (slice(20, 80), slice(120, 180)):
        assert np.ptp(got[20:80, part].astype(int), axis=(0, 1)).min() > 200


@pytest.mark.parametrize("sigma", [4.0, 12.0])
def test_the_noise_level_is_the_noises_own(sigma):
    clean = cv2.GaussianBlur(scenery(), (0, 0), 4)
    noisy = np.clip(clean + np.random.default_rng(1).normal(0, sigma, clean.shape), 0, 255).astype(np.uint8)
    inside = oval(240, 320, 160, 120, 80, 80)
    assert noise_level(noisy, inside) == pytest.approx(sigma, rel=0.1)
    assert noise_level(clean, inside) < 1
    assert noise_level(clean, np.zeros_like(inside)) == 0


def test_every_attack_is_explained():
    for name, attack in ATTACKS.items():
        assert attack.name == name
        assert attack.explanation.endswith(".")
