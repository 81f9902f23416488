import cv2
import numpy as np
import pytest
from tests.doubles.ports import FixedDetector
from tests.doubles.scenes import box_face, masked, oval, scenery, similarity
from tests.doubles.sightings import limit_what_a_person_shows

from privateedit import pipeline
from privateedit.core.align import moved
from privateedit.core.comparison import Comparison
from privateedit.core.edit import EditResult
from privateedit.core.match_holes import is_own, match_holes
from privateedit.core.region import regions
from privateedit.core.register_surroundings import Surroundings
from privateedit.core.similarity import warp
from privateedit.errors import CannotAlign

STILL = similarity()
LEFT, RIGHT = oval(240, 480, 110, 120, 32, 40), oval(240, 480, 370, 120, 32, 40)
FACES = (box_face(85, 90, 135, 155, 0), box_face(345, 90, 395, 155, 1))


def holes(photo, edited, faces=()):
    comparison = Comparison(faces, photo, np.ascontiguousarray(edited), FixedDetector(()))
    return match_holes(comparison, regions(photo.mask, faces))


def test_everybody_gets_the_own_hole():
    photo = masked(scenery(240, 480), LEFT | RIGHT)
    for hole in holes(photo, photo.pixels, FACES):
        np.testing.assert_allclose(hole.matrix, STILL, atol=0.05)


def test_people_who_changed_places_with_their_holes_are_not_mixed_up():
    """Two bodies exchanged in front of a plain wall, each with its own hole."""
    plain = np.full((240, 480, 3), 150, np.uint8)
    for start, seed in ((20, 3), (280, 8)):
        plain[:, start : start + 180] = scenery(240, 180, seed=seed)
    photo = masked(plain, LEFT | RIGHT)
    swapped = photo.pixels.copy()
    swapped[:, 20:200], swapped[:, 280:460] = photo.pixels[:, 280:460], photo.pixels[:, 20:200]
    for hole, face, shift in zip(holes(photo, swapped, FACES), FACES, (260, -260), strict=True):
        assert hole is None or moved(hole.matrix, similarity(x=shift), face)[0] < 0.1


def test_two_regions_never_share_a_hole():
    pixels = scenery(240, 480)
    photo = masked(pixels, LEFT | RIGHT)
    closed = np.where(RIGHT[..., None], pixels, photo.pixels)
    found = holes(photo, closed, FACES)
    assert found[0] is not None
    assert found[1] is None


def test_only_faces_whose_hole_did_not_come_back_are_looked_for_ahead(monkeypatch):
    asked = []
    monkeypatch.setattr(Comparison, "look_ahead", lambda self, faces: asked.append(faces))
    photo = masked(scenery(240, 480), LEFT | RIGHT)
    holes(photo, photo.pixels, FACES)
    assert asked == []
    lively = np.random.default_rng(4).integers(0, 256, (240, 480, 3), np.uint8)
    holes(photo, np.where((LEFT | RIGHT)[..., None], lively, photo.pixels), FACES)
    assert asked == [(FACES[0],), (FACES[1],)]


@pytest.mark.parametrize("seed", range(9, 14))
def test_the_hole_of_another_masked_picture_is_nobodys(seed):
    """It has the right shape, a little elsewhere, and nothing around it is what was sent."""
    hidden = oval(240, 320, 150, 120, 40, 50)
    photo = masked(scenery(), hidden)
    other = masked(scenery(seed=seed), oval(240, 320, 160, 112, 42, 52))
    assert holes(photo, other.pixels) == (None,)


