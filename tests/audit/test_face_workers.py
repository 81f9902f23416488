import pytest
from tests.doubles.marked_photos import careful, careless, write_marked

from privateedit.audit.face_bench import MeasuredPhoto
from privateedit.audit.face_records import FaceRecords
from privateedit.audit.face_workers import Skipped, measure_all
from privateedit.audit.ground_truth import annotated


@pytest.fixture
def folder(tmp_path):
    return write_marked(tmp_path / "photos")


def run(folder, make=careful, records=None, workers=1, versions="1"):
    found = measure_all(annotated(folder), make, versions=versions, records=records, workers=workers)
    return sorted(found, key=lambda each: each.name)


def facts(results):
    return [(each.name, each.found, each.marked, each.residual_after) for each in results]


def forbidden():
    raise AssertionError("a model was loaded although nothing is left to measure")


@pytest.mark.slow
def test_processes_measure_what_one_process_does(folder):
    assert facts(run(folder, workers=2)) == facts(run(folder))


@pytest.mark.slow
def test_a_worker_that_cannot_start_is_an_error_and_not_a_wait(folder):
    with pytest.raises(Exception, match="process pool"):
        run(folder, make=forbidden, workers=2)


def test_a_run_goes_on_where_another_stopped(folder, tmp_path):
    records = FaceRecords(tmp_path / "state.jsonl")
    first = measure_all(annotated(folder), careful, versions="1", records=records, workers=1)
    assert isinstance(next(first), MeasuredPhoto)
    first.close()
    assert len(records.read()) == 1
    rest = run(folder, records=records)
    assert len(records.read()) == len(rest) == 3


def test_other_versions_measure_again(folder, tmp_path):
    records = FaceRecords(tmp_path / "state.jsonl")
    assert [each.found for each in run(folder, records=records)] == [2, 0, 2]
    again = run(folder, make=careless, records=records, versions="2")
    assert [each.found for each in again] == [1, 0, 1]
    assert len(records.read()) == 6


def test_broken_and_missing_files_are_named_and_the_others_measured(folder, tmp_path):
    (folder / "first.png").write_bytes(b"broken")
    (folder / "second.png").unlink()
    records = FaceRecords(tmp_path / "state.jsonl")
    first, nobody, second = run(folder, records=records)
    assert isinstance(first, Skipped)
    assert "picture format" in first.reason
    assert isinstance(nobody, MeasuredPhoto)
    assert second == Skipped("second.png", "it cannot be read")
    assert len(records.read()) == 1  # a broken file is tried again next time


def test_a_copy_under_another_name_is_known_and_keeps_its_name(folder, tmp_path):
    records = FaceRecords(tmp_path / "state.jsonl")
    run(folder, records=records)
    (folder / "first.png").rename(folder / "moved.png")
    text = (folder / "boxes.json").read_text()
    (folder / "boxes.json").write_text(text.replace("first.png", "moved.png"))
    assert [each.name for each in run(folder, make=forbidden, records=records)] == [
        "moved.png",
        "nobody.png",
        "second.png",
    ]
