import json

import pytest

from privateedit.audit.face_bench import MarkedFace, MeasuredPhoto
from privateedit.audit.face_records import FaceRecords
from privateedit.errors import InputError, OutputError

MARKED = (MarkedFace(30.0, True, True, 1.0, True),)
PHOTO = MeasuredPhoto("a.png", 1.5, 0.2, 1, 0, None, False, MARKED, 2, 0)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.jsonl"


def test_results_come_back_as_they_were(path):
    records = FaceRecords(path)
    assert records.read() == {}
    records.append("k1", PHOTO)
    records.append("k2", PHOTO)
    assert FaceRecords(path).read() == {"k1": PHOTO, "k2": PHOTO}


@pytest.mark.parametrize("torn", [b"{", b'{"format": "privateedit bench faces 1", "key": "k2", "ph'])
def test_a_torn_last_line_is_dropped_and_the_file_goes_on(path, torn):
    FaceRecords(path).append("k1", PHOTO)
    path.write_bytes(path.read_bytes() + torn)
    records = FaceRecords(path)
    assert records.read() == {"k1": PHOTO}
    records.append("k2", PHOTO)
    assert list(records.read()) == ["k1", "k2"]


@pytest.mark.parametrize("line", ["a diary", '{"format": "other"}', "[]", "3"])
def test_another_file_is_refused_and_left_alone(path, line):
    path.write_text(line + "\n")
    with pytest.raises(InputError, match="state file"):
        FaceRecords(path).read()
    assert path.read_text() == line + "\n"


def test_changed_fields_are_refused(path):
    FaceRecords(path).append("k1", PHOTO)
    entry = json.loads(path.read_text())
    del entry["photo"]["seconds"]
    path.write_text(json.dumps(entry) + "\n")
    with pytest.raises(InputError):
        FaceRecords(path).read()


def test_a_place_that_cannot_be_written_is_an_output_error(tmp_path):
    with pytest.raises(OutputError, match="cannot be used"):
        FaceRecords(tmp_path / "nowhere" / "state.jsonl").append("k", PHOTO)
    with pytest.raises(OutputError):
        FaceRecords(tmp_path).read()
