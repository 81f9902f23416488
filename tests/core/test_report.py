import pytest

from privateedit.core.report import PlacementReport, Report


@pytest.mark.parametrize(
    ("regime", "says"),
    [("hole", "hole that came back"), ("face", "face the editor drew"), ("scene", "by its surroundings")],
)
def test_one_sentence_says_who_how_and_how_well(regime, says):
    text = PlacementReport(2, regime, 0.0123, 1.5, -3.25, False).sentence()
    assert text.startswith("Face 2 ")
    assert says in text
    assert "misfit 0.012" in text
    assert "1.500×" in text
    assert "-3.2°" in text
    assert "its own colors" in text


def test_a_hand_painted_region_has_no_number():
    one = PlacementReport(None, "scene", 0.01, 1, 0, True)
    assert one.sentence().startswith("A region painted by hand")
    assert "graded like the picture" in one.sentence()


def test_a_report_has_a_line_each_in_order_and_knows_the_faces():
    placements = (
        PlacementReport(1, "hole", 0, 1, 0, False),
        PlacementReport(None, "scene", 0, 1, 0, False),
        PlacementReport(0, "face", 0, 1, 0, False),
    )
    report = Report(placements)
    assert report.text().splitlines() == [each.sentence() for each in placements]
    assert [each.id for each in report.faces] == [1, 0]
    assert Report(()).text() == ""


def test_what_was_measured_is_said_and_what_was_not_is_left_out():
    full = PlacementReport(
        0,
        "face",
        0.02,
        1,
        0,
        True,
        pose_difference=6.4,
        seam=2.04,
        seam_before=1.5,
        harmonized=0.8,
        style="pencil drawing",
        distance_before=0.71,
        distance_after=0.123,
    )
    said = full.sentence()
    assert "head turned by 6°" in said
    assert "fitted to a pencil drawing" in said
    assert "seam ΔE 2.0, 1.5 in the photo" in said
    assert "identity distance 0.12, 0.71 before" in said
    bare = PlacementReport(0, "hole", 0.02, 1, 0, True).sentence()
    assert not any(word in bare for word in ("seam", "identity", "turned", "fitted"))


def test_a_guess_is_a_sentence_of_its_own_with_what_to_do():
    lines = PlacementReport(3, "face", 0.02, 1, 0, True, distance_before=0.4, guessed=True).sentence()
    first, second = lines.splitlines()
    assert first.startswith("Face 3 ")
    assert second.startswith("The service guessed you")
    assert "face 3" in second
    assert "coverage head or trust none" in second


def test_what_was_done_to_the_size_comes_last():
    report = Report((PlacementReport(0, "hole", 0, 1, 0, False),), resized="It was enlarged.")
    assert report.text().splitlines()[-1] == "It was enlarged."


def test_that_nobody_was_hidden_is_said():
    report = Report((), "The edited picture was enlarged.", nobody=True)
    assert report.text().splitlines() == [
        "No face was hidden, so none was put back.",
        "The edited picture was enlarged.",
    ]
    assert report.faces == ()
