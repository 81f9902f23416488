import errno
import os
import subprocess
import sys
import textwrap
import zlib
from functools import reduce

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.doubles.records import a_photo, a_state

from privateedit.core.photo import Photo
from privateedit.errors import InputError, JournalUnwritable, Refused
from privateedit.records import FileLedger
from privateedit.records.key import FILE, Key
from privateedit.records.state import _LOCK

HIDDEN = arrays(np.bool_, (5, 7))
PHOTO = a_photo(height=5, width=7)


def an_area(*rows, photo=PHOTO):
    hidden = np.zeros((photo.height, photo.width), bool)
    hidden[list(rows)] = True
    return hidden


def entry(ledger, photo=PHOTO):
    return ledger._folder / ledger.name(photo)


@settings(deadline=None, max_examples=40)
@given(st.lists(HIDDEN, min_size=1, max_size=5))
def test_protected_is_what_every_upload_hid(tmp_path_factory, uploads):
    ledger = FileLedger(a_state(tmp_path_factory.mktemp("state") / "records"))
    for hidden in uploads:
        ledger.reveal(PHOTO, hidden, smaller=True)
    assert np.array_equal(ledger.protected(PHOTO).hidden, reduce(np.logical_and, uploads))


@settings(deadline=None, max_examples=40)
@given(st.lists(HIDDEN, min_size=1, max_size=6))
def test_whatever_is_tried_nothing_that_was_hidden_first_is_ever_shown(tmp_path_factory, uploads):
    ledger = FileLedger(a_state(tmp_path_factory.mktemp("state") / "records"))
    for hidden in uploads:
        if (uploads[0] & ~hidden).any():
            with pytest.raises(Refused, match="earlier upload"):
                ledger.reveal(PHOTO, hidden)
        else:
            ledger.reveal(PHOTO, hidden)
        assert np.array_equal(ledger.protected(PHOTO).hidden, uploads[0])


def test_a_photo_is_recognized_ahead_of_the_first_use_and_nothing_is_made(ledger, state_folder, monkeypatch):
    worked, work = [], Key._name
    monkeypatch.setattr(Key, "_name", lambda key, photo: worked.append(photo) or work(key, photo))
    photo = a_photo(seed=77)
    ledger.recognize(photo)
    assert worked == []
    ledger.recognize(photo, ahead=True)
    assert worked == [photo]
    assert not state_folder.exists()
    name = ledger.name(photo)
    ledger.recognize(photo)
    assert worked == [photo]
    assert name == FileLedger(a_state(state_folder)).name(photo)


def test_a_photo_recognized_ahead_of_somebody_elses_first_use_gets_the_name_that_counts(ledger, state_folder):
    photo = a_photo(seed=78)
    ledger.recognize(photo, ahead=True)
    name = FileLedger(a_state(state_folder, seed=9)).name(photo)
    assert ledger.name(photo) == name


def test_recognizing_waits_for_nobody_and_tells_no_trouble(ledger, state_folder):
    ledger.name(PHOTO)
    with FileLock(state_folder / _LOCK):
        ledger.recognize(PHOTO)
    state_folder.chmod(0o755)
    (state_folder / FILE).chmod(0o644)
    ledger.recognize(PHOTO)
    with pytest.raises(Refused):
        ledger.protected(PHOTO)


def test_a_new_photo_has_no_entry_and_looking_makes_none(ledger, state_folder):
    assert ledger.protected(PHOTO) is None
    assert not state_folder.exists()


def test_photos_are_kept_apart(ledger):
    pixels = PHOTO.pixels.copy()
    pixels[0, 0, 0] ^= 1
    ledger.reveal(PHOTO, an_area(1))
    assert ledger.protected(Photo(pixels)) is None
    ledger.reveal(Photo(pixels), an_area(2))
    assert np.array_equal(ledger.protected(PHOTO).hidden, an_area(1))


def test_a_ledger_is_found_again_by_another_process(ledger, state_folder):
    ledger.reveal(PHOTO, an_area(1))
    again = FileLedger(a_state(state_folder, seed=2))
    assert np.array_equal(again.protected(PHOTO).hidden, an_area(1))


