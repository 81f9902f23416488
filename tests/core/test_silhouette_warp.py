import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.scenes import noise, oval

from privateedit.core.face_areas import areas_of, filled
from privateedit.core.silhouette_warp import fetched, outline_field, silhouette_field, then

SHAPE = (240, 240)
HOLE = oval(*SHAPE, 120, 120, 100, 105)
ANGLES = np.linspace(0, 2 * np.pi, 64, endpoint=False)


def ring(a, b, x=120.0, y=120.0):
    """The outline of an oval head, with its middle, as scattered points."""
    around = np.stack([x + a * np.cos(ANGLES), y + b * np.sin(ANGLES)], -1)
    return np.concatenate([around, [[x, y]]])


def head(a, b):
    picture = np.full((*SHAPE, 3), 60, np.float32)
    picture[oval(*SHAPE, 120, 120, a, b)] = 200
    return picture


def width_of(picture, row=120):
    return int(np.count_nonzero(picture[row, :, 0] > 130))


AREAS = areas_of(ring(60, 70), HOLE)


@pytest.mark.parametrize("wide", [52, 60, 72])
def test_the_drawn_face_gets_the_originals_width(wide):
    field = silhouette_field(ring(60, 70), ring(wide, 70), AREAS)
    assert width_of(fetched(head(wide, 70), field)) == pytest.approx(120, abs=4)


@settings(max_examples=20, deadline=None)
@given(st.integers(-40, 40), st.integers(-40, 40), st.floats(0.6, 1.6))
def test_nothing_moves_outside_the_hole_and_nothing_folds(x, y, size):
    drawn = ring(60 * size, 70 * size, 120 + x, 120 + y)
    field = silhouette_field(ring(60, 70), drawn, AREAS)
    assert not field[~HOLE].any()
    beyond = ~filled(ring(60, 70), SHAPE)
    source_x = field[..., 0] + np.arange(240)[None, :]
    source_y = field[..., 1] + np.arange(240)[:, None]
    xx, xy = np.gradient(source_x, axis=1), np.gradient(source_x, axis=0)
    yx, yy = np.gradient(source_y, axis=1), np.gradient(source_y, axis=0)
    assert (xx * yy - xy * yx)[beyond].min() > -0.05


def test_a_face_in_its_own_silhouette_stays():
    field = silhouette_field(ring(60, 70), ring(60, 70), AREAS)
    picture = noise(*SHAPE).astype(np.float32)
    assert np.array_equal(fetched(picture, field), picture)


def test_a_jaw_that_the_landmarks_do_not_know_is_found_in_the_pictures():
    """Both meshes say the same, but the drawn jaw is narrower."""
    own, drawn = head(68, 76)[..., :1] / 255, head(60, 70)[..., :1] / 255
    room = np.full(SHAPE, 20, np.float32)
    field = np.zeros((*SHAPE, 2), np.float32)
    for _ in range(2):
        now = fetched(drawn.repeat(3, 2), field)[..., :1]
        field = then(field, outline_field(own, now, AREAS, room))
    after = fetched(drawn.repeat(3, 2), field)[..., 0]
    truth = own[..., 0] > 0.5
    before = np.count_nonzero((drawn[..., 0] > 0.5) ^ truth)
    assert np.count_nonzero((after > 0.5) ^ truth) < 0.35 * before
    assert not field[~HOLE].any()


def test_without_room_the_outline_stays():
    own, drawn = head(68, 76)[..., :1] / 255, head(60, 70)[..., :1] / 255
    field = outline_field(own, drawn, AREAS, np.zeros(SHAPE, np.float32))
    assert np.abs(field).max() < 1e-6


def test_fields_follow_each_other():
    shift = np.zeros((*SHAPE, 2), np.float32)
    shift[..., 0] = 3
    picture = noise(*SHAPE).astype(np.float32)
    twice = fetched(picture, then(shift, shift))
    assert np.abs(twice[:, :200] - fetched(fetched(picture, shift), shift)[:, :200]).max() < 1e-3


def test_a_small_field_moves_a_large_picture_as_far():
    small = np.zeros((60, 60, 2), np.float32)
    small[..., 0] = 2
    picture = np.tile(np.arange(240, dtype=np.float32)[None, :, None], (240, 1, 3))
    assert np.abs(fetched(picture, small)[:, 20:200] - picture[:, 20:200] - 8).max() < 0.1
