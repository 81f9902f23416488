import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from unittest import mock

import pytest
from tests.doubles.batches import an_order, parts_that_see_red, write_photos

from privateedit import wiring
from privateedit.batch.naming import HOME
from privateedit.batch.running import Wanted, run_batch
from privateedit.batch.sources import Root, Sources
from privateedit.batch.watcher import Watcher
from privateedit.errors import InputError


@pytest.fixture
def tree(tmp_path):
    folder = write_photos(tmp_path / "in", "b.jpg", "sub/a.png", "sub/deep/c.JPG", ".hidden/d.jpg", ".e.jpg")
    (folder / "notes.txt").write_text("no photo")
    return folder


def found(inputs, tmp_path, listed=None, out="out"):
    sources = Sources([str(each) for each in inputs], listed, tmp_path / out)
    return sources, sorted(each.name for each in sources)


def test_a_folder_gives_its_photos_with_the_names_they_have_there(tree, tmp_path):
    sources, names = found([tree], tmp_path)
    assert names == ["b.jpg", "sub/a.png", "sub/deep/c.JPG"]
    assert len(sources.roots) == 1


def test_the_outputs_folder_is_never_searched(tree, tmp_path):
    write_photos(tree / "done", "x.jpg")
    _, names = found([tree], tmp_path, out="in/done")
    assert "done/x.jpg" not in names
    _, names = found([tree / "**" / "*.jpg"], tmp_path, out="in/done")
    assert "done/x.jpg" not in names
    with pytest.raises(InputError, match="folder of their own"):
        Sources([str(tree)], None, tree)


def test_several_folders_keep_their_names_apart(tree, tmp_path):
    other = write_photos(tmp_path / "more", "b.jpg")
    _, names = found([tree, other], tmp_path)
    assert names == ["in/b.jpg", "in/sub/a.png", "in/sub/deep/c.JPG", "more/b.jpg"]


def test_a_file_that_is_named_counts_whatever_its_ending(tree, tmp_path):
    sources, names = found([tree / "notes.txt", tree / "b.jpg"], tmp_path)
    assert names == ["b.jpg", "notes.txt"]
    (one, _) = sources
    assert sources.roots[one.root].place(one.path) == str(tree / "notes.txt")


def test_patterns_give_what_fits_relative_to_where_they_begin(tree, tmp_path, monkeypatch):
    assert found([tree / "**" / "*.png"], tmp_path)[1] == ["sub/a.png"]
    assert found([tree / "sub" / "*"], tmp_path)[1] == ["a.png"]
    monkeypatch.chdir(tree)
    assert found(["*.jpg"], tmp_path)[1] == ["b.jpg"]
    assert found(["no-such-*"], tmp_path)[1] == []


def test_a_list_gives_its_lines_in_their_folders(tree, tmp_path, monkeypatch):
    monkeypatch.chdir(tree)
    listed = tmp_path / "list.txt"
    outside = write_photos(tmp_path / "else", "z.jpg") / "z.jpg"
    listed.write_bytes(
        f"sub/a.png\r\n\n./b.jpg\n../else/z.jpg\n{outside}\ngone.jpg\n".encode() + b"\xff.jpg\n"
    )
    sources = Sources([], listed, tmp_path / "out")
    names = [each.name for each in sources]
    assert names == ["sub/a.png", "b.jpg", "z.jpg", "z.jpg", "gone.jpg", os.fsdecode(b"\xff.jpg")]
    places = [sources.roots[each.root].place(each.path) for each in sources]
    assert places[2] == places[3] == str(outside)


@contextmanager
def piped(path, text):
    """A pipe that gives a text once, as the shell's ``<(…)`` does."""
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=(text,), daemon=True)
    writer.start()
    yield path
    writer.join(10)
    assert not writer.is_alive()


def test_a_list_can_be_a_pipe(tree, tmp_path, monkeypatch):
    monkeypatch.chdir(tree)
    with piped(tmp_path / "pipe", "b.jpg\nsub/a.png\n") as listed:
        assert found([], tmp_path, listed)[1] == ["b.jpg", "sub/a.png"]
    with pytest.raises(InputError, match="folder"):
        found([], tmp_path, tree)


