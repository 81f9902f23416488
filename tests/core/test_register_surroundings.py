from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.doubles.scenes import about, box_face, masked, oval, recompressed, scenery

from privateedit.core.align import moved
from privateedit.core.face import Box
from privateedit.core.register_surroundings import Sighting, Surroundings
from privateedit.core.similarity import compose, similar, warp

SIZE = (300, 360)
BOX = Box(145, 100, 215, 200)
FACE = box_face(*BOX)
WHOLE = (slice(0, SIZE[0]), slice(0, SIZE[1]))
STILL = similar(1.0, 0.0, np.zeros(2))


def sent(seed=3):
    pixels = scenery(*SIZE, seed=seed)
    return pixels, Surroundings.of(masked(pixels, oval(*SIZE, 180, 150, 40, 55)), BOX)


def hole_painted(pixels):
    """The picture with something else where the hole was."""
    painted = pixels.copy()
    painted[oval(*SIZE, 180, 150, 40, 55)] = (200, 150, 130)
    return painted


@pytest.mark.parametrize(
    "truth",
    [
        STILL,
        about(FACE.box.center, 1.03, 2.0),
        compose(np.array([[1, 0, 6], [0, 1, -5.0]]), about(FACE.box.center, 0.96, -2.5)),
    ],
    ids=["still", "larger and tilted", "moved"],
)
def test_surroundings_are_found_to_a_hundredth_of_the_face(truth):
    pixels, around = sent()
    edited = warp(hole_painted(pixels), truth, WHOLE)
    found = around.sighted(edited, STILL)
    away, grown, turned = moved(found.matrix, truth, FACE)
    assert away < 0.01
    assert abs(grown) < 0.012
    assert abs(turned) < 0.8
    assert found.evidence > 1.0


def test_what_is_prepared_is_found_alike():
    pixels, usual = sent()
    _, prepared = sent()
    prepared.prepare()
    edited = hole_painted(pixels)
    found, expected = prepared.sighted(edited, STILL), usual.sighted(edited, STILL)
    np.testing.assert_array_equal(found.matrix, expected.matrix)
    assert found.evidence == expected.evidence


@pytest.mark.parametrize(
    "change",
    [
        lambda pixels: 255 - pixels,
        lambda pixels: recompressed(pixels, 60),
        lambda pixels: np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None] // 2 + 60, 3, axis=2),
        lambda pixels: cv2.GaussianBlur(pixels, (0, 0), 1.5),
    ],
    ids=["negative", "compressed", "grey and flat", "soft"],
)
def test_outlines_outlive_colors(change):
    pixels, around = sent()
    assert around.sighted(change(hole_painted(pixels)), STILL).evidence > 0.8


@pytest.mark.parametrize("seed", range(4, 12))
def test_another_scene_gives_no_evidence(seed):
    _, around = sent()
    assert around.sighted(hole_painted(sent(seed)[0]), STILL).evidence < 0.42


def test_what_the_hole_shows_is_no_evidence():
    """The same blank scene twice, with the same face drawn: nothing around it was ever visible."""
    blank = np.full((*SIZE, 3), 180, np.uint8)
    around = Surroundings.of(masked(blank, oval(*SIZE, 180, 150, 40, 55)), BOX)
    drawn = blank.copy()
    drawn[oval(*SIZE, 180, 150, 20, 30)] = 40
    assert around.sighted(drawn, STILL).evidence < 0.2


def test_a_face_that_fills_the_frame_shows_hardly_any_surroundings():
    pixels, around = sent()
    full = Surroundings.of(masked(pixels, np.ones(SIZE, np.bool_)), BOX)
    assert full.visible == 0
    assert 0.1 < around.visible < 1


def test_a_mirrored_scene_is_noticed():
    pixels, around = sent()
    edited = hole_painted(pixels)
    flipped = np.ascontiguousarray(edited[:, ::-1])
    there = np.array([[1.0, 0.0, SIZE[1] - BOX.x0 - BOX.x1], [0.0, 1.0, 0.0]])
    assert not around.mirrored(edited, STILL)
    assert around.mirrored(flipped, there)


