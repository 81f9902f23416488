from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from tests.doubles.scenes import oval

from privateedit.audit.restore_scenarios import SCENARIOS, chosen, recipe
from privateedit.audit.simulated_editor import Cast, Scene, shared_out, simulated
from privateedit.audit.simulated_stranger import Stranger
from privateedit.core.photo import Photo
from privateedit.core.similarity import transform

PORTRAITS = [each for each in SCENARIOS if each.crowd is None]

# Clothes are told from skin by the open photo, as a model tells them by itself: those two stay out.
BLIND = [each for each in PORTRAITS if not (each.clothes or each.backdrop)]


@pytest.fixture(scope="module")
def scene(hidden_astronaut, parts):
    return Scene.of(hidden_astronaut, parts.segmenter)


@pytest.fixture(scope="module")
def stranger(hopper, hopper_face):
    return Stranger(hopper, hopper_face)


@pytest.fixture(scope="module")
def edit(scene, stranger, parts):
    def call(name, seed=0, over=scene, **changes):
        plan = replace(recipe(chosen([name])[0], "astronaut", seed), **changes)
        faces = over.concealed.hidden_faces
        cast = Cast({face.id: stranger for face in faces}, stranger)
        return simulated(plan, over, cast, parts.segmenter)

    return call


@pytest.fixture(scope="module")
def known(edit):
    """Edits of the portrait, each made once for all who look at it."""

    @cache
    def call(name, seed=0):
        done = edit(name, seed)
        for pixels in (done.pixels, done.ideal):
            if pixels is not None:
                pixels.flags.writeable = False
        return done

    return call


@pytest.mark.parametrize("scenario", PORTRAITS, ids=lambda each: each.name)
def test_every_scenario_returns_a_picture_and_its_truth(known, scenario):
    done = known(scenario.name)
    assert done.pixels.dtype == np.uint8
    assert done.pixels.ndim == 3
    assert bool(done.truth) != scenario.must_refuse
    assert (done.ideal is not None) != scenario.must_refuse
    assert done.ideal is None or done.ideal.shape == done.pixels.shape


@pytest.mark.parametrize("scenario", BLIND, ids=lambda each: each.name)
def test_the_hidden_face_never_shows(scene, known, edit, scenario):
    """The edit is made from the masked picture: another face under the mask changes nothing."""
    concealed = scene.concealed
    noisy = concealed.photo.pixels.copy()
    hidden = concealed.masked.mask.hidden
    noisy[hidden] = np.random.default_rng(1).integers(0, 256, (np.count_nonzero(hidden), 3), np.uint8)
    other = replace(scene, concealed=replace(concealed, photo=Photo(noisy)))
    assert (known(scenario.name).pixels == edit(scenario.name, over=other).pixels).all()


def test_edits_can_be_repeated(known, edit):
    one, two, other = known("face/everything"), edit("face/everything"), edit("face/everything", 2)
    assert (one.pixels == two.pixels).all()
    assert other.pixels.shape != one.pixels.shape or (other.pixels != one.pixels).any()


@pytest.mark.parametrize("seed", range(3))
def test_the_ideal_shows_the_face_where_the_truth_says(known, scene, parts, seed):
    done = known("hole/moved", seed)
    (face,) = scene.concealed.hidden_faces
    (found,) = parts.detector.detect(done.ideal)
    placed = transform(done.truth[face.id], face.mesh[[33, 263, 4]])
    apart = np.linalg.norm(found.mesh[[33, 263, 4]] - placed, axis=1)
    assert apart.max() < 0.08 * np.linalg.norm(placed[0] - placed[1])


def test_a_hole_comes_back_as_it_was_sent(known, scene):
    done = known("hole/everything")
    inner = cv2.erode(scene.concealed.masked.mask.hidden.astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    assert np.ptp(done.pixels[done.area(inner)].astype(int), axis=0).max() < 60
    assert done.pixels[done.area(inner)].mean() < 70


def test_a_gone_face_is_gone(known, parts):
    for name in ("refusal/smooth", "refusal/patch"):
        assert parts.detector.detect(known(name).pixels) == ()


def test_a_patch_is_larger_than_the_hole(edit, scene):
    flat = edit("refusal/patch", zoom=1.0, shift=(0.0, 0.0)).pixels
    inside = flat[scene.concealed.masked.mask.hidden].astype(int)
    assert inside.std(0).max() < 6


def test_a_mirrored_picture_is_the_other_way_round(edit):
    plain = edit("hole/same", quality=95)
    plan = recipe(chosen(["refusal/mirrored-hole"])[0], "astronaut", 0)
    assert plan.scenario.mirrored
    mirrored = edit("refusal/mirrored-hole", zoom=1.0, shift=(0.0, 0.0), quality=95)
    apart = np.abs(mirrored.pixels[:, ::-1].astype(int) - plain.pixels)
    assert apart.mean() < 2


def test_an_unrelated_picture_fills_the_frame(known, hopper):
    done = known("refusal/unrelated")
    small = [
        cv2.resize(each, (32, 32), interpolation=cv2.INTER_AREA)
        for each in (done.pixels, hopper.pixels[:512])
    ]
    assert np.corrcoef(*(each.astype(float).ravel() for each in small))[0, 1] > 0.8


@pytest.fixture(scope="module")
def group(hidden_couple, parts):
    return Scene.of(hidden_couple, parts.segmenter)


@pytest.mark.parametrize("scenario", chosen(["group"]), ids=lambda each: each.name)
def test_groups(edit, group, hidden_couple, scenario):
    done = edit(scenario.name, over=group)
    people = len(hidden_couple.hidden_faces)
    if done is None:
        assert scenario.name in {"group/added", "group/swapped"}
        return
    assert len(done.truth) == people - (scenario.name == "group/dropped")
    assert (done.ideal is None) == (scenario.name not in {"group/hole", "group/face"})


def test_a_merged_hole_is_shared_by_nearness(hidden_couple):
    left, right = hidden_couple.hidden_faces
    hole = oval(512, 848, 420, 250, 400, 200)
    parts = shared_out(hole, (left, right))
    assert (parts[0] ^ parts[1] == hole).all()
    for face, part in zip((left, right), parts, strict=True):
        x, y = (int(value) for value in face.box.center)
        assert part[y, x]
