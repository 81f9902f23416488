import dataclasses
from itertools import pairwise

import cv2
import numpy as np
import pytest
from tests.doubles.scenes import box_face

from privateedit.core.cover import Coverage, Superellipse, cover, demand, outline
from privateedit.core.face import Box, Face, Pose
from privateedit.errors import InputError

LEVELS = list(Coverage)
FACE = box_face(40, 30, 80, 85)


def test_the_outline_is_told_by_at_most_six_numbers():
    fields = dataclasses.fields(Superellipse)
    assert len(fields) + 1 <= 6  # and the exponent, which never changes
    assert {field.type for field in fields} <= {"float", float}


def test_eyes_and_inner_do_not_hide_identity():
    assert [level.hides_identity for level in LEVELS] == [False, False, True, True]


@pytest.mark.parametrize("coverage", LEVELS)
def test_without_a_mesh_every_coverage_hides_the_whole_box(coverage):
    five = Face(0, FACE.box, 0.9, np.array([[50, 50], [70, 50], [60, 60], [52, 70], [68, 70]], np.float32))
    for face in (FACE, five):
        assert cover(120, 120, [face], coverage).hidden[30:85, 40:80].all()


@pytest.mark.parametrize("coverage", LEVELS)
def test_the_parts_of_a_real_face_are_hidden(astronaut, astronaut_face, coverage):
    hidden = cover(astronaut.width, astronaut.height, [astronaut_face], coverage).hidden
    mesh = astronaut_face.mesh
    part = {
        Coverage.EYES: [33, 133, 362, 263, 159, 386, 46, 276],
        Coverage.INNER: [33, 263, 4, 61, 291, 0, 17, 70, 300],
    }.get(coverage, range(468))
    columns, rows = np.floor(mesh[list(part)]).astype(int).T
    assert hidden[rows, columns].all()


def test_coverages_of_a_real_face_are_nested_and_grow(astronaut, astronaut_face):
    masks = [cover(512, 512, [astronaut_face], level).hidden for level in LEVELS]
    for smaller, larger in pairwise(masks):
        assert not (smaller & ~larger).any()
        assert larger.sum() > 1.15 * smaller.sum()


def test_eyes_leave_the_mouth_and_face_leaves_the_shoulders(astronaut, astronaut_face):
    eyes = cover(512, 512, [astronaut_face], Coverage.EYES).hidden
    x, y = np.floor(astronaut_face.mesh[17]).astype(int)
    assert not eyes[y, x]
    assert not cover(512, 512, [astronaut_face], Coverage.FACE).hidden[300:].any()


def test_head_reaches_hair_and_neck(astronaut_face):
    hidden = cover(512, 512, [astronaut_face], Coverage.HEAD).hidden
    low, high = astronaut_face.mesh.min(0), astronaut_face.mesh.max(0)
    middle = int(low[0] + high[0]) // 2
    size = high[1] - low[1]
    assert hidden[int(low[1] - 0.35 * size), middle]
    assert hidden[int(high[1] + 0.10 * size), middle]


def test_the_outline_turns_with_the_head():
    mesh = np.random.default_rng(1).normal(size=(468, 2)).astype(np.float32) * (8, 14) + 100
    box = Box(*mesh.min(0), *mesh.max(0))
    angle = outline(Face(0, box, 0.9, mesh, Pose(0, 0, 25)), Coverage.FACE).angle
    assert angle == 25
    assert outline(Face(0, box, 0.9, None, Pose(0, 0, 25)), Coverage.FACE).angle == 0


def test_a_turned_outline_is_drawn_where_its_boundary_lies():
    shape = Superellipse(60, 50, 30, 14, 30)
    drawn = np.zeros((100, 120), np.bool_)
    shape.draw(drawn)
    filled = np.zeros((100, 120), np.uint8)
    cv2.fillPoly(filled, [np.floor(shape.boundary(720)).astype(np.int32)], 1)
    assert not (filled.astype(bool) & ~drawn).any()
    assert drawn.sum() < 1.25 * filled.sum()


@pytest.mark.parametrize("grow", [-0.01, 4.01, float("nan"), float("inf")])
def test_grow_is_bounded(grow):
    with pytest.raises(InputError, match="Grow"):
        cover(50, 50, [FACE], Coverage.FACE, grow)


def test_several_faces_are_hidden_together_and_no_face_hides_nothing():
    second = box_face(90, 5, 110, 30)
    both = cover(120, 120, [FACE, second], Coverage.FACE)
    apart = [cover(120, 120, [face], Coverage.FACE).hidden for face in (FACE, second)]
    assert np.array_equal(both.hidden, apart[0] | apart[1])
    assert len(both.demands) == 2
    assert not cover(120, 120, [], Coverage.HEAD).hidden.any()


def test_the_demand_is_the_box_where_identity_is_hidden(astronaut_face):
    for level in (Coverage.FACE, Coverage.HEAD):
        assert np.array_equal(demand(astronaut_face, level), astronaut_face.box.corners)
    eyes = demand(astronaut_face, Coverage.EYES)
    assert np.ptp(eyes[:, 1]) < 0.5 * astronaut_face.box.height


def test_every_coverage_has_a_name_and_an_unknown_one_none():
    assert [str(level) for level in LEVELS] == ["eyes", "inner", "face", "head"]
    with pytest.raises(ValueError, match="nose"):
        Coverage("nose")


@pytest.mark.parametrize("size", [(40, 80), (80, 40), (76, 80)])
@pytest.mark.parametrize("with_mesh", [False, True])
def test_a_narrow_box_is_hidden_as_if_it_were_nearly_square(astronaut_face, size, with_mesh):
    x, y = astronaut_face.box.center
    box = Box(x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2)
    face = Face(0, box, 0.9, astronaut_face.mesh if with_mesh else None)
    hidden = cover(512, 512, [face], Coverage.FACE).hidden
    half = 0.475 * max(size)
    square = hidden[round(y - half) : round(y + half), round(x - half) : round(x + half)]
    assert square.all()
