import pytest
from tests.cli.conftest import pixels_of
from tests.doubles import restoring

from privateedit import wiring


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(wiring, "restore_instruments", restoring.recognizing)
    monkeypatch.setattr(wiring, "unrecognizing_restore_instruments", restoring.unrecognizing)


@pytest.fixture
def folder(tmp_path):
    return restoring.write_portraits(tmp_path / "photos")


def bench(cli, folder, *options):
    fixed = ("--workers", "1", "--max-side", "400")
    return cli("bench", "restore", folder, *fixed, *options)


def test_a_table_and_limits(cli, folder):
    done = bench(cli, folder, "--scenario", "hole/same", "--scenario", "refusal/patch")
    assert done.code == 0
    for words in (
        "2 photos",
        "hole/same",
        "2 of 2",
        "hole: alignment error, median",
        "wrong-person pastes",
    ):
        assert words in done.out
    for words in ("Skipped broken.png", "Skipped grey.png: No face"):
        assert words in done.err


def test_facts_as_json(cli, folder):
    facts = bench(cli, folder, "--scenario", "hole/moved", "--scenario", "face/same", "--json").facts
    assert facts["photos"] == 2
    assert [row["name"] for row in facts["rows"]] == ["hole/moved", "face/same"]
    hole = facts["rows"][0]
    assert hole["regimes"] == {"hole": 2}
    assert hole["alignment"]["median"] < 0.02
    assert {each["file"] for each in facts["skipped"]} == {"broken.png", "grey.png"}
    assert all(each["kept"] == (each["measured"] <= each["limit"]) for each in facts["verdicts"])


def test_the_same_seed_gives_the_same_figures(cli, folder):
    def run(seed):
        facts = bench(cli, folder, "--scenario", "hole/moved", "--json", "--seed", seed, "--limit", "1").facts
        return [(row["alignment"], row["seam"]) for row in facts["rows"]]

    assert run("3") == run("3")
    assert run("3") != run("4")


def test_the_worst_cases_are_drawn(cli, folder, tmp_path):
    sheet = tmp_path / "worst.png"
    options = ("--scenario", "hole/same", "--contact-sheet", sheet, "--cases", "1", "--worst", "seam")
    assert bench(cli, folder, *options).code == 0
    assert pixels_of(sheet).shape[0] < 500


def test_photos_can_be_limited_and_strangers_taken_from_elsewhere(cli, folder, tmp_path):
    only = ("--scenario", "face/same", "--limit", "1", "--json")
    assert bench(cli, folder, *only).facts["photos"] == 1
    facts = bench(cli, folder, *only, "--strangers", folder / "more").facts
    assert facts["rows"][0]["cases"] == 1


def test_without_the_recognizer_a_note_tells(cli, folder, monkeypatch):
    monkeypatch.setattr(wiring, "has_recognizer", lambda: False)
    done = bench(cli, folder, "--scenario", "hole/same")
    assert done.code == 0
    assert "Identity was not measured: run pip install 'privateedit[audit]'" in done.out
    facts = bench(cli, folder, "--scenario", "hole/same", "--json").facts
    assert facts["recognizer"] is False
    assert facts["rows"][0]["identity"] == {"median": None, "high": None}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--scenario", "holes"), "no scenario of that name"),
        (("--worst", "looks"), "one of: identity"),
        (("--contact-sheet", "worst.txt"), ".png"),
        (("--limit", "0"), "at least one photo"),
    ],
)
def test_wrong_options_are_input_errors(cli, folder, options, words):
    done = bench(cli, folder, *options)
    assert done.code == 2
    assert words in done.err


def test_a_folder_without_pictures_is_an_input_error(cli, tmp_path):
    done = bench(cli, tmp_path)
    assert done.code == 2
    assert "holds no picture" in done.err
