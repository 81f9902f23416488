import errno
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.handovers import a_handover, an_outline
from tests.doubles.records import a_photo, a_state

from privateedit.errors import InputError, JournalUnwritable, Refused, Sent
from privateedit.records import FileHandovers, handovers

PHOTO, OTHER = a_photo(1, 5, 7), a_photo(2, 5, 7)


def entries(folder):
    return sorted((folder / "handovers").iterdir())


def entry(memory):
    (path,) = entries(memory._state.folder)
    return path


def assert_same(found, handover):
    assert dict(found.choices) == dict(handover.choices)
    assert list(found.planes) == list(handover.planes)
    for name, plane in handover.planes.items():
        assert np.array_equal(found.planes[name].hidden, plane.hidden)


@st.composite
def remembered(draw):
    outline = st.integers(0, 999).map(an_outline)
    ids = st.lists(st.integers(0, 99), max_size=4).map(tuple)
    return a_handover(
        draw(outline),
        draw(st.none() | outline),
        draw(st.none() | outline),
        grow=draw(st.floats(-3, 4)),
        opacity=draw(st.floats(0, 1)),
        only=draw(st.none() | ids),
        exclude=draw(ids),
        canvas=draw(st.none() | st.tuples(st.integers(1, 9999), st.integers(1, 9999))),
        max_side=draw(st.none() | st.integers(1, 9999)),
    )


@settings(deadline=None, max_examples=40)
@given(st.lists(remembered(), min_size=1, max_size=3))
def test_the_last_hand_over_is_recalled_exactly(tmp_path_factory, handed):
    folder = tmp_path_factory.mktemp("state") / "records"
    for each in handed:
        FileHandovers(a_state(folder)).remember(PHOTO, each)
    assert_same(FileHandovers(a_state(folder, seed=2)).recall(PHOTO), handed[-1])


def test_a_new_photo_is_not_known_and_looking_makes_nothing(memory, state_folder):
    assert memory.recall(PHOTO) is None
    assert memory.knows(PHOTO) is False
    assert memory.forget(PHOTO) is False
    assert not state_folder.exists()


def test_photos_are_kept_apart(memory):
    memory.remember(PHOTO, a_handover(tone="dark"))
    assert memory.recall(OTHER) is None
    memory.remember(OTHER, a_handover(tone="fair"))
    assert memory.recall(PHOTO).choices["tone"] == "dark"
    assert memory.recall(OTHER).choices["tone"] == "fair"


def test_masks_of_another_size_are_refused(memory):
    with pytest.raises(InputError):
        memory.remember(PHOTO, a_handover(an_outline(height=7, width=5)))
    assert memory.recall(PHOTO) is None


def test_an_entry_is_small_named_by_the_digest_and_the_same_for_every_picture(memory, ledger):
    """Two photos masked alike give the same bytes but for the check value: no pixel is in them."""
    large = [a_photo(seed, height=300, width=400) for seed in (1, 2)]
    outline = np.zeros((300, 400), bool)
    outline[100:200, 100:200] = True
    for photo in large:
        memory.remember(photo, a_handover(type(an_outline())(outline)))
    first, second = entries(memory._state.folder)
    assert {first.name, second.name} == {ledger.name(photo) for photo in large}
    assert first.read_bytes()[:-32] == second.read_bytes()[:-32]
    assert first.stat().st_size < 800


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_damaged_entry_is_refused_with_the_way_out(tmp_path_factory, data):
    memory = FileHandovers(a_state(tmp_path_factory.mktemp("state") / "records"))
    memory.remember(PHOTO, a_handover(brush=an_outline(3)))
    spoiled = bytearray(entry(memory).read_bytes())
    at = data.draw(st.integers(0, len(spoiled) - 1))
    if data.draw(st.booleans()):
        spoiled[at] ^= data.draw(st.integers(1, 255))
    else:
        del spoiled[at:]
    entry(memory).write_bytes(bytes(spoiled))
    with pytest.raises(Refused, match=r"Type the options .* forget --photo") as caught:
        memory.recall(PHOTO)
    assert caught.value.sent is Sent.NO
    memory.remember(PHOTO, a_handover(tone="fair"))
    assert memory.recall(PHOTO).choices["tone"] == "fair"


def test_an_entry_of_another_photo_does_not_count(memory, ledger, state_folder):
    for photo in (PHOTO, OTHER):
        memory.remember(photo, a_handover())
    names = [state_folder / "handovers" / ledger.name(photo) for photo in (PHOTO, OTHER)]
    names[0].write_bytes(names[1].read_bytes())
    with pytest.raises(Refused, match="altered"):
        memory.recall(PHOTO)


def test_an_entry_of_the_ledger_does_not_count(memory, ledger, state_folder):
    """The check value is for one purpose only."""
    ledger.reveal(PHOTO, an_outline().hidden)
    memory.remember(PHOTO, a_handover())
    entry(memory).write_bytes((state_folder / "ledger" / ledger.name(PHOTO)).read_bytes())
    with pytest.raises(Refused, match="altered"):
        memory.recall(PHOTO)


@pytest.mark.parametrize("change", [{"choices": {"trust": "low"}}, {"planes": ["mask", "halo"]}])
def test_an_entry_of_another_version_is_refused(memory, monkeypatch, change):
    real = handovers.json.dumps
    monkeypatch.setattr(handovers.json, "dumps", lambda said, **options: real({**said, **change}, **options))
    memory.remember(PHOTO, a_handover(brush=an_outline(3)))
    with pytest.raises(Refused, match="Type the options"):
        memory.recall(PHOTO)


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_an_entry_open_to_others_is_refused(memory):
    memory.remember(PHOTO, a_handover())
    entry(memory).chmod(0o644)
    with pytest.raises(Refused, match="other users"):
        memory.recall(PHOTO)


def test_an_entry_that_cannot_be_written_says_that_nothing_was_sent(memory, monkeypatch):
    memory.remember(PHOTO, a_handover(tone="dark"))

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(JournalUnwritable, match="no space") as caught:
        memory.remember(PHOTO, a_handover(tone="fair"))
    assert caught.value.sentence.endswith("Nothing was sent.")
    monkeypatch.undo()
    assert memory.recall(PHOTO).choices["tone"] == "dark"


@pytest.mark.parametrize("sound", [True, False])
def test_a_forgotten_photo_is_new_again(memory, sound):
    memory.remember(PHOTO, a_handover())
    if not sound:
        entry(memory).write_bytes(b"garbage")
    assert memory.knows(PHOTO)
    assert memory.forget(PHOTO) is True
    assert not memory.knows(PHOTO)
    assert memory.recall(PHOTO) is None
    assert memory.forget(PHOTO) is False
