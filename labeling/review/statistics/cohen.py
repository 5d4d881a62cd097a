"""Cohen's kappa of two labelers, weighted or not.

Cohen (1960), A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20; Cohen (1968),
Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial credit, Psychological
Bulletin 70.
"""

from typing import Literal

import numpy as np

from labeling.review.statistics.arrays import Floats, Ints, ratio

Weights = Literal["nominal", "linear", "quadratic"]


def confusion(first: Ints, second: Ints, size: int) -> Ints:
    """Counts (K, K) of what one said (rows) against what the other said (columns), of categories 0 to K - 1."""
    return np.bincount(first * size + second, minlength=size**2).reshape(size, size)


def disagreement_weights(k: int, weights: Weights) -> Floats:
    """(K, K): 0 for the same category; 1 for any other, the distance of the two, or its square."""
    distance = np.abs(np.subtract.outer(np.arange(k), np.arange(k))).astype(np.float64)
    return {"nominal": np.sign(distance), "linear": distance, "quadratic": distance**2}[weights]


def cohen_kappa(table_KK: Floats, weights_KK: Floats) -> Floats:
    """Cohen's weighted kappa from tables of counts (..., K, K), one for each; NaN where undefined.

    1 - sum v o / sum v e, with o the table, e what its margins give by chance (row total x column total / all), and v
    the weight of each disagreement. Undefined where the margins leave no disagreement possible: both say the same
    one thing throughout. Cohen (1968), formula 3.
    """
    rows, columns = table_KK.sum(axis=-1), table_KK.sum(axis=-2)
    expected = ratio(rows[..., :, None] * columns[..., None, :], table_KK.sum(axis=(-2, -1))[..., None, None])
    return 1 - ratio((table_KK * weights_KK).sum(axis=(-2, -1)), (expected * weights_KK).sum(axis=(-2, -1)))
