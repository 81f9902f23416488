import pytest


def test_json_is_the_contract(cli, portrait):
    outcome = cli("faces", portrait, "--json")
    assert outcome.code == 0
    facts = outcome.facts
    assert (facts["width"], facts["height"]) == (512, 512)
    (face,) = facts["faces"]
    assert set(face) == {"id", "box", "score", "pose"}
    assert face["id"] == 0
    assert face["score"] > 0.8
    assert set(face["pose"]) == {"yaw", "pitch", "roll"}
    assert face["box"] == pytest.approx([182, 60, 272, 178], abs=8)  # hair line to chin


def test_a_person_reads_a_line_per_face(cli, portrait):
    outcome = cli("faces", portrait)
    assert outcome.out.startswith("0: ")
    assert outcome.out.count("\n") == 1


def test_no_face_is_3_and_prints_nothing(cli, landscape):
    outcome = cli("faces", landscape, "--json")
    assert (outcome.code, outcome.out) == (3, "")
    assert "No face" in outcome.err
