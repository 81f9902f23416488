from dataclasses import replace

import numpy as np
import pytest
from tests.doubles.scenes import box_face, noise, oval, similarity

from privateedit.core.align import Alignment
from privateedit.core.grade import Grade
from privateedit.core.ground import Ground
from privateedit.core.matte import Matte
from privateedit.core.patch import Patch
from privateedit.core.replace_face import onto, over_stranger

HERE = Alignment(similarity(), "face", 0.01)
FACE = box_face(60, 50, 140, 150)
WARM = Grade(np.array([[1.2, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0.8, 0]]))


def patch(hole=None, side=200):
    hole = oval(side, side, 100, 100, 60, 70) if hole is None else hole
    pictures = [noise(side, side, seed).astype(np.float32) for seed in (1, 2)]
    matte = Matte(np.ones((side, side), np.float32), noise(side, side), noise(side, side), True)
    window = (slice(0, side), slice(0, side))
    return Patch(window, *pictures, hole, ~hole, lambda: matte, float(np.sqrt(hole.sum())))


def test_what_is_near_holds_the_hole_and_a_little_around():
    ground = Ground(patch(), FACE, HERE)
    rows, columns = ground.near
    assert (rows.start, rows.stop) == pytest.approx((22, 179), abs=2)
    assert ground.hole.sum() == ground.patch.hole.sum()
    assert ground.edited.shape == (rows.stop - rows.start, columns.stop - columns.start, 3)
    assert ground.shape == ground.hole.shape


def test_without_a_hole_all_of_the_patch_is_near():
    assert Ground(patch(np.zeros((200, 200), np.bool_)), FACE, HERE).near == (slice(0, 200), slice(0, 200))


def test_a_large_patch_is_looked_at_reduced():
    ground = Ground(patch(oval(900, 900, 450, 450, 400, 430), 900), box_face(200, 150, 700, 750), HERE)
    assert max(ground.shape) == 480
    assert ground.returned.shape == (*ground.shape, 3)
    assert ground.lab.shape == ground.returned.shape
    assert ground.visible.shape == ground.areas.hull.shape == ground.shape
    assert ground.areas.inner.any()


def test_of_two_meshes_one_gives_the_other_its_silhouette(astronaut_face):
    mesh = astronaut_face.mesh.astype(np.float64)
    assert not Ground(patch(), FACE, HERE, FACE).field.any()
    own = np.float32((mesh - mesh.mean(0)) * (90 / np.ptp(mesh[:, 1])) + 100)
    wide = np.float32((own - 100) * (1.2, 1) + 100)
    faces = [replace(FACE, landmarks=each) for each in (own, wide)]
    ground = Ground(patch(), faces[0], HERE, faces[1])
    assert ground.field.shape == (*ground.shape, 2)
    assert ground.skin.share.shape == ground.shape
    y, x = (100 - each.start for each in ground.near)
    moved = ground.field[y - 5 : y + 5, :, 0]
    sides = [float(np.median(moved[:, x + each : x + each + 10])) for each in (20, -30)]
    assert sides[0] > 2 and sides[1] < -2  # what was drawn wide is fetched from farther out
    assert not np.array_equal(ground.around, ground.returned)


def test_landmarks_that_are_unknown_move_nothing():
    ground = Ground(patch(), FACE, HERE)
    assert np.array_equal(ground.around, ground.returned)


def test_one_ground_for_several_looks_gives_what_each_would_have_had_alone():
    ground = Ground(patch(), FACE, HERE)
    for look in (Grade.identity(), WARM, Grade.identity()):
        alone = over_stranger(patch(), look, FACE, HERE)
        assert np.array_equal(onto(ground, look), alone)


def test_what_was_prepared_is_not_found_again(astronaut_face, monkeypatch):
    ground = Ground(patch(), replace(FACE, landmarks=astronaut_face.mesh), HERE, None)
    ground.prepare()
    found = ground.skin, ground.lab, ground.visible
    monkeypatch.setattr("privateedit.core.ground.skin_of", None)
    monkeypatch.setattr("privateedit.core.ground.lab", None)
    assert all(one is two for one, two in zip(found, (ground.skin, ground.lab, ground.visible), strict=True))
