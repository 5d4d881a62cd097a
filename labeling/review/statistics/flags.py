"""Agreement on one yes/no flag.

A flag that is rarely set is agreed on nearly always, by saying no. So the two specific agreements are told apart:
given that one labeler says yes, how likely says another yes; and the same for no. Cicchetti and Feinstein (1990), High
agreement but low kappa II, Journal of Clinical Epidemiology 43; for any number of raters: Fleiss, Levin, Paik (2003),
Statistical Methods for Rates and Proportions, section 18.3.
"""

import numpy as np

from labeling.review.statistics.arrays import Floats, Ints, choose_2, ratio, sum_by
from labeling.review.statistics.bootstrap import Estimate, Measure, estimates
from labeling.review.statistics.gwet import agreement_weights, gwet_ac, gwet_sums
from labeling.review.statistics.krippendorff import coincidences, krippendorff_alpha
from labeling.review.statistics.scores import Scores

NAMES = ("agreement", "positive", "negative", "alpha", "ac1")
_IDENTITY = agreement_weights(2, "identity")


FLAG_SUMS = 14
"""Width of what `flag_sums` makes."""


def flag_sums(counts_U2: Floats) -> Floats:
    """(U, 14) for items of which so many labelers said no and yes: pairs of labelers, pairs who both say no, who both
    say yes, ordered pairs of which the first says no, says yes; then the coincidences (4) and Gwet's sums (5)."""
    judged_U = counts_U2.sum(axis=1)
    same_U2 = choose_2(counts_U2)
    met_U2 = counts_U2 * (judged_U - 1).clip(min=0)[:, None]
    return np.column_stack([
        choose_2(judged_U), same_U2, met_U2, coincidences(counts_U2).reshape(-1, 4), gwet_sums(counts_U2, _IDENTITY)
    ])  # fmt: skip


def _undefined(sums_W: Floats) -> str:
    if not sums_W[0]:
        return "No output has been flagged by two labelers: 1 more judgment, by a second labeler, is needed."
    return "All labelers always give the same answer, so this can't be told: at least 1 different answer is needed."


MEASURES = {
    "agreement": Measure(
        lambda s: ratio(s[..., 1] + s[..., 2], s[..., 0]), lambda s: s[..., 0], _undefined,
        agree=lambda s: s[..., 1] + s[..., 2],
    ),
    "positive": Measure(lambda s: ratio(2 * s[..., 2], s[..., 4]), lambda s: s[..., 4], _undefined),
    "negative": Measure(lambda s: ratio(2 * s[..., 1], s[..., 3]), lambda s: s[..., 3], _undefined),
    "alpha": Measure(
        lambda s: krippendorff_alpha(s[..., 5:9].reshape(*s.shape[:-1], 2, 2), "nominal"), lambda s: s[..., 0],
        _undefined,
    ),
    "ac1": Measure(lambda s: gwet_ac(s[..., 9:], _IDENTITY), lambda s: s[..., 0], _undefined),
}  # fmt: skip
"""positive: of the ordered pairs of labelers whose first says yes, the share whose second says yes too (n these
pairs); negative the same for no; alpha nominal; ac1 Gwet's; agreement the share of pairs who say the same."""


def answer_counts(scores: Scores) -> Ints:
    """(M, 2): of each item how many labelers said no (0), and yes."""
    return np.bincount(scores.items * 2 + (scores.values > 0), minlength=2 * scores.size).reshape(-1, 2)


def flag_agreement(scores: Scores, *, seed: int = 0, resamples: int = 1000) -> dict[str, Estimate]:
    """Agreement on one flag (values 0 and 1), in the five ways of NAMES, with bootstrap intervals over prompts."""
    clusters = int(scores.clusters.max(initial=-1)) + 1
    sums_M14 = flag_sums(answer_counts(scores).astype(np.float64))
    return flag_agreement_of_sums(sum_by(scores.cluster_of, sums_M14, clusters), seed=seed, resamples=resamples)


def flag_agreement_of_sums(sums_C14: Floats, *, seed: int = 0, resamples: int = 1000) -> dict[str, Estimate]:
    """The same from the sums of `flag_sums` of each prompt, or block of prompts."""
    return estimates(sums_C14[sums_C14[:, 0] > 0], MEASURES, seed=seed, resamples=resamples)
