"""Every measure against values worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from privateedit.audit import metrics
from privateedit.core import exposure


def test_distances_are_euclidean():
    between = metrics.distances([np.array([0.0, 0.0]), np.array([3.0, 4.0])], [np.array([0.0, 0.0])])
    assert between.tolist() == [[0.0], [5.0]]


def test_chance_is_one_in_that_many():
    assert metrics.chance(41) == pytest.approx(0.02439, abs=1e-5)


def test_rank_one_counts_the_nearest_and_shares_ties():
    between = np.array([[0.1, 0.5, 0.5], [0.2, 0.3, 0.9], [0.4, 0.4, 0.4]])
    assert metrics.rank_one_hits(between).tolist() == [1.0, 0.0, pytest.approx(1 / 3)]


@given(st.integers(2, 60))
def test_pictures_that_tell_nothing_are_matched_at_chance(people):
    same = [np.ones(4)] * people
    hits = metrics.rank_one_hits(metrics.distances(same, same))
    assert hits.mean() == pytest.approx(metrics.chance(people))


def test_the_threshold_lets_in_that_share_of_impostors():
    people = 50  # 2450 impostors, so two may pass at 1e-3
    clean = np.full((people, people), 0.9)
    np.fill_diagonal(clean, 0.1)
    clean[0, 1], clean[2, 3], clean[4, 5], clean[6, 7] = 0.2, 0.3, 0.4, 0.5
    threshold = metrics.frozen_threshold(clean)
    assert threshold == 0.4
    impostors = clean[~np.eye(people, dtype=bool)]
    assert (impostors < threshold).mean() <= metrics.FAR < (impostors <= threshold).mean()


def test_few_impostors_let_nobody_in():
    clean = np.array([[0.1, 0.7], [0.6, 0.1]])
    assert metrics.frozen_threshold(clean) == 0.6


def test_accepts_are_strictly_closer_than_the_threshold():
    between = np.array([[0.5, 0.0], [0.0, 0.6]])
    assert metrics.accepted_hits(between, 0.6).tolist() == [1.0, 0.0]


def test_the_interval_is_the_binomials():
    hits = np.array([1.0] * 20 + [0.0] * 80)
    found = metrics.rate(hits)
    assert found.value == 0.2
    # ±1.96·√(0.2·0.8/100), which the percentile bootstrap approaches.
    assert found.low == pytest.approx(0.1216, abs=0.011)
    assert found.high == pytest.approx(0.2784, abs=0.011)
    assert metrics.rate(hits) == found


@pytest.mark.parametrize(("hit", "low", "high"), [(0.0, 0.0, 0.0860), (1.0, 0.9140, 1.0)])
def test_none_and_all_of_41_are_not_shown_as_certain(hit, low, high):
    found = metrics.rate(np.full(41, hit))
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=40))
def test_an_interval_holds_its_value(hits):
    found = metrics.rate(np.array(hits), resamples=200)
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1


def test_psnr_by_hand():
    first = np.zeros((4, 4, 3), np.uint8)
    second = first.copy()
    where = np.zeros((4, 4), bool)
    where[0] = True
    second[0] = 10
    second[1] = 200
    assert exposure.psnr(first, second, where) == pytest.approx(28.1308, abs=1e-4)
    assert exposure.psnr(first, first, where) == exposure.IDENTICAL
    assert exposure.psnr(first, second, np.zeros((4, 4), bool)) == exposure.IDENTICAL
