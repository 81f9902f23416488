import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.doubles import restoring
from tests.doubles.ports import FixedDetector, simple_parts
from tests.doubles.scenes import box_face

from privateedit.audit import restore_cases, restore_pool
from privateedit.audit.restore_cases import Bench, RestoreInstruments, measured
from privateedit.audit.restore_scenarios import chosen
from privateedit.core.photo import Photo


@pytest.fixture(autouse=True)
def around_a_restore(restores_that_remember):
    """What is tested here is what goes on around it."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return restoring.write_portraits(tmp_path_factory.mktemp("portraits") / "photos")


@pytest.fixture(scope="module")
def instruments():
    return restoring.recognizing()


@pytest.fixture(scope="module")
def pool(folder, parts):
    """Who can stand in, where pictures are reduced to that many pixels."""
    paths = [folder / "astronaut.png", folder / "more" / "hopper.png"]

    def call(max_side):
        return [
            portrait
            for path in paths
            for portrait in restore_pool.portraits_of(path, restoring.opened(path), max_side, parts.detector)
        ]

    return cache(call)


@pytest.fixture(scope="module")
def run(folder, instruments, pool):
    def call(*names, photo="astronaut.png", tools=instruments, **changes):
        bench = Bench(folder, chosen(names), pool(512), seed=0, max_side=512, strips=False)
        return measured(folder / photo, replace(bench, **changes), tools)

    return call


def test_a_hole_is_measured_against_the_truth(run):
    found = run("hole/moved")
    (outcome,) = found.outcomes
    (face,) = outcome.faces
    assert (found.photo, found.skipped, outcome.refused) == ("astronaut.png", "", "")
    assert face.regime == "hole"
    assert not face.wrong
    assert face.alignment < 0.02
    assert face.identity < 0.2
    assert 0.5 < face.seam < 2
    assert face.color < 3
    assert outcome.outside == 0
    assert outcome.seconds > 0


def test_a_stranger_is_measured_against_the_truth(run):
    (outcome,) = run("face/same").outcomes
    (face,) = outcome.faces
    assert face.regime == "face"
    assert 0.001 < face.alignment < 0.1
    assert outcome.outside == 0
    assert math.isfinite(face.seam)
    assert math.isfinite(face.floor)


def test_everything_can_be_repeated(run, pool):
    # Of the same edit the restore is remembered; `tests/core` holds that it comes out the same.
    small = {"max_side": 300, "pool": pool(300)}
    one, two = (run("face/everything", **small).outcomes[0] for _ in range(2))
    assert replace(one, seconds=0) == replace(two, seconds=0)


def test_a_gone_face_is_refused(run):
    for outcome in run("refusal/smooth", "refusal/patch").outcomes:
        assert outcome.refused
        assert outcome.faces == ()
        assert not outcome.failed


def test_what_does_not_fit_is_not_tried(run):
    found = run("refusal/turned")
    assert found.outcomes == ()
    assert found.not_tried == {"refusal/turned": "nobody looks the right way"}
    alone = run("hole/backdrop", "face/same", "refusal/unrelated", pool=(), max_side=300)
    assert [each.scenario.name for each in alone.outcomes] == ["hole/backdrop"]
    assert alone.not_tried == {
        "face/same": "nobody looks the right way",
        "refusal/unrelated": "there is nobody else",
    }


def test_scenarios_of_groups_are_for_groups(run, folder, couple, parts):
    assert run("group").outcomes == ()
    from PIL import Image

    Image.fromarray(couple.pixels).save(folder / "couple.png")
    (outcome,) = run("group/hole", "hole/same", photo="couple.png", max_side=900).outcomes
    assert outcome.scenario.name == "group/hole"
    assert [face.id for face in outcome.faces] == [0, 1]
    assert max(face.alignment for face in outcome.faces) < 0.02


def test_without_a_recognizer_identity_is_not_known(run):
    (outcome,) = run("hole/same", tools=restoring.unrecognizing()).outcomes
    assert math.isnan(outcome.faces[0].identity)
    assert math.isfinite(outcome.faces[0].alignment)


def test_strips_are_made_when_wanted(run):
    assert run("hole/same").outcomes[0].strip == b""
    kept = run("hole/same", "refusal/patch", strips=True).outcomes
    assert all(each.strip.startswith(b"\xff\xd8") for each in kept)


def test_photos_that_tell_nothing_are_skipped(run, folder):
    assert "No face" in run("hole/same", photo="grey.png").skipped
    seen = FixedDetector((box_face(10, 10, 90, 70),))
    tools = RestoreInstruments(simple_parts(detector=seen), restoring.opened)
    assert run("hole/same", photo="grey.png", tools=tools).skipped == "nearly everything is hidden"
    seen.faces = (box_face(40, 30, 60, 50),)
    assert run("hole/same", photo="grey.png", tools=tools).skipped == "a face has no landmarks"


def test_a_restore_onto_somebody_else_is_wrong(run, monkeypatch):
    """Planted: the simulated truth says that nobody is there any more."""
    simulated = restore_cases.simulated
    monkeypatch.setattr(restore_cases, "simulated", lambda *given: replace(simulated(*given), truth={}))
    (outcome,) = run("hole/same").outcomes
    assert outcome.faces[0].wrong
    assert outcome.failed


def test_a_pixel_changed_elsewhere_is_counted(run, monkeypatch):
    restore = restore_cases.pipeline.restore

    def careless(*given):
        done = restore(*given)
        pixels = done.pixels.copy()
        pixels[0, 0] ^= 1
        return replace(done, pixels=pixels)

    monkeypatch.setattr(restore_cases.pipeline, "restore", careless)
    assert run("face/same").outcomes[0].outside == 1


def test_harmonization_that_makes_it_worse_is_told(run, monkeypatch):
    """Planted: switched off, the face comes back exactly as the edit would show it."""
    restore = restore_cases.pipeline.restore

    def tinted(*given):
        done = restore(*given)
        return replace(done, pixels=np.clip(done.pixels * np.array([1.5, 1, 0.5]), 0, 255).astype(np.uint8))

    def only_where_harmonized(*given):
        return (restore if len(given) > 3 else tinted)(*given)

    assert not run("hole/same").outcomes[0].faces[0].harmed
    monkeypatch.setattr(restore_cases.pipeline, "restore", only_where_harmonized)
    assert run("hole/same").outcomes[0].faces[0].harmed


def test_the_detector_is_not_asked_twice_about_one_picture():
    class Counting:
        asked = 0

        def detect(self, pixels):
            self.asked += 1
            return ()

    counting = Counting()
    remembering = restore_cases._Remembering(counting)
    one, two = (Photo(np.full((4, 4, 3), level, np.uint8)).pixels for level in (1, 2))
    for pixels in (one, one.copy(), two, one):
        remembering.detect(pixels)
    assert counting.asked == 3
