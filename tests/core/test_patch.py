import numpy as np
import pytest
from tests.doubles.ports import Nobody
from tests.doubles.scenes import about, box_face, masked, oval, scenery, similarity

from privateedit.core.align import Alignment
from privateedit.core.patch import inside_photo, patch_of, window_of
from privateedit.core.photo import Photo
from privateedit.core.place import Placement
from privateedit.core.region import regions
from privateedit.core.similarity import inverse, transform

PIXELS = scenery()
HIDDEN = oval(240, 320, 150, 120, 30, 40)


def placement(matrix):
    (region,) = regions(masked(PIXELS, HIDDEN).mask, ())
    return Placement(region, (), Alignment(matrix, "hole", 0.0), matrix)


def test_a_window_holds_the_region_and_its_context():
    assert window_of(placement(similarity()), (240, 320, 3), 0.0) == (slice(72, 168), slice(112, 188))
    rows, columns = window_of(placement(similarity()), (240, 320, 3))
    assert rows.start < 72
    assert rows.stop > 168
    assert columns.start < 112
    assert columns.stop > 188


@pytest.mark.parametrize("shift", [(-140, 0), (150, 0), (0, -110), (0, 110)])
def test_a_window_is_clipped_to_the_frame(shift):
    rows, columns = window_of(placement(similarity(x=shift[0], y=shift[1])), (240, 320, 3))
    assert 0 <= rows.start < rows.stop <= 240
    assert 0 <= columns.start < columns.stop <= 320


@pytest.mark.parametrize("shift", [(-900, 0), (900, 0), (0, -900), (900, 900)])
def test_a_window_outside_the_frame_is_empty(shift):
    rows, columns = window_of(placement(similarity(x=shift[0], y=shift[1])), (240, 320, 3))
    assert rows.stop == rows.start or columns.stop == columns.start
    assert 0 <= rows.start <= rows.stop <= 240
    assert 0 <= columns.start <= columns.stop <= 320


def test_both_pictures_in_one_geometry():
    edited = np.ascontiguousarray(PIXELS[10:, 20:])
    patch = patch_of(Photo(PIXELS), HIDDEN, edited, placement(similarity(x=-20, y=-10)), Nobody(1.0))
    assert np.array_equal(patch.edited, patch.original)
    rows, columns = patch.window
    assert np.array_equal(patch.hole, HIDDEN[10:, 20:][rows, columns])
    assert not (patch.hole & patch.visible).any()
    assert (patch.hole | patch.visible).all()
    assert patch.size == pytest.approx(np.sqrt(HIDDEN.sum()))


def test_what_another_mask_hid_is_not_visible():
    other = HIDDEN | oval(240, 320, 205, 120, 10, 10)
    patch = patch_of(Photo(PIXELS), other, PIXELS, placement(similarity()), Nobody(1.0))
    rows, columns = patch.window
    assert np.array_equal(patch.hole, HIDDEN[rows, columns])
    assert np.array_equal(patch.visible, ~other[rows, columns])


def test_what_lies_beyond_the_photo_is_not_visible():
    window = (slice(0, 240), slice(0, 320))
    inside = inside_photo(Photo(PIXELS), similarity(x=50, y=-30), window)
    assert not inside[:, :50].any()
    assert not inside[210:].any()
    assert inside[:210, 50:].all()


def test_faces_that_share_a_hole_and_are_placed_apart_share_it_out():
    hidden = oval(240, 320, 120, 120, 40, 40) | oval(240, 320, 180, 120, 40, 40)
    faces = (box_face(90, 90, 150, 150), box_face(150, 90, 210, 150, number=1))
    (region,) = regions(masked(PIXELS, hidden).mask, faces)
    shares = []
    for face in faces:
        alone = Placement(region, (face,), Alignment(similarity(), "face", 0.0), similarity())
        patch = patch_of(Photo(PIXELS), hidden, PIXELS, alone, Nobody(1.0))
        whole = np.zeros((240, 320), np.bool_)
        whole[patch.window] = patch.hole
        shares.append(whole)
    assert not (shares[0] & shares[1]).any()
    assert (shares[0] | shares[1]).sum() >= hidden.sum() - 240
    assert shares[0][:, :140].sum() == hidden[:, :140].sum()


def test_a_face_over_a_drawn_one_needs_no_matte():
    (region,) = regions(masked(PIXELS, HIDDEN).mask, ())
    over = Placement(region, (), Alignment(similarity(), "face", 0.0), similarity())
    assert not patch_of(Photo(PIXELS), HIDDEN, PIXELS, over, Nobody(1.0)).matte.found


@pytest.mark.parametrize("degrees", [0, 3, 90, -140])
def test_the_photo_seen_tilted_ends_where_each_pixel_says_it_does(degrees):
    matrix = about((160, 120), 0.7, degrees)
    inside = inside_photo(Photo(PIXELS), matrix, (slice(-20, 260), slice(-30, 350)))
    y, x = np.mgrid[-20:260, -30:350] + 0.5
    origin = transform(inverse(matrix), np.stack([x.ravel(), y.ravel()], -1))
    # On the very edge the last digit decides.
    edge = np.minimum(np.abs(origin), np.abs(origin - (320, 240))).min(1) < 1e-9
    expected = ((origin > 0) & (origin < (320, 240))).all(1)
    assert 0 < expected.sum() < expected.size
    assert ((inside.ravel() == expected) | edge).all()
