import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from privateedit.providers.studio.crown import with_crown

HIDDEN = np.zeros((200, 240), np.bool_)
HIDDEN[40:160, 70:170] = True
CROWN = np.zeros_like(HIDDEN)
CROWN[22:40, 95:140] = True
NOBODY = np.zeros(HIDDEN.shape, np.float32)
DOWN, ACROSS = np.indices(HIDDEN.shape)
WALL = np.stack([110 + 0.2 * ACROSS, 120 + 0.1 * DOWN, np.full(HIDDEN.shape, 140.0)], -1)


def pictured(wall=WALL, crown=CROWN):
    return np.where(crown[..., None], np.uint8([50, 40, 35]), wall.astype(np.uint8))


def test_hair_above_the_hole_is_the_person():
    found = with_crown(NOBODY, pictured(), HIDDEN)
    assert (found[CROWN] == 1).all()
    assert (found[~CROWN & ~HIDDEN] == 0).all()


def test_what_does_not_touch_the_hole_is_not():
    assert not with_crown(NOBODY, pictured(crown=np.roll(CROWN, -8, axis=0)), HIDDEN).any()


def test_over_a_busy_background_nothing_is_added():
    busy = WALL + 60 * ((DOWN // 6 + ACROSS // 6) % 2)[..., None]
    assert not with_crown(NOBODY, pictured(busy), HIDDEN).any()


def test_a_hole_at_the_upper_edge_has_nothing_above():
    assert not with_crown(NOBODY[40:], pictured()[40:], HIDDEN[40:]).any()


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**31))
def test_a_guess_only_ever_gains_and_never_in_the_hole(height, width, seed):
    random = np.random.default_rng(seed)
    guess = random.random((height, width), np.float32)
    hidden = random.random((height, width)) < 0.3
    picture = random.integers(0, 256, (height, width, 3), np.uint8)
    found = with_crown(guess, picture, hidden)
    assert (found >= guess).all()
    assert found.max() <= 1
    assert np.array_equal(found[hidden], guess[hidden])
