"""Intraclass correlations of the 1-7 ratings: how much of what ratings differ by is the outputs, not the people.

Shrout and Fleiss (1979), Intraclass correlations: uses in assessing rater reliability, Psychological Bulletin 86.

ICC(1,1): each output has its own labelers, any of a crowd; how far one rating can be trusted. Labelers who use the
    scale differently count as error. The one that fits work handed out at random.
ICC(2,1): the same labelers rate every output and stand for others like them; absolute agreement.
ICC(3,1): the same labelers, and only they matter; their different use of the scale does not count as error.
ICC(.,k): the same for the mean of k labelers' ratings.
"""

import numpy as np

from labeling.review.statistics.arrays import Floats, ratio, sum_by
from labeling.review.statistics.bootstrap import Estimate, Measure, estimates
from labeling.review.statistics.krippendorff import alpha_of_interval_sums
from labeling.review.statistics.rated_sets import RatedSets, most_common_set, rated_sets
from labeling.review.statistics.scores import Scores

NAMES = ("icc_1_1", "icc_2_1", "icc_3_1", "icc_1_k", "icc_2_k", "icc_3_k")


def one_way_columns(k_S: Floats, outputs_S: Floats, sums_S: Floats, squares_S: Floats, means_S: Floats) -> Floats:
    """(S, 10) of what `rating_measures` needs of sets of outputs that k labelers each rated, from the sums of their
    ratings, of the ratings' squares and of (an output's sum)^2 / k.

    Six for ICC(1,.): outputs, ratings, the square of each output's number of ratings, and the three sums; four for
    alpha: ratings, two of the sums, and the observed disagreement (krippendorff.alpha_of_interval_sums).
    """
    disagreement_S = 2 * k_S * (squares_S - means_S) / (k_S - 1)
    return np.column_stack([
        outputs_S, outputs_S * k_S, outputs_S * k_S**2, sums_S, squares_S, means_S,
        outputs_S * k_S, sums_S, squares_S, disagreement_S,
    ])  # fmt: skip


def icc_one_way(sums_W: Floats) -> tuple[Floats, Floats]:
    """ICC(1,1) and ICC(1,k) from the first six sums of `one_way_columns`; NaN where nothing differs, or with one item.

    Of the one-way analysis of variance with unequal numbers of ratings: (MSB - MSW) / (MSB + (k0 - 1) MSW) and
    (MSB - MSW) / MSB, k0 = (N - sum k_i^2 / N) / (n - 1), which is k where all items have k (Shrout and Fleiss 1979,
    p. 423; unequal k: Searle, Casella and McCulloch 1992, Variance Components, section 3.6).
    """
    n, total, squared_counts, grand, squares, means = np.moveaxis(sums_W, -1, 0)
    between = _sum_of_squares(means - ratio(grand**2, total), squares)
    within = _sum_of_squares(squares - means, squares)
    msb, msw = ratio(between, n - 1), ratio(within, total - n)
    k0 = ratio(total - ratio(squared_counts, total), n - 1)
    return ratio(msb - msw, msb + (k0 - 1) * msw), ratio(msb - msw, msb)


