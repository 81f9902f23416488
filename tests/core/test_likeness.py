import numpy as np
import pytest
from tests.doubles.audit import BoxLandmarks, CountingRecognizer
from tests.doubles.scenes import box_face, noise, scenery, similarity

from privateedit.core.likeness import Likeness
from privateedit.core.photo import Photo
from privateedit.core.similarity import scaling, warp

PIXELS = scenery(300, 400)
FACE = box_face(150, 100, 210, 170)
LIKENESS = Likeness(BoxLandmarks(), CountingRecognizer(), 0.6)


@pytest.fixture
def portrayed():
    return LIKENESS.portrayed(Photo(PIXELS), FACE)


def moved(matrix, pixels=PIXELS):
    return warp(pixels, matrix, (slice(0, 300), slice(0, 400)))


def test_the_same_place_in_the_same_picture_is_no_distance_away(portrayed):
    assert portrayed.distance_at(PIXELS, scaling(1, 1)) == 0


def test_a_moved_face_is_looked_for_where_it_moved(portrayed):
    matrix = similarity(1, 0, 40, -20)
    there = portrayed.distance_at(moved(matrix), matrix)
    assert there == 0
    assert portrayed.distance_at(moved(matrix), scaling(1, 1)) > 0.1


def test_other_pixels_are_far_away(portrayed):
    assert portrayed.distance_at(noise(300, 400), scaling(1, 1)) > 0.3


def test_another_face_is_compared_by_its_own_landmarks(portrayed):
    matrix = similarity(1, 0, 40, -20)
    assert portrayed.distance_to(moved(matrix), box_face(190, 80, 250, 150)) == 0


def test_a_judge_sees_a_window_only_and_takes_levels_beyond_the_range(portrayed):
    window = (slice(60, 220), slice(90, 260))
    judge = portrayed.judge(scaling(1, 1), window)
    part = PIXELS[window].astype(np.float32)
    assert judge(part) == 0
    bright = part.copy()
    bright[:] = 300
    assert judge(bright) > 0.3


def test_a_large_face_is_described_like_its_reduction():
    """Only the place of the face is reduced, so that large photos cost no more."""
    large = np.kron(PIXELS, np.ones((6, 6, 1), np.uint8))
    near = LIKENESS.portrayed(Photo(large), box_face(900, 600, 1260, 1020))
    small = LIKENESS.portrayed(Photo(PIXELS), FACE)
    assert np.linalg.norm(near.descriptor - small.descriptor) < 0.1


@pytest.mark.parametrize("shift", [-5000, 5000])
def test_a_place_beyond_the_picture_is_no_error(shift):
    large = np.kron(PIXELS, np.ones((6, 6, 1), np.uint8))
    portrayed = Likeness(BoxLandmarks(), Colorless(), 0.6).portrayed(
        Photo(large), box_face(900, 600, 1260, 1020)
    )
    assert portrayed.distance_at(large, similarity(1, 0, shift, shift)) >= 0


class Colorless:
    """Describes everything alike."""

    def embed(self, pixels, landmarks):
        assert pixels.size
        return np.zeros(128)


def test_nothing_biometric_is_shown(portrayed):
    assert repr(portrayed) == "Portrayed()"
