import math
from dataclasses import replace

import pytest

from privateedit.audit.restore_outcomes import FaceOutcome, Outcome
from privateedit.audit.restore_scenarios import chosen


def outcome(scenario, *, refused="", wrong=False):
    face = FaceOutcome(0, "hole", wrong)
    return Outcome("a.jpg", chosen([scenario])[0], "", refused, () if refused else (face,), 0, 0.1)


@pytest.mark.parametrize(
    ("scenario", "refused", "wrong", "failed"),
    [
        ("hole/same", "", False, False),
        ("hole/same", "", True, True),
        ("hole/same", "no", False, True),
        ("refusal/patch", "no", False, False),
        ("refusal/patch", "", False, True),
        ("group/hole", "no", False, True),
        ("group/added", "no", False, True),
        ("group/dropped", "no", False, False),
        ("group/dropped", "", True, True),
        ("group/swapped", "", False, False),
    ],
)
def test_failing_is_the_wrong_answer(scenario, refused, wrong, failed):
    assert outcome(scenario, refused=refused, wrong=wrong).failed == failed


@pytest.mark.parametrize(
    ("seam", "identity", "harmed"),
    [(1.01, 0.11, False), (1.03, 0.1, True), (1.0, 0.13, True), (0.5, 0.05, False)],
)
def test_harm_has_a_tolerance(seam, identity, harmed):
    face = FaceOutcome(0, "face", False, seam=seam, identity=identity, seam_plain=1.0, identity_plain=0.1)
    assert face.harmed == harmed


@pytest.mark.parametrize(
    ("seam", "bare", "identity", "floor", "harmed"),
    [
        (1.0, 0.7, 0.1, 0.0, False),  # the photo's own edge
        (1.04, 0.7, 0.1, 0.0, True),
        (1.5, 1.6, 0.1, 0.0, False),
        (1.0, 1.0, 0.2, 0.19, False),  # the whole picture became dark
        (1.0, 1.0, 0.2, 0.15, True),
        (1.0, 1.0, 0.2, math.nan, True),
    ],
)
def test_harm_beyond_the_edit_is_what_nobody_asked_for(seam, bare, identity, floor, harmed):
    face = FaceOutcome(
        0, "face", False, seam=seam, identity=identity, floor=floor, seam_bare=bare, identity_bare=0.1
    )
    assert face.harmed_beyond_edit == harmed
    by_letter = replace(face, seam_plain=bare, identity_plain=0.1)
    assert by_letter.harmed or not face.harmed_beyond_edit


@pytest.mark.parametrize(
    ("seam", "bare", "identity", "color", "without", "harmed"),
    [
        (1.0, 1.0, 0.2, 0.5, 12.0, False),  # a face that would shine in a night
        (1.0, 1.0, 0.2, 11.5, 12.0, True),  # that still shines
        (1.0, 1.0, 0.2, 0.5, 1.9, True),  # that nobody would have noticed
        (1.0, 1.6, 0.2, 0.5, 0.5, False),  # the seam goes
        (1.0, 1.4, 0.2, 0.5, 0.5, True),
        (1.0, 1.0, 0.11, 0.5, 0.5, False),
        (1.2, 1.0, 0.1, 0.5, 12.0, True),  # no color is worth a seam
        (1.0, 0.7, 0.1, 0.5, 0.5, False),  # the photo's own edge
        (1.0, 1.0, 0.2, math.nan, math.nan, True),
    ],
)
def test_likeness_is_only_given_for_something(seam, bare, identity, color, without, harmed):
    face = FaceOutcome(
        0,
        "face",
        False,
        seam=seam,
        identity=identity,
        color=color,
        seam_bare=bare,
        identity_bare=0.1,
        color_bare=without,
    )
    assert face.harmed_for_nothing == harmed
    by_letter = replace(face, seam_plain=bare, identity_plain=0.1)
    assert by_letter.harmed or not face.harmed_for_nothing


def test_what_was_not_compared_was_not_harmed():
    face = FaceOutcome(0, "face", False, seam=9.0, identity=0.9)
    assert not face.harmed
    assert not face.harmed_for_nothing
