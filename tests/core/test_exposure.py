import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.ports import seeded
from tests.doubles.scenes import masked, oval, scenery

from privateedit.core.conceal import Fill, Paint, see_through
from privateedit.core.exposure import recovered, recovered_psnr
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo

PHOTO = Photo(scenery(120, 160))
HIDDEN = oval(120, 160, 80, 60, 40, 45)
MASK = Mask(HIDDEN)


def seen_through(opacity, fill="black"):
    return see_through(PHOTO, MASK, Paint.mixed(Fill.parse(fill), MASK, seeded(1)), opacity)


@pytest.mark.parametrize(("opacity", "at_least"), [(0.5, 50), (0.9, 37), (0.95, 31), (0.98, 24)])
@pytest.mark.parametrize("fill", ["black", "white", "#406080"])
def test_stretching_brings_the_face_back(opacity, at_least, fill):
    """The published figures: 0.90 gives back a 39 dB picture, 0.95 a 33 dB one."""
    masked_photo = seen_through(opacity, fill)
    assert recovered_psnr(PHOTO, masked_photo) > at_least
    apart = recovered(masked_photo)[HIDDEN].astype(int) - PHOTO.pixels[HIDDEN]
    assert np.abs(apart).max() <= np.ceil(0.5 / (1 - opacity))


def test_less_opacity_gives_back_more():
    found = [recovered_psnr(PHOTO, seen_through(opacity)) for opacity in (0.98, 0.9, 0.5, 0.0)]
    assert found == sorted(found)
    assert found[-1] == 99


def test_noise_that_is_laid_over_hides_a_little_better_than_a_known_color_and_not_well():
    assert recovered_psnr(PHOTO, seen_through(0.5, "noise")) < recovered_psnr(PHOTO, seen_through(0.5))


def test_nothing_comes_back_from_an_opaque_mask():
    opaque = masked(PHOTO.pixels, HIDDEN)
    assert recovered(opaque) is opaque.pixels
    assert recovered_psnr(PHOTO, opaque) < 12


@settings(max_examples=40, deadline=None)
@given(opacity=st.floats(0, 0.99), color=st.tuples(*[st.integers(0, 255)] * 3))
def test_what_is_visible_stays_as_it_is(opacity, color):
    shown = see_through(PHOTO, MASK, Paint.mixed(Fill(color), MASK, seeded(1)), opacity)
    assert np.array_equal(recovered(shown)[~HIDDEN], PHOTO.pixels[~HIDDEN])
    assert shown.exposed
