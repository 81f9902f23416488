import cv2
import numpy as np
import pytest
from tests.doubles.scenes import oval

from privateedit.core.layers import layers

FRONT, BACK = np.float32([200, 140, 90]), np.float32([20, 60, 130])
SHARE = cv2.GaussianBlur(oval(90, 120, 60, 45, 30, 25).astype(np.float32), (0, 0), 4)
MIXED = SHARE[..., None] * FRONT + (1 - SHARE[..., None]) * BACK


def test_both_layers_are_pure_where_they_are_mixed():
    front, back = layers(MIXED, SHARE, 500)
    edge = (SHARE > 0.1) & (SHARE < 0.9)
    assert np.abs(front - FRONT)[edge].max() < 6
    assert np.abs(back - BACK)[edge].max() < 6


def test_their_mix_is_the_picture():
    front, back = layers(MIXED, SHARE, 500)
    again = SHARE[..., None] * front + (1 - SHARE[..., None]) * back
    assert np.abs(again - MIXED).max() < 2


def test_each_continues_where_it_is_not_seen():
    front, back = layers(MIXED, SHARE, 500)
    assert np.abs(front[:5, :5] - FRONT).max() < 6
    assert np.abs(back[45, 60] - BACK).max() < 6


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_layer_that_is_not_seen_at_all_is_finite(share):
    front, back = layers(MIXED, np.full((90, 120), share, np.float32), 500)
    assert np.isfinite(front).all()
    assert np.isfinite(back).all()


def test_they_are_no_larger_than_asked():
    front, back = layers(MIXED, SHARE, 40)
    assert front.shape == back.shape == (30, 40, 3)
