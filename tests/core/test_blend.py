import numpy as np
import pytest
from tests.doubles.scenes import noise, oval, scenery

from privateedit.core.blend import composite, distance_outside, feathered, membrane, multi_band, smoothstep

BASE, TOP = noise(70, 90, 1).astype(np.float32), noise(70, 90, 2).astype(np.float32)
HOLE = oval(200, 200, 100, 100, 50, 50)
SCENE = scenery(200, 200).astype(np.float32)


@pytest.mark.parametrize("levels", [0, 1, 4, 20])
def test_equal_inputs_are_returned_whatever_the_mask(levels):
    alpha = np.random.default_rng(3).random((70, 90), np.float32)
    np.testing.assert_allclose(multi_band(BASE, BASE, alpha, levels), BASE, atol=1e-2)


@pytest.mark.parametrize("levels", [0, 3])
def test_a_constant_mask_takes_one_picture(levels):
    ones = np.ones((70, 90), np.float32)
    np.testing.assert_allclose(multi_band(BASE, TOP, ones, levels), TOP, atol=1e-2)
    np.testing.assert_allclose(multi_band(BASE, TOP, 0 * ones, levels), BASE, atol=1e-2)


def test_a_seam_between_two_levels_is_softened():
    low, high = np.full((64, 64, 3), 50, np.float32), np.full((64, 64, 3), 150, np.float32)
    alpha = np.zeros((64, 64), np.float32)
    alpha[:, 32:] = 1
    row = multi_band(low, high, alpha, 3)[32, :, 0]
    assert np.abs(np.diff(row)).max() < 30
    np.testing.assert_allclose(row[[0, -1]], [50, 150], atol=1)


def test_composite_leaves_pixels_of_no_weight_alone():
    edited = noise(40, 50)
    alpha = np.zeros((40, 50), np.float32)
    alpha[10:20, 10:20], alpha[30:, 30:] = 1, 0.5
    blended = np.full((40, 50, 3), 300, np.float32)
    blended[0, 0] = np.nan
    with np.errstate(invalid="ignore"):
        done = composite(edited, np.nan_to_num(blended), alpha)
    assert done.dtype == np.uint8
    assert np.array_equal(done[alpha == 0], edited[alpha == 0])
    assert (done[10:20, 10:20] == 255).all()


def test_a_feather_is_whole_in_the_core_and_gone_outside_the_limit():
    core, limit = oval(200, 200, 100, 100, 30, 30), HOLE
    alpha = feathered(core, limit, 10)
    assert (alpha[core] == 1).all()
    assert (alpha[~limit] == 0).all()
    row = alpha[100, 100:160]
    assert (np.diff(row) <= 1e-6).all()
    assert np.abs(np.diff(row)).max() < 0.3


def test_a_membrane_meets_a_constant_offset_at_the_seam_and_spares_the_middle():
    around = SCENE + 12
    done = membrane(SCENE, around, HOLE, ~HOLE, 20)
    edge = HOLE & (distance_outside(~HOLE) <= 1.5)
    middle = distance_outside(~HOLE) > 22
    assert np.abs(done - around)[edge].mean() < 2
    assert np.abs(done - SCENE)[middle].max() < 0.01


def test_a_membrane_takes_large_differences_for_another_object():
    assert np.array_equal(membrane(SCENE, SCENE + 41, HOLE, ~HOLE, 20), SCENE)
    half = SCENE.copy()
    half[:, 100:] += 90
    half[:, :100] += 10
    done = membrane(SCENE, half, HOLE, ~HOLE, 20)
    assert (done - SCENE)[HOLE].max() < 11


def test_a_membrane_needs_trusted_pixels():
    assert membrane(SCENE, SCENE + 9, HOLE, np.zeros_like(HOLE), 20) is SCENE


def test_smoothstep_is_flat_at_its_clamped_ends():
    np.testing.assert_allclose(smoothstep(np.array([-1, 0, 0.5, 1, 2.0])), [0, 0, 0.5, 1, 1])


def test_distance_outside_is_in_pixels():
    area = np.zeros((10, 10), np.bool_)
    area[5, 5] = True
    distance = distance_outside(area)
    assert distance[5, 5] == 0
    assert distance[5, 9] == pytest.approx(4)
    assert distance[2, 1] == pytest.approx(5, abs=1e-3)
