import errno
import os
import stat
import threading

import numpy as np
import pytest
from codec_samples import picture, saved

from privateedit.codec import Limits, open_file, write_atomically
from privateedit.errors import InputError, OutputError, UnreadablePhoto


def names(folder):
    return [entry.name for entry in folder.iterdir()]


def test_opens_a_file(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(saved("PNG"))
    assert np.array_equal(open_file(path).photo.pixels, picture())


def test_reads_no_more_than_allowed(tmp_path):
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(UnreadablePhoto, match=r"huge\.png is larger"):
        open_file(path, Limits(max_bytes=1000))


def test_says_what_is_wrong_with_the_path(tmp_path):
    with pytest.raises(InputError, match=r"^gone\.png does not exist\.$"):
        open_file(tmp_path / "gone.png")
    with pytest.raises(InputError, match="is a folder"):
        open_file(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        open_file(tmp_path / "a\0b.png")
    with pytest.raises(InputError, match="cannot be read"):
        open_file(tmp_path / ("n" * 300))


def test_says_that_a_file_may_not_be_read(tmp_path, monkeypatch):
    def deny(*_, **__):
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(os, "open", deny)
    with pytest.raises(InputError, match=r"secret\.png may not be read"):
        open_file(tmp_path / "secret.png")


def test_a_pipe_is_read_where_it_is_wanted(tmp_path):
    """As in `privateedit mask <(curl …)`."""
    os.mkfifo(tmp_path / "pipe.png")
    writer = threading.Thread(target=lambda: (tmp_path / "pipe.png").write_bytes(saved("PNG")))
    writer.start()
    opened = open_file(tmp_path / "pipe.png", pipes=True)
    writer.join(10)
    assert np.array_equal(opened.photo.pixels, picture())


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(InputError, match=r"pipe\.png is no ordinary file"):
        open_file(tmp_path / "pipe.png")
    with pytest.raises(InputError, match="no ordinary file"):
        open_file(tmp_path / "pipe.png")


def test_writes_whole_files_and_nothing_beside_them(tmp_path):
    path = tmp_path / "out.png"
    write_atomically(path, b"first")
    write_atomically(path, b"second")
    assert path.read_bytes() == b"second"
    assert names(tmp_path) == ["out.png"]


def test_the_name_is_on_the_disk_as_well(tmp_path, monkeypatch):
    real, synced = os.fsync, []
    monkeypatch.setattr(os, "fsync", lambda file: (synced.append(os.fstat(file).st_ino), real(file)))
    write_atomically(tmp_path / "out.png", b"x")
    assert synced == [(tmp_path / "out.png").stat().st_ino, tmp_path.stat().st_ino]


def test_a_drive_that_cannot_have_a_folder_on_the_disk_still_has_the_file(tmp_path, monkeypatch):
    real = os.fsync

    def refusing(file):
        if stat.S_ISDIR(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(file)

    monkeypatch.setattr(os, "fsync", refusing)
    write_atomically(tmp_path / "out.png", b"x")
    assert (tmp_path / "out.png").read_bytes() == b"x"


def test_permissions_follow_the_umask_or_the_replaced_file(tmp_path):
    old = os.umask(0o077)
    try:
        write_atomically(tmp_path / "new", b"x")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600
    (tmp_path / "new").chmod(0o640)
    write_atomically(tmp_path / "new", b"y")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_everything_as_it_was(tmp_path, monkeypatch, step, failure):
    path = tmp_path / "out.png"
    path.write_bytes(b"before")

    def fail(*_, **__):
        raise failure

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OutputError if isinstance(failure, OSError) else KeyboardInterrupt) as caught:
        write_atomically(path, b"after")
    if isinstance(failure, OSError):
        assert caught.value.message == "out.png could not be written (no space left on device)."
    assert path.read_bytes() == b"before"
    assert names(tmp_path) == ["out.png"]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(OutputError, match=r"^out\.png could not be written \(no such file or directory\)\.$"):
        write_atomically(tmp_path / "no" / "out.png", b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match="folder could not be written"):
        write_atomically(tmp_path / "folder", b"x")
    with pytest.raises(OutputError):
        write_atomically(tmp_path / "a\0b", b"x")
    assert names(tmp_path) == ["folder"]
