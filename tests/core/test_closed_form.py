import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.doubles.scenes import oval, scenery

from privateedit.core.closed_form import closed_form

DISC = oval(60, 80, 40, 30, 22, 18)
COLORS = np.where(DISC[..., None], np.float32([0.8, 0.5, 0.3]), np.float32([0.1, 0.3, 0.6]))
INNER, OUTER = oval(60, 80, 40, 30, 10, 8), ~oval(60, 80, 40, 30, 30, 26)


def trusting(*areas, amount=10.0):
    return np.where(np.logical_or.reduce(areas), np.float32(amount), np.float32(1e-4))


def test_an_edge_is_found_between_what_is_known():
    prior = np.where(INNER, 1, np.where(OUTER, 0, 0.5)).astype(np.float32)
    alpha = closed_form(COLORS, prior, trusting(INNER, OUTER), radius=2)
    assert alpha.dtype == np.float32
    assert np.abs(alpha - DISC).max() < 0.05


def test_a_soft_edge_keeps_its_shares():
    share = np.clip((25 - np.hypot(*(np.mgrid[:60, :80] - np.array([[[30]], [[40]]])))) / 8, 0, 1)
    share = share.astype(np.float32)
    mixed = share[..., None] * np.float32([0.9, 0.2, 0.2]) + (1 - share[..., None]) * np.float32(
        [0.1, 0.2, 0.8]
    )
    known = (share == 0) | (share == 1)
    prior = np.where(known, share, np.float32(0.5))
    alpha = closed_form(mixed, prior, trusting(known), radius=2)
    assert np.abs(alpha - share).mean() < 0.02


@settings(max_examples=15, deadline=None)
@example(level=9.049662e-18, seed=0)  # squares of such levels are no numbers of single precision
@given(level=st.floats(0, 1), seed=st.integers(0, 5))
def test_an_even_prior_stays_even_whatever_the_picture(level, seed):
    guide = scenery(40, 50, seed).astype(np.float32) / 255
    prior = np.full((40, 50), level, np.float32)
    alpha = closed_form(guide, prior, trusting(INNER[:40, :50]), radius=2)
    np.testing.assert_allclose(alpha, level, atol=2e-3)


def test_full_trust_returns_the_prior():
    prior = np.random.default_rng(1).random((60, 80), np.float32)
    alpha = closed_form(COLORS, prior, np.full((60, 80), 1e4, np.float32), radius=2)
    np.testing.assert_allclose(alpha, prior, atol=1e-3)


def test_a_flat_picture_is_no_error():
    flat = np.zeros((30, 30, 3), np.float32)
    prior = np.eye(30, dtype=np.float32)
    alpha = closed_form(flat, prior, np.full((30, 30), 1.0, np.float32), radius=2)
    assert np.isfinite(alpha).all()
    assert alpha.min() >= 0
    assert alpha.max() <= 1
