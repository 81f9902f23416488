"""Whatever an editor returns: pixels away from the face stay its own, and colors never become nonsense."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.ports import Nobody
from tests.doubles.scenes import masked, noise, oval, recompressed, scenery, similarity

from privateedit.core.align import Alignment
from privateedit.core.harmonize import lesson
from privateedit.core.photo import Photo
from privateedit.core.place import Placement
from privateedit.core.pull_push import pull_push
from privateedit.core.region import regions
from privateedit.core.reintegrate import reintegrate

PIXELS = scenery(160, 200)
HIDDEN = oval(160, 200, 95, 75, 24, 30)
SENT = masked(PIXELS, HIDDEN)


def graded(pixels, gains, shift):
    return np.clip(pixels * np.float32(gains) + np.float32(shift), 0, 255).astype(np.uint8)


@st.composite
def edits(draw):
    gains = draw(st.tuples(*[st.floats(0.6, 1.4)] * 3))
    pixels = graded(SENT.pixels, gains, draw(st.floats(-30, 30)))
    kind = draw(st.sampled_from(["graded", "jpeg", "colorless", "new scene", "plain"]))
    if kind == "jpeg":
        return recompressed(pixels, draw(st.integers(40, 95)))
    if kind == "colorless":
        return np.repeat(pixels.mean(2, keepdims=True).astype(np.uint8), 3, 2)
    other = {"new scene": scenery(160, 200, draw(st.integers(10, 99))), "plain": np.full_like(pixels, 180)}
    return np.where(HIDDEN[..., None], pixels, other.get(kind, pixels))


@settings(max_examples=25, deadline=None)
@given(edited=edits(), person=st.sampled_from([0.0, 1.0]))
def test_pixels_away_from_the_hole_are_those_of_the_edit_bit_for_bit(edited, person):
    (region,) = regions(SENT.mask, ())
    placement = Placement(region, (), Alignment(similarity(), "hole", 0.0), similarity())
    done = reintegrate(Photo(PIXELS), SENT, edited, [placement], Nobody(person)).pixels
    far = cv2.dilate(HIDDEN.astype(np.uint8), np.ones((21, 21), np.uint8)) == 0
    assert np.array_equal(done[far], edited[far])
    assert done.dtype == np.uint8


@settings(max_examples=40, deadline=None)
@given(
    seeds=st.tuples(st.integers(0, 99), st.integers(0, 99)),
    kinds=st.tuples(*[st.sampled_from(["noise", "scenery", "flat"])] * 2),
    level=st.integers(0, 255),
    share=st.floats(0, 1),
)
def test_a_grade_is_finite_whatever_came_back(seeds, kinds, level, share):
    make = {
        "noise": lambda seed: noise(48, 64, seed),
        "scenery": lambda seed: scenery(48, 64, seed),
        "flat": lambda seed: np.full((48, 64, 3), level, np.uint8),
    }
    before, after = (make[kind](seed).astype(np.float32) for kind, seed in zip(kinds, seeds, strict=True))
    area = np.random.default_rng(seeds[0]).random((48, 64)) < share
    grade = lesson(before, after, {"person": area, "everything": np.ones_like(area)}).grade
    assert np.isfinite(grade.matrix).all()
    assert np.isfinite(grade.apply(before)).all()


@settings(max_examples=20, deadline=None)
@given(seeds=st.tuples(st.integers(0, 49), st.integers(50, 99)))
def test_an_unrelated_picture_teaches_nothing(seeds):
    before, after = (scenery(60, 80, seed).astype(np.float32) for seed in seeds)
    assert lesson(before, after, {"everything": np.ones((60, 80), np.bool_)}).grade.is_identity


@settings(max_examples=60, deadline=None)
@given(height=st.integers(1, 40), width=st.integers(1, 40), seed=st.integers(0, 999), share=st.floats(0, 1))
def test_a_continuation_keeps_what_is_known_and_stays_within_it(height, width, seed, share):
    values = noise(height, width, seed).astype(np.float32)
    known = np.random.default_rng(seed).random((height, width)) < share
    filled = pull_push(values, known.astype(np.float32))
    assert filled.shape == values.shape
    assert np.isfinite(filled).all()
    np.testing.assert_allclose(filled[known], values[known], atol=1e-2)
    if known.any():
        assert filled.min() >= values[known].min() - 1e-2
        assert filled.max() <= values[known].max() + 1e-2