def test_a_batch_reads_a_list_once_and_goes_on_with_another_pipe(tree, tmp_path, monkeypatch):
    made = parts_that_see_red()
    monkeypatch.setattr(wiring, "parts", lambda: made)
    monkeypatch.chdir(tree)
    watcher = mock.Mock(spec=Watcher)
    for done, text in ((1, "b.jpg\n"), (2, "b.jpg\nsub/a.png\n")):
        with piped(tmp_path / f"{done}", text) as listed:
            summary = run_batch(an_order(), Wanted([], listed, tmp_path / "out"), watcher, cores=1)
        assert (summary.total, summary.done) == (done, done)
    assert watcher.planned.call_args.args[:2] == (2, 1)


def test_the_same_photo_has_one_place_whatever_it_was_found_through(tree, tmp_path):
    sources = Sources([str(tree), str(tree / "sub"), str(tree / "sub" / "a.png")], None, tmp_path / "out")
    places = [sources.roots[each.root].place(each.path) for each in sources]
    assert places.count(str(tree / "sub" / "a.png")) == 3


@pytest.mark.parametrize("wrong", ["nowhere", "nowhere/a.jpg"])
def test_what_does_not_exist_is_said_at_once(tmp_path, wrong):
    with pytest.raises(InputError, match="does not exist"):
        Sources([str(tmp_path / wrong)], None, tmp_path / "out")
    with pytest.raises(InputError, match="list"):
        Sources([], tmp_path / "no-list", tmp_path / "out")


def test_links_to_folders_are_not_followed_and_pipes_not_opened(tree, tmp_path):
    (tree / "loop").symlink_to(tree)
    (tree / "dead.jpg").symlink_to(tree / "gone.jpg")
    (tree / "also.jpg").symlink_to(tree / "b.jpg")
    os.mkfifo(tree / "pipe.jpg")
    _, names = found([tree], tmp_path)
    assert names == ["also.jpg", "b.jpg", "dead.jpg", "sub/a.png", "sub/deep/c.JPG"]


def test_outputs_of_another_batch_are_no_photos(tree, tmp_path):
    write_photos(tree / "sub" / "masked", "x.jpg", "deeper/y.jpg", "contact-sheet/0001.jpg")
    (tree / "sub" / "masked" / HOME).mkdir()
    assert found([tree], tmp_path)[1] == ["b.jpg", "sub/a.png", "sub/deep/c.JPG"]
    assert found([tree / "**" / "*.jpg"], tmp_path)[1] == ["b.jpg"]
    named = found([tree / "sub" / "masked"], tmp_path)[1]
    assert "x.jpg" in named  # a person who names it wants it


def test_the_contact_sheet_of_another_batch_is_no_photo(tree, tmp_path):
    other = write_photos(tmp_path / "other", "x.jpg", "sub/y.jpg", "sub/contact-sheet/z.jpg")
    write_photos(other / "contact-sheet", "0001.jpg")
    names = ["contact-sheet/0001.jpg", "sub/contact-sheet/z.jpg", "sub/y.jpg", "x.jpg"]
    assert found([other], tmp_path)[1] == names  # without a batch it is a folder like others
    (other / HOME).mkdir()
    assert found([other], tmp_path)[1] == names[1:]
    assert found([other / "**" / "*"], tmp_path)[1] == names[1:]
    assert found([other / "contact-sheet"], tmp_path)[1] == ["0001.jpg"]  # who names it wants it


def test_the_pictures_that_are_put_into_photos_are_no_photos(tree, tmp_path):
    edited = write_photos(tree / "sub" / "edited", "a.png", "deep/c.JPG")

    def names(*inputs):
        sources = Sources([str(each) for each in inputs], None, tmp_path / "out", edited)
        return sorted(each.name for each in sources)

    assert names(tree) == ["b.jpg", "sub/a.png", "sub/deep/c.JPG"]
    assert names(tree / "**" / "*.png") == ["sub/a.png"]
    for named in (edited, edited / "*", edited / "a.png"):
        assert "a.png" in names(named)
    assert names(edited / "deep") == ["c.JPG"]


