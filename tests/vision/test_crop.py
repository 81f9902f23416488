import numpy as np
import pytest

from privateedit.vision.crop import across_of, crop_matrix, roll_of, sampled

FIVE = np.array([[40, 40], [60, 40], [50, 50], [42, 62], [58, 62]], np.float32)


def turned(points, degrees):
    """Clockwise as seen, around the middle of the points."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    middle = points.mean(0)
    return ((points - middle) @ turn + middle).astype(np.float32)


@pytest.mark.parametrize("degrees", [-170, -90, -30, 0, 20, 90, 179])
def test_the_roll_of_five_points_is_how_far_they_were_turned(degrees):
    assert roll_of(turned(FIVE, degrees)) == pytest.approx(degrees, abs=1e-3)


@pytest.mark.parametrize("degrees", [-90, 0, 45])
def test_a_profile_whose_eyes_coincide_still_has_a_roll(degrees):
    profile = np.array([[50, 40], [50, 40], [58, 50], [50, 62], [50, 62]], np.float32)
    assert roll_of(turned(profile, degrees)) == pytest.approx(degrees, abs=1e-3)


def test_points_that_all_coincide_give_no_roll_and_a_finite_crop():
    nowhere = np.full((5, 2), 7, np.float32)
    assert roll_of(nowhere) == 0
    matrix = crop_matrix(np.array([7.0, 7.0]), across_of(nowhere), 20, 64)
    np.testing.assert_allclose(matrix @ (7, 7, 1), (32, 32))
    assert np.linalg.det(matrix[:, :2]) == pytest.approx((64 / 20) ** 2)


@pytest.mark.parametrize("degrees", [-120, 0, 33])
def test_the_crop_stands_upright_around_its_center(degrees):
    points = turned(FIVE, degrees).astype(np.float64)
    matrix = crop_matrix(points.mean(0), across_of(points), 80, 160)
    placed = points @ matrix[:, :2].T + matrix[:, 2]
    np.testing.assert_allclose(placed.mean(0), (80, 80), atol=1e-4)
    assert placed[0, 1] == pytest.approx(placed[1, 1], abs=1e-3)  # the eyes are level
    assert placed[0, 0] < placed[1, 0]
    assert placed[3, 1] > placed[0, 1]  # the mouth is below them


@pytest.mark.parametrize("side", [40, 120, 192, 480, 1600])
@pytest.mark.parametrize("degrees", [0, 30])
def test_the_crop_shows_the_picture_where_the_matrix_says(side, degrees):
    length = max(300, 2 * side)
    ramp = np.linspace(0, 255, length)[None].repeat(length, 0)
    pixels = np.round(np.stack([ramp, ramp.T, ramp], -1)).astype(np.uint8)
    scale, angle = 192 / side, np.radians(degrees)
    turn = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    to_crop = np.column_stack([turn, 96 - turn @ (length / 2, length / 2)])
    crop = sampled(pixels, to_crop, 192).astype(float)
    assert crop.shape == (192, 192, 3)
    v, u = np.mgrid[:192, :192]
    there = (np.stack([u, v], -1) + 0.5 - to_crop[:, 2]) @ np.linalg.inv(turn).T
    expected = (there - 0.5) * 255 / (length - 1)
    error = (crop[..., :2] - expected)[10:-10, 10:-10]
    assert abs(error.mean()) < 0.1
    assert np.abs(error).max() < 2.5