def icc_two_way(sums_W: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """ICC(2,1), ICC(3,1), ICC(2,k) and ICC(3,k) from sums (..., K + 3) of `two_way_of_sets`; NaN where undefined.

    With BMS, JMS and EMS the mean squares of items, labelers and error: (BMS - EMS) / (BMS + (k - 1) EMS +
    k (JMS - EMS) / n); (BMS - EMS) / (BMS + (k - 1) EMS); (BMS - EMS) / (BMS + (JMS - EMS) / n); (BMS - EMS) / BMS.
    """
    k = sums_W.shape[-1] - 3
    n, rows, squares, columns_K = sums_W[..., 0], sums_W[..., 1], sums_W[..., 2], sums_W[..., 3:]
    correction = ratio(columns_K.sum(axis=-1) ** 2, n * k)
    judges = ratio((columns_K**2).sum(axis=-1), n) - correction
    items = rows - correction
    bms = ratio(_sum_of_squares(items, squares), n - 1)
    jms = _sum_of_squares(judges, squares) / (k - 1)
    ems = ratio(_sum_of_squares(squares - correction - items - judges, squares), (n - 1) * (k - 1))
    return (
        ratio(bms - ems, bms + (k - 1) * ems + k * ratio(jms - ems, n)),
        ratio(bms - ems, bms + (k - 1) * ems),
        ratio(bms - ems, bms + ratio(jms - ems, n)),
        ratio(bms - ems, bms),
    )


def _sum_of_squares(found: Floats, scale: Floats) -> Floats:
    """What is left of sums of squares that cancel: exactly 0 where only rounding is left."""
    return np.where(found <= 1e-12 * np.maximum(scale, 1), 0.0, found)


def _undefined_one_way(sums_W: Floats) -> str:
    if sums_W[0] < 2:
        return f"{2 - int(sums_W[0])} more outputs that two labelers rate are needed."
    return "All ratings that can be compared are the same: at least 1 different rating is needed."


def _undefined_two_way(sums_W: Floats) -> str:
    if sums_W[0] < 2:
        return f"{2 - int(sums_W[0])} more outputs that the same two labelers rate are needed."
    return "All ratings by the same labelers are the same: at least 1 different rating is needed."


def rating_measures() -> dict[str, Measure]:
    """ICC(1,1), ICC(1,k) and alpha (interval) from sums (..., 10) of `one_way_columns`."""
    return {
        "icc_1_1": Measure(lambda s: icc_one_way(s[..., :6])[0], lambda s: s[..., 1], _undefined_one_way, of="ratings"),
        "icc_1_k": Measure(lambda s: icc_one_way(s[..., :6])[1], lambda s: s[..., 1], _undefined_one_way, of="ratings"),
        "alpha_interval": Measure(
            lambda s: alpha_of_interval_sums(s[..., 6:]), lambda s: s[..., 6], _undefined_one_way, of="ratings"
        ),
    }


TWO_WAY_MEASURES = {
    name: Measure(
        lambda s, which=which: icc_two_way(s)[which],  # type: ignore[misc]
        lambda s: s[..., 0] * (s.shape[-1] - 3),
        _undefined_two_way,
        of="ratings",
    )
    for which, name in enumerate(("icc_2_1", "icc_3_1", "icc_2_k", "icc_3_k"))
}


def one_way_of_sets(sets: RatedSets) -> Floats:
    """(S, 10) of `one_way_columns`."""
    k_S = np.full(len(sets.outputs_S), float(sets.size))
    return one_way_columns(k_S, sets.outputs_S, sets.totals_SK.sum(axis=1), sets.squares_S, sets.means_S)


def two_way_of_sets(sets: RatedSets) -> Floats:
    """(S, K + 3) of what ICC(2,.) and ICC(3,.) need of the outputs of each set: how many, their (sum)^2 / K, the sum of
    squares, and each labeler's ratings."""
    return np.column_stack([sets.outputs_S, sets.means_S, sets.squares_S, sets.totals_SK])


def rating_agreement(scores: Scores, *, seed: int = 0, resamples: int = 1000) -> dict[str, Estimate]:
    """The ICCs (NAMES) and `alpha_interval` of ratings, n the ratings each rests on, intervals over prompts."""
    sizes = rated_sets(scores)
    clusters = int(scores.clusters.max(initial=-1)) + 1
    one_way = np.zeros((clusters, 10))
    for sets in sizes:
        one_way += sum_by(sets.clusters_S, one_way_of_sets(sets), clusters)
    two_way = np.zeros((0, 5))
    if (most := most_common_set(sizes)) is not None:
        two_way = sum_by(most.clusters_S, two_way_of_sets(most), clusters)
    return rating_agreement_of_sums(one_way, two_way, seed=seed, resamples=resamples)


def rating_agreement_of_sums(
    one_way_C10: Floats, two_way_CW: Floats, *, seed: int = 0, resamples: int = 1000
) -> dict[str, Estimate]:
    """`rating_agreement` from the sums of each prompt, or block of prompts.

    ICC(1,.) and alpha rest on all outputs rated twice or more (`one_way_of_sets`); the others on those that one and the
    same set of labelers rated (`two_way_of_sets` of `most_common_set`), and have `labelers`, how many these are.
    """
    options = {"seed": seed, "resamples": resamples}
    answer = estimates(one_way_C10[one_way_C10[:, 0] > 0], rating_measures(), **options)
    two_way = estimates(two_way_CW[two_way_CW[:, 0] > 0], TWO_WAY_MEASURES, **options)
    for estimate in two_way.values():
        if estimate["value"] is not None:
            estimate["labelers"] = two_way_CW.shape[1] - 3
    return {name: (answer | two_way)[name] for name in (*NAMES, "alpha_interval")}