def test_a_file_below_a_folder_that_may_not_be_entered_is_named(tree, tmp_path, monkeypatch):
    real = os.stat

    def closed(path, *more, **options):
        if not isinstance(path, int) and str(tree / "sub") + os.sep in os.fspath(path):
            raise PermissionError(13, "no")
        return real(path, *more, **options)

    monkeypatch.setattr(os, "stat", closed)
    assert found([tree / "sub" / "a.png", tree / "b.jpg"], tmp_path)[1] == ["a.png", "b.jpg"]


def test_a_file_that_goes_away_before_it_is_looked_for_is_named(tree, tmp_path):
    sources = Sources([str(tree / "b.jpg"), str(tree / "sub" / "a.png")], None, tmp_path / "out")
    (tree / "b.jpg").unlink()
    assert sorted(each.name for each in sources) == ["a.png", "b.jpg"]


def test_a_list_may_begin_with_a_mark_of_its_encoding_and_be_standard_input(tree, tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_bytes(f"\ufeff{tree}/b.jpg\n".encode() + f"{tree}/".encode() + b"\xff.jpg\n")
    assert found([], tmp_path, listed)[1] == ["b.jpg", os.fsdecode(b"\xff.jpg")]
    code = (
        "import pathlib; from privateedit.batch.sources import Sources;"
        "print([each.name for each in Sources([], pathlib.Path('-'), pathlib.Path('out'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=listed.read_bytes(), capture_output=True, check=True
    )
    assert done.stdout == b"['b.jpg', '\\udcff.jpg']\n"


def test_what_lies_among_the_outputs_is_no_input(tree, tmp_path):
    write_photos(tmp_path / "out" / "2023", "x.jpg")
    for wrong in ("out/2023", "out/2023/x.jpg"):
        with pytest.raises(InputError, match="lies in the outputs"):
            found([tmp_path / wrong], tmp_path)


def test_names_that_no_file_can_have_fail_alone(tree, tmp_path, monkeypatch):
    with pytest.raises(InputError, match="does not exist"):
        found([tree / ("n" * 300)], tmp_path)
    (tree / "ring").symlink_to(tree / "gnir")
    (tree / "gnir").symlink_to(tree / "ring")
    listed = tmp_path / "list.txt"
    listed.write_text(f"{tree}/ring/a.jpg\n{tree}/{'m' * 300}/a.jpg\n{tree}/b.jpg\n")
    assert found([], tmp_path, listed)[1] == ["a.jpg", "a.jpg", "b.jpg"]


def test_links_in_a_ring_are_named_and_the_rest_is_found(tree, tmp_path):
    (tree / "ring.jpg").symlink_to(tree / "gnir.jpg")
    (tree / "gnir.jpg").symlink_to(tree / "ring.jpg")
    _, names = found([tree], tmp_path)
    assert names == ["b.jpg", "gnir.jpg", "ring.jpg", "sub/a.png", "sub/deep/c.JPG"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every folder")
def test_a_folder_that_may_not_be_read_is_named(tree, tmp_path):
    (tree / "sub").chmod(0)
    try:
        assert "sub" in found([tree], tmp_path)[1]
    finally:
        (tree / "sub").chmod(0o700)


def test_a_folder_that_goes_away_is_named(tree, tmp_path, monkeypatch):
    real = os.scandir

    def failing(path):
        if str(path).endswith("sub"):
            raise PermissionError(13, "no")
        return real(path)

    monkeypatch.setattr("privateedit.batch.sources.os.scandir", failing)
    assert found([tree], tmp_path)[1] == ["b.jpg", "sub"]


def test_a_root_does_not_show_where_it_is():
    assert "secret" not in repr(Root("s3://user:secret@host/x", remote=True))