def test_a_moved_hole_with_its_surroundings_is_found():
    photo = masked(scenery(), oval(240, 320, 150, 120, 40, 50))
    there = similarity(1.04, 2.0, 6, -5)
    faded = cv2.GaussianBlur(photo.pixels // 2, (0, 0), 1.0)
    (hole,) = holes(photo, warp(faded, there, (slice(0, 240), slice(0, 320))))
    assert moved(hole.matrix, there, box_face(110, 70, 190, 170))[0] < 0.01


WINDOW = (slice(0, 240), slice(0, 320))
BODY = oval(240, 320, 150, 200, 100, 120)
PERSON = box_face(115, 75, 185, 165)


def before_darkness(pixels, there):
    """The same person in other colors before something as dark as the hole, in a frame that was moved."""
    toned = np.where(pixels > 0, 255 - pixels, 0).astype(np.uint8)
    return warp(np.where(BODY[..., None], toned, np.uint8(12)), there, WINDOW)


def told_by(person, photo, edited, found=()):
    detector = FixedDetector(found)
    comparison = Comparison((PERSON,), photo, np.ascontiguousarray(edited), detector, person)
    parts = regions(photo.mask, (PERSON,))
    (hole,) = match_holes(comparison, parts)
    return hole, hole is not None and is_own(parts[0], hole, comparison)


def test_a_hole_before_a_new_dark_backdrop_is_found_by_the_person():
    photo = masked(scenery(), oval(240, 320, 150, 120, 40, 50))
    there = similarity(1.05, 2.0, 10, -14)
    edited = before_darkness(photo.pixels, there)
    assert told_by(None, photo, edited) == (None, False)
    hole, own = told_by(lambda: BODY, photo, edited)
    assert moved(hole.matrix, there, PERSON)[0] < 0.01
    assert own


def test_somebody_else_before_darkness_is_nobody():
    photo = masked(scenery(), oval(240, 320, 150, 120, 40, 50))
    for seed in range(9, 14):
        other = masked(scenery(seed=seed), oval(240, 320, 150, 120, 40, 50))
        edited = before_darkness(other.pixels, similarity(1.05, 2.0, 10, -14))
        assert told_by(lambda: BODY, photo, edited) == (None, False)


@pytest.mark.parametrize(("evidence", "taken"), [(0.79, False), (0.89, False), (0.91, True)])
def test_no_less_of_a_person_around_a_hole_is_enough_than_any_stranger_shows(evidence, taken, monkeypatch):
    photo = masked(scenery(), oval(240, 320, 150, 120, 40, 50))
    edited = before_darkness(photo.pixels, similarity(1.05, 2.0, 10, -14))
    limit_what_a_person_shows(monkeypatch, evidence)
    hole, own = told_by(lambda: BODY, photo, edited)
    assert (hole is not None, own) == (taken, taken)


def test_where_somebody_is_drawn_no_hole_is_looked_for_by_the_person():
    photo = masked(scenery(), oval(240, 320, 150, 120, 40, 50))
    edited = before_darkness(photo.pixels, similarity(1.05, 2.0, 10, -14))
    assert told_by(lambda: BODY, photo, edited, (PERSON,)) == (None, False)


def test_a_person_left_for_right_is_refused_for_that(monkeypatch):
    photo = masked(scenery(), oval(240, 320, 150, 120, 40, 50))
    edited = before_darkness(photo.pixels, similarity(1.05, 2.0, 10, -14))
    monkeypatch.setattr(Surroundings, "mirrored", lambda self, *_: self.person is not None)
    with pytest.raises(CannotAlign, match="mirrored"):
        told_by(lambda: BODY, photo, edited)


ALONE = oval(240, 320, 150, 120, 40, 50)


def of_another(seed, x):
    """The masked picture of another photo, whose hole lies in nearly the same place."""
    return masked(scenery(seed=seed), oval(240, 320, 150 + x, 120, 40, 50)).pixels


def taken(edited, photo):
    """The hole that is found, and whether it is the photo's own."""
    comparison = Comparison((), photo, np.ascontiguousarray(edited), FixedDetector(()))
    (region,) = regions(photo.mask, ())
    (hole,) = match_holes(comparison, [region])
    assert hole is not None
    return is_own(region, hole, comparison)


@pytest.mark.parametrize("seed", range(9, 14))
def test_a_hole_in_nearly_the_same_place_is_taken_and_known_to_be_anybodys(seed):
    assert not taken(of_another(seed, 1), masked(scenery(), ALONE))


def test_a_hole_is_the_photos_own_by_its_place_or_by_what_is_around_it():
    photo = masked(scenery(), ALONE)
    assert taken(photo.pixels, photo)
    assert taken(of_another(9, 0), photo)  # all around it may be new
    there = similarity(1.04, 2.0, 6, -5)
    faded = cv2.GaussianBlur(photo.pixels // 2, (0, 0), 1.0)
    assert taken(warp(faded, there, (slice(0, 240), slice(0, 320))), photo)


def test_another_persons_masked_portrait_is_refused(hidden_astronaut, hopper, parts):
    other = pipeline.hide(hopper, pipeline.Concealment(), parts)
    with pytest.raises(CannotAlign):
        pipeline.restore(hidden_astronaut, EditResult(other.masked.pixels, "test"), parts)
