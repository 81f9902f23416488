import gc
from dataclasses import replace
from types import SimpleNamespace
from weakref import ref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.ports import Nobody
from tests.doubles.scenes import box_face, masked, oval, scenery, similarity

from privateedit import pipeline
from privateedit.core import choose_look
from privateedit.core.align import Alignment
from privateedit.core.choose_look import COLORLESS, GRADED, Fitting, beyond_light
from privateedit.core.edit import EditResult
from privateedit.core.finish import Finish
from privateedit.core.grade import Grade, ToneCurve
from privateedit.core.likeness import Likeness
from privateedit.core.photo import Photo
from privateedit.core.place import Placement
from privateedit.core.region import regions
from privateedit.core.reintegrate import reintegrate

PIXELS = scenery()
HIDDEN = oval(240, 320, 150, 120, 30, 40)
SENT = masked(PIXELS, HIDDEN)
FACE = box_face(135, 100, 165, 140, 0)
LUMA = np.float32([0.299, 0.587, 0.114])
ALL_COLORS = np.stack(np.meshgrid(*[np.linspace(20, 220, 9)] * 3), axis=-1).reshape(27, 27, 3)


def night(pixels):
    grey = (pixels @ LUMA)[..., None]
    return (grey + 0.5 * (pixels - grey)) * np.float32([0.4, 0.48, 0.7])


def warm(pixels):
    return pixels * np.float32([1.15, 1, 0.85])


def grey(pixels):
    return np.repeat((pixels @ LUMA)[..., None], 3, axis=2)


class Judge:
    """A recognizer whose distance grows by `cost` a level that a face's red changes."""

    def __init__(self, cost):
        self.cost = cost

    def fit(self, pixels, face):
        return np.concatenate([face.box.corners, [face.box.center]]).astype(np.float32)

    def embed(self, pixels, landmarks):
        x, y = landmarks[-1].astype(int)
        return np.full(1, self.cost * float(pixels[y - 3 : y + 3, x - 3 : x + 3, 0].mean()))


def restored(edit, finish=Finish(), cost=0.0):
    """Everything in the picture is surroundings, so that what was done to it is well told."""
    edited = np.clip(np.rint(edit(SENT.pixels.astype(np.float32))), 0, 255).astype(np.uint8)
    (region,) = regions(SENT.mask, (FACE,))
    placements = [Placement(region, region.faces, Alignment(similarity(), "hole", 0.0), similarity())]
    judge = Judge(cost)
    likeness = Likeness(judge, judge, 0.6)
    done = reintegrate(Photo(PIXELS), SENT, edited, placements, Nobody(0.0), finish, likeness)
    return done.pixels, done.report.placements[0]


def distance(pixels, cost):
    center = np.array([FACE.box.center])
    return float(np.abs(Judge(cost).embed(pixels, center) - Judge(cost).embed(PIXELS, center))[0])


def core_of(pixels):
    return pixels[110:130, 140:160].astype(np.float32)


@pytest.mark.parametrize("harmonize", [None, 0.0, 0.5])
@pytest.mark.parametrize(("edit", "name"), [(night, GRADED), (grey, COLORLESS)])
def test_what_was_done_to_the_whole_picture_is_done_to_the_face_however_it_is_harmonized(
    edit, name, harmonize
):
    pixels, report = restored(edit, Finish(harmonize=harmonize))
    assert np.abs(core_of(pixels) - core_of(edit(PIXELS.astype(np.float32)))).mean() < 2
    assert report.style == name
    assert report.graded


@pytest.mark.parametrize("match", [True, False])
def test_a_number_gives_that_share_of_all_that_is_told_and_of_a_style_no_less(match):
    """At 1 it is the same with and without a style, and whatever a recognizer thinks of it."""
    cost = 0.4 / float(core_of(PIXELS)[..., 0].mean())
    none, half, full = (
        core_of(restored(night, Finish(harmonize=each, style_match=match), cost)[0]).mean()
        for each in (0.0, 0.5, 1.0)
    )
    assert full == pytest.approx(core_of(night(PIXELS.astype(np.float32))).mean(), abs=2)
    assert none > half > full


@pytest.mark.parametrize("harmonize", [None, 0.0])
def test_a_face_in_the_light_of_a_spot_is_in_no_night(harmonize, hidden_astronaut, astronaut, parts):
    """All but what is right beside the face became darker, and a recognizer lets anything pass."""
    agreeing = replace(parts, likeness=Likeness(Judge(0.0), Judge(0.0), 0.6))
    rows, columns = np.mgrid[:512, :512].astype(np.float32)
    x, y = hidden_astronaut.faces[0].box.center
    spot = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (0.35 * 512) ** 2)[..., None]
    lit = astronaut.pixels * (0.4 + 0.6 * spot)
    edited = np.where(hidden_astronaut.masked.mask.hidden[..., None], 0, lit).astype(np.uint8)
    finish = Finish(harmonize=harmonize)
    done = pipeline.restore(hidden_astronaut, EditResult(edited, "test"), agreeing, finish)
    assert done.report.placements[0].style is None


@pytest.mark.parametrize("edit", [night, grey])
def test_without_style_and_harmonization_a_face_keeps_its_colors_exactly(edit):
    pixels, report = restored(edit, Finish(harmonize=0.0, style_match=False))
    assert np.array_equal(core_of(pixels), core_of(PIXELS))
    assert report.style is None
    assert not report.graded


