from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.doubles.scenes import oval

from privateedit.core.concealment import Concealment
from privateedit.core.cover import Coverage, cover
from privateedit.core.faces_again import faces_under
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo

USUAL = Concealment()


class Watched:
    """A detector that remembers how large what it saw was, and misses all but the first `most`."""

    def __init__(self, detector, most=None):
        self.detector, self.most, self.seen = detector, most, []

    def detect(self, pixels):
        self.seen.append(pixels.shape)
        return self.detector.detect(pixels)[: self.most]


def enlarged(photo):
    size = (photo.width * 4, photo.height * 4)
    return Photo(cv2.resize(photo.pixels, size, interpolation=cv2.INTER_CUBIC))


@pytest.fixture(scope="module")
def large(couple):
    """Two people, 4096 pixels wide."""
    return enlarged(couple)


@pytest.fixture(scope="module")
def found(large, parts):
    return parts.detector.detect(large.pixels)


def hiding(photo, faces, concealment=USUAL):
    chosen = concealment.coverage, concealment.grow, concealment.shape
    return cover(photo.width, photo.height, faces, *chosen)


@pytest.mark.parametrize("concealment", [USUAL, Concealment(coverage=Coverage.HEAD, grow=0.1)])
def test_faces_are_found_again_where_they_were_without_a_look_at_the_whole(large, found, parts, concealment):
    watched = Watched(parts.detector)
    again = faces_under(large, concealment, hiding(large, found, concealment), watched)
    assert [each.id for each in again] == [each.id for each in found] == [0, 1]
    assert watched.seen
    assert max(max(shape) for shape in watched.seen) <= 512
    for one, other in zip(again, found, strict=True):
        size = other.box.width
        assert np.abs(one.box.corners - other.box.corners).max() < 0.15 * size
        assert np.abs(one.landmarks - other.landmarks).max() < 0.06 * size


def test_a_mask_that_the_faces_do_not_explain_is_left_to_a_look_at_the_whole(large, found, parts):
    whole, first = hiding(large, found), hiding(large, found[:1])
    painted = Mask(oval(large.height, large.width, large.width // 2, large.height - 300, 200, 200))
    assert faces_under(large, USUAL, whole.union(painted), parts.detector) is None
    assert faces_under(large, USUAL, painted, parts.detector) is None
    assert faces_under(large, USUAL, whole, Watched(parts.detector, most=0)) is None
    # Of one who was hidden alone, the other, who is seen, is nobody's business.
    assert [
        each.box.center[0] < large.width / 2 for each in faces_under(large, USUAL, first, parts.detector)
    ] == [found[0].box.center[0] < large.width / 2]


def test_one_of_two_who_were_hidden_by_one_outline_does_not_explain_it(large, found, parts):
    (one, other) = found
    bridge = np.zeros((large.height, large.width), np.bool_)
    (x0, y0), (x1, y1) = one.box.center, other.box.center
    bridge[int(min(y0, y1)) : int(max(y0, y1)) + 9, int(min(x0, x1)) : int(max(x0, x1))] = True
    joined = hiding(large, found).union(Mask(bridge))
    assert faces_under(large, USUAL, joined, Watched(parts.detector, most=1)) is None


@pytest.mark.parametrize(
    "choice",
    [{"only": (0, 1)}, {"exclude": (1,)}, {"opacity": 0.5}, {"backdrop": (9, 9, 9)}],
)
def test_what_depends_on_every_face_is_left_to_a_look_at_the_whole(large, found, parts, choice):
    watched = Watched(parts.detector)
    assert faces_under(large, replace(USUAL, **choice), hiding(large, found), watched) is None
    assert not watched.seen


def test_a_small_photo_is_looked_at_as_a_whole(couple, parts):
    mask = hiding(couple, parts.detector.detect(couple.pixels))
    assert faces_under(couple, USUAL, mask, parts.detector) is None
    nothing = Mask(np.zeros((2000, 2000), np.bool_))
    assert faces_under(Photo(np.zeros((2000, 2000, 3), np.uint8)), USUAL, nothing, parts.detector) is None
