"""Names for arrays, and sums by group."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def sum_by(groups: Ints, columns: Floats, size: int) -> Floats:
    """Sums of the rows of `columns` for each group 0 to size - 1."""
    return np.stack([np.bincount(groups, weights=column, minlength=size) for column in columns.T], axis=1)


def choose_2(counts: Floats) -> Floats:
    """How many pairs can be made of so many."""
    return counts * (counts - 1) / 2


def ratio(part: Floats, whole: Floats) -> Floats:
    """part / whole, NaN where the whole is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(whole == 0, np.nan, part / whole))
