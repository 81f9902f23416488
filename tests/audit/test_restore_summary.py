import math

import pytest

from privateedit.audit.restore_outcomes import FaceOutcome, Outcome, PhotoOutcome
from privateedit.audit.restore_scenarios import chosen
from privateedit.audit.restore_summary import Spread, summarized


def outcome(scenario, *faces, refused="", outside=0, seconds=1.0):
    return Outcome("a.jpg", chosen([scenario])[0], "", refused, faces, outside, seconds)


def face(regime="hole", *, wrong=False, **measures):
    return FaceOutcome(0, regime, wrong, **measures)


def summary(*outcomes, **facts):
    return summarized([PhotoOutcome("a.jpg", outcomes, **facts)], recognizer=True)


def verdict(found, rule):
    (one,) = (each for each in found.verdicts if each.rule == rule)
    return one


def test_a_spread_is_median_and_95th_percentile():
    assert Spread.of([1.0, 2.0, 3.0, math.nan]) == Spread(2.0, pytest.approx(2.9))
    assert math.isnan(Spread.of([]).median)


def test_a_row_sums_up_a_scenario():
    found = summary(
        outcome("hole/same", face(alignment=0.01), seconds=1.0),
        outcome("hole/same", face("scene", alignment=0.03), outside=4, seconds=3.0),
        outcome("hole/light", refused="no"),
    )
    same, light = found.rows
    assert (same.name, same.cases, same.refused, same.outside) == ("hole/same", 2, 0, 1)
    assert same.regimes == {"hole": 1, "scene": 1}
    assert same.alignment.median == pytest.approx(0.02)
    assert same.seconds.median == 2.0
    assert (light.cases, light.refused, light.must_refuse) == (1, 1, 0)
    assert [row.name for row in found.groups] == ["hole, look kept", "hole, relit"]


def test_holes_and_faces_have_limits_of_their_own():
    found = summary(
        outcome("hole/same", face(alignment=0.006)), outcome("face/same", face("face", alignment=0.03))
    )
    assert not verdict(found, "hole: alignment error, median").kept
    assert verdict(found, "face: alignment error, median").kept


@pytest.mark.parametrize(("scenario", "kept"), [("face/same", False), ("face/light", True)])
def test_relit_pictures_may_cost_more_identity(scenario, kept):
    found = summary(outcome(scenario, face("face", identity=0.18)))
    (median,) = (each for each in found.verdicts if "identity" in each.rule and "median" in each.rule)
    assert median.kept == kept


def test_styles_and_groups_have_no_limit_on_identity():
    found = summary(outcome("style/face", face("face", identity=0.9, alignment=0.5)))
    assert not [each for each in found.verdicts if "identity" in each.rule or "alignment" in each.rule]


@pytest.mark.parametrize(
    ("case", "rule"),
    [
        (outcome("group/swapped", face(wrong=True)), "wrong-person pastes"),
        (outcome("refusal/patch", face(wrong=True)), "not refused though it must be"),
        (outcome("hole/same", refused="no"), "refused though it fits"),
        (outcome("hole/same", face(), outside=1), "cases with pixels changed outside"),
        (
            outcome("hole/same", face(seam=1.0, seam_plain=0.7, identity=0.1, identity_plain=0.1)),
            "faces that harmonization made worse",
        ),
    ],
)
def test_every_failure_breaks_its_own_limit(case, rule):
    found = summary(case)
    counts = {each.rule for each in found.verdicts if each.limit == 0 and not each.kept}
    assert counts == {rule}


def test_harm_that_nobody_asked_for_breaks_every_limit_on_harm():
    without = {"seam_plain": 1.0, "identity_plain": 0.1, "seam_bare": 1.0, "identity_bare": 0.1}
    found = summary(outcome("hole/same", face(seam=2.0, identity=0.1, **without)))
    assert {each.rule for each in found.verdicts if each.limit == 0 and not each.kept} == {
        "faces that harmonization made worse",
        "faces with a look that is worse than the edit asks for",
        "faces with a look that is worse for nothing",
    }


def test_a_paste_that_had_to_be_refused_is_counted_once():
    found = summary(outcome("refusal/patch", face(wrong=True)))
    assert found.rows[0].wrong == 0


def test_people_who_moved_may_be_refused():
    found = summary(outcome("group/dropped", refused="no"), outcome("group/swapped", refused="no"))
    assert all(each.kept for each in found.verdicts)


def test_harm_is_only_told_where_it_was_measured():
    assert not [each for each in summary(outcome("hole/same", face())).verdicts if "harm" in each.rule]


def test_seams_are_judged_by_regime():
    found = summary(outcome("hole/same", face(seam=1.0)), outcome("face/same", face("face", seam=1.8)))
    assert verdict(found, "hole: seam against the unedited photo, median").kept
    assert not verdict(found, "face: seam against the unedited photo, median").kept


def test_what_was_left_out_is_told():
    photos = [
        PhotoOutcome("a.jpg", not_tried={"face/same": "there is nobody else"}),
        PhotoOutcome("b.jpg", not_tried={"face/same": "there is nobody else"}),
        PhotoOutcome("c.jpg", skipped="no face was found"),
    ]
    found = summarized(photos, recognizer=False)
    assert found.photos == 2
    assert found.not_tried == {"face/same: there is nobody else": 2}
    assert found.skipped == {"c.jpg": "no face was found"}
    assert not found.recognizer
