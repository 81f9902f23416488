import numpy as np
import pytest

from privateedit.core.pull_push import pull_push


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (7, 1), (33, 50)])
def test_a_constant_is_reproduced(shape):
    weights = np.zeros(shape, np.float32)
    weights[0, 0] = 1
    values = np.full((*shape, 3), 77, np.float32)
    np.testing.assert_allclose(pull_push(values, weights), 77, rtol=1e-4)


def test_unknown_pixels_have_no_influence():
    random = np.random.default_rng(1)
    values = random.random((40, 60, 3), np.float32)
    weights = (random.random((40, 60)) > 0.4).astype(np.float32)
    other = np.where(weights[..., None] > 0, values, np.float32(1e4))
    assert np.array_equal(pull_push(values, weights), pull_push(other, weights))


def test_known_pixels_stay_and_unknown_ones_lie_between_them():
    values = np.zeros((32, 32, 1), np.float32)
    values[:, 20:] = 100
    weights = np.ones((32, 32), np.float32)
    weights[:, 12:20] = 0
    done = pull_push(values, weights)
    np.testing.assert_allclose(done[weights > 0], values[weights > 0], atol=1e-4)
    assert -1e-3 <= done.min() <= done.max() <= 100 + 1e-3
    assert done[16, 12, 0] < done[16, 15, 0] < done[16, 19, 0]


def test_nothing_known_is_finite():
    assert np.isfinite(pull_push(np.ones((9, 9, 3), np.float32), np.zeros((9, 9), np.float32))).all()
