"""Krippendorff's alpha. Krippendorff (2011), Computing Krippendorff's Alpha-Reliability."""

from typing import Literal

import numpy as np

from labeling.review.statistics.arrays import Floats, ratio

Metric = Literal["nominal", "ordinal", "interval"]


def coincidences(counts_UK: Floats) -> Floats:
    """Each unit's coincidence matrix (U, K, K): its pairable values, every ordered pair weighing 1 / (m - 1).

    `counts_UK` has how many labelers gave unit u the value k; m is their sum. A unit with one judgment or none has
    no pairs and gives zeros. Krippendorff (2011), section C, step 2.
    """
    judged_U = counts_UK.sum(axis=1)
    ordered = counts_UK[:, :, None] * counts_UK[:, None, :]
    diagonal = np.arange(counts_UK.shape[1])
    ordered[:, diagonal, diagonal] -= counts_UK
    return np.asarray(ordered / np.maximum(judged_U - 1, 1)[:, None, None], dtype=np.float64)


def krippendorff_alpha(coincidences_KK: Floats, metric: Metric, values_K: Floats | None = None) -> Floats:
    """Krippendorff's alpha from summed coincidence matrices (..., K, K), one alpha for each; NaN where undefined.

    alpha = 1 - (n - 1) sum o_kl d_kl / sum n_k n_l d_kl, with o the coincidences, n_k their marginals and n their
    total. The squared difference d_kl is 1 for k other than l (nominal), (n_k / 2 + n_l / 2 + the n of what lies
    between)^2 (ordinal; the categories in their order), or the square of the difference of the categories' numbers
    `values_K` (interval; 0, 1, 2 ... where none are given). Undefined where all values are the same: nothing could
    have disagreed. Krippendorff (2011), sections C and D.
    """
    marginals = coincidences_KK.sum(axis=-1)
    k = marginals.shape[-1]
    if metric == "nominal":
        difference = np.broadcast_to(1.0 - np.eye(k), coincidences_KK.shape)
    elif metric == "interval":
        values_K = np.arange(k, dtype=np.float64) if values_K is None else values_K
        difference = np.broadcast_to((values_K[:, None] - values_K[None, :]) ** 2, coincidences_KK.shape)
    else:
        # A category's midrank is what lies below it and half of itself; the distance of two is that of their midranks.
        midranks = np.cumsum(marginals, axis=-1) - marginals / 2
        difference = (midranks[..., :, None] - midranks[..., None, :]) ** 2
    total = marginals.sum(axis=-1)
    observed = (coincidences_KK * difference).sum(axis=(-2, -1))
    expected = (marginals[..., :, None] * marginals[..., None, :] * difference).sum(axis=(-2, -1))
    return 1 - (total - 1) * ratio(observed, expected)


def alpha_of_interval_sums(sums_W: Floats) -> Floats:
    """Krippendorff's alpha (interval) of numbers, whatever values they take; equal to that of the coincidences.

    From sums (..., 4) over units with two values or more: how many values, their sum, the sum of their squares, and the
    observed disagreement: of a unit the sum over ordered pairs of its m values of (x - y)^2 / (m - 1), which is
    2 (m sum x^2 - (sum x)^2) / (m - 1).
    """
    n, total, squares, observed = np.moveaxis(sums_W, -1, 0)
    expected = 2 * (n * squares - total**2)
    # The sums of numbers that are all the same cancel only up to rounding.
    expected = np.where(expected <= 1e-9 * np.maximum(n * squares, 1), 0.0, expected)
    return 1 - (n - 1) * ratio(observed, expected)
