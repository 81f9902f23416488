import numpy as np
import pytest
from tests.doubles.ports import seeded
from tests.doubles.scenes import box_face, oval, scenery, similarity

from privateedit.core.conceal import Fill, Paint, conceal, see_through
from privateedit.core.guide import Guide
from privateedit.core.hole_view import GRID, dilated, eroded, view_of
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo
from privateedit.core.region import regions

HIDDEN = oval(240, 320, 160, 110, 60, 70)
MASK = Mask(HIDDEN)
PHOTO = Photo(scenery(240, 320))
GUIDE = Guide.of(box_face(110, 60, 210, 160))


def view(masked):
    (region,) = regions(masked.mask, ())
    return view_of(region, masked)


def guided(fill="grey"):
    return conceal(PHOTO, MASK, Paint.mixed(Fill.parse(fill), MASK, seeded(0), [GUIDE], 0.0))


def test_a_view_shows_the_hole_and_what_is_around_it():
    seen = view(conceal(PHOTO, MASK, Paint.mixed(Fill((9, 8, 7)), MASK, seeded(0))))
    assert seen.hidden.shape == (GRID, GRID)
    assert 0.2 < seen.hidden.mean() < 0.5
    assert np.median(seen.sent[seen.hidden], axis=0).tolist() == [9, 8, 7]
    assert (seen.fill, seen.noisy, seen.guided) == ((9, 8, 7), False, False)


@pytest.mark.parametrize("gains", [(1.0, 1.0, 1.0), (1.2, 1.0, 0.8), (0.6, 0.6, 0.6)])
@pytest.mark.parametrize("shift", [0, 20])
def test_a_guide_that_came_back_is_taken_off_whatever_its_grade(gains, shift):
    seen = view(guided())
    edited = np.clip(guided().pixels * np.float32(gains) + shift, 0, 255).astype(np.uint8)
    flat = seen.flat(seen.seen(edited, similarity()))
    core = eroded(seen.hidden, 3)
    graded = np.clip(128 * np.array(gains) + shift, 0, 255)
    assert np.abs(seen.sent[core].astype(float) - 128).max() > 40
    assert np.abs(flat[core] - graded).max() < 12
    outside = ~dilated(seen.hidden, 2)
    assert np.array_equal(flat[outside], seen.seen(edited, similarity())[outside])


def test_something_else_in_the_hole_stays_as_it_is():
    seen = view(guided())
    painted = seen.seen(scenery(240, 320, 9), similarity())
    assert seen.flat(painted) is painted


def test_the_face_of_an_exposed_picture_is_taken_off_alike():
    paint = Paint.mixed(Fill.parse("grey"), MASK, seeded(0))
    masked = see_through(PHOTO, MASK, paint, 0.7)
    seen = view(masked)
    assert seen.guided
    flat = seen.flat(seen.sent)
    assert np.abs(flat[eroded(seen.hidden, 3)].astype(int) - 128).max() <= 2


def test_grown_and_shrunk():
    area = np.zeros((9, 9), np.bool_)
    area[3:6, 3:6] = True
    assert dilated(area, 1).sum() == 25
    assert eroded(area, 1).sum() == 1


@pytest.mark.parametrize(("side", "pixels"), [(600, 9), (320, 9), (120, 17), (20, 23)])
def test_noise_is_smoothed_over_as_many_grains_however_small_the_photo(side, pixels):
    mask = Mask(oval(side, side, side / 2, side / 2, side / 3.4, side / 3.4))
    fill = Paint.mixed(Fill(None), mask, seeded(0))
    seen = view(conceal(Photo(scenery(side, side)), mask, fill))
    assert seen.smoothing == pixels
    assert np.array_equal(seen.core, eroded(seen.hidden, pixels // 2))
