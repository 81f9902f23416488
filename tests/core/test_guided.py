import numpy as np

from privateedit.core.guided import guided_coefficients


def filtered(guide, target, weights):
    ax, ay, az, offset = np.moveaxis(guided_coefficients(guide, target, weights, radius=4, floor=1e-5), -1, 0)
    return ax * guide[..., 0] + ay * guide[..., 1] + az * guide[..., 2] + offset


def test_a_blurred_edge_moves_to_the_edge_of_the_guide():
    guide = np.zeros((40, 40, 3), np.float32)
    guide[:, 20:] = (0.8, 0.5, 0.2)
    target = np.repeat(np.clip((np.arange(40, dtype=np.float32) - 16) / 8, 0, 1)[None], 40, axis=0)
    out = filtered(guide, target, np.ones((40, 40), np.float32))
    assert out[:, 20].mean() - out[:, 19].mean() > 0.4


def test_pixels_of_no_weight_have_no_influence():
    random = np.random.default_rng(5)
    guide, target = random.random((30, 30, 3), np.float32), random.random((30, 30), np.float32)
    weights = np.ones((30, 30), np.float32)
    weights[10:20, 10:20] = 0
    other_guide, other_target = guide.copy(), target.copy()
    other_guide[weights == 0], other_target[weights == 0] = 0.9, 0.1
    one = guided_coefficients(guide, target, weights, radius=3, floor=1e-4)
    two = guided_coefficients(other_guide, other_target, weights, radius=3, floor=1e-4)
    np.testing.assert_allclose(one[weights > 0], two[weights > 0], atol=1e-4)
    assert np.isfinite(one).all()


def test_what_is_known_is_continued_into_a_hole():
    guide = np.full((60, 60, 3), 0.5, np.float32)
    weights = np.ones((60, 60), np.float32)
    weights[10:50, 10:50] = 0
    out = filtered(guide, weights, weights)  # the target is 0 inside the hole and 1 around it
    np.testing.assert_allclose(out, 1, atol=1e-3)
