import pytest
from PIL import Image
from tests.doubles.marked_photos import careful, careless, careless_but_judged, write_marked

from privateedit import wiring
from privateedit.errors import ExtraMissing


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(wiring, "face_instruments", careless)
    monkeypatch.setattr(wiring, "judged_face_instruments", careful)


@pytest.fixture
def folder(tmp_path):
    return write_marked(tmp_path / "photos")


def bench(cli, folder, *options):
    return cli("bench", "faces", folder, "--workers", "1", *options)


def test_a_table_of_shares(cli, folder):
    done = bench(cli, folder)
    assert done.code == 0
    for words in ("16 to 24", "100.0%", "dlib: 4, after masking: 0", "false alarms in 0", "second search: 2"):
        assert words in done.out


def test_facts_as_json(cli, folder):
    done = bench(cli, folder, "--json")
    assert done.code == 0
    facts = done.facts
    assert (facts["photos"], facts["faceless"], facts["alarms"], facts["skipped"]) == (3, 1, [], [])
    assert facts["complete"]["faces"] == 4
    assert facts["complete"]["inner_hidden"] == 1
    assert (facts["counted"], facts["counts_reached"]) == (3, 3)
    assert facts["sizes"][0] == {
        "name": "under 16",
        "faces": 0,
        "found": None,
        "hidden": None,
        "inner_hidden": None,
    }


def test_missed_faces_are_told(cli, folder, monkeypatch):
    monkeypatch.setattr(wiring, "judged_face_instruments", careless_but_judged)
    facts = bench(cli, folder, "--json").facts
    assert facts["complete"]["inner_hidden"] == 0.5
    assert (facts["residual_before"], facts["residual_after"], facts["counts_reached"]) == (4, 2, 1)


def test_the_judge_can_be_left_out(cli, folder):
    facts = bench(cli, folder, "--json", "--no-residual").facts
    assert (facts["residual_before"], facts["residual_after"]) == (None, None)


def test_alarms_in_a_folder_without_faces_are_named(cli, folder, tmp_path):
    other = tmp_path / "faceless"
    other.mkdir()
    Image.open(folder / "first.png").save(other / "alarm.png")
    Image.open(folder / "nobody.png").save(other / "quiet.png")
    facts = bench(cli, folder, "--json", "--faceless", other).facts
    assert (facts["faceless"], facts["alarms"]) == (3, ["alarm.png"])


def test_it_goes_on_from_a_state_file(cli, folder, tmp_path, monkeypatch):
    state = tmp_path / "state.jsonl"
    first = bench(cli, folder, "--json", "--state", state).facts
    monkeypatch.setattr(wiring, "judged_face_instruments", lambda: None)  # could measure nothing
    assert bench(cli, folder, "--json", "--state", state).facts == first
    assert bench(cli, folder, "--json").code == 1


def test_a_broken_file_is_named_and_the_exit_code_tells(cli, folder):
    (folder / "first.png").write_bytes(b"broken")
    done = bench(cli, folder, "--json")
    assert done.code == 2
    assert done.facts["photos"] == 2
    assert done.facts["skipped"][0]["name"] == "first.png"
    assert "Skipped first.png" in done.err
    assert "1 file was skipped" in done.err


def test_a_folder_without_marks_is_an_input_error(cli, tmp_path):
    done = cli("bench", "faces", tmp_path)
    assert done.code == 2
    assert "boxes.json" in done.err


def test_a_missing_extra_is_named(cli, folder, monkeypatch):
    def absent():
        raise ExtraMissing("This needs an optional part; run: pip install 'privateedit[audit]'.")

    monkeypatch.setattr(wiring, "judged_face_instruments", absent)
    done = bench(cli, folder)
    assert done.code == 8
    assert "pip install 'privateedit[audit]'" in done.err
