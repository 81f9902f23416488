import pytest

from privateedit.audit.restore_outcomes import FaceOutcome, Outcome
from privateedit.audit.restore_scenarios import chosen
from privateedit.audit.restore_worst import WORST, badness, caption


def outcome(*faces, scenario="hole/same", refused=""):
    return Outcome("ä.jpg", chosen([scenario])[0], "1.00x", refused, faces, 0, 1.0)


@pytest.mark.parametrize("measure", WORST)
def test_the_worst_face_counts(measure):
    good = FaceOutcome(0, "hole", False, 0.01, 0.1, 0.05, 1.0, 1.0)
    bad = FaceOutcome(1, "hole", False, 0.02, 0.3, 0.05, 2.0, 2.0)
    assert (
        badness(outcome(good, bad), measure)
        == badness(outcome(bad), measure)
        > badness(outcome(good), measure)
    )


def test_identity_counts_beyond_what_the_edit_costs():
    night = FaceOutcome(0, "hole", False, identity=0.3, floor=0.28)
    pasted = FaceOutcome(0, "hole", False, identity=0.2, floor=0.05)
    assert badness(outcome(pasted), "identity") > badness(outcome(night), "identity")


def test_failures_come_first():
    wrong = outcome(FaceOutcome(0, "hole", True))
    refused = outcome(refused="It fits nowhere.")
    bad = outcome(FaceOutcome(0, "hole", False, seam=50.0))
    assert min(badness(wrong, "seam"), badness(refused, "seam")) > badness(bad, "seam")


def test_captions_are_plain_ascii():
    text = caption(outcome(FaceOutcome(0, "hole", True, 0.01, 0.1, 0.05, 1.0, 1.0)))
    assert text.isascii()
    for fact in ("hole/same", "1.00x", "align 1.0%", "WRONG"):
        assert fact in text
    assert "REFUSED It fits" in caption(outcome(refused="It fits nowhere."))
