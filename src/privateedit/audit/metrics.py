"""Numbers of re-identification: rank-1, true accepts at a fixed false accept rate, and intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Distances = NDArray[np.float64]
"""Probes × gallery, Euclidean; row i and column i are one person."""

Hits = NDArray[np.float64]
"""One number in [0, 1] a person: the share of luck-free success."""

FAR = 1e-3
"""The false accept rate at which true accepts are counted."""

_RESAMPLES = 2000
_CONFIDENCE = 0.95
_SEED = 20240607  # of the bootstrap alone: the same measurement gives the same interval


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of people with its 95 % confidence interval, each from 0 to 1."""

    value: float
    low: float
    high: float


def distances(probes: Sequence[NDArray[np.float64]], gallery: Sequence[NDArray[np.float64]]) -> Distances:
    """Return the Euclidean distance of every probe to every gallery descriptor."""
    difference = np.asarray(probes)[:, None] - np.asarray(gallery)[None]
    return np.asarray(np.linalg.norm(difference, axis=2), np.float64)


def chance(people: int) -> float:
    """Return how often a blind guess names the right one of so many people."""
    return 1.0 / people


def rank_one_hits(between: Distances) -> Hits:
    """Return for each probe whether its own person is nearest; a tie of k counts 1/k.

    Pictures that tell nothing look alike and tie, and then this is exactly chance.
    """
    nearest = between.min(1, keepdims=True)
    tied = between <= nearest + 1e-9
    return np.asarray(np.diag(tied) / tied.sum(1), np.float64)


def frozen_threshold(clean: Distances, far: float = FAR) -> float:
    """Return the largest distance below which at most a share `far` of clean impostors lies.

    Impostors are all pairs of different people. With fewer than 1/far of them, none is let in.
    """
    impostors = np.sort(clean[~np.eye(len(clean), dtype=bool)])
    return float(impostors[int(far * len(impostors))])


def accepted_hits(between: Distances, threshold: float) -> Hits:
    """Return for each probe whether it is closer to its own person than the threshold."""
    return (np.diag(between) < threshold).astype(np.float64)


def rate(hits: Hits, *, resamples: int = _RESAMPLES) -> Rate:
    """Return the mean of `hits` with a bootstrap interval over people (percentile method, Efron 1979).

    When all hits are equal, resampling sees no spread; then the exact binomial limit (Clopper–Pearson)
    stands in for the open side, so that 0 of 41 is not shown as certain.
    """
    count = len(hits)
    value = float(hits.mean())
    draws = np.random.default_rng(_SEED).integers(0, count, (resamples, count))
    tail = (1 - _CONFIDENCE) / 2
    low, high = (float(each) for each in np.quantile(hits[draws].mean(1), (tail, 1 - tail)))
    if value == 0:
        high = 1 - tail ** (1 / count)
    if value == 1:
        low = tail ** (1 / count)
    return Rate(value, low, high)
