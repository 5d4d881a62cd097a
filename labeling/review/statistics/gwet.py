"""Gwet's AC1 and AC2: chance-corrected agreement that stays sensible where nearly all answers are the same.

Kappa and alpha take the chance of agreeing from the answers' shares alone, so that labelers who rightly never set a
rare flag look as if they guessed. Gwet takes chance to be possible only in so far as answers vary.
Gwet (2008), Computing inter-rater reliability and its variance in the presence of high agreement, British Journal of
Mathematical and Statistical Psychology 61; Gwet (2014), Handbook of Inter-Rater Reliability, chapters 4 and 5
(missing judgments, weights).
"""

from typing import Literal

import numpy as np

from labeling.review.statistics.arrays import Floats, ratio

Weights = Literal["identity", "linear", "quadratic"]


def agreement_weights(k: int, weights: Weights) -> Floats:
    """(K, K): how much two categories agree: 1 for the same, less the further apart, 0 for the furthest."""
    if weights == "identity":
        return np.eye(k)
    distance = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / max(1, k - 1)
    return 1 - distance ** (2 if weights == "quadratic" else 1)


def gwet_sums(counts_UK: Floats, weights_KK: Floats) -> Floats:
    """(U, K + 3): 1 where the unit was judged at all, the share of its judgments in each category, 1 where two
    judged it, and then the weighted agreement of its pairs of judgments."""
    judged_U = counts_UK.sum(axis=1)
    weighted_UK = counts_UK @ weights_KK
    agree_U = (counts_UK * (weighted_UK - 1)).sum(axis=1) / np.maximum(judged_U * (judged_U - 1), 1)
    met_U = judged_U >= 2
    return np.column_stack([judged_U > 0, counts_UK / np.maximum(judged_U, 1)[:, None], met_U, met_U * agree_U])


def gwet_ac(sums_W: Floats, weights_KK: Floats) -> Floats:
    """AC1 (identity weights) or AC2 from sums (..., K + 3) of `gwet_sums`; NaN where no unit was judged twice.

    (pa - pe) / (1 - pe), with pa the mean over units judged twice or more of the (weighted) share of agreeing pairs
    of judgments, and pe = T_w / (K (K - 1)) sum pi_k (1 - pi_k), pi_k the mean share of category k over all judged
    units and T_w the sum of the weights. Where all judgments are the same it is 1.
    """
    k = weights_KK.shape[0]
    share_K = ratio(sums_W[..., 1 : k + 1], sums_W[..., :1])
    observed = ratio(sums_W[..., k + 2], sums_W[..., k + 1])
    chance = weights_KK.sum() / (k * (k - 1)) * (share_K * (1 - share_K)).sum(axis=-1)
    return (observed - chance) / (1 - chance)
