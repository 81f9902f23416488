from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.doubles.ports import FixedDetector
from tests.doubles.scenes import box_face, scenery

from privateedit.audit import restore_pool as pool
from privateedit.core.face import Pose
from privateedit.core.photo import Photo
from privateedit.errors import InputError

ROOT = Path("photos")


@pytest.fixture
def portrait(hopper_face):
    return pool.Portrait(ROOT / "b.jpg", False, hopper_face.mesh, hopper_face.pose)


def random():
    return np.random.default_rng(1)


def test_pictures_are_found_in_subfolders(tmp_path):
    for name in ("b.png", "deep/er/a.jpg", ".hidden.png", "notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert [each.name for each in pool.photos_in(tmp_path)] == ["b.png", "a.jpg"]


def test_a_folder_without_pictures_is_an_error(tmp_path):
    with pytest.raises(InputError, match="holds no picture"):
        pool.photos_in(tmp_path)
    with pytest.raises(InputError, match="not a folder"):
        pool.photos_in(tmp_path / "absent")


def test_photos_are_reduced_and_mirrored():
    photo = Photo(scenery(60, 120))
    assert (pool.small(photo, 600).pixels == photo.pixels).all()
    assert pool.small(photo, 60).pixels.shape == (30, 60, 3)
    assert (pool.small(photo, 600, mirrored=True).pixels == photo.pixels[:, ::-1]).all()


def test_one_face_stands_in_both_ways_round(hopper, parts):
    plain, mirrored = pool.portraits_of(ROOT / "a.jpg", hopper, 800, parts.detector)
    assert (plain.mirrored, mirrored.mirrored) == (False, True)
    assert mirrored.pose.yaw == pytest.approx(-plain.pose.yaw, abs=4)
    stranger = pool.stranger_of(mirrored, hopper, 800)
    assert (stranger.photo.pixels == hopper.pixels[:, ::-1]).all()
    assert stranger.face.mesh is not None


@pytest.mark.parametrize("faces", [(), (box_face(0, 0, 60, 60),), (box_face(0, 0, 60, 60),) * 2])
def test_nobody_and_many_do_not_stand_in(faces):
    assert pool.portraits_of(ROOT / "a.jpg", Photo(scenery()), 800, FixedDetector(faces)) == []


def test_what_cannot_be_measured_is_named(astronaut_face):
    small = replace(astronaut_face, box=astronaut_face.box._replace(x1=astronaut_face.box.x0 + 20))
    assert pool.usable([astronaut_face]) is None
    assert pool.usable([]) == "no face was found"
    assert "too many" in pool.usable([astronaut_face] * 9)
    assert "landmarks" in pool.usable([box_face(0, 0, 80, 80)])
    assert "too small" in pool.usable([small])


def test_a_stand_in_is_somebody_else(portrait):
    assert not pool.somebody_else(portrait, portrait.path, ROOT)
    assert pool.somebody_else(portrait, ROOT / "other.jpg", ROOT)
    person = replace(portrait, path=ROOT / "ann" / "1.jpg")
    assert not pool.somebody_else(person, ROOT / "ann" / "2.jpg", ROOT)
    assert pool.somebody_else(person, ROOT / "bob" / "2.jpg", ROOT)


def test_a_stand_in_looks_the_same_way(hopper_face, portrait):
    face, path = hopper_face, ROOT / "a.jpg"
    turned = replace(portrait, pose=Pose(portrait.pose.yaw + 40, portrait.pose.pitch))
    assert pool.alike(face, path, [turned, portrait], ROOT, random()) is portrait
    assert pool.alike(face, path, [turned], ROOT, random()) is None
    assert pool.turned_away(face, path, [turned, portrait], ROOT, random()) is turned
    assert pool.turned_away(face, path, [portrait], ROOT, random()) is None


def test_another_shape_does_not_stand_in(hopper_face, portrait):
    stretched = replace(portrait, mesh=portrait.mesh * np.float32([1.0, 2.0]))
    assert pool.misfit(hopper_face, portrait) == pytest.approx(0, abs=1e-4)
    assert pool.misfit(hopper_face, stretched) > 0.1
    assert pool.alike(hopper_face, ROOT / "a.jpg", [stretched], ROOT, random()) is None


def test_anybody_is_anybody_else(portrait):
    assert pool.anybody(ROOT / "a.jpg", [portrait], ROOT, random()) is portrait
    assert pool.anybody(portrait.path, [portrait], ROOT, random()) is None


def test_poses_are_compared_in_both_directions():
    assert pool.turned(Pose(3, 4), Pose()) == 5


def test_files_that_only_look_like_pictures_are_listed(tmp_path):
    Image.fromarray(scenery(20, 20)).save(tmp_path / "A.PNG")
    assert len(pool.photos_in(tmp_path)) == 1
