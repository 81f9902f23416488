from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.doubles.ports import FixedDetector
from tests.doubles.scenes import recompressed
from tests.doubles.sightings import limit_what_a_person_shows

from privateedit.core import register_drawn
from privateedit.core.align import moved
from privateedit.core.comparison import Comparison
from privateedit.core.register_drawn import Pair, align_drawn
from privateedit.core.register_face import fit_to_face
from privateedit.core.register_surroundings import Surroundings
from privateedit.core.similarity import carried, compose, similar, transform, warp
from privateedit.core.visible_person import person_in
from privateedit.errors import CannotAlign

STILL = similar(1.0, 0.0, np.zeros(2))


def compared(concealed, pixels, detector):
    return Comparison(concealed.faces, concealed.masked, np.ascontiguousarray(pixels), detector)


def redrawn(concealed, stranger, stranger_face, stray=STILL):
    """Every hidden face replaced by the stranger's, as models do it: about there, about as large."""
    pixels = concealed.masked.pixels.astype(np.float32)
    rows, columns, _ = pixels.shape
    for face in concealed.faces:
        there = compose(stray, fit_to_face(stranger_face, face)[0])
        face_there = warp(stranger.pixels, there, (slice(0, rows), slice(0, columns))).astype(np.float32)
        hull = cv2.convexHull(transform(there, stranger_face.mesh).astype(np.float32))
        ink = cv2.fillConvexPoly(np.zeros((rows, columns), np.uint8), np.rint(hull).astype(np.int32), 255)
        share = cv2.GaussianBlur(ink, (0, 0), 2).astype(np.float32)[..., None] / 255
        near = face.box.width * 0.9
        y, x = np.mgrid[:rows, :columns]
        here = np.hypot(x - face.box.center[0], y - face.box.center[1]) < near
        hole = (concealed.masked.mask.hidden & here)[..., None]
        skin = face_there[hull.astype(int)[:, 0, 1].clip(0, rows - 1), hull.astype(int)[:, 0, 0]].mean(0)
        pixels = np.where(hole, skin + share * (face_there - skin), pixels)
    return pixels.astype(np.uint8)


def strayed(face, grow=1.03, turn=2.0, x=0.03):
    """A stranger's landmarks never lie quite where the face they stand for had them."""
    there = similar(grow, turn, np.array(face.box.center))
    there[0, 2] += x * face.box.width
    return there


@pytest.fixture(scope="module")
def edited_astronaut(hidden_astronaut, hopper, hopper_face):
    return redrawn(hidden_astronaut, hopper, hopper_face, strayed(hidden_astronaut.faces[0]))


def test_surroundings_correct_what_a_strangers_landmarks_say(edited_astronaut, hidden_astronaut, parts):
    comparison = compared(hidden_astronaut, edited_astronaut, parts.detector)
    (face,) = hidden_astronaut.faces
    alignment, stranger = align_drawn(comparison, [face])[face.id]
    by_landmarks = Pair(face, stranger, comparison).landmarks
    assert alignment.regime == "face"
    assert alignment.pose_difference < 22
    assert moved(alignment.matrix, STILL, face)[0] < 0.3 * moved(by_landmarks, STILL, face)[0] + 0.002
    assert abs(moved(alignment.matrix, STILL, face)[1]) < 0.02


@pytest.mark.parametrize("way", ["portrait", "portrait of the same size"])
def test_a_portrait_of_somebody_else_is_refused(way, hidden_astronaut, hopper, parts):
    pixels = hopper.pixels
    if way != "portrait":
        pixels = np.ascontiguousarray(pixels[40:552])
    comparison = compared(hidden_astronaut, pixels, parts.detector)
    with pytest.raises(CannotAlign, match="not what was sent") as caught:
        align_drawn(comparison, hidden_astronaut.faces)
    assert caught.value.measured["agreement"] < caught.value.measured["agreement_needed"]
    assert "same pose and framing" in str(caught.value)