def test_a_mask_of_another_size_is_refused(ledger):
    for hidden in (np.ones((7, 5), bool), np.ones((5, 7), np.uint8), np.ones(35, bool)):
        with pytest.raises(InputError):
            ledger.reveal(PHOTO, hidden)
    assert ledger.protected(PHOTO) is None


def test_an_entry_is_small_and_holds_no_pixels(ledger):
    photo = a_photo(height=300, width=400)
    hidden = np.zeros((300, 400), bool)
    hidden[100:200, 100:200] = True
    ledger.reveal(photo, hidden)
    data = entry(ledger, photo).read_bytes()
    assert len(data) < 400
    bits = np.unpackbits(np.frombuffer(zlib.decompress(data[12:-32]), np.uint8))
    assert np.array_equal(bits[: hidden.size].reshape(hidden.shape), hidden)
    assert {each.name for each in ledger._folder.iterdir()} == {ledger.name(photo)}


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_damaged_entry_refuses_the_send(tmp_path_factory, data):
    ledger = FileLedger(a_state(tmp_path_factory.mktemp("state") / "records"))
    ledger.reveal(PHOTO, an_area(1))
    spoiled = bytearray(entry(ledger).read_bytes())
    at = data.draw(st.integers(0, len(spoiled) - 1))
    if data.draw(st.booleans()):
        spoiled[at] ^= data.draw(st.integers(1, 255))
    else:
        del spoiled[at:]
    entry(ledger).write_bytes(bytes(spoiled))
    for use in (lambda: ledger.protected(PHOTO), lambda: ledger.reveal(PHOTO, an_area(0, 1, 2))):
        with pytest.raises(Refused, match="damaged"):
            use()


def test_an_entry_of_another_photo_does_not_count(ledger):
    other = a_photo(seed=2, height=5, width=7)
    ledger.reveal(PHOTO, an_area(1))
    ledger.reveal(other, an_area())
    entry(ledger).write_bytes(entry(ledger, other).read_bytes())
    with pytest.raises(Refused, match="damaged"):
        ledger.protected(PHOTO)


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_an_entry_open_to_others_refuses_the_send(ledger):
    ledger.reveal(PHOTO, an_area(1))
    entry(ledger).chmod(0o644)
    with pytest.raises(Refused, match="other users"):
        ledger.protected(PHOTO)


def test_an_entry_that_cannot_be_written_refuses_the_send(ledger, monkeypatch):
    ledger.reveal(PHOTO, an_area(1, 2))

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(JournalUnwritable, match="no space"):
        ledger.reveal(PHOTO, an_area(1), smaller=True)
    monkeypatch.undo()
    assert np.array_equal(ledger.protected(PHOTO).hidden, an_area(1, 2))


RACER = """
    import sys
    import numpy as np
    from privateedit import wiring
    from privateedit.errors import Refused
    from tests.doubles.records import a_photo
    hidden = np.zeros((5, 7), bool)
    hidden[int(sys.argv[1])] = True
    try:
        wiring.records().ledger.reveal(a_photo(height=5, width=7), hidden)
        print("sent")
    except Refused:
        print("refused")
"""


def test_of_two_first_uploads_at_once_only_one_is_the_first(ledger, state_folder):
    code = textwrap.dedent(RACER)
    racers = [
        subprocess.Popen([sys.executable, "-c", code, str(row)], stdout=subprocess.PIPE, text=True)
        for row in range(3)
    ]
    answers = [racer.communicate()[0].strip() for racer in racers]
    assert sorted(answers) == ["refused", "refused", "sent"]
    assert np.array_equal(ledger.protected(PHOTO).hidden, an_area(answers.index("sent")))


def test_a_forgotten_photo_is_new_again(ledger):
    assert ledger.forget(PHOTO) is None
    ledger.reveal(PHOTO, an_area(1))
    assert ledger.forget(PHOTO) == ledger.name(PHOTO)
    assert ledger.protected(PHOTO) is None
    assert ledger.forget(PHOTO) is None
