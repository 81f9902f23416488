"""The algebra of masks: union, cover, coverages and grow."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from privateedit.core.cover import Coverage, cover
from privateedit.core.face import Box, Face, Pose
from privateedit.core.mask import Mask

SIZE = st.integers(1, 60)
BOUNDED = settings(max_examples=150, deadline=None)
COORDINATE = st.floats(-90, 150, allow_nan=False, width=32)
LENGTH = st.floats(0.0625, 130, allow_nan=False, width=32)


def masks(height=9, width=11):
    return arrays(np.bool_, (height, width)).map(Mask)


@st.composite
def faces(draw):
    """A box anywhere, also beyond every border, with or without a mesh that need not even lie in it."""
    x, y, width, height = draw(COORDINATE), draw(COORDINATE), draw(LENGTH), draw(LENGTH)
    box = Box(x, y, x + width, y + height)
    roll = draw(st.floats(-180, 180, allow_nan=False))
    if not draw(st.booleans()):
        return Face(0, box, 0.9, None, Pose(0, 0, roll))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    spread = draw(st.floats(0.1, 1.4))
    mesh = np.array(box.center) + random.uniform(-0.5, 0.5, (468, 2)) * (width, height) * spread
    return Face(0, box, 0.9, mesh.astype(np.float32), Pose(0, 0, roll))


def pixels_of(box, width, height):
    """Every pixel of the frame that the box touches, by plain arithmetic."""
    low_x, high_x = int(np.floor(box.x0)), int(np.ceil(box.x1))
    low_y, high_y = int(np.floor(box.y0)), int(np.ceil(box.y1))
    touched = np.zeros((height, width), np.bool_)
    touched[max(0, low_y) : max(0, high_y), max(0, low_x) : max(0, high_x)] = True
    return touched


@BOUNDED
@given(face=faces(), width=SIZE, height=SIZE, coverage=st.sampled_from([Coverage.FACE, Coverage.HEAD]))
def test_every_pixel_of_the_box_within_the_frame_is_hidden(face, width, height, coverage):
    hidden = cover(width, height, [face], coverage).hidden
    assert hidden[pixels_of(face.box, width, height)].all()


@BOUNDED
@given(face=faces(), width=SIZE, height=SIZE)
def test_without_a_mesh_so_do_eyes_and_inner(face, width, height):
    bare = Face(0, face.box, 0.9)
    for coverage in Coverage:
        hidden = cover(width, height, [bare], coverage).hidden
        assert hidden[pixels_of(face.box, width, height)].all()


@BOUNDED
@given(face=faces(), width=SIZE, height=SIZE)
def test_a_mesh_within_the_frame_is_hidden_by_face_and_head(face, width, height):
    if face.mesh is None:
        return
    columns, rows = np.floor(face.mesh).astype(int).T
    within = (columns >= 0) & (rows >= 0) & (columns < width) & (rows < height)
    for coverage in (Coverage.FACE, Coverage.HEAD):
        assert cover(width, height, [face], coverage).hidden[rows[within], columns[within]].all()


@BOUNDED
@given(face=faces(), width=SIZE, height=SIZE)
def test_coverages_are_nested(face, width, height):
    levels = [cover(width, height, [face], coverage).hidden for coverage in Coverage]
    for smaller, larger in pairwise(levels):
        assert not (smaller & ~larger).any()


@BOUNDED
@given(
    face=faces(),
    width=SIZE,
    height=SIZE,
    coverage=st.sampled_from(Coverage),
    grows=st.tuples(st.floats(0, 4), st.floats(0, 4)).map(sorted),
)
def test_growing_never_shows_a_pixel(face, width, height, coverage, grows):
    smaller, larger = (cover(width, height, [face], coverage, grow).hidden for grow in grows)
    assert not (smaller & ~larger).any()


@settings(max_examples=60, deadline=None)
@given(first=masks(), second=masks(), third=masks())
def test_union_is_commutative_associative_and_idempotent(first, second, third):
    def same(one, two):
        return np.array_equal(one.hidden, two.hidden)

    assert same(first.union(second), second.union(first))
    assert same(first.union(second).union(third), first.union(second.union(third)))
    assert same(first.union(first), first)
    assert first.union(second).fraction >= max(first.fraction, second.fraction)


@settings(max_examples=60, deadline=None)
@given(mask=masks())
def test_bounds_and_fraction_tell_of_every_hidden_pixel(mask):
    rows, columns = mask.bounds
    outside = mask.hidden.copy()
    outside[rows, columns] = False
    assert not outside.any()
    inside = mask.hidden[rows, columns]
    assert inside.size == 0 or (inside[[0, -1]].any(1).all() and inside[:, [0, -1]].any(0).all())
    assert mask.fraction == mask.hidden.mean()
