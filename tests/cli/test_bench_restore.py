import pytest
from tests.cli.conftest import pixels_of
from tests.doubles import restoring

from privateedit import wiring
from privateedit.audit.contact_sheet import TILE


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(wiring, "restore_instruments", restoring.recognizing)


@pytest.fixture
def folder(tmp_path):
    return restoring.write_portraits(tmp_path / "photos")


def bench(cli, folder, *options):
    fixed = ("--workers", "1", "--max-side", "400")
    return cli("bench", "restore", folder, *fixed, *options)


def test_a_table_and_limits(cli, folder):
    done = bench(cli, folder, "--scenario", "hole/same", "--scenario", "refusal/patch", "--limit", "3")
    assert done.code == 0
    for words in ("Photos: 1", "hole/same", "1 of 1", "hole: alignment error, median", "wrong-person pastes"):
        assert words in done.out
    for words in ("Skipped broken.png", "Skipped grey.png: No face"):
        assert words in done.err


def test_facts_as_json(cli, folder):
    facts = bench(cli, folder, "--scenario", "hole/same", "--json").facts
    assert facts["photos"] == 2
    (hole,) = facts["rows"]
    assert (hole["name"], hole["regimes"]) == ("hole/same", {"hole": 2})
    assert hole["alignment"]["median"] < 0.02
    assert hole["compared"] == 2
    assert {each["file"] for each in facts["skipped"]} == {"broken.png", "grey.png"}
    assert all(each["kept"] == (each["measured"] <= each["limit"]) for each in facts["verdicts"])


def test_another_seed_gives_another_edit(cli, folder):
    scenario = ("--scenario", "hole/soft", "--json", "--limit", "1")
    one, two = (bench(cli, folder, *scenario, "--seed", seed).facts["rows"][0] for seed in "34")
    assert one["floor"] != two["floor"]


def test_the_worst_cases_are_drawn(cli, folder, tmp_path):
    sheet = tmp_path / "worst.png"
    options = ("--scenario", "refusal/patch", "--contact-sheet", sheet, "--cases", "1", "--worst", "seam")
    assert bench(cli, folder, *options).code == 0
    assert TILE < pixels_of(sheet).shape[0] < 2 * TILE


def test_photos_can_be_limited_and_strangers_taken_from_elsewhere(cli, folder):
    only = ("--scenario", "face/same", "--limit", "1", "--json")
    facts = bench(cli, folder, *only, "--strangers", folder / "more").facts
    assert (facts["photos"], facts["rows"][0]["cases"]) == (1, 1)


def test_without_the_recognizer_a_note_tells(cli, folder, monkeypatch):
    monkeypatch.setattr(wiring, "restore_instruments", restoring.unrecognizing)
    done = bench(cli, folder, "--scenario", "refusal/patch", "--limit", "1")
    assert done.code == 0
    assert "Identity was not measured: run pip install 'privateedit[audit]'" in done.out
    facts = bench(cli, folder, "--scenario", "hole/same", "--limit", "1", "--json").facts
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
