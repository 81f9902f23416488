import math

import numpy as np
import pytest
from tests.doubles.scenes import similarity

from privateedit.core.align import Alignment
from privateedit.errors import CannotAlign


@pytest.mark.parametrize(
    "matrix",
    [
        [[math.nan, 0, 0], [0, 1, 0]],
        [[1, 0, math.inf], [0, 1, 0]],
        [[-1, 0, 0], [0, 1, 0]],
        [[0, 1, 0], [1, 0, 0]],
        [[0, 0, 5], [0, 0, 5]],
        [[1, 0, 0], [1, 0, 0]],
        np.eye(2),
        np.eye(3),
    ],
    ids=["nan", "infinite", "mirrored", "transposed", "collapsed", "flat", "too-small", "too-large"],
)
def test_a_transform_that_no_head_survives_is_refused(matrix):
    with pytest.raises(CannotAlign):
        Alignment(np.array(matrix, float), "hole", 0.0)


@pytest.mark.parametrize("residual", [math.nan, math.inf])
def test_a_residual_is_finite(residual):
    with pytest.raises(CannotAlign):
        Alignment(similarity(), "face", residual)


def test_scale_and_rotation_are_read_from_the_matrix():
    alignment = Alignment(similarity(1.5, 20, 3, 4), "face", 0.01)
    assert alignment.scale == pytest.approx(1.5)
    assert alignment.rotation == pytest.approx(20)


def test_the_matrix_is_copied_and_read_only():
    matrix = similarity()
    alignment = Alignment(matrix, "hole", 0.0)
    matrix[:] = 9
    assert np.array_equal(alignment.matrix, similarity())
    assert not alignment.matrix.flags.writeable
