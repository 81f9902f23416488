import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from privateedit.core.middle import median


@given(
    st.sampled_from([np.float32, np.float64]).flatmap(
        lambda kind: arrays.arrays(
            kind, st.integers(1, 40), elements={"allow_nan": False, "min_value": -1e6, "max_value": 1e6}
        )
    )
)
def test_it_is_what_numpy_says(values):
    before = values.copy()
    assert median(values) == float(np.median(values))
    assert np.array_equal(values, before)


@pytest.mark.parametrize("shape", [(7, 9), (8, 9)])
def test_of_all_values_whatever_their_shape(shape):
    values = np.random.default_rng(1).random(shape)
    assert median(values[:, ::2]) == np.median(values[:, ::2])
