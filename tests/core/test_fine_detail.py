import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.scenes import box_face, masked, oval, scenery, similarity

from privateedit.core.align import Alignment
from privateedit.core.fine_detail import Draft, with_detail
from privateedit.core.output_size import resampled
from privateedit.core.photo import Photo
from privateedit.core.place import Placement
from privateedit.core.region import regions
from privateedit.core.similarity import scaling

GRAIN = np.random.default_rng(5).normal(0, 9, (480, 640, 1))
PHOTO = Photo(np.clip(scenery(480, 640) + GRAIN, 0, 255).astype(np.uint8))
HIDDEN = oval(480, 640, 320, 250, 90, 110)
FACE = box_face(260, 180, 380, 320)
(REGION,) = regions(masked(PHOTO.pixels, HIDDEN).mask, [FACE])
SMALL = resampled(PHOTO.pixels, 320, 240)
IN_HOLE = cv2.resize(HIDDEN * np.uint8(255), (320, 240), interpolation=cv2.INTER_AREA)[..., None] > 127
HOLE = np.where(IN_HOLE, np.uint8(0), SMALL)
IN_PLACE = (scaling(1, 1),)
CORE = oval(480, 640, 320, 250, 75, 95)
OUTSIDE = ~oval(480, 640, 320, 250, 100, 120)


def placed(matrix):
    return Placement(REGION, (FACE,), Alignment(matrix, "hole", 0.0), matrix)


def detailed(restored, edited=HOLE, matrices=IN_PLACE):
    canvas = resampled(restored, 640, 480)
    draft, placements = Draft(edited, restored), [placed(matrix) for matrix in matrices]
    result = with_detail(draft, canvas.copy(), PHOTO, placements)
    return result, canvas


def fine(pixels):
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return (gray - cv2.GaussianBlur(gray, (0, 0), 1.5))[CORE]


def test_where_the_draft_is_the_original_every_pixel_is_the_photos():
    result, canvas = detailed(SMALL)
    assert np.array_equal(result[CORE], PHOTO.pixels[CORE])
    assert not np.array_equal(canvas[CORE], PHOTO.pixels[CORE])


def test_what_came_back_is_left_as_it_was_enlarged():
    result, canvas = detailed(SMALL)
    assert np.array_equal(result[OUTSIDE], canvas[OUTSIDE])


@settings(max_examples=15, deadline=None)
@given(
    gain=st.floats(0.6, 1.4),
    shift=st.integers(-25, 25),
)
def test_a_graded_face_gets_its_detail_in_that_grade(gain, shift):
    def graded(pixels):
        return np.clip(np.rint((pixels.astype(np.float32) - 130) * gain + 130 + shift), 0, 255).astype(
            np.uint8
        )

    result, canvas = detailed(graded(SMALL))
    wanted = graded(PHOTO.pixels)
    wrong = [np.abs(each.astype(int) - wanted)[CORE].mean() for each in (result, canvas)]
    assert wrong[0] < 0.5 * wrong[1]


@pytest.mark.parametrize("kind", ["another picture", "flat"])
def test_a_draft_that_does_not_show_the_original_gets_nothing(kind):
    other = {"another picture": scenery(240, 320, seed=77), "flat": np.full_like(SMALL, 120)}[kind]
    result, canvas = detailed(np.where(IN_HOLE, other, SMALL))
    assert np.abs(result.astype(int) - canvas)[CORE].mean() < 0.35


def test_a_face_that_was_softened_on_purpose_stays_soft():
    soft = cv2.GaussianBlur(SMALL, (0, 0), 2.5)
    result, _ = detailed(np.where(IN_HOLE, soft, SMALL))
    assert fine(result).std() < 0.3 * fine(PHOTO.pixels).std()


def test_a_moved_face_gets_the_detail_of_its_new_place():
    matrix = similarity(1, 0, 24, -16)
    photo, hole, core = (
        cv2.warpAffine(each, matrix, (640, 480))
        for each in (PHOTO.pixels, HIDDEN * np.uint8(255), CORE * 1.0)
    )
    there = cv2.resize(hole, (320, 240), interpolation=cv2.INTER_AREA)[..., None] > 127
    result, _ = detailed(np.where(there, resampled(photo, 320, 240), HOLE), matrices=(matrix,))
    assert (result == photo)[core > 0].mean() > 0.98


def test_two_faces_of_one_region_do_not_add_detail_twice():
    once, _ = detailed(np.clip(SMALL + np.uint8(6), 0, 255))
    twice, _ = detailed(np.clip(SMALL + np.uint8(6), 0, 255), matrices=(scaling(1, 1), scaling(1, 1)))
    assert np.abs(once.astype(int) - twice)[CORE].mean() < 0.1


def test_a_face_at_the_border_is_no_error():
    matrix = similarity(1, 0, -300, -200)
    result, canvas = detailed(SMALL, matrices=(matrix,))
    assert result.shape == canvas.shape


def test_nothing_to_add_is_the_canvas():
    result, canvas = detailed(SMALL, matrices=())
    assert np.array_equal(result, canvas)
    assert not result.flags.writeable


def test_the_canvas_becomes_the_result_without_a_copy():
    draft = Draft(SMALL, SMALL)
    canvas = resampled(SMALL, 640, 480)
    result = with_detail(draft, canvas, PHOTO, [])
    assert result is canvas
    assert not result.flags.writeable
