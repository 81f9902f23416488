import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.scenes import noise, oval

from privateedit.core.color_difference import lab
from privateedit.core.seam_path import seam_cost, seam_path

SHAPE = (200, 200)
INNER, OUTER = oval(*SHAPE, 100, 100, 40, 50), oval(*SHAPE, 100, 100, 80, 90)
NOTHING = np.zeros(SHAPE, np.float32)


def radius(path):
    """1 on the outline of `INNER`, 2 and 1.8 on that of `OUTER`, along the axes."""
    return np.hypot((path[:, 0] - 100) / 40, (path[:, 1] - 100) / 50)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**16))
def test_the_path_runs_around_inside_the_allowed_ring(seed):
    cost = np.random.default_rng(seed).random(SHAPE).astype(np.float32)
    path = seam_path(cost, NOTHING, INNER, OUTER)
    rows, columns = np.floor(path[:, 1]).astype(int), np.floor(path[:, 0]).astype(int)
    assert OUTER[rows, columns].mean() > 0.98
    assert radius(path).min() > 0.9
    turns = np.unwrap(np.arctan2(path[:, 1] - 100, path[:, 0] - 100))
    assert (np.diff(turns) > 0).all()


def test_it_follows_the_pixels_that_cost_nothing():
    cheap = oval(*SHAPE, 100, 100, 64, 74) & ~oval(*SHAPE, 100, 100, 58, 68)
    path = seam_path(np.where(cheap, 0, 5).astype(np.float32), NOTHING, INNER, OUTER)
    rows, columns = np.floor(path[:, 1]).astype(int), np.floor(path[:, 0]).astype(int)
    assert cheap[rows, columns].mean() > 0.9


def test_a_stake_decides_where_the_cost_does_not():
    cost, stake = np.ones(SHAPE, np.float32), np.full(SHAPE, 0.2, np.float32)
    tight, wide = (radius(seam_path(cost, each, INNER, OUTER)).mean() for each in (stake, -stake))
    assert tight < 1.1
    assert wide > 1.7


def test_without_room_it_follows_the_inner_outline():
    path = seam_path(np.ones(SHAPE, np.float32), NOTHING, INNER, INNER)
    assert np.abs(radius(path) - 1).max() < 0.12


def test_equal_pictures_make_a_seam_cheap_and_a_face_is_not_given_away():
    picture = lab(noise(*SHAPE).astype(np.float32))
    outside = np.full(SHAPE, -10, np.float32)
    same = seam_cost(picture, picture, outside, 100)
    other = seam_cost(picture, lab(noise(*SHAPE, 2).astype(np.float32)), outside, 100)
    assert same.max() < other.min()
    assert seam_cost(picture, picture, -outside, 100).min() > same.max()