def test_a_scene_that_is_its_own_mirror_image_is_not_called_mirrored():
    pixels, _ = sent()
    middle = int(BOX.x0 + BOX.x1) // 2
    width = min(middle, SIZE[1] - middle)
    half = pixels[:, middle - width : middle]
    even = np.concatenate([half, half[:, ::-1]], axis=1)
    shift = middle - width
    box = Box(BOX.x0 - shift, BOX.y0, BOX.x1 - shift, BOX.y1)
    hidden = oval(*even.shape[:2], 180 - shift, 150, 40, 55)
    assert not Surroundings.of(masked(even, hidden), box).mirrored(even, STILL)


def of_person(around, person):
    return replace(around, person=person)


def behind_somebody(pixels, person, seed):
    """The same person in front of something else."""
    return np.where(person[..., None], hole_painted(pixels), scenery(*SIZE, seed=seed))


BODY = oval(*SIZE, 180, 270, 110, 120)


@pytest.mark.parametrize("seed", [5, 6])
def test_the_person_alone_is_found_before_a_new_backdrop(seed):
    pixels, around = sent()
    truth = compose(np.array([[1, 0, 6], [0, 1, -5.0]]), about(FACE.box.center, 0.96, -2.5))
    edited = warp(behind_somebody(pixels, BODY, seed), truth, WHOLE)
    found = of_person(around, BODY).sighted(edited, STILL)
    away, grown, turned = moved(found.matrix, truth, FACE)
    assert away < 0.01
    assert abs(grown) < 0.012
    assert abs(turned) < 0.8
    assert found.evidence > 1.0
    assert found.evidence > around.sighted(edited, STILL).evidence + 0.3


def test_a_person_is_as_visible_as_the_picture_of_one_says_in_any_size():
    _, around = sent()
    whole, some = around.visible, of_person(around, BODY).visible
    assert 0.2 * whole < some < 0.8 * whole
    half = cv2.resize(BODY.astype(np.uint8), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_NEAREST) > 0
    assert of_person(around, half).visible == pytest.approx(some, rel=0.05)
    assert of_person(around, np.ones((9, 9), np.bool_)).visible == pytest.approx(whole)
    assert of_person(around, np.zeros(SIZE, np.bool_)).visible == 0


def test_a_person_left_for_right_is_mirrored():
    pixels, around = sent()
    edited = behind_somebody(pixels, BODY, 5)
    there = np.array([[1.0, 0.0, SIZE[1] - BOX.x0 - BOX.x1], [0.0, 1.0, 0.0]])
    assert not of_person(around, BODY).mirrored(edited, STILL)
    assert of_person(around, BODY).mirrored(np.ascontiguousarray(edited[:, ::-1]), there)


def test_a_look_nearby_finds_what_a_likeness_beside_it_hides_from_a_coarse_look():
    pixels, around = sent()
    edited = hole_painted(pixels)
    near = about(FACE.box.center, 1.005, 0.5)
    found = around.sighted_nearby(edited, near)
    assert moved(found.matrix, STILL, FACE)[0] < 0.01
    assert found.evidence > 1.0
    far = compose(np.array([[1, 0, 0.3 * BOX.width], [0, 1, 0.0]]), STILL)
    assert around.sighted_nearby(edited, far).evidence < 0.4


def test_a_finer_look_that_loses_its_way_does_not_overrule_the_coarse_one(monkeypatch):
    pixels, around = sent()
    coarse = {False: 0.52, True: 0.45}
    lost = {False: 0.12, True: 0.33}
    monkeypatch.setattr(Surroundings, "agreement", lambda self, *_: coarse[self.flipped])
    monkeypatch.setattr(Surroundings, "sighted", lambda self, *_: Sighting(STILL, lost[self.flipped], 0.1))
    assert not around.mirrored(pixels, STILL)
    coarse[True] = 0.6
    assert around.mirrored(pixels, STILL)
