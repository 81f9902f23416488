"""The protocol, from folders to rates, with fast stand-ins; going on after a stop; and dlib on real faces."""

import os

import cv2
import numpy as np
import pytest
from PIL import Image
from tests.doubles.audit import simple_instruments, write_people

from privateedit import wiring
from privateedit.audit.attacks import ATTACKS
from privateedit.audit.descriptors import AS_SENT, CLEAN, WIDE, Portrayed, Seen, key_of
from privateedit.audit.grid import CONTEXT, QUICK, Case, Kind, preset
from privateedit.audit.identity_bench import PARROT, PARROT_WIDE, bench_identity, summarized
from privateedit.audit.people import people_in
from privateedit.audit.progress_file import ProgressFile
from privateedit.core.concealment import Concealment, Under
from privateedit.core.trust import Trust
from privateedit.errors import InputError

CASES = tuple(case for case in QUICK if case.concealment.backdrop is None)
LOW = preset(Trust.LOW)


class Watched:
    """Makes instruments and keeps them, to see what was measured."""

    def __init__(self):
        self.made = []

    def __call__(self):
        self.made.append(simple_instruments())
        return self.made[-1]

    @property
    def opened(self):
        return [name for each in self.made for name in each.open_photo.opened]


def run(folder, *, state=None, make=None, tell=lambda done: None, cases=CASES):
    return bench_identity(
        people_in(folder), cases, make or Watched(), workers=1, progress_file=state, tell=tell
    )


def by(found):
    return {(row.case, row.attack): row for row in found.rows}


@pytest.fixture
def folder(tmp_path):
    return write_people(tmp_path / "people", 6)


def test_clean_photos_are_recognized_and_hidden_ones_are_not(folder):
    found = run(folder)
    assert found.people == 6
    assert found.chance == pytest.approx(1 / 6)
    assert found.clean.rank_one.value == 1
    rows = by(found)
    assert set(rows) == {(case.name, attack) for case in CASES for attack in (*ATTACKS, PARROT, PARROT_WIDE)}
    # An opaque mask over all that the stand-in looks at: everybody looks alike, so exactly chance.
    assert rows["low", AS_SENT].rank_one.value < 0.5
    assert rows["low", PARROT].rank_one.value == pytest.approx(1 / 6)
    assert rows["see-through black 0.95", "unblend"].rank_one.value == 1
    assert (
        rows["see-through black 0.95", "unblend"].accepted.value > 0.5 > rows["low", AS_SENT].accepted.value
    )
    assert rows["low", PARROT].accepted is None
    assert 0 < found.hidden["low"] < found.hidden[CONTEXT.name] <= 1


def test_rates_by_hand():
    """Three people on a line; the second one's probe lies next to the third one's gallery photo."""

    def seen(photo, key, place):
        values = np.array([place, 0.0])
        return Seen(photo, key, 0.5, False, dict.fromkeys((CLEAN, WIDE, *ATTACKS), values))

    places = {"a": (0.0, 1.0), "b": (10.0, 19.0), "c": (20.0, 21.0)}
    known = {}
    for name, (gallery, probe) in places.items():
        for number, (role, place) in enumerate((("gallery", gallery), ("probe", probe))):
            photo = f"{name}{number}"
            clean = gallery if role == "gallery" else gallery + 0.5
            for key, where in ((CLEAN, clean), (key_of(LOW, role), place)):
                known[photo, key] = seen(photo, key, where)
    done = [Portrayed(name, (f"{name}0", f"{name}1"), (), ()) for name in places]
    found = summarized(done, [LOW], known)
    assert found.threshold == 9.5  # the closest clean impostors: b's probe and c's gallery photo
    assert found.clean.rank_one.value == 1
    row = by(found)["low", AS_SENT]
    assert row.rank_one.value == pytest.approx(2 / 3)
    assert row.accepted.value == 1
    assert found.hidden == {"low": 0.5}


def test_it_goes_on_after_a_stop_and_measures_nothing_twice(folder, tmp_path):
    whole = run(folder)
    state = ProgressFile(tmp_path / "state.jsonl", "v1")

    def stop(done):
        if done == 3:
            raise KeyboardInterrupt

    first = Watched()
    with pytest.raises(KeyboardInterrupt):
        run(folder, state=state, make=first, tell=stop)
    os.truncate(tmp_path / "state.jsonl", (tmp_path / "state.jsonl").stat().st_size - 50)
    second = Watched()
    resumed = run(folder, state=state, make=second)
    # The torn line is of the third person's probe; only that one is opened twice.
    assert len(first.opened) == 6
    assert second.opened == ["person02/1.png"] + [
        f"person{n:02}/{photo}.png" for n in (3, 4, 5) for photo in (0, 1)
    ]
    for mine, theirs in zip(resumed.rows, whole.rows, strict=True):
        assert mine.rank_one == theirs.rank_one
        assert mine.accepted == theirs.accepted
    third = Watched()
    run(folder, state=state, make=third)
    assert third.opened == []


def test_other_settings_and_changed_photos_are_measured_anew(folder, tmp_path):
    state = ProgressFile(tmp_path / "state.jsonl", "v1")
    run(folder, state=state, cases=CASES[:1])
    more = Watched()
    run(folder, state=state, make=more)
    assert len(more.opened) == 12
    path = folder / "person01" / "1.png"
    Image.fromarray(np.asarray(Image.open(path)) // 2).save(path)
    changed = Watched()
    run(folder, state=state, make=changed)
    assert changed.opened == ["person01/1.png"]


def test_a_single_photo_is_left_out_and_counted_and_broken_files_are_named(folder):
    (folder / "person01" / "1.png").unlink()
    (folder / "person02" / "0.png").write_bytes(b"\x89PNG broken")
    found = run(folder)
    assert found.people == 4
    assert found.single == ("person01", "person02")
    (problem,) = found.problems
    assert problem.file.name == "0.png"


def test_one_person_cannot_be_compared(tmp_path):
    with pytest.raises(InputError, match="at least two people"):
        run(write_people(tmp_path, 1))


def faces_of(folder, photo, number):
    """Two photos of one person: as it is, and darker, mirrored and a little larger."""
    home = folder / f"person{number}"
    home.mkdir(parents=True)
    Image.fromarray(photo).save(home / "0.png")
    other = cv2.resize(photo[:, ::-1], None, fx=1.1, fy=1.1, interpolation=cv2.INTER_CUBIC)
    Image.fromarray((other * 0.85).astype(np.uint8)).save(home / "1.png")


@pytest.mark.slow
def test_real_faces_are_recognized_clean_and_see_through_but_not_hidden(tmp_path, astronaut, hopper):
    for number, photo in enumerate((astronaut.pixels, hopper.pixels)):
        faces_of(tmp_path / "people", photo, number)
    see_through = Case(
        "see-through",
        Kind.EXPOSED,
        Concealment(opacity=0.95, under=Under.FACE, expose_face=True),
    )
    found = bench_identity(
        people_in(tmp_path / "people"),
        [LOW, see_through],
        wiring.instruments,
        workers=1,
        progress_file=None,
        tell=lambda done: None,
    )
    rows = by(found)
    assert found.clean.rank_one.value == found.clean.accepted.value == 1
    assert rows["see-through", "stretch"].accepted.value == 1
    assert all(rows["low", attack].accepted.value == 0 for attack in ATTACKS)
