import sys

import pytest
from tests.doubles.batches import Stage, marked, write_photos
from tests.standins.pictures import encoded

from privateedit.batch import storage
from privateedit.batch.sources import Sources
from privateedit.errors import ExtraMissing, InputError, OutputError


def test_addresses_are_told_from_paths():
    assert storage.is_address("s3://bucket/photos")
    assert not storage.is_address("photos/a.jpg")


def test_without_the_extra_it_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(ExtraMissing, match=r"privateedit\[fsspec\]"):
        list(Sources(["memory://photos"], None, tmp_path / "out"))
    with pytest.raises(ExtraMissing):
        storage.read("memory://photos", "a.jpg", 10)


@pytest.fixture
def bucket():
    fsspec = pytest.importorskip("fsspec")
    fs = fsspec.filesystem("memory")
    fs.store.clear()
    fs.pipe({f"/photos/{name}": encoded(marked()) for name in ("b.jpg", "sub/a.png", "notes.txt")})
    yield fs
    fs.store.clear()


@pytest.mark.parametrize(
    ("address", "names", "base"),
    [
        ("memory://photos", ["b.jpg", "sub/a.png"], "memory://photos"),
        ("memory://photos/", ["b.jpg", "sub/a.png"], "memory://photos/"),
        ("memory://photos/*.jpg", ["b.jpg"], "memory://photos/"),
        ("memory://photos/**/*.png", ["sub/a.png"], "memory://photos/"),
        ("memory://photos/notes.txt", ["notes.txt"], "memory://photos/"),
    ],
)
def test_names_and_bytes_below_an_address(bucket, tmp_path, address, names, base):
    sources = Sources([address], None, tmp_path / "out")
    assert sorted(each.name for each in sources) == names
    (root,) = sources.roots
    assert root.locator == base
    for name in names:
        assert storage.read(root.locator, name, 8) == encoded(marked())[:8]
        assert root.place(name) == f"memory://photos/{name}"


def test_a_storage_of_files_and_archives(tmp_path):
    pytest.importorskip("fsspec")
    import zipfile

    folder = write_photos(tmp_path / "in", "a.jpg", "sub/b.jpg")
    address = f"file://{folder}"
    sources = Sources([address], None, tmp_path / "out")
    assert sorted(each.name for each in sources) == ["a.jpg", "sub/b.jpg"]
    assert storage.read(address, "sub/b.jpg", 4) == b"\x89PNG"
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.write(folder / "a.jpg", "deep/a.jpg")
    chained = f"zip://::file://{tmp_path}/in.zip"
    sources = Sources([chained], None, tmp_path / "out")
    (found,) = sources
    assert storage.read(sources.roots[found.root].locator, found.path, 4) == b"\x89PNG"


def test_trouble_of_a_storage_is_one_error_without_its_address(bucket, tmp_path, monkeypatch):
    with pytest.raises(InputError, match="nothing at the address"):
        list(Sources(["memory://secret"], None, tmp_path / "out"))
    with pytest.raises(InputError, match="does not exist"):
        storage.read("memory://photos", "gone.jpg", 10)
    with pytest.raises((InputError, ExtraMissing)) as raised:
        storage.read("no-such-storage://secret", "a.jpg", 10)
    assert "secret" not in raised.value.message


def test_a_member_that_leads_out_of_its_archive_is_named_and_never_opened(tmp_path):
    pytest.importorskip("fsspec")
    import zipfile

    hostile = ("../../x.png", "a/../../y.png", "C:/z.png", "a/./w.png")
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        for name in (*hostile, "good.png"):
            archive.writestr(name, encoded(marked()))
    stage = Stage(tmp_path / "deep" / "er", "unused.jpg")
    stage.plan(f"zip://::file://{tmp_path}/in.zip")
    stage.bench = stage.make_bench()
    before = set(tmp_path.rglob("*.png"))
    told = {each.name: each for each in stage.work()}
    assert {path.name for path in set(tmp_path.rglob("*.png")) - before} == {"good.png"}
    refused = [each for each in told.values() if each.failure]
    assert len(refused) == len(hostile)
    assert {each.failure.error for each in refused} == {"InputError"}


def test_files_are_written_moved_measured_and_removed(tmp_path):
    address = f"file://{tmp_path}/store"
    storage.write(address, "deep/er/a", b"12345")
    assert (storage.size(address, "deep/er/a"), storage.size(address, "none")) == (5, None)
    storage.move(address, "deep/er/a", "other/b")
    assert (storage.size(address, "deep/er/a"), storage.read(address, "other/b", 9)) == (None, b"12345")
    storage.remove(address, "other")
    storage.remove(address, "other")
    assert storage.size(address, "other/b") is None


def test_trouble_with_writing_is_one_error_without_the_address(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for refused in (
        lambda: storage.write(f"file://{tmp_path}/file", "a", b""),
        lambda: storage.move(f"file://{tmp_path}", "none", "b"),
    ):
        with pytest.raises(OutputError) as found:
            refused()
        assert str(tmp_path) not in found.value.message


@pytest.mark.parametrize("address", ["sftp://ann:secret@host/a", "zip://a::ftp://ann:secret@host/b.zip"])
def test_an_address_with_a_password_is_known(address):
    with pytest.raises(InputError):
        storage.require_no_password(address)
    storage.require_no_password("s3://bucket/ann@home:1.jpg")
    storage.require_no_password("sftp://ann@host/a")
