import pytest

from privateedit.cli import files
from privateedit.errors import InputError, OutputError


def test_a_failed_second_output_removes_the_first(tmp_path):
    first, second = tmp_path / "1.png", tmp_path / "no" / "2.png"
    with pytest.raises(OutputError):
        files.write({str(first): b"1", str(second): b"2"})
    assert not first.exists()


def test_a_file_that_was_there_stays_when_a_later_one_fails(tmp_path):
    first, second = tmp_path / "1.png", tmp_path / "no" / "2.png"
    first.write_bytes(b"before")
    with pytest.raises(OutputError):
        files.write({str(first): b"1", str(second): b"2"})
    assert first.exists()


def test_standard_output_takes_one_thing():
    files.require_separate_streams(True, "a.png", None)
    with pytest.raises(InputError):
        files.require_separate_streams(True, "-")
