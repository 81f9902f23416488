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
