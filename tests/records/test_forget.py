import os

import numpy as np
import pytest
from tests.doubles.handovers import a_handover
from tests.doubles.records import a_photo, an_intent

from privateedit.core.mask import Mask
from privateedit.errors import Refused
from privateedit.records import chain_file, forget, forget_all, forget_photo
from privateedit.records.sends import History

PHOTO, OTHER = a_photo(1), a_photo(2)
HIDDEN = PHOTO.pixels[..., 0] > 100


def history(journal):
    found = History()
    assert journal.verify(found.add).problem is None
    return found


@pytest.fixture
def used(journal, ledger, memory):
    for photo in (PHOTO, OTHER):
        ledger.reveal(photo, HIDDEN)
        memory.remember(photo, a_handover(Mask(HIDDEN)))
        journal.intend(an_intent(photo=ledger.name(photo)))


def test_forgetting_a_photo_leaves_the_others_and_a_note(used, state, journal, ledger, memory):
    assert forget_photo(state, PHOTO) is True
    assert ledger.protected(PHOTO) is None
    assert memory.recall(PHOTO) is None
    assert memory.recall(OTHER) is not None
    assert np.array_equal(ledger.protected(OTHER).hidden, HIDDEN)
    found = history(journal)
    assert (found.forgotten_photos, len(found.sends)) == (1, 2)


@pytest.mark.parametrize("damaged", [False, True])
def test_a_hand_over_alone_is_forgotten_sound_or_not(used, state, journal, ledger, memory, damaged):
    assert ledger.forget(PHOTO) is not None
    if damaged:
        (state.folder / "handovers" / ledger.name(PHOTO)).write_bytes(b"garbage")
    assert forget_photo(state, PHOTO) is True
    assert memory.recall(PHOTO) is None
    assert history(journal).forgotten_photos == 1
    assert forget_photo(state, PHOTO) is False


def test_a_photo_that_is_not_known_is_not_forgotten(state, journal, state_folder):
    assert forget_photo(state, PHOTO) is False
    assert not state_folder.exists()


def test_the_note_comes_before_the_deed(used, state, ledger, memory, monkeypatch):
    def refuse(*_, **__):
        raise Refused("The journal cannot be written.")

    monkeypatch.setattr(chain_file, "add", refuse)
    with pytest.raises(Refused):
        forget_photo(state, PHOTO)
    assert ledger.protected(PHOTO) is not None
    assert memory.recall(PHOTO) is not None


def test_forgetting_everything_leaves_a_new_chain_that_says_so(
    used, state, state_folder, journal, ledger, memory
):
    names = {ledger.name(PHOTO), ledger.name(OTHER)}
    secret = (state_folder / "key").read_bytes()
    assert forget_all(state) is True
    found = history(journal)
    assert (found.lines, found.sends, found.forgotten_before) == (1, [], True)
    assert (state_folder / "key").read_bytes() != secret
    assert ledger.protected(PHOTO) is None
    assert memory.recall(PHOTO) is None
    assert ledger.name(PHOTO) not in names
    assert not any(path.name in names for path in state.files())
    left = b"".join(path.read_bytes() for path in state.files())
    assert not any(name.encode() in left for name in names)
    journal.intend(an_intent())
    assert len(history(journal).sends) == 1


def test_where_nothing_is_nothing_is_forgotten(state, state_folder):
    assert forget_all(state) is False
    assert not state_folder.exists()
    state_folder.mkdir(mode=0o700)
    assert forget_all(state) is False


@pytest.mark.parametrize("name", ["key", "journal.jsonl", "journal.head"])
@pytest.mark.parametrize("damage", ["gone", "garbage", "open"])
def test_damaged_records_can_be_forgotten(used, state, state_folder, journal, name, damage):
    if damage == "gone":
        (state_folder / name).unlink()
    elif damage == "garbage":
        (state_folder / name).write_bytes(b"garbage")
    else:
        (state_folder / name).chmod(0o644)
    if damage != "open" or os.name == "posix":
        with pytest.raises(Refused):
            journal.intend(an_intent())
    assert forget_all(state) is True
    journal.intend(an_intent())
    assert history(journal).forgotten_before


@pytest.mark.parametrize("step", ["write_key", "begin", "sync_folder"])
def test_forgetting_that_was_stopped_half_way_never_leaves_records_that_pass(
    used, state, journal, monkeypatch, step
):
    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(chain_file if step == "begin" else forget, step, stop)
        with pytest.raises(KeyboardInterrupt):
            forget_all(state)
    if step == "begin":
        with pytest.raises(Refused):
            journal.intend(an_intent())
    assert forget_all(state) is True
    assert history(journal).forgotten_before
