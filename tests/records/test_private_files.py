import errno
import os
import stat

import pytest

from privateedit.errors import JournalUnwritable, Refused, Sent
from privateedit.records import private_files
from privateedit.records.private_files import (
    append,
    check_folder,
    make_folder,
    read_private,
    reading,
    replace,
    shorten,
    sync_folder,
    writing,
)

POSIX = pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def generous_umask():
    """The worst the user can have set."""
    before = os.umask(0)
    yield
    os.umask(before)


@POSIX
def test_folders_and_files_are_for_their_owner_only(tmp_path):
    folder = tmp_path / "a" / "b"
    make_folder(folder)
    replace(folder / "file", b"x")
    assert mode_of(folder) == 0o700
    assert mode_of(folder / "file") == 0o600
    append(folder / "file", b"y")
    assert mode_of(folder / "file") == 0o600
    assert read_private(folder / "file") == b"xy"


@POSIX
@pytest.mark.parametrize("mode", [0o701, 0o750, 0o777])
def test_an_open_folder_is_refused_and_left_as_it_is(tmp_path, mode):
    folder = tmp_path / "anna"
    folder.mkdir()
    folder.chmod(mode)
    for use in (make_folder, check_folder):
        with pytest.raises(Refused, match="chmod 700") as caught:
            use(folder)
        assert "anna" not in caught.value.message
    assert mode_of(folder) == mode


@POSIX
@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620])
def test_an_open_file_is_neither_read_nor_written(tmp_path, mode):
    file = tmp_path / "key"
    file.write_bytes(b"secret")
    file.chmod(mode)
    for use in (read_private, lambda path: append(path, b"x"), lambda path: shorten(path, 0)):
        with pytest.raises(Refused, match="chmod 600"):
            use(file)
    assert file.read_bytes() == b"secret"
    assert mode_of(file) == mode


@POSIX
def test_what_belongs_to_somebody_else_is_refused(tmp_path, monkeypatch):
    make_folder(tmp_path / "mine")
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    with pytest.raises(Refused, match="another user"):
        check_folder(tmp_path / "mine")


@POSIX
def test_links_and_folders_are_no_files(tmp_path):
    replace(tmp_path / "real", b"x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(OSError, match=os.strerror(errno.ELOOP)):
        read_private(tmp_path / "link")
    (tmp_path / "folder").mkdir()
    with pytest.raises(Refused, match="not a file"):
        read_private(tmp_path / "folder")


def test_a_missing_file_is_none(tmp_path):
    assert read_private(tmp_path / "none") is None
    with pytest.raises(FileNotFoundError):
        append(tmp_path / "none", b"x")


def test_appending_writes_everything_however_little_the_system_takes(tmp_path, monkeypatch):
    replace(tmp_path / "file", b"")

    class Slow:
        def __init__(self, file):
            self.file = file

        def write(self, data):
            return self.file.write(bytes(data[:3]))

        def __getattr__(self, name):
            return getattr(self.file, name)

        def __enter__(self):
            return self

        def __exit__(self, *reason):
            self.file.close()

    opened = os.fdopen
    monkeypatch.setattr(private_files.os, "fdopen", lambda *a, **k: Slow(opened(*a, **k)))
    append(tmp_path / "file", b"0123456789")
    monkeypatch.undo()
    assert read_private(tmp_path / "file") == b"0123456789"


def test_replacing_fails_whole(tmp_path, monkeypatch):
    replace(tmp_path / "file", b"before")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(private_files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace(tmp_path / "file", b"after")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"before"


def test_everything_is_on_the_disk_before_a_call_returns(tmp_path, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(private_files.os, "fsync", lambda fd: (synced.append(fd), real(fd)))
    replace(tmp_path / "file", b"x")
    assert len(synced) == (2 if os.name == "posix" else 1)  # the file and the folder's names
    append(tmp_path / "file", b"y")
    shorten(tmp_path / "file", 1)
    sync_folder(tmp_path)
    assert len(synced) == (5 if os.name == "posix" else 3)
    assert read_private(tmp_path / "file") == b"x"


def test_the_systems_reasons_become_sentences():
    with (
        pytest.raises(JournalUnwritable, match=r"could not be written \(read-only file system\)") as caught,
        writing(),
    ):
        raise OSError(errno.EROFS, "Read-only file system")
    assert caught.value.sent is Sent.NO
    with pytest.raises(Refused, match=r"could not be read \(unknown reason\)"), reading():
        raise OSError
