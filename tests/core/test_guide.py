import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privateedit.core.face import Box, Face, Pose
from privateedit.core.guide import TONES, Guide
from privateedit.errors import InputError

EMPTY = np.full((240, 240, 3), 40, np.uint8)
MESH = np.random.default_rng(0).normal(120, 20, (468, 2)).astype(np.float32)


def face(x=120.0, y=110.0, side=100.0, pose=Pose(), mesh=MESH):
    return Face(0, Box(x - side / 2, y - side / 2, x + side / 2, y + side / 2), 0.9, mesh, pose)


def drawn(guide, canvas=EMPTY):
    copy = canvas.copy()
    guide.draw(copy)
    return copy


def test_a_head_is_drawn_where_the_face_is_and_in_its_size():
    changed = (drawn(Guide.of(face())) != EMPTY).any(2)
    _, columns = np.nonzero(changed[:200])
    assert abs(columns.mean() - 120) < 4
    assert 100 < np.ptp(columns) < 140
    grown = (drawn(Guide.of(face(side=150.0))) != EMPTY).any(2)
    assert grown.sum() > 1.6 * changed.sum()


def test_the_head_turns_with_the_pose():
    straight = drawn(Guide.of(face()))
    for pose in (Pose(yaw=40), Pose(yaw=-40), Pose(pitch=25), Pose(roll=30)):
        assert np.abs(drawn(Guide.of(face(pose=pose))).astype(int) - straight).max() > 60


@pytest.mark.parametrize(("yaw", "side"), [(80, 1), (-80, -1)])
def test_the_nose_stands_out_where_the_head_looks(yaw, side):
    inside = (drawn(Guide.of(face(pose=Pose(yaw=yaw)))) != EMPTY).any(2)[:, ::side]
    ends = [np.flatnonzero(row).max() for row in inside[60:160] if row.any()]
    nose = int(np.argmax(ends))
    assert 30 < nose < 85
    assert ends[nose] > ends[nose - 25] + 2
    assert ends[nose] > ends[min(nose + 18, len(ends) - 1)] + 2


def test_landmarks_never_take_part():
    """Two faces of one place, size and pose get the same head, whatever their features are."""
    other = np.random.default_rng(7).normal(100, 60, (468, 2)).astype(np.float32)
    assert Guide.of(face(mesh=MESH)) == Guide.of(face(mesh=other))


def test_small_differences_are_rounded_away():
    near = face(x=120.3, y=109.8, side=101.0, pose=Pose(1.9, -2.2, 2.4))
    assert Guide.of(near) == Guide.of(face())


def test_without_a_pose_the_head_has_no_features():
    plain = Guide.of(face(mesh=None, pose=Pose(30, 0, 0)))
    assert (plain.yaw, plain.pitch, plain.roll) == (None, None, None)
    assert not np.array_equal(drawn(plain), drawn(Guide.of(face())))


@pytest.mark.parametrize("tone", TONES)
def test_tones_are_the_skin_that_was_picked(tone):
    brow = drawn(Guide.of(face(), tone))[75:90, 110:130].reshape(-1, 3).mean(0)
    expected = np.array(TONES[tone], float)
    assert np.abs(brow / brow.sum() - expected / expected.sum()).max() < 0.02


def test_grey_is_neutral():
    changed = drawn(Guide.of(face()), np.full((240, 240, 3), 128, np.uint8))
    assert (changed.max(2) == changed.min(2)).all()


@pytest.mark.parametrize(
    "wrong", [{"tone": "plaid"}, {"x": np.nan}, {"half_height": 0.0}, {"yaw": np.inf}, {"half_height": -3}]
)
def test_guides_that_cannot_be(wrong):
    usual = {"x": 1.0, "y": 1.0, "half_height": 9.0, "yaw": 0.0, "pitch": 0.0, "roll": 0.0}
    with pytest.raises(InputError):
        Guide(**usual | wrong)


@settings(max_examples=60, deadline=None)
@given(
    x=st.floats(-300, 500),
    y=st.floats(-300, 500),
    side=st.floats(1, 400),
    angles=st.tuples(*[st.floats(-180, 180)] * 3),
    tone=st.sampled_from(list(TONES)),
    known=st.booleans(),
)
def test_any_head_can_be_drawn_and_repeats(x, y, side, angles, tone, known):
    """Beyond the frame, tiny, upside down: the same picture every time, and only near the face."""
    guide = Guide.of(face(x, y, side, Pose(*angles), MESH if known else None), tone)
    once = drawn(guide)
    assert np.array_equal(once, drawn(guide))
    rows, columns = np.nonzero((once != EMPTY).any(2))
    if rows.size:
        reach = 1.5 * guide.half_height + 2
        assert np.abs(rows - y).max() <= reach
        assert np.abs(columns - x).max() <= reach
