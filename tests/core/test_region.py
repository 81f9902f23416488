import numpy as np
import pytest
from tests.doubles.scenes import box_face

from privateedit.core.mask import Mask
from privateedit.core.region import regions


def canvas(*boxes, shape=(200, 300)):
    hidden = np.zeros(shape, np.bool_)
    for rows, columns in boxes:
        hidden[slice(*rows), slice(*columns)] = True
    return Mask(hidden)


def test_no_mask_no_regions():
    assert regions(canvas(), [box_face(0, 0, 9, 9)]) == ()


def test_pieces_and_whom_they_hide():
    mask = canvas(((20, 60), (30, 70)), ((100, 150), (200, 260)))
    faces = [box_face(205, 105, 250, 145, 0), box_face(35, 25, 65, 55, 1)]
    first, second = regions(mask, faces)
    assert first.window == (slice(20, 60), slice(30, 70))
    assert second.window == (slice(100, 150), slice(200, 260))
    assert [face.id for face in first.faces] == [1]
    assert [face.id for face in second.faces] == [0]
    assert first.size == pytest.approx(40)
    assert first.hidden.all()


def test_heads_that_touch_share_a_region():
    faces = [box_face(35, 25, 65, 55, 0), box_face(75, 25, 105, 55, 1)]
    (both,) = regions(canvas(((20, 60), (30, 110))), faces)
    assert [face.id for face in both.faces] == [0, 1]


def test_a_brushed_area_hides_nobody():
    brushed, _ = regions(canvas(((5, 15), (5, 15)), ((100, 150), (200, 260))), [box_face(205, 105, 250, 145)])
    assert brushed.faces == ()


def test_speckles_are_one_region_and_the_gaps_stay_visible():
    (joined,) = regions(canvas(((20, 30), (20, 30)), ((20, 30), (32, 40))), ())
    assert joined.window == (slice(20, 30), slice(20, 40))
    assert not joined.hidden[:, 10:12].any()
    assert joined.hidden.sum() == 180


def test_every_hidden_pixel_belongs_to_exactly_one_region():
    random = np.random.default_rng(4)
    mask = Mask(random.random((120, 160)) > 0.995)
    count = np.zeros((120, 160), int)
    for region in regions(mask, ()):
        count[region.window] += region.hidden
    assert np.array_equal(count, mask.hidden.astype(int))
