import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.scenes import oval

from privateedit.core.kept_backdrop import kept_backdrop

HOLE = oval(200, 200, 100, 100, 55, 60)
EDGE = HOLE & ~oval(200, 200, 100, 100, 53, 58)
SIZE = float(np.sqrt(HOLE.sum()))
OLD = np.full((200, 200, 3), (40, 160, 60), np.float32)
NEW = np.full((200, 200, 3), (190, 190, 200), np.float32)
LEFT = np.arange(200)[None, :] < np.full((200, 1), 100)
NOTHING = np.zeros((200, 200), np.float32)


def kept(share, old=OLD, new=NEW, beside=~HOLE, guess=NOTHING):
    edited = new + share[..., None] * (old - new)
    return kept_backdrop(old, new, edited.astype(np.float32), beside, HOLE, SIZE, guess)


@given(st.floats(0, 1))
def test_what_shows_beside_the_hole_goes_on_in_it(share):
    found = kept(np.full((200, 200), share, np.float32))
    assert np.abs(found[EDGE] - share).max() < 0.06
    assert found.min() >= 0
    assert found.max() <= 1


@given(st.floats(0, 0.3), st.floats(0.7, 1))
def test_deep_inside_it_is_one_or_the_other(little, much):
    middle = oval(200, 200, 100, 100, 40, 45)
    assert kept(np.full((200, 200), little, np.float32))[middle].max() < 0.05
    assert kept(np.full((200, 200), much, np.float32))[middle].min() > 0.95


def test_one_side_kept_leaves_no_outline_on_either():
    found = kept(LEFT.astype(np.float32))
    far = np.abs(np.arange(200)[None, :] - 100) > 25
    assert found[EDGE & LEFT & far].min() > 0.9
    assert found[EDGE & ~LEFT & far].max() < 0.1
    middle = found[100, 50:150]
    assert np.abs(np.diff(middle)).max() < 0.1


def test_another_object_beside_the_hole_tells_nothing():
    edited = NEW.copy()
    edited[LEFT] = (200, 20, 20)
    found = kept_backdrop(OLD, NEW, edited, ~HOLE, HOLE, SIZE, NOTHING)
    assert found[HOLE].max() < 0.1


def test_where_old_and_new_look_the_same_the_guess_stands():
    everywhere = np.full((200, 200), 0.7, np.float32)
    found = kept(NOTHING, new=OLD, guess=everywhere)
    assert np.abs(found[EDGE] - 0.7).max() < 0.06
    assert np.array_equal(kept(NOTHING, beside=np.zeros_like(HOLE), guess=everywhere), everywhere)
