"""The median, in a fraction of the time that NumPy's takes, which looks for what is not a number first."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def median(values: NDArray[Any]) -> float:
    """Return exactly `np.median` of real numbers, of which there is one at least; none of them may be NaN."""
    middle = values.size // 2
    parted = np.partition(values, middle, axis=None)
    if values.size % 2:
        return float(parted[middle])
    return float((parted[:middle].max() + parted[middle]) / 2)
