import cv2
import numpy as np
import pytest
from tests.doubles.scenes import noise, oval, scenery

from privateedit.core.blend import composite, depth_of, distance_outside, membrane, ring_width, smoothstep

HOLE = oval(200, 200, 100, 100, 50, 50)
SCENE = scenery(200, 200).astype(np.float32)


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


def test_a_ring_is_as_wide_as_usual_half_way_and_without_a_wish():
    assert ring_width(None, 1, 4, 9) == 4
    widths = [ring_width(blend, 1, 4, 9) for blend in (0, 0.25, 0.5, 0.75, 1)]
    np.testing.assert_allclose(widths, [1, 2, 4, 6, 9])


def test_a_ring_takes_no_more_than_there_is_room():
    assert max(ring_width(blend, 2, 4, 3) for blend in (0, 0.3, 0.5, 0.8, 1)) == pytest.approx(3)
    assert 0 < ring_width(0, 2, 4, 0) < 1e-3


def test_smoothstep_is_flat_at_its_clamped_ends():
    np.testing.assert_allclose(smoothstep(np.array([-1, 0, 0.5, 1, 2.0])), [0, 0, 0.5, 1, 1])


def test_distance_outside_is_in_pixels():
    area = np.zeros((10, 10), np.bool_)
    area[5, 5] = True
    distance = distance_outside(area)
    assert distance[5, 5] == 0
    assert distance[5, 9] == pytest.approx(4)
    assert distance[2, 1] == pytest.approx(5, abs=1e-3)


@pytest.mark.parametrize("frame", [False, True])
def test_depth_in_a_corner_of_a_large_picture_is_the_depth_in_that_corner(frame):
    hole = np.zeros((300, 400), np.bool_)
    hole[:60, 330:] = True
    hole[40:70, 300:340] = True
    padded = np.pad(hole, 1, mode="constant" if frame else "edge").astype(np.uint8)
    exact = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    np.testing.assert_allclose(depth_of(hole, frame), exact, atol=1e-4)
    assert not depth_of(np.zeros_like(hole), frame).any()
