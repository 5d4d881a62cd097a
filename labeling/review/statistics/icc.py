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
from labeling.review.statistics.krippendorff import alpha_of_interval_sums, interval_sums
from labeling.review.statistics.scores import Scores

NAMES = ("icc_1_1", "icc_2_1", "icc_3_1", "icc_1_k", "icc_2_k", "icc_3_k")


def item_sums(scores: Scores) -> tuple[Floats, Floats, Floats]:
    """Of each item: how many ratings, their sum, the sum of their squares."""
    counts = np.bincount(scores.items, minlength=scores.size).astype(np.float64)
    columns = sum_by(scores.items, np.column_stack([scores.values, scores.values**2]), scores.size)
    return counts, columns[:, 0], columns[:, 1]


def one_way_sums(counts_M: Floats, sums_M: Floats, squares_M: Floats) -> Floats:
    """(M, 6) of what ICC(1,.) needs of each item rated twice or more, zero of others: 1, ratings, their square, sum,
    sum of squares, (sum of ratings)^2 / ratings."""
    met = counts_M >= 2
    columns = [np.ones_like(counts_M), counts_M, counts_M**2, sums_M, squares_M, sums_M**2 / np.maximum(counts_M, 1)]
    return np.column_stack(columns) * met[:, None]


def icc_one_way(sums_W: Floats) -> tuple[Floats, Floats]:
    """ICC(1,1) and ICC(1,k) from sums (..., 6) of `one_way_sums`; NaN where nothing differs, or there is one item.

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


def two_way_sums(table_NK: Floats) -> Floats:
    """(N, K + 3) of what ICC(2,.) and ICC(3,.) need of each item that all K labelers rated: 1, (sum)^2 / K, the sum
    of squares, and each labeler's rating."""
    return np.column_stack([
        np.ones(len(table_NK)), table_NK.sum(axis=1) ** 2 / table_NK.shape[1], (table_NK**2).sum(axis=1), table_NK
    ])  # fmt: skip


def icc_two_way(sums_W: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """ICC(2,1), ICC(3,1), ICC(2,k) and ICC(3,k) from sums (..., K + 3) of `two_way_sums`; NaN where undefined.

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


def crossed_block(scores: Scores) -> Floats:
    """(N, K + 1): the ratings of the most items that one and the same set of labelers rated, after each one's prompt.

    Sets of two or more; of equally many items the set with more labelers. (0, 3) where no item was rated twice.
    """
    order = np.lexsort((scores.labelers, scores.items))
    items, labelers, values = scores.items[order], scores.labelers[order], scores.values[order]
    starts = np.flatnonzero(np.r_[True, items[1:] != items[:-1]]) if len(items) else np.empty(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(items)])
    best, most = np.zeros((0, 3)), (0, 0)
    for size in np.unique(sizes[sizes >= 2]):
        at = starts[sizes == size][:, None] + np.arange(size)
        sets, which = np.unique(labelers[at], axis=0, return_inverse=True)
        counts = np.bincount(which.ravel(), minlength=len(sets))
        chosen = int(counts.argmax())
        if (counts[chosen], size) > most:
            most = (int(counts[chosen]), int(size))
            rows = at[which.ravel() == chosen]
            best = np.column_stack([scores.clusters[order][rows[:, 0]], values[rows]])
    return best


def _undefined_one_way(sums_W: Floats) -> str:
    if sums_W[0] < 2:
        return f"{2 - int(sums_W[0])} more outputs that two labelers rate are needed."
    return "All ratings that can be compared are the same: at least 1 different rating is needed."


def _undefined_two_way(sums_W: Floats) -> str:
    if sums_W[0] < 2:
        return f"{2 - int(sums_W[0])} more outputs that the same two labelers rate are needed."
    return "All ratings by the same labelers are the same: at least 1 different rating is needed."


def rating_measures() -> dict[str, Measure]:
    """ICC(1,1), ICC(1,k) and alpha (interval) from sums (..., 10): those of `one_way_sums`, then `interval_sums`."""
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


def rating_agreement(scores: Scores, *, seed: int = 0, resamples: int = 1000) -> dict[str, Estimate]:
    """The ICCs (NAMES) and `alpha_interval` of ratings, n the ratings each rests on, intervals over prompts.

    ICC(1,.) and alpha rest on all items rated twice or more; the others on the largest set of items that the same
    labelers rated (`crossed_block`), and have `labelers`, how many these are.
    """
    counts, sums, squares = item_sums(scores)
    columns = np.hstack([one_way_sums(counts, sums, squares), interval_sums(counts, sums, squares)])
    clusters = int(scores.clusters.max(initial=-1)) + 1
    matrix = sum_by(scores.cluster_of, columns, clusters)
    answer = estimates(matrix[matrix[:, 0] > 0], rating_measures(), seed=seed, resamples=resamples)

    block = crossed_block(scores)
    crossed = sum_by(block[:, 0].astype(np.int64), two_way_sums(block[:, 1:]), clusters)
    two_way = estimates(crossed[crossed[:, 0] > 0], TWO_WAY_MEASURES, seed=seed, resamples=resamples)
    for estimate in two_way.values():
        if estimate["value"] is not None:
            estimate["labelers"] = block.shape[1] - 1
    return {name: (answer | two_way)[name] for name in (*NAMES, "alpha_interval")}
