import pytest
from PIL import Image
from tests.doubles.audit import simple_instruments, write_people

from privateedit import wiring
from privateedit.audit import grid
from privateedit.audit.attacks import ATTACKS


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    """Stand-ins for the models; the background is left alone, which they cannot tell from a person."""
    monkeypatch.setattr(wiring, "instruments", simple_instruments)
    cases = tuple(case for case in grid.QUICK if case.concealment.backdrop is None)
    monkeypatch.setattr(grid, "QUICK", cases)


@pytest.fixture
def folder(tmp_path):
    return write_people(tmp_path / "people", 3)


def bench(cli, folder, *options):
    return cli("bench", "identity", folder, "--quick", "--workers", "1", *options)


def test_a_table_of_rates_and_limits(cli, folder):
    done = bench(cli, folder)
    assert done.code == 0
    assert "3 people, chance 0.333" in done.out
    for word in (*ATTACKS, "parrot", "low", "context only", "limit"):
        assert word in done.out


def test_facts_as_json(cli, folder):
    done = bench(cli, folder, "--json")
    assert done.code == 0
    facts = done.facts
    assert (facts["people"], facts["left_out"], facts["skipped"]) == (3, [], [])
    assert facts["clean"]["rank1"]["value"] == 1
    rows = {(row["case"], row["attack"]): row for row in facts["rows"]}
    assert rows["see-through black 0.95", "unblend"]["rank1"]["value"] == 1
    assert rows["low", "parrot"]["tar"] is None
    assert {verdict["rule"].split(":")[0] for verdict in facts["verdicts"]} >= {"low", "high"}


def test_plots_are_drawn(cli, folder, tmp_path):
    assert bench(cli, folder, "--plots", tmp_path).code == 0
    for name in ("identity-hidden-share.png", "identity-rank-1.png"):
        with Image.open(tmp_path / name) as image:
            assert image.format == "PNG"


def test_a_broken_file_is_named_and_the_exit_code_tells(cli, folder):
    (folder / "person00" / "0.png").write_bytes(b"broken")
    done = bench(cli, folder, "--json")
    assert done.code == 2
    assert done.facts["skipped"][0]["file"] == "person00/0.png"
    assert done.facts["left_out"] == ["person00"]
    assert "Skipped person00/0.png" in done.err
    assert "1 file was skipped." in done.err


def test_a_single_photo_is_left_out_and_counted(cli, folder):
    (folder / "person01" / "1.png").unlink()
    done = bench(cli, folder)
    assert done.code == 0
    assert "Left out, with fewer than two usable photos: 1 (person01)." in done.err


def test_the_state_is_kept_where_it_was_asked_for(cli, folder, tmp_path):
    state = tmp_path / "state.jsonl"
    first = bench(cli, folder, "--state", state, "--json")
    size = state.stat().st_size
    assert bench(cli, folder, "--state", state, "--json").facts == first.facts
    assert state.stat().st_size == size > 0


@pytest.mark.parametrize(
    "options",
    [("--workers", "0"), ("--plots", "absent"), ("--workers", "1", "--state", "absent/state.jsonl")],
)
def test_what_cannot_be_is_refused(cli, folder, monkeypatch, options):
    monkeypatch.chdir(folder)
    done = cli("bench", "identity", folder, "--quick", *options)
    assert done.code == 2
    assert done.out == ""


def test_no_people_is_an_error(cli, tmp_path):
    done = bench(cli, tmp_path)
    assert done.code == 2
    assert "nobody" in done.err
