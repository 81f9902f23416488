"""Transforms are found again, compose and undo."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.scenes import similarity

from privateedit.core.similarity import compose, fit, fit_robustly, inverse, rotation_of, scale_of, transform

MATRICES = st.builds(
    similarity,
    st.floats(0.05, 20),
    st.floats(-179, 179),
    st.floats(-5000, 5000),
    st.floats(-5000, 5000),
)


def points(seed, count):
    return np.random.default_rng(seed).uniform(-300, 300, (count, 2))


@settings(max_examples=120, deadline=None)
@given(matrix=MATRICES, seed=st.integers(0, 999), count=st.integers(2, 30))
def test_a_fit_finds_the_transform(matrix, seed, count):
    source = points(seed, count)
    weights = np.random.default_rng(seed).uniform(0.1, 3, count)
    for found in (
        fit(source, transform(matrix, source), weights),
        fit_robustly(source, transform(matrix, source), weights),
    ):
        np.testing.assert_allclose(found, matrix, atol=1e-6, rtol=1e-6)


@settings(max_examples=120, deadline=None)
@given(matrix=MATRICES, seed=st.integers(0, 999))
def test_the_inverse_undoes_it(matrix, seed):
    source = points(seed, 6)
    np.testing.assert_allclose(transform(inverse(matrix), transform(matrix, source)), source, atol=1e-6)
    np.testing.assert_allclose(compose(inverse(matrix), matrix), similarity(), atol=1e-6)


@settings(max_examples=120, deadline=None)
@given(first=MATRICES, second=MATRICES, seed=st.integers(0, 999))
def test_composition_applies_one_after_the_other(first, second, seed):
    source = points(seed, 6)
    both = compose(second, first)
    np.testing.assert_allclose(
        transform(both, source), transform(second, transform(first, source)), rtol=1e-9, atol=1e-5
    )
    np.testing.assert_allclose(scale_of(both), scale_of(first) * scale_of(second), rtol=1e-9)


@settings(max_examples=60, deadline=None)
@given(scale=st.floats(0.05, 20), degrees=st.floats(-179, 179))
def test_scale_and_rotation_are_read_back(scale, degrees):
    matrix = similarity(scale, degrees)
    np.testing.assert_allclose([scale_of(matrix), rotation_of(matrix)], [scale, degrees], atol=1e-9)
