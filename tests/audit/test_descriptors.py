from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from tests.doubles.audit import simple_instruments, write_people

from privateedit.audit.attacks import ATTACKS
from privateedit.audit.descriptors import AS_SENT, CLEAN, WIDE, key_of, portray
from privateedit.audit.grid import CONTEXT, preset
from privateedit.audit.people import Person, people_in
from privateedit.core.cover import Coverage
from privateedit.core.trust import Trust

CASES = (preset(Trust.LOW), CONTEXT)


@pytest.fixture
def person(tmp_path):
    (found,) = people_in(write_people(tmp_path, 1, photos=3))
    return found


@pytest.fixture
def instruments():
    return simple_instruments()


def test_the_gallery_is_masked_and_the_probe_attacked(person, instruments):
    found = portray(person, CASES, frozenset(), instruments)
    assert len(found.photos) == 2
    assert instruments.open_photo.opened == ["person00/0.png", "person00/1.png"]
    by_key = {(seen.photo, seen.case): set(seen.descriptors) for seen in found.seen}
    first, second = found.photos
    for case in CASES:
        assert by_key.pop((first, key_of(case, "gallery"))) == {AS_SENT, WIDE}
        assert by_key.pop((second, key_of(case, "probe"))) == {*ATTACKS, WIDE}
    assert by_key == {(first, CLEAN): {CLEAN}, (second, CLEAN): {CLEAN}}


def test_what_is_known_is_not_measured_again(person, instruments):
    found = portray(person, CASES, frozenset(), instruments)
    known = {(seen.photo, seen.case) for seen in found.seen}
    fresh = simple_instruments()
    again = portray(person, CASES, known, fresh)
    assert again.photos == found.photos
    assert again.seen == ()
    assert fresh.open_photo.opened == []
    assert fresh.recognizer.calls == 0


def test_only_a_missing_case_is_measured(person, instruments):
    found = portray(person, CASES, frozenset(), instruments)
    known = {(seen.photo, seen.case) for seen in found.seen if CONTEXT.key not in seen.case}
    again = portray(person, CASES, known, simple_instruments())
    measured = {seen.case for seen in again.seen} - {CLEAN}
    assert measured == {key_of(CONTEXT, "gallery"), key_of(CONTEXT, "probe")}


def test_bad_photos_are_named_and_the_next_ones_used(person, instruments):
    person.photos[0].write_bytes(b"no picture")
    Image.fromarray(np.zeros((50, 50, 3), np.uint8)).save(person.photos[1])
    found = portray(person, CASES, frozenset(), instruments)
    assert [problem.file.name for problem in found.problems] == ["0.png", "1.png"]
    assert "No face was found" in found.problems[1].reason
    assert len(found.photos) == 1


def test_a_photo_that_vanished_is_named(person, instruments):
    gone = Person(person.name, (person.photos[0].with_name("gone.png"), *person.photos))
    found = portray(gone, CASES, frozenset(), instruments)
    assert len(found.photos) == 2
    assert "cannot be read" in found.problems[0].reason


def test_what_is_refused_shows_nothing(person, instruments):
    class Never:
        def segment(self, pixels):
            return np.zeros(pixels.shape[:2], np.float32)

    case = preset(Trust.NONE)
    small = replace(case, concealment=replace(case.concealment, coverage=Coverage.INNER, grow=0))
    blind = replace(instruments, parts=replace(instruments.parts, segmenter=Never()))
    found = portray(person, (small,), frozenset(), blind)
    probe = next(seen for seen in found.seen if seen.case.startswith("probe"))
    assert probe.refused
    assert probe.hidden == 1
    assert all(not values.any() for values in probe.descriptors.values())
