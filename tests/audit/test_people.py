import hashlib

import pytest

from privateedit.audit.people import digest, people_in
from privateedit.errors import InputError


@pytest.fixture
def folder(tmp_path):
    for name in (
        "bob/2.jpg",
        "bob/1.PNG",
        "ann/a.webp",
        "ann/notes.txt",
        "ann/.b.jpg",
        ".git/x.jpg",
        "c/d.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
    (tmp_path / "loose.jpg").write_bytes(b"")
    return tmp_path


def test_people_and_photos_come_in_the_order_of_their_names(folder):
    found = people_in(folder)
    assert [person.name for person in found] == ["ann", "bob"]
    assert [[photo.name for photo in person.photos] for person in found] == [["a.webp"], ["1.PNG", "2.jpg"]]


def test_nobody_is_an_error(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="nobody"):
        people_in(tmp_path)


def test_no_folder_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        people_in(tmp_path / "absent")


def test_a_digest_is_the_files(folder):
    assert digest(folder / "bob" / "2.jpg") == hashlib.sha256(b"bob/2.jpg").hexdigest()
    with pytest.raises(InputError, match="no such file"):
        digest(folder / "bob" / "3.jpg")
