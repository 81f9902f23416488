import cv2
import numpy as np
import pytest
from tests.doubles.ports import Nobody
from tests.doubles.scenes import box_face, masked, oval, recompressed, scenery, similarity

from privateedit import pipeline
from privateedit.core.align import Alignment
from privateedit.core.edit import EditResult
from privateedit.core.photo import Photo
from privateedit.core.place import Placement
from privateedit.core.region import regions
from privateedit.core.reintegrate import reintegrate
from privateedit.errors import CannotAlign

PIXELS = scenery()
HIDDEN = oval(240, 320, 150, 120, 30, 40)
SENT = masked(PIXELS, HIDDEN)


def placement(matrix, faces=(), regime="hole"):
    (region,) = regions(SENT.mask, faces)
    return Placement(region, region.faces, Alignment(matrix, regime, 0.0), matrix)


def restored(edited, matrix, faces=()):
    return reintegrate(Photo(PIXELS), SENT, edited, [placement(matrix, faces)], Nobody(1.0))


def test_a_hole_in_an_unchanged_picture_is_filled_bit_for_bit():
    assert np.array_equal(restored(SENT.pixels, similarity()).pixels, PIXELS)


@pytest.mark.parametrize("change", ["jpeg", "warm", "plain"])
def test_pixels_far_from_the_hole_are_those_of_the_edit(change, hidden_astronaut, parts):
    pixels, hidden = hidden_astronaut.masked.pixels, hidden_astronaut.masked.mask.hidden
    plain = np.where(hidden[..., None], pixels, np.uint8(200))
    warm = np.clip(pixels * np.float32([1.1, 1, 0.9]), 0, 255).astype(np.uint8)
    edited = {"jpeg": recompressed(pixels, 80), "warm": warm, "plain": plain}[change]
    done = pipeline.restore(hidden_astronaut, EditResult(edited, "test"), parts)
    far = cv2.dilate(hidden.astype(np.uint8), np.ones((61, 61), np.uint8)) == 0
    assert np.array_equal(done.pixels[far], edited[far])
    assert (done.pixels[hidden] != edited[hidden]).any(1).mean() > 0.9
    assert done.pixels.shape == edited.shape


def test_every_face_is_reported_and_a_brushed_area_without_a_number():
    faces = (box_face(135, 90, 165, 110, 3), box_face(135, 125, 165, 145, 4))
    report = restored(SENT.pixels, similarity(), faces).report
    assert [each.id for each in report.placements] == [3, 4]
    assert all(each.regime == "hole" and not each.graded for each in report.placements)
    brushed = restored(SENT.pixels, similarity()).report
    assert [each.id for each in brushed.placements] == [None]
    assert brushed.faces == ()


@pytest.mark.parametrize("shift", [(400, 0), (-400, 0), (0, 300), (0, -300)])
def test_a_face_cropped_away_is_an_error(shift):
    with pytest.raises(CannotAlign, match="cropped away"):
        restored(SENT.pixels, similarity(x=shift[0], y=shift[1]))


def test_a_masked_picture_without_its_hole_is_an_error(hidden_astronaut, parts):
    below = np.ascontiguousarray(hidden_astronaut.masked.pixels[290:])
    with pytest.raises(CannotAlign):
        pipeline.restore(hidden_astronaut, EditResult(below, "test"), parts)


def test_a_face_half_cropped_is_put_back_as_far_as_it_is_seen():
    edited = np.ascontiguousarray(SENT.pixels[:, 150:])
    done = restored(edited, similarity(x=-150))
    assert np.array_equal(done.pixels, PIXELS[:, 150:])


def test_the_grade_of_the_picture_reaches_the_face():
    warm = np.clip(SENT.pixels * np.float32([1.15, 1, 0.85]), 0, 255).astype(np.uint8)
    done = restored(warm, similarity())
    expected = PIXELS * np.float32([1.15, 1, 0.85])
    assert done.report.placements[0].graded
    assert np.abs(done.pixels[HIDDEN] - expected[HIDDEN]).mean() < 3


def test_nothing_to_put_back_returns_the_edit():
    done = reintegrate(Photo(PIXELS), SENT, SENT.pixels, [], Nobody())
    assert np.array_equal(done.pixels, SENT.pixels)
    assert done.report.placements == ()


@pytest.mark.parametrize("gains", [(1.15, 1.0, 0.85), (0.8, 0.85, 0.95), (1.0, 1.0, 1.0)])
def test_no_seam_is_left_under_a_smooth_grade(gains, astronaut, hidden_astronaut, parts):
    """In the ring across the hole's edge, the result is the graded photo to within two levels."""
    expected = np.clip(astronaut.pixels * np.float32(gains), 0, 255)
    hidden = hidden_astronaut.masked.mask.hidden
    edited = np.where(hidden[..., None], np.uint8(0), expected.astype(np.uint8))
    done = pipeline.restore(hidden_astronaut, EditResult(edited, "test"), parts).pixels
    square = np.ones((7, 7), np.uint8)
    plane = hidden.astype(np.uint8)
    ring = cv2.dilate(plane, square).astype(bool) & ~cv2.erode(plane, square).astype(bool)
    assert np.abs(done.astype(np.float32) - expected)[ring].mean() < 2
