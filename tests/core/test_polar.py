import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.scenes import oval

from privateedit.core.polar import COUNT, STEPS, Rays, closed_path


@pytest.fixture
def rays():
    return Rays.around(oval(120, 160, 70, 60, 40, 30))


def test_rays_start_in_the_middle_and_reach_every_corner(rays):
    assert np.abs(rays.center - (70, 60)).max() < 1.5
    corners = np.array([[0, 0], [160, 0], [160, 120], [0, 120]])
    assert rays.reach >= np.linalg.norm(corners - rays.center, axis=1).max() - 1e-3


def test_what_lies_along_a_ray_is_what_lies_there(rays):
    x = np.arange(160, dtype=np.float32)[None, :] + np.zeros((120, 1), np.float32)
    seen = rays.along(x)
    assert seen.shape == (COUNT, STEPS)
    expected = rays.center[0] + np.arange(STEPS) * rays.step - 0.5
    inside = expected < 159
    assert np.abs(seen[0] - expected)[inside].max() < 0.1
    both = rays.along(np.stack([x, 2 * x], -1))
    assert np.allclose(both[..., 1], 2 * both[..., 0], atol=1e-3)


def test_one_value_a_ray_comes_back_to_its_pixels(rays):
    plane, outwards = rays.spread(np.arange(COUNT))
    assert plane[60, 150] == pytest.approx(0, abs=1.5) or plane[60, 150] > COUNT - 2
    assert plane[115, 69] == pytest.approx(COUNT / 4, abs=3)
    assert np.allclose(np.linalg.norm(outwards, axis=2), 1, atol=1e-3)
    assert outwards[60, 150, 0] > 0.99


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**16), st.integers(1, 3))
def test_a_closed_path_closes_and_never_jumps(seed, turn):
    prices = np.random.default_rng(seed).random((40, 15)).astype(np.float32)
    path = closed_path(prices, turn, 0.0)
    assert path.min() >= 0
    assert path.max() < 15
    assert np.abs(np.diff(np.append(path, path[0]))).max() <= turn


def test_the_path_follows_the_valley():
    rows = np.arange(60)
    valley = np.rint(10 + 4 * np.sin(2 * np.pi * rows / 60)).astype(int)
    prices = np.ones((60, 21), np.float32)
    prices[rows, valley] = 0
    assert np.array_equal(closed_path(prices, 2, 0.01), valley)


def test_a_dear_bend_keeps_it_straight():
    prices = np.ones((60, 21), np.float32)
    prices[:, 10] = 0.5
    prices[30, 13] = 0.0
    assert np.array_equal(closed_path(prices, 3, 0.3), np.full(60, 10))
