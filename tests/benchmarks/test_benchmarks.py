"""The benchmark runs, and its data have what is promised. Nothing here looks at how long anything takes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.effort import Effort, Photos

from benchmarks import fresh, limits, recall, stages, start

ROOT = Path(__file__).parents[2]
SMALL = 0.1  # megapixels
MEASURED = {"cold", "warm", "cpu", "peak MiB", "beyond imports"}


def run(*words):
    command = [sys.executable, "-m", "benchmarks", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("benchmarks")


@pytest.fixture
def photos(folder, state_folder, monkeypatch):
    """Photos and the records of their hand-overs, shared by the tests here."""
    monkeypatch.setenv(start.STATE, str(folder / "state"))
    return Photos(folder)


def test_limits_as_data():
    told = json.loads(run("--json", "--only", "limits", "--megapixels", str(SMALL), "--runs", "1"))
    assert told["machine"]["cores"] >= 1
    assert {"processor", "memory_mib", "python", "numpy", "pillow"} <= told["machine"].keys()
    (table,) = told["tables"].values()
    assert len(table["load_before"]) == len(table["load_after"]) == 3
    assert [row["what"] for row in table["rows"]] == [*limits.OF_A_PHOTO, *limits.OF_ONE_SIZE]
    for row in table["rows"]:
        assert row.keys() >= MEASURED
        assert min(row["cold"], row["warm"], row["peak MiB"]) > 0


def test_stages_are_those_that_are_measured():
    from benchmarks.masking import Masking
    from benchmarks.restoring import Restoring

    assert tuple(Masking(b"").stages()) == stages.STAGES["mask"]
    assert tuple(Restoring(b"", b"").stages()) == stages.STAGES["restore"]


@pytest.mark.parametrize(
    ("kind", "stage"), [("mask", "mask"), ("restore", "compare"), ("restore", "restore")]
)
def test_a_stage_beside_its_limit(photos, kind, stage):
    photo, edited = photos.portrait(SMALL), photos.edited(SMALL)
    row = fresh.told("stages", kind, stage, photo, edited, 1, 0)
    assert row.keys() == MEASURED | {"limit", "ratio", "cpu ratio"}
    assert 0 < row["beyond imports"] <= row["peak MiB"]
    if stage == "compare":
        assert row["limit"] is row["ratio"] is None
    else:
        assert row["ratio"] == pytest.approx(row["warm"] / row["limit"], rel=0.02, abs=0.02)


@pytest.mark.parametrize(
    ("way", "suffix", "came"),
    [("mask", ".jpg", "edited"), ("edit", ".png", "edited"), ("restore", ".png", "before_backdrop")],
)
def test_a_whole_way_beside_decoding_and_encoding(photos, way, suffix, came):
    row = fresh.told("wholes", way, suffix, photos.portrait(SMALL), getattr(photos, came)(SMALL), 1, 0)
    assert row["of both"] == pytest.approx(row["ms"] / (row["decode"] + row["encode"]), rel=0.1)
    assert row["of our own"] == pytest.approx(row["ms"] / (row["decode"] + row["own encode"]), rel=0.1)
    assert min(row.values()) > 0


def test_the_start_of_commands_beside_that_of_python(photos, monkeypatch):
    monkeypatch.setattr(start, "OFTEN", ("mask",))
    effort = Effort((SMALL,), starts=1, each_command=False)
    found = {row["command"]: row for row in start.rows(effort, photos)}
    python = found[start.PYTHON]
    assert python["beyond"] == 0
    assert python["ratio"] == 1
    commands = ("--help", "mask --help", f"mask, {SMALL:g} MP")
    assert list(found)[3:] == [f"privateedit {each}" for each in commands]
    for row in found.values():
        assert row["beyond"] == pytest.approx(row["ms"] - python["ms"], abs=0.2)


def test_every_command_is_started():
    import typer

    from privateedit.cli.app import app

    names = set(start.commands())
    assert set(start.OFTEN) <= names
    assert {name.split()[0] for name in names} == set(typer.main.get_command(app).commands)
    assert {"journal show", "bench faces"} <= names


def test_a_failed_command_ends_the_run_with_its_own_words():
    with pytest.raises(SystemExit, match="no such thing"):
        fresh.whole([sys.executable, "-c", "import sys; sys.exit('no such thing')"])


def test_processes_have_bytecode_even_where_nobody_wants_it(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    known = fresh.environment()
    assert "PYTHONDONTWRITEBYTECODE" not in known
    assert Path(known["PYTHONPYCACHEPREFIX"]).is_dir()


def test_a_marked_face_is_found_by_a_box_that_holds_its_middle():
    assert recall.holds([0, 0, 10, 10], [[4, 4, 6, 6]])
    assert not recall.holds([0, 0, 10, 10], [[0, 0, 5, 10], [6, 6, 9, 9]])
    assert not recall.holds([0, 0, 10, 10], [])


def test_photos_to_compare_on_have_to_be_given(photos):
    with pytest.raises(SystemExit, match="--photos"):
        next(recall.rows(Effort(), photos))