def test_the_same_stranger_in_a_new_scene_is_refused(edited_astronaut, hidden_astronaut, parts):
    """The face lies where it should, and nothing around it is what was sent."""
    other = recompressed(np.random.default_rng(5).integers(0, 255, (512, 512, 3), np.uint8), 60)
    box = np.array(hidden_astronaut.faces[0].box).astype(int)
    window = (slice(box[1], box[3]), slice(box[0], box[2]))
    other[window] = edited_astronaut[window]
    comparison = compared(hidden_astronaut, other, FixedDetector(parts.detector.detect(edited_astronaut)))
    with pytest.raises(CannotAlign, match="not what was sent"):
        align_drawn(comparison, hidden_astronaut.faces)


AFAR = similar(0.78, 3.0, np.array([250.0, 330.0]))


def before_something_else(pixels, astronaut, parts):
    """The same person, smaller and tilted, in other colors before many-colored tiles.

    With those around her she is clearly less than enough (0.6 of 0.75), alone clearly more (1.2 of 0.9), also
    where the face is seen a little elsewhere or larger, as on another processor.
    """
    person = person_in(astronaut.pixels, parts.segmenter)
    tiles = np.random.default_rng(8).integers(0, 255, (32, 32, 3), np.uint8)
    scene = tiles.repeat(16, axis=0).repeat(16, axis=1)
    pixels = np.where(person[..., None], 255 - pixels // 2, scene)
    return warp(pixels, AFAR, (slice(0, 512), slice(0, 512)))


def seen_there(face):
    return FixedDetector([carried(face, compose(AFAR, strayed(face, grow=1.0, turn=1.5, x=0.0)))])


def test_a_person_before_another_scene_is_placed_by_what_is_seen_of_her(
    edited_astronaut, hidden_astronaut, astronaut, parts
):
    (face,) = hidden_astronaut.faces
    pixels = before_something_else(edited_astronaut, astronaut, parts)
    comparison = compared(hidden_astronaut, pixels, seen_there(hidden_astronaut.faces[0]))
    assert not comparison.certain
    with pytest.raises(CannotAlign, match="not what was sent"):
        align_drawn(comparison, [face])
    comparison = replace(comparison, person=lambda: person_in(astronaut.pixels, parts.segmenter))
    alignment, _ = align_drawn(comparison, [face])[face.id]
    assert alignment.regime == "face"
    assert moved(alignment.matrix, AFAR, face)[0] < 0.02


def test_a_stranger_is_not_the_person_whatever_is_behind(
    edited_astronaut, hidden_astronaut, astronaut, hopper, parts
):
    def person():
        return person_in(astronaut.pixels, parts.segmenter)

    for pixels in (hopper.pixels, np.ascontiguousarray(hopper.pixels[40:552])):
        comparison = replace(compared(hidden_astronaut, pixels, parts.detector), person=person)
        with pytest.raises(CannotAlign, match="not what was sent"):
            align_drawn(comparison, hidden_astronaut.faces)


@pytest.mark.parametrize(("evidence", "taken"), [(0.79, False), (0.89, False), (0.91, True)])
def test_no_less_of_a_person_is_enough_than_any_stranger_shows(
    evidence, taken, edited_astronaut, hidden_astronaut, astronaut, parts, monkeypatch
):
    limit_what_a_person_shows(monkeypatch, evidence)
    pixels = before_something_else(edited_astronaut, astronaut, parts)
    comparison = compared(hidden_astronaut, pixels, seen_there(hidden_astronaut.faces[0]))
    comparison = replace(comparison, person=lambda: person_in(astronaut.pixels, parts.segmenter))
    if taken:
        assert align_drawn(comparison, hidden_astronaut.faces)
    else:
        with pytest.raises(CannotAlign, match="not what was sent"):
            align_drawn(comparison, hidden_astronaut.faces)


def test_a_person_who_is_only_found_left_for_right_is_refused_for_that(
    edited_astronaut, hidden_astronaut, astronaut, parts, monkeypatch
):
    monkeypatch.setattr(Surroundings, "mirrored", lambda self, *_: self.person is not None)
    monkeypatch.setattr(register_drawn, "_NOT_MIRRORED", 1.0)  # asked however well she is seen
    pixels = before_something_else(edited_astronaut, astronaut, parts)
    comparison = compared(hidden_astronaut, pixels, seen_there(hidden_astronaut.faces[0]))
    comparison = replace(comparison, person=lambda: person_in(astronaut.pixels, parts.segmenter))
    with pytest.raises(CannotAlign, match="mirrored"):
        align_drawn(comparison, hidden_astronaut.faces)


@pytest.mark.parametrize("place", [(0, 0), (40, -25)])
def test_new_colors_and_a_new_backdrop_are_an_edit(place, edited_astronaut, hidden_astronaut, parts):
    """Only outlines near the person are left, in another tone, in a frame that was moved."""
    x, y = place
    shift = np.array([[1.0, 0, x], [0, 1.0, y]])
    pixels = 255 - edited_astronaut // 2
    pixels[:, :80], pixels[:, 400:] = 90, 200
    pixels = warp(pixels, shift, (slice(0, 512), slice(0, 512)))
    sight = [carried(each, shift) for each in parts.detector.detect(edited_astronaut)]
    comparison = compared(hidden_astronaut, pixels, FixedDetector(sight))
    (alignment, _) = align_drawn(comparison, hidden_astronaut.faces)[0]
    assert moved(alignment.matrix, shift, hidden_astronaut.faces[0])[0] < 0.02


def test_a_face_with_the_proportions_of_a_cartoon_is_placed_by_the_scene(
    edited_astronaut, hidden_astronaut, parts
):
    (seen,) = parts.detector.detect(edited_astronaut)
    random = np.random.default_rng(0)
    points = seen.landmarks + random.normal(0, 0.09 * seen.box.width, seen.landmarks.shape)
    odd = replace(seen, landmarks=points.astype(np.float32))
    comparison = compared(hidden_astronaut, edited_astronaut, FixedDetector([odd]))
    alignment, _ = align_drawn(comparison, hidden_astronaut.faces)[0]
    assert alignment.regime == "scene"
    assert moved(alignment.matrix, STILL, hidden_astronaut.faces[0])[0] < 0.01


def test_a_face_drawn_too_large_in_a_scene_that_stayed_is_placed_by_the_scene(
    edited_astronaut, hidden_astronaut, parts
):
    (seen,) = parts.detector.detect(edited_astronaut)
    large = carried(seen, similar(1.3, 0.0, np.array(seen.box.center)))
    comparison = compared(hidden_astronaut, edited_astronaut, FixedDetector([large]))
    alignment, _ = align_drawn(comparison, hidden_astronaut.faces)[0]
    assert alignment.regime == "scene"
    assert abs(moved(alignment.matrix, STILL, hidden_astronaut.faces[0])[1]) < 0.02


@pytest.mark.parametrize(
    ("tilt", "least"), [(-7.5, 0.4), (-6.2, 0.8), (-5, 0.85), (5, 0.85), (6.2, 0.8), (7.5, 0.4)]
)
def test_a_strangers_tilt_in_a_scene_that_stayed_is_taken_back_and_never_all_at_once(
    hidden_astronaut, hopper, hopper_face, parts, tilt, least
):
    """From six degrees on, landmarks and surroundings mean two places, and less and less is taken back."""
    (face,) = hidden_astronaut.faces
    pixels = redrawn(hidden_astronaut, hopper, hopper_face, strayed(face, 1.0, tilt, 0.0))
    (seen,) = parts.detector.detect(pixels)
    tilted = carried(seen, strayed(seen, 1.0, tilt - moved(fit_to_face(face, seen)[0], STILL, face)[2], 0.0))
    comparison = compared(hidden_astronaut, pixels, FixedDetector([tilted]))
    ((alignment, drawn),) = align_drawn(comparison, hidden_astronaut.faces).values()
    by_landmarks = abs(moved(fit_to_face(face, drawn)[0], STILL, face)[2])
    assert by_landmarks > 4
    assert abs(moved(alignment.matrix, STILL, face)[2]) < (1 - least) * by_landmarks


@pytest.mark.parametrize("grow", [0.86, 1.15])
def test_a_head_turned_otherwise_in_a_scene_that_stayed_does_not_tell_the_size_of_the_original(
    hidden_astronaut, hopper, hopper_face, parts, grow
):
    (face,) = hidden_astronaut.faces
    pixels = redrawn(hidden_astronaut, hopper, hopper_face, strayed(face, grow, 1.0, 0.02))
    (seen,) = parts.detector.detect(pixels)
    turned = replace(seen, pose=face.pose._replace(yaw=face.pose.yaw + 16))
    comparison = compared(hidden_astronaut, pixels, FixedDetector([turned]))
    ((alignment, drawn),) = align_drawn(comparison, hidden_astronaut.faces).values()
    assert abs(moved(fit_to_face(face, drawn)[0], STILL, face)[1]) > 0.1
    away, grown, turned = moved(alignment.matrix, STILL, face)
    assert away < 0.01
    assert abs(grown) < 0.01
    assert abs(turned) < 0.5


def test_a_head_that_looks_elsewhere_is_refused_whatever_the_scene_says(
    edited_astronaut, hidden_astronaut, parts
):
    (seen,) = parts.detector.detect(edited_astronaut)
    turned = replace(seen, pose=seen.pose._replace(yaw=seen.pose.yaw + 40))
    comparison = compared(hidden_astronaut, edited_astronaut, FixedDetector([turned]))
    with pytest.raises(CannotAlign, match="sideways"):
        align_drawn(comparison, hidden_astronaut.faces)


@pytest.fixture(scope="module")
def edited_couple(hidden_couple, hopper, hopper_face):
    return redrawn(hidden_couple, hopper, hopper_face)


def swapped(pixels):
    """Both people changed sides, and the backdrop between them stayed."""
    left, right = pixels[:, 60:420].copy(), pixels[:, 512:].copy()
    width = min(left.shape[1], right.shape[1])
    out = pixels.copy()
    out[:, 60 : 60 + width] = right[:, :width]
    out[:, 512 : 512 + width] = left[:, :width]
    return out


def test_people_who_changed_places_get_their_own_faces_or_none(edited_couple, hidden_couple, parts):
    comparison = compared(hidden_couple, swapped(edited_couple), parts.detector)
    try:
        placed = align_drawn(comparison, hidden_couple.faces)
    except CannotAlign:
        return  # nobody was pasted
    centers = {
        face.id: transform(placed[face.id][0].matrix, np.array([face.box.center]))[0, 0]
        for face in hidden_couple.faces
    }
    assert centers[0] > 450 > centers[1]


@pytest.mark.parametrize("gone", [0, 1])
def test_a_dropped_person_is_not_pasted_onto_the_other(gone, edited_couple, hidden_couple, parts):
    pixels = edited_couple.copy()
    pixels[:, (slice(0, 470), slice(512, None))[gone]] = (150, 160, 170)
    comparison = compared(hidden_couple, pixels, parts.detector)
    with pytest.raises(CannotAlign, match=f"[Ff]ace {gone}"):
        align_drawn(comparison, hidden_couple.faces)


def test_nobody_to_place_needs_no_look_at_the_picture(hidden_astronaut, edited_astronaut):
    class Blind:
        def detect(self, pixels):
            raise AssertionError("looked")

    assert align_drawn(compared(hidden_astronaut, edited_astronaut, Blind()), []) == {}
