"""Hiding touches what is hidden and nothing else."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.doubles.ports import seeded

from privateedit.core.conceal import Fill, Paint, conceal
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo

SHAPE = st.tuples(st.integers(1, 14), st.integers(1, 14))
LEVEL = st.integers(0, 255)
FILLS = st.none() | st.tuples(LEVEL, LEVEL, LEVEL)


@st.composite
def scenes(draw):
    height, width = draw(SHAPE)
    pixels = draw(arrays(np.uint8, (height, width, 3)))
    return pixels, draw(arrays(np.bool_, (height, width))), Fill(draw(FILLS))


@settings(max_examples=120, deadline=None)
@given(scene=scenes(), seed=st.integers(0, 99))
def test_visible_pixels_stay_and_hidden_ones_become_paint(scene, seed):
    pixels, hidden, fill = scene
    mask = Mask(hidden)
    concealed = conceal(Photo(pixels), mask, Paint.mixed(fill, mask, seeded(seed)))
    assert np.array_equal(concealed.pixels[~hidden], pixels[~hidden])
    if fill.color is None:
        drawn = np.frombuffer(seeded(seed)(3 * int(hidden.sum())), np.uint8).reshape(-1, 3)
        assert np.array_equal(concealed.pixels[hidden], drawn)
    else:
        assert (concealed.pixels[hidden] == fill.color).all()


@settings(max_examples=120, deadline=None)
@given(scene=scenes(), seed=st.integers(0, 99))
def test_hidden_pixels_have_no_influence(scene, seed):
    pixels, hidden, fill = scene
    other = pixels.copy()
    other[hidden] = np.random.default_rng(seed).integers(0, 256, (hidden.sum(), 3), np.uint8)
    mask = Mask(hidden)
    paint = Paint.mixed(fill, mask, seeded(seed))
    one, two = (conceal(Photo(each), mask, paint).pixels for each in (pixels, other))
    assert np.array_equal(one, two)


@settings(max_examples=60, deadline=None)
@given(scene=scenes())
def test_hiding_twice_is_hiding_once(scene):
    pixels, hidden, fill = scene
    mask = Mask(hidden)
    paint = Paint.mixed(fill, mask, seeded(1))
    once = conceal(Photo(pixels), mask, paint)
    assert np.array_equal(conceal(Photo(once.pixels), mask, paint).pixels, once.pixels)
