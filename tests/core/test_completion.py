import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.scenes import noise, oval, scenery

from privateedit.core.completion import completed

GAP = oval(200, 260, 130, 100, 30, 40)


def without(picture):
    emptied = picture.astype(np.float32).copy()
    emptied[GAP] = 0
    return emptied


def bricks():
    rows, columns = np.mgrid[:200, :260]
    beside = columns + (rows // 16 % 2) * 20
    mortar = (rows % 16 < 3) | (beside % 40 < 3)
    return np.where(mortar[..., None], [200, 195, 185], [150, 80, 60]).astype(np.uint8)


def test_bricks_go_on_in_the_same_rows():
    done = completed(without(bricks()), ~GAP, GAP)
    apart = np.abs(done - bricks()).max(2)[GAP]
    assert np.mean(apart < 30) > 0.9


def test_a_gradient_stays_a_gradient():
    rows, columns = np.mgrid[:200, :260]
    ramp = (40 + 0.5 * rows + 0.3 * columns)[..., None] + np.float32([0, 20, 40])
    done = completed(without(ramp), ~GAP, GAP)
    assert np.abs(done - ramp)[GAP].max() < 4


def test_grain_goes_on():
    grainy = 120 + (noise(200, 260).astype(np.float32) - 128) / 32
    done = completed(without(grainy), ~GAP, GAP)
    assert 0.7 < done[GAP].std() / grainy[GAP].std() < 1.3


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 100), junk=st.integers(0, 255))
def test_known_pixels_stay_and_unknown_ones_have_no_influence(seed, junk):
    scene = scenery(200, 260, seed).astype(np.float32)
    other = scene.copy()
    other[GAP] = junk
    one, two = completed(without(scene), ~GAP, GAP), completed(other, ~GAP, GAP)
    np.testing.assert_allclose(one[~GAP], scene[~GAP], atol=0.05)
    np.testing.assert_allclose(one, two, atol=0.05)
    assert one.min() >= -60
    assert one.max() <= 315


def test_nothing_known_or_nothing_wanted_is_no_error():
    scene = scenery(200, 260).astype(np.float32)
    nothing = np.zeros_like(GAP)
    np.testing.assert_allclose(completed(scene, ~nothing, nothing), scene, atol=0.05)
    assert np.isfinite(completed(scene, nothing, GAP)).all()
