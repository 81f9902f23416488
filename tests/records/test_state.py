import errno
import os
import shutil
import threading

import pytest
from tests.doubles.handovers import a_handover, an_outline
from tests.doubles.records import a_photo, a_state, an_intent

from privateedit.errors import JournalUnwritable, Refused
from privateedit.records import FileHandovers, FileJournal, FileLedger, chain_file, state
from privateedit.records.key import read_key


def opened(place):
    with place.opened() as key:
        return key


def test_looking_makes_nothing(state_folder):
    with a_state(state_folder).existing() as key:
        assert key is None
    assert not state_folder.exists()


def test_the_first_use_makes_key_and_journal(state_folder):
    key = opened(a_state(state_folder))
    assert {each.name for each in state_folder.iterdir()} >= {"key", "journal.jsonl", "journal.head"}
    assert opened(a_state(state_folder, seed=9)) == key
    with a_state(state_folder).existing() as found:
        assert found == key
    assert key == read_key(state_folder)


def test_the_likely_key_is_the_one_that_the_first_use_makes(state_folder):
    place = a_state(state_folder)
    likely = place.likely_key()
    assert not state_folder.exists()
    assert opened(place) == likely == place.likely_key() == read_key(state_folder)


def test_somebody_elses_first_use_makes_another_key_than_the_likely_one(state_folder):
    place = a_state(state_folder)
    likely = place.likely_key()
    other = opened(a_state(state_folder, seed=9))
    assert opened(place) == place.likely_key() == other != likely


def test_records_that_are_made_anew_get_a_key_that_is_new(state_folder):
    place = a_state(state_folder)
    place.likely_key()
    first = opened(place)
    shutil.rmtree(state_folder)
    assert opened(place) != first


def test_every_file_is_for_its_owner_only(state_folder):
    before = os.umask(0)
    try:
        place = a_state(state_folder)
        FileJournal(place).intend(an_intent())
        FileLedger(place).reveal(a_photo(), a_photo().pixels[..., 0] > 9)
        FileHandovers(place).remember(a_photo(), a_handover(an_outline(height=20, width=30)))
    finally:
        os.umask(before)
    assert len(place.files()) >= 6
    assert {each.parent.name for each in place.files()} == {state_folder.name, "ledger", "handovers"}
    if os.name == "posix":
        for path in (state_folder, *state_folder.rglob("*")):
            assert path.stat().st_mode & 0o077 == 0, path


def test_a_first_use_that_was_stopped_is_begun_again(state_folder):
    state_folder.mkdir(mode=0o700)
    place = a_state(state_folder)
    chain_file.begin(
        state_folder, opened(a_state(state_folder.with_name("other"))), place.now(), forgotten=False
    )
    key = opened(place)
    assert FileJournal(place).verify().problem is None
    assert key == read_key(state_folder)


def test_records_whose_key_is_gone_are_not_begun_again(state_folder):
    place = a_state(state_folder)
    FileJournal(place).intend(an_intent())
    (state_folder / "key").unlink()
    for use in (opened, lambda place: FileJournal(place).verify()):
        with pytest.raises(Refused, match="key of PrivateEdit's records is missing"):
            use(place)


@pytest.mark.parametrize("kept", ["ledger", "handovers"])
def test_what_is_kept_of_photos_is_not_begun_again_without_its_key(state_folder, kept):
    place = a_state(state_folder)
    if kept == "ledger":
        FileLedger(place).reveal(a_photo(), a_photo().pixels[..., 0] > 9)
    else:
        FileHandovers(place).remember(a_photo(), a_handover(an_outline(height=20, width=30)))
    for name in ("key", "journal.jsonl", "journal.head"):
        (state_folder / name).unlink()
    with pytest.raises(Refused, match="missing"):
        opened(place)


def test_a_folder_that_cannot_be_made_stops_the_send(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(JournalUnwritable, match="not a directory"):
        opened(a_state(tmp_path / "file" / "records"))


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.ENOSPC])
@pytest.mark.parametrize("first", [True, False])
def test_a_folder_that_cannot_be_written_stops_the_send(state_folder, monkeypatch, code, first):
    place = a_state(state_folder)
    if not first:
        opened(place)
    real = os.open

    def refusing(path, flags, *mode, **options):
        if flags & (os.O_WRONLY | os.O_RDWR) and "lock" not in str(path):
            raise OSError(code, os.strerror(code))
        return real(path, flags, *mode, **options)

    monkeypatch.setattr(os, "open", refusing)
    with pytest.raises(JournalUnwritable) as caught:
        FileJournal(place).intend(an_intent())
    assert os.strerror(code).lower() in caught.value.message


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_folder_open_to_others_is_refused(state_folder):
    place = a_state(state_folder)
    opened(place)
    state_folder.chmod(0o755)
    for use in (place.opened, place.existing):
        with pytest.raises(Refused, match="chmod 700"), use():
            pytest.fail("the records were opened")


def test_the_folder_is_held_by_one_at_a_time(state_folder, monkeypatch):
    monkeypatch.setattr(state, "_PATIENCE", 0.05)
    place, busy, done = a_state(state_folder), threading.Event(), threading.Event()

    def hold():
        with a_state(state_folder).locked():
            busy.set()
            done.wait(20)

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert busy.wait(20)
        with pytest.raises(JournalUnwritable, match="busy"):
            opened(place)
    finally:
        done.set()
        other.join()
    assert opened(place)
