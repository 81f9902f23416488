import numpy as np
import pytest
from tests.doubles.scenes import box_face, scenery

from privateedit.audit.restore_scenarios import Crowd
from privateedit.audit.simulated_crowd import regrouped
from privateedit.audit.simulated_stranger import Stranger
from privateedit.core.similarity import transform

FACES = (box_face(40, 60, 80, 110, 0), box_face(240, 70, 290, 130, 1))


@pytest.fixture
def change(hopper, hopper_face, parts):
    canvas = scenery(240, 480).astype(np.float32)
    alpha = np.zeros((240, 480), np.float32)
    for face in FACES:
        alpha[int(face.box.y0) :, int(face.box.x0) : int(face.box.x1)] = 1

    def call(crowd, faces=FACES, seed=1):
        extra = Stranger(hopper, hopper_face)
        random = np.random.default_rng(seed)
        return canvas, regrouped(crowd, canvas, alpha, faces, extra, parts.segmenter, random)

    return call


def test_kept_people_stay(change):
    canvas, done = change(Crowd.KEPT)
    assert (done.canvas == canvas).all()
    assert all((move == np.eye(2, 3)).all() for move in done.moves.values())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_dropped_person_is_painted_over_and_has_no_place(change, seed):
    canvas, done = change(Crowd.DROPPED, seed=seed)
    (left,) = done.moves
    gone, other = FACES[1 - left].box, FACES[left].box
    middle = [tuple(int(value) for value in box.center) for box in (gone, other)]
    assert np.abs(done.canvas - canvas)[middle[0][1] - 20 : middle[0][1] + 20, middle[0][0]].max() > 5
    assert (done.canvas[middle[1][1], middle[1][0]] == canvas[middle[1][1], middle[1][0]]).all()


def test_swapped_people_are_where_the_moves_say(change):
    canvas, done = change(Crowd.SWAPPED)
    for face, host in (FACES, FACES[::-1]):
        center = np.array([face.box.center])
        there = transform(done.moves[face.id], center)[0]
        assert there == pytest.approx(host.box.center)
        (x, y), (u, v) = (np.floor(each).astype(int) for each in (center[0], there))
        assert done.canvas[v, u] == pytest.approx(canvas[y, x], abs=15)


def test_people_too_close_are_not_swapped(change):
    near = (FACES[0], box_face(82, 60, 122, 110, 1))
    assert change(Crowd.SWAPPED, near)[1] is None


def test_an_added_person_keeps_away_from_the_others(change, parts):
    canvas, done = change(Crowd.ADDED)
    assert set(done.moves) == {0, 1}
    changed = np.abs(done.canvas - canvas).max(2) > 1
    assert changed.mean() > 0.01
    for face in FACES:
        x, y = (int(value) for value in face.box.center)
        assert not changed[y - 5 : y + 5, x - 5 : x + 5].any()
    found = parts.detector.detect(np.clip(done.canvas, 0, 255).astype(np.uint8))
    assert len(found) == 1


def test_where_there_is_no_room_nobody_is_added(change):
    crowded = tuple(box_face(20 + 60 * i, 60, 70 + 60 * i, 120, i) for i in range(7))
    assert change(Crowd.ADDED, crowded)[1] is None
