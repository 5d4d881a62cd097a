"""Fleiss' kappa. Fleiss (1971), Measuring nominal scale agreement among many raters, Psychological Bulletin 76."""

import numpy as np

from labeling.review.statistics.arrays import Floats


def fleiss_kappa(agree: Floats, category_K: Floats, judged: int) -> Floats:
    """Fleiss' kappa of units with `judged` judgments each, from sums over the units; NaN where undefined.

    `agree` (...) has the pairs of judgments that are the same, `category_K` (..., K) the judgments of each
    category. With P the share of pairs that agree and Pe the sum of the squared shares of the categories, kappa =
    (P - Pe) / (1 - Pe). Undefined where all judgments are the same.
    """
    total = category_K.sum(axis=-1)
    pairs = total * (judged - 1) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = agree / pairs
        chance = ((category_K / total[..., None]) ** 2).sum(axis=-1)
        one_category = category_K.max(axis=-1) >= total
        return np.asarray(np.where(one_category, np.nan, (observed - chance) / (1 - chance)))
