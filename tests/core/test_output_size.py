import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.scenes import box_face, masked, oval, scenery, similarity

from privateedit.core.align import Alignment
from privateedit.core.finish import EDITED, Size
from privateedit.core.output_size import resampled, sized
from privateedit.core.photo import Photo
from privateedit.core.place import Placement
from privateedit.core.region import regions
from privateedit.core.similarity import compose, scaling
from privateedit.errors import InputError

PHOTO = Photo(scenery(480, 640))
FACE = box_face(260, 180, 380, 320)
(REGION,) = regions(masked(PHOTO.pixels, oval(480, 640, 320, 250, 70, 90)).mask, [FACE])
ORIGINAL = Size("original")


def placed(matrix, regime="hole", residual=0.002, frame=None):
    return Placement(REGION, (FACE,), Alignment(matrix, regime, residual), matrix if frame is None else frame)


def returned(width, height):
    return resampled(PHOTO.pixels, width, height)


def test_as_edited_nothing_is_touched():
    edited, placement = returned(320, 240), placed(scaling(0.5, 0.5))
    found = sized(edited, [placement], PHOTO, EDITED)
    assert (found.width, found.height) == (320, 240)
    assert found.placements == (placement,)
    assert found.sentence(edited, PHOTO) is None


@given(zoom=st.floats(0.1, 1.6), wrong=st.floats(-0.3, 0.3), twist=st.floats(-0.0002, 0.0002))
def test_a_face_that_did_not_move_is_copied_pixel_by_pixel(zoom, wrong, twist):
    """However the hole was misjudged by less than half a pixel of what came back."""
    width = round(640 * zoom)
    edited = np.zeros((round(width * 0.75), width, 3), np.uint8)
    stretch = scaling(edited.shape[1] / 640, edited.shape[0] / 480)
    matrix = compose(stretch, similarity(1, np.degrees(twist)))
    matrix[:, 2] += (wrong * 0.7, -wrong * 0.7)
    found = sized(edited, [placed(matrix)], PHOTO, ORIGINAL)
    assert (found.width, found.height) == (640, 480)
    assert np.array_equal(found.placements[0].alignment.matrix, scaling(1, 1))


@pytest.mark.parametrize("moved", [(0.9, 0.0), (0.0, -3.0), (20.0, 10.0)])
def test_a_face_that_moved_stays_where_it_moved(moved):
    matrix = scaling(0.5, 0.5)
    matrix[:, 2] = moved
    found = sized(returned(320, 240), [placed(matrix, frame=scaling(0.5, 0.5))], PHOTO, ORIGINAL)
    np.testing.assert_allclose(found.placements[0].alignment.matrix[:, 2], 2 * np.array(moved), atol=0.5)


@pytest.mark.parametrize("change", [similarity(0.52), similarity(0.5, 2.0)])
def test_a_face_that_was_drawn_larger_or_tilted_keeps_that(change):
    placement = placed(change, "face", 0.03, frame=scaling(0.5, 0.5))
    found = sized(returned(320, 240), [placement], PHOTO, ORIGINAL)
    np.testing.assert_allclose(
        found.placements[0].alignment.matrix, compose(scaling(2, 2), change), atol=1e-9
    )
    np.testing.assert_allclose(found.placements[0].frame, scaling(1, 1), atol=1e-9)


def test_a_crop_is_enlarged_to_the_photos_scale_and_the_face_copied():
    """The service showed the middle 400×400 at half the size."""
    matrix = similarity(0.5, 0, -60, -20)
    edited = resampled(np.ascontiguousarray(PHOTO.pixels[40:440, 120:520]), 200, 200)
    found = sized(edited, [placed(matrix)], PHOTO, ORIGINAL)
    assert (found.width, found.height) == (400, 400)
    assert np.array_equal(found.placements[0].alignment.matrix, similarity(1, 0, -120, -40))
    assert found.sentence(edited, PHOTO) == "The edited picture was enlarged from 200×200 to 400×400."


