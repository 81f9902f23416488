import numpy as np
import pytest
from tests.doubles.ports import Nobody
from tests.doubles.scenes import masked, oval, scenery, similarity

from privateedit.core.align import Alignment
from privateedit.core.patch import patch_of
from privateedit.core.photo import Photo
from privateedit.core.place import Placement
from privateedit.core.preview import preview
from privateedit.core.region import regions
from privateedit.core.similarity import transform

PIXELS = scenery()
HIDDEN = oval(240, 320, 150, 120, 30, 40)
SENT = masked(PIXELS, HIDDEN)


def placed(faces=(), matrix=None, hidden=HIDDEN, sent=SENT, pixels=PIXELS):
    (region,) = regions(sent.mask, faces)
    matrix = similarity() if matrix is None else matrix
    placement = Placement(region, region.faces, Alignment(matrix, "hole", 0.0), matrix)
    return patch_of(Photo(pixels), hidden, sent.pixels, placement, Nobody(1.0)), placement


@pytest.mark.parametrize("longest", [40, 80])
def test_a_reduced_placement_leads_into_the_reduced_patch(longest):
    patch, placement = placed()
    small = preview(patch, placement, longest)
    assert max(small.patch.hole.shape) == longest
    assert small.patch.edited.shape == small.patch.original.shape == (*small.patch.hole.shape, 3)
    assert small.patch.matte.alpha.shape == small.patch.visible.shape == small.patch.hole.shape
    middle = transform(small.placement.alignment.matrix, np.array([[150.0, 120.0]]))[0]
    rows, columns = np.nonzero(small.patch.hole)
    assert np.abs(middle - (columns.mean() + 0.5, rows.mean() + 0.5)).max() < 1
    share = np.count_nonzero(small.patch.hole) ** 0.5 / small.patch.size
    assert share == pytest.approx(1, abs=0.05)


def test_a_small_patch_stays_as_it_is():
    patch, placement = placed()
    small = preview(patch, placement, 4000)
    assert np.array_equal(small.patch.edited, patch.edited)
    assert np.array_equal(small.patch.hole, patch.hole)
    assert np.array_equal(small.face, patch.hole)


def test_the_face_lies_inside_what_was_hidden(astronaut, astronaut_face, hidden_astronaut):
    sent = hidden_astronaut.masked
    patch, placement = placed((astronaut_face,), None, sent.mask.hidden, sent, astronaut.pixels)
    small = preview(patch, placement, 128)
    assert small.face.any()
    assert not (small.face & ~small.patch.hole).any()
    assert np.count_nonzero(small.face) < 0.8 * np.count_nonzero(small.patch.hole)
