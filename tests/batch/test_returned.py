import errno
import os

import pytest

from privateedit.batch.limits import is_hopeless
from privateedit.batch.returned import Returned
from privateedit.errors import InputError, OutputError


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_an_answer_takes_the_room_that_was_reserved_for_it(tmp_path):
    returned = Returned(tmp_path)
    returned.reserve(7, 3 << 20)
    assert [path.stat().st_size for path in tmp_path.iterdir()] == [3 << 20]
    returned.keep(7, b"answer")
    assert names(tmp_path) == ["7.png"]
    assert returned.read(7) == b"answer"


def test_an_answer_is_kept_without_room_as_well(tmp_path):
    returned = Returned(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        returned.read(7)
    returned.keep(7, b"answer")
    assert (names(tmp_path), returned.read(7)) == (["7.png"], b"answer")


def test_room_is_given_back_and_an_answer_stays(tmp_path):
    returned = Returned(tmp_path)
    returned.keep(7, b"answer")
    returned.reserve(7, 9)
    returned.release(7)
    returned.release(7)
    assert names(tmp_path) == ["7.png"]


@pytest.mark.parametrize("reserved", [False, True])
def test_trouble_with_an_answer_names_no_number_and_is_known_to_be_hopeless(tmp_path, monkeypatch, reserved):
    returned = Returned(tmp_path)
    if reserved:
        returned.reserve(7, 9)

    def full(file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError) as told:
        returned.keep(7, b"answer")
    assert told.value.message == "What came back could not be written (no space left on device)."
    assert is_hopeless(told.value)
    assert not returned.answer(7).exists()


def test_where_there_is_no_room_nothing_is_left_of_it(tmp_path, monkeypatch):
    def full(file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="no room"):
        Returned(tmp_path).reserve(7, 9)
    assert names(tmp_path) == []


def test_what_is_forgotten_is_gone_and_what_cannot_be_removed_is_an_error(tmp_path, monkeypatch):
    returned, synced = Returned(tmp_path), []
    monkeypatch.setattr("privateedit.batch.returned.sync_folder", synced.append)
    returned.keep(7, b"answer")
    synced.clear()
    returned.forget(7)
    returned.forget(7)
    assert (names(tmp_path), synced) == ([], [tmp_path, tmp_path])

    def refused(path, missing_ok):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("pathlib.Path.unlink", refused)
    with pytest.raises(OutputError, match="permission denied"):
        returned.forget(7)
