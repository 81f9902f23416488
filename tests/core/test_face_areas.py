import numpy as np
import pytest
from tests.doubles.scenes import box_face, oval

from privateedit.core.cover import Coverage, outline
from privateedit.core.face_areas import areas_of, filled


@pytest.fixture
def areas(hopper, hopper_face):
    return areas_of(hopper_face.mesh, np.ones(hopper.pixels.shape[:2], np.bool_))


def at(plane, point):
    return plane[int(point[1]), int(point[0])]


def test_brows_and_mouth_lie_in_the_core_and_the_forehead_may_give_way(areas, hopper_face):
    mesh = hopper_face.mesh
    for inside in (105, 334, 4, 61, 291, 50, 280):
        assert at(areas.inner, mesh[inside])
    assert not at(areas.inner, mesh[10])
    assert not areas.inner[~areas.hull].any()


def test_the_core_never_leaves_the_hole(hopper, hopper_face):
    hole = oval(*hopper.pixels.shape[:2], *hopper_face.mesh[4], 40, 40)
    assert not areas_of(hopper_face.mesh, hole).inner[~hole].any()


def test_down_runs_from_the_eyes_to_the_chin(areas, hopper_face):
    eyes = hopper_face.mesh[[33, 263]].mean(0)
    assert at(areas.down, eyes) == pytest.approx(0, abs=0.02)
    assert at(areas.down, hopper_face.mesh[152]) == pytest.approx(1, abs=0.02)
    assert at(areas.upper, hopper_face.mesh[10]) > 0.9
    assert at(areas.upper, hopper_face.mesh[152]) == 0


def test_the_face_is_mirrored_about_its_own_axis(areas, hopper_face):
    left, right = hopper_face.mesh[[33, 263]].astype(np.float64)
    mirrored = areas.mirror @ [*left, 1]
    assert np.linalg.norm(mirrored - right) < 0.25 * np.linalg.norm(right - left)
    again = areas.mirror @ [*(areas.mirror @ [*left, 1]), 1]
    assert again == pytest.approx(left, abs=1e-6)


def test_the_share_is_one_inside_and_nothing_at_the_outline(hopper, hopper_face):
    hole = filled((hopper_face.mesh - hopper_face.mesh[4]) * 1.4 + hopper_face.mesh[4], hopper.pixels.shape)
    areas = areas_of(hopper_face.mesh, hole)
    assert areas.share[areas.hull].min() > 0.99
    assert areas.share[~hole].max() == 0


def test_the_jaw_has_more_room_than_the_temples(areas, hopper_face):
    assert at(areas.room, hopper_face.mesh[152]) > 4 * at(areas.room, hopper_face.mesh[127])
    assert (areas.reach > 0).all()


def test_a_face_without_a_mesh_has_areas_too():
    points = outline(box_face(60, 50, 140, 150), Coverage.INNER).boundary()
    areas = areas_of(points, np.ones((200, 200), np.bool_))
    assert areas.inner[100, 100]
    assert np.array_equal(areas.brows, areas.hull)
    assert areas.cheeks.any()
    assert at(areas.down, (100, 150)) > 0.8