def test_a_padded_frame_is_enlarged_to_the_photos_scale():
    matrix = similarity(0.5, 0, 0, 40)
    found = sized(np.zeros((320, 320, 3), np.uint8), [placed(matrix)], PHOTO, ORIGINAL)
    assert (found.width, found.height) == (640, 640)


def test_with_nothing_hidden_the_photos_size_is_taken_where_the_proportions_are_its_own():
    found = sized(returned(320, 240), [], PHOTO, ORIGINAL)
    assert (found.width, found.height) == (640, 480)


def test_the_surest_hole_tells_the_frames_scale():
    sure = placed(similarity(0.25, 0, 3, 0), residual=0.001)
    vague = placed(similarity(0.3), "face", 0.0, frame=similarity(0.3))
    found = sized(np.zeros((100, 160, 3), np.uint8), [vague, sure], PHOTO, ORIGINAL)
    assert (found.width, found.height) == (640, 400)


def test_an_exact_size_is_exact_and_moves_the_face_along():
    found = sized(returned(320, 240), [placed(scaling(0.5, 0.5))], PHOTO, Size("exact", 960, 720))
    assert (found.width, found.height) == (960, 720)
    assert found.enlarged == pytest.approx(3)
    np.testing.assert_allclose(found.placements[0].alignment.matrix, scaling(1.5, 1.5))
    assert "enlarged from 320×240 to 960×720" in found.sentence(returned(320, 240), PHOTO)


def test_at_the_edited_size_a_placement_is_what_it_is_in_the_result():
    matrix = scaling(0.5, 0.5)
    matrix[:, 2] = (0.2, -0.1)  # within measuring error of no shift at all
    found = sized(returned(320, 240), [placed(matrix)], PHOTO, ORIGINAL)
    (small,) = found.at_edited
    np.testing.assert_allclose(small.alignment.matrix, scaling(0.5, 0.5), atol=1e-12)
    np.testing.assert_allclose(small.frame, matrix, atol=1e-12)


def test_a_smaller_size_reduces():
    edited = returned(320, 240)
    found = sized(edited, [placed(scaling(0.5, 0.5))], PHOTO, Size("exact", 160, 120))
    assert "reduced from 320×240 to 160×120" in found.sentence(edited, PHOTO)


def test_an_exact_size_that_would_stretch_names_one_that_fits():
    with pytest.raises(InputError, match="960x720 fits"):
        sized(returned(320, 240), [placed(scaling(0.5, 0.5))], PHOTO, Size("exact", 960, 700))
    found = sized(returned(320, 240), [], PHOTO, Size("exact", 960, 714))
    assert (found.width, found.height) == (960, 714)


def test_a_frame_that_would_grow_beyond_all_limits_is_refused():
    tiny = placed(scaling(0.001, 0.001))
    with pytest.raises(InputError, match="too large"):
        sized(np.zeros((300, 300, 3), np.uint8), [tiny], PHOTO, ORIGINAL)


def test_enlarging_neither_rings_nor_shifts():
    edge = np.full((40, 40, 3), 50, np.uint8)
    edge[:, 20:] = 200
    large = resampled(edge, 160, 160)
    assert (large.min(), large.max()) == (50, 200)
    crossing = np.interp(125, large[80, :, 0].astype(float), np.arange(160) + 0.5)
    assert crossing == pytest.approx(80, abs=0.5)


def test_enlarging_is_sharper_than_linear():
    import cv2

    small = resampled(PHOTO.pixels, 320, 240)
    linear = cv2.resize(small, (640, 480), interpolation=cv2.INTER_LINEAR)
    wrong = [np.abs(each.astype(int) - PHOTO.pixels).mean() for each in (resampled(small, 640, 480), linear)]
    assert wrong[0] < wrong[1]


def test_the_same_size_is_the_same_picture():
    assert resampled(PHOTO.pixels, 640, 480) is PHOTO.pixels