def test_a_style_may_cost_likeness_and_harmonization_may_not():
    cost = 0.1 / float(core_of(PIXELS)[..., 0].mean())
    as_night, styled = restored(night, cost=cost)
    assert np.abs(core_of(as_night) - core_of(night(PIXELS.astype(np.float32)))).mean() < 2
    assert styled.style == GRADED
    for edit, match in ((night, False), (warm, True)):
        done, report = restored(edit, Finish(style_match=match), cost)
        assert distance(done, cost) < 0.011
        assert report.style is None
        assert report.harmonized < 1


@settings(max_examples=10, deadline=None)
@given(st.tuples(*[st.floats(0.4, 1.5)] * 3), st.floats(-30, 30), st.floats(0, 0.01), st.booleans())
def test_harmonization_never_makes_anything_worse(gains, lift, cost, match):
    """Neither the seam nor a recognizer's distance, of any grade and with any recognizer."""

    def edit(pixels):
        return pixels * np.float32(gains) + np.float32(lift)

    (with_it, after), (without, before) = (
        restored(edit, Finish(harmonize, style_match=match), cost) for harmonize in (None, 0.0)
    )
    assert after.seam <= 1.02 * before.seam
    far, near = (distance(each, cost) for each in (with_it, without))
    assert far <= near + 0.02


def small(colors=ALL_COLORS, face=True):
    patch = SimpleNamespace(original=colors.astype(np.float32))
    return SimpleNamespace(patch=patch, face=np.full(colors.shape[:2], face))


def gains(*values, lift=0.0):
    return Grade(np.column_stack([np.diag(values), np.full(3, lift)]))


FADED = Grade(np.column_stack([0.5 * np.eye(3) + 0.5 * np.tile(LUMA, (3, 1)), np.zeros(3)]))


@pytest.mark.parametrize(
    ("grade", "beyond"),
    [
        (Grade.identity(), False),
        (gains(1.15, 1.0, 0.85), False),
        (gains(0.75, 0.75, 0.75), False),
        (gains(0.8, 1.0, 1.3), False),
        (gains(0.42, 0.5, 0.72), True),
        (gains(1.9, 1.9, 1.9), True),
        (gains(1.0, 1.0, 1.0, lift=25.0), True),
        (FADED, True),
        (Grade.identity().with_curve(ToneCurve(np.linspace(0, 1, 10) ** 1.4 * 255)), True),
    ],
)
def test_a_lamp_multiplies_channels_by_no_more_than_a_stop(grade, beyond):
    assert beyond_light(small(), grade) is beyond
    assert not beyond_light(small(face=False), grade)


@pytest.fixture
def tried(monkeypatch):
    """Every trial that a restore makes."""
    made, real = [], Fitting._trial_of

    def trial(*args):
        made.append(real(*args))
        return made[-1]

    monkeypatch.setattr(Fitting, "_trial_of", trial)
    return made


def test_looks_are_judged_by_the_skin_beside_the_face_and_on_no_wall(
    tried, hidden_small_astronaut, small_astronaut, parts
):
    """A style is tried also where nothing is harmonized, and on the same."""
    finish = Finish(harmonize=0.0)
    hidden = hidden_small_astronaut.masked.mask.hidden
    warm = np.clip(small_astronaut.pixels * np.float32([1.1, 1, 0.9]), 0, 255).astype(np.uint8)
    edited = np.where(hidden[..., None], 0, warm)
    pipeline.restore(hidden_small_astronaut, EditResult(edited, "test"), parts, finish)
    skin, nobody = tried[0].skin(), Nobody(0.0)
    assert 0 < skin.mean() < 0.2
    assert (tried[0].original[skin][:, 0] > tried[0].original[skin][:, 2]).mean() > 0.9
    tried.clear()
    without = replace(parts, segmenter=nobody)
    pipeline.restore(hidden_small_astronaut, EditResult(edited, "test"), without, finish)
    assert not tried[0].skin().any()


@pytest.mark.parametrize(("longest", "at_once"), [(1000, True), (100, False)])
def test_a_small_patch_is_tried_once_at_the_size_of_the_result(
    longest, at_once, tried, hidden_small_astronaut, small_astronaut, parts, monkeypatch
):
    monkeypatch.setattr(choose_look, "_TRIED_AT_ONCE", longest)
    hidden = hidden_small_astronaut.masked.mask.hidden
    dim = np.where(hidden[..., None], 0, small_astronaut.pixels // 2)
    pipeline.restore(hidden_small_astronaut, EditResult(dim, "test"), parts)
    assert (len(tried) == 1) is at_once


def test_the_pictures_of_a_trial_go_with_the_restore(
    tried, hidden_small_astronaut, small_astronaut, parts, monkeypatch
):
    """Also where it looked closer; kept by each other they would wait for the collector, in a batch."""
    monkeypatch.setattr(choose_look, "_TRIED_AT_ONCE", 100)
    hidden, working = hidden_small_astronaut.masked.mask.hidden, gc.isenabled()
    gc.disable()
    try:
        dim = np.where(hidden[..., None], 0, small_astronaut.pixels // 2)
        pipeline.restore(hidden_small_astronaut, EditResult(dim, "test"), parts)
        gone = [ref(each) for each in tried]
        tried.clear()
        assert len(gone) > 1
        assert not [each for each in gone if each() is not None]
    finally:
        if working:
            gc.enable()
