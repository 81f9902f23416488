import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.scenes import about, box_face, masked, oval, scenery, similarity

from privateedit.audit import restore_measures as measures
from privateedit.core.face import Face
from privateedit.core.photo import Photo
from privateedit.core.similarity import compose, transform, warp

AREA = oval(120, 160, 80, 60, 40, 30)


def test_a_perfect_placement_has_no_error(astronaut_face):
    truth = similarity(1.3, 4.0, 10, 20)
    assert measures.alignment_error(astronaut_face, truth, truth) == pytest.approx(0, abs=1e-9)


@given(st.floats(-9, 9), st.floats(-9, 9), st.floats(0.5, 2))
def test_a_shift_is_told_in_eye_distances_whatever_the_scale(astronaut_face, x, y, scale):
    truth = similarity(scale)
    found = compose(similarity(1, 0, x, y), truth)
    eyes = measures.eye_distance(astronaut_face) * scale
    assert measures.alignment_error(astronaut_face, found, truth) == pytest.approx(math.hypot(x, y) / eyes)


def test_a_wrong_scale_shows(astronaut_face):
    found = about(tuple(astronaut_face.mesh[168]), 1.1)
    assert 0.02 < measures.alignment_error(astronaut_face, found, similarity()) < 0.1


def test_five_points_will_do():
    points = np.array([[10, 10], [30, 10], [20, 20], [14, 30], [26, 30]], np.float32)
    face = Face(0, box_face(0, 0, 40, 40).box, 1.0, points)
    assert measures.eye_distance(face) == 20
    assert measures.alignment_error(face, similarity(x=2), similarity()) == pytest.approx(0.1)
    with pytest.raises(ValueError, match="no points"):
        measures.stable_points(box_face(0, 0, 9, 9))


def test_faces_belong_where_the_truth_says(astronaut_face):
    here = similarity()
    assert not measures.belongs_elsewhere(astronaut_face, similarity(x=5), here)
    assert measures.belongs_elsewhere(astronaut_face, similarity(x=astronaut_face.box.width), here)
    assert measures.belongs_elsewhere(astronaut_face, here, None)


def test_an_unchanged_seam_has_ratio_one_and_a_step_more():
    photo = scenery(120, 160)
    assert measures.seam_ratio(photo, photo, AREA) == pytest.approx(1)
    stepped = photo.copy()
    stepped[AREA] = np.clip(stepped[AREA].astype(int) + 50, 0, 255)
    assert measures.seam_ratio(stepped, photo, AREA) > 1.5


def test_the_color_error_is_that_of_the_area():
    photo = scenery(120, 160)
    other = photo.copy()
    other[~AREA] = 0
    inner = oval(120, 160, 80, 60, 20, 15)
    assert measures.color_error(other, photo, inner) < 0.1
    assert measures.color_error(other, photo, ~AREA) > 20
    assert math.isnan(measures.color_error(photo, photo, np.zeros_like(AREA)))


def test_grain_is_no_color_error():
    photo = np.full((120, 160, 3), 120, np.uint8)
    noisy = np.clip(photo + np.random.default_rng(1).normal(0, 5, photo.shape), 0, 255).astype(np.uint8)
    assert measures.color_error(noisy, photo, AREA) < 1.5


@pytest.mark.parametrize(("column", "rim", "expected"), [(123, 0, 1), (123, 4, 0), (130, 4, 1), (100, 0, 0)])
def test_pixels_outside_are_counted_beyond_the_rim(column, rim, expected):
    before = scenery(120, 160)
    after = before.copy()
    after[60, column] += 1
    assert measures.changed_outside(after, before, AREA, rim) == expected


def test_black_on_black_is_still_the_hole_and_a_grey_patch_is_not():
    sent = masked(scenery(120, 160) // 8, AREA)
    dark, grey = sent.pixels.copy(), sent.pixels.copy()
    dark[AREA], grey[AREA] = 6, 90
    frame = similarity(1.2, 0, 3, 4)
    window = (slice(0, 140), slice(0, 190))
    assert measures.still_the_hole(sent, warp(dark, frame, window), frame)
    assert not measures.still_the_hole(sent, warp(grey, frame, window), frame)


def test_the_unedited_photo_is_moved():
    photo = Photo(scenery(60, 80))
    moved = measures.unedited(photo, similarity(1, 0, 3, 0), (60, 90))
    assert moved.shape == (60, 90, 3)
    assert (moved[30, 43] == photo.pixels[30, 40]).all()
    assert transform(similarity(1, 0, 3, 0), np.array([[40.0, 30.0]])).tolist() == [[43.0, 30.0]]


def test_quantiles_leave_out_what_was_not_measured():
    assert measures.quantiles(np.array([1.0, 2.0, 3.0, math.nan])) == (2.0, pytest.approx(2.9))
    assert all(map(math.isnan, measures.quantiles(np.array([math.nan]))))
