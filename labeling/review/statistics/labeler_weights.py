"""How much each labeler's rankings count: Davidson's model in which every labeler has a weight of their own.

Each output of a prompt has a strength s. A labeler of weight w says that output i is better than j with a
probability in proportion to exp(w s_i), the reverse to exp(w s_j), and a tie to v exp(w (s_i + s_j) / 2). So 0 is an
answer without looking, 1 the average labeler here, and a negative weight contradicts the others more than chance
would. With equal weights it is Davidson's model (davidson.py), without ties Bradley and Terry's with reliable and
unreliable graders: Raman and Joachims (2014), Methods for ordinal peer grading, KDD (their BT+G); Chen, Bennett,
Collins-Thompson and Horvitz (2013), Pairwise ranking aggregation in a crowdsourced setting, WSDM (CrowdBT) have a
chance of contradicting in the weight's place.

Weights and strengths are found in turn, each by maximum likelihood given the others. A labeler is measured on
strengths that the others alone say: in three rankings of an item one's own is a third of the truth, by which who
guesses would look careful. Strengths are drawn to 0 by a normal prior, without which three labelers who agree would
put them at infinity. Answers of a negative weight are left out of strengths, not turned round.

Strengths that few labelers say are uncertain, which makes weights above the mean come out too near to it (planted 2
of 8 labelers, four on an item: 1.5 times the middle ones); 0, the order and the sign stay right. Standard errors
take the strengths as they were found, so intervals are a little too narrow.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.review.statistics.arrays import Floats, Ints
from labeling.review.statistics.judgments import Judgments
from labeling.review.statistics.sandwich import Z

PRIOR_SD = 2.0
"""Of a strength, in log-odds."""

WEIGHT_PRIOR = 1.0
"""Precision of a normal prior about 1 on a weight: as much as a few answers say, so that one answer proves nothing."""

LARGEST = 20.0
MOST_ROWS = 400_000
"""Answers of others read beside each labeler's own; beyond it a random sample of prompts, the same each time."""

TOLERANCE = 0.002
MOST_ROUNDS = 60
STEPS = 6
"""Steps on the strengths in each round; they go on from where they were."""


@dataclass(frozen=True)
class LabelerWeights:
    """Weights in the order of `judgments.names`; their mean over labelers is 1 where anybody's is above 0."""

    weight_L: Floats
    """NaN for whom nobody else judged the same."""
    error_L: Floats
    """Standard errors, clustered by prompt; NaN for who judged with others in one prompt only."""
    votes_L: Ints
    """Pairs of outputs that others judged as well."""
    prompts_L: Ints
    tie: float
    """v: a tie of equals has the probability v / (2 + v)."""


def strengths(
    first: Ints,
    second: Ints,
    values: Ints,
    weights: Floats,
    tie: float,
    start_M: Floats,
    *,
    steps: int,
    prior_sd: float,
) -> Floats:
    """The items' strengths, moved on from `start_M` by so many steps towards the posterior's only maximum.

    `values` are -1 first better, 0 tie, 1 second better. Each step maximizes a quadratic below the posterior whose
    curvature is diagonal (a pair's, at most w^2 / 4 for each of two items, doubled), so none goes too far.
    """
    size = len(start_M)
    bound = weights**2 / 2
    curvature_M = np.bincount(first, bound, size) + np.bincount(second, bound, size) + prior_sd**-2
    at_M = start_M
    for _ in range(steps):
        pull = weights * _surprise(weights * (at_M[first] - at_M[second]), values, tie)
        gradient_M = np.bincount(first, pull, size) - np.bincount(second, pull, size) - at_M * prior_sd**-2
        at_M = at_M + gradient_M / curvature_M
    return at_M


def labeler_weights(judgments: Judgments, outputs_N2: Ints, *, seed: int = 0) -> LabelerWeights:
    """Each labeler's weight with its standard error; `outputs_N2` are the two outputs of each judgment."""
    size = len(judgments.names)
    cross = _others(judgments, outputs_N2, seed)
    own, weight_L, tie = cross.own, np.ones(size), 1.0
    if not len(own):
        nothing = np.full(size, np.nan)
        return LabelerWeights(nothing, nothing.copy(), np.zeros(size, np.int64), np.zeros(size, np.int64), tie)
    labeler, values = judgments.labelers[own], judgments.values[own]
    at_M = np.zeros(cross.items)
    for _ in range(MOST_ROUNDS):
        before = weight_L
        trusted = np.maximum(weight_L, 0)[judgments.labelers[cross.other]]
        at_M = strengths(
            cross.first, cross.second, judgments.values[cross.other], trusted, tie, at_M, steps=STEPS, prior_sd=PRIOR_SD
        )
        gap = at_M[cross.own_first] - at_M[cross.own_second]
        for _ in range(2):
            surprise, spread = _surprise(weight_L[labeler] * gap, values, tie), _spread(weight_L[labeler] * gap, tie)
            gradient_L = np.bincount(labeler, gap * surprise, size) - WEIGHT_PRIOR * (weight_L - 1)
            information_L = _information(labeler, gap, spread, size)
            weight_L = np.clip(weight_L + gradient_L / information_L, -LARGEST, LARGEST)
        tie = _tie(weight_L[labeler] * gap, values, tie)
        judged = np.bincount(labeler, minlength=size) > 0
        mean = np.maximum(weight_L[judged], 0).mean()
        if mean > 0:
            weight_L = np.where(judged, weight_L / mean, 1.0)
        if np.abs(weight_L - before).max() < TOLERANCE:
            break
    surprise, spread = _surprise(weight_L[labeler] * gap, values, tie), _spread(weight_L[labeler] * gap, tie)
    information_L = _information(labeler, gap, spread, size)
    return _with_errors(judgments, own, gap * surprise, information_L, weight_L, tie)


def weight_estimates(weights: LabelerWeights) -> list[dict[str, Any]]:
    """{"value", "low", "high", "n"} of each labeler at 95 %, n being pairs; a null value or bounds with `why`."""
    found: list[dict[str, Any]] = []
    columns = zip(weights.weight_L, weights.error_L, weights.votes_L, strict=True)
    for value, error, votes in ((float(value), float(error), int(votes)) for value, error, votes in columns):
        if np.isnan(value):
            found.append({"value": None, "why": "Nobody else has ranked the same: 1 more ranking of it is needed."})
        elif np.isnan(error):
            why = "This rests on one prompt; an interval needs rankings in at least 1 more."
            found.append({"value": value, "low": None, "high": None, "n": votes, "why": why})
        else:
            found.append({"value": value, "low": value - Z * error, "high": value + Z * error, "n": votes})
    return found


def _surprise(x: Floats, values: Ints, tie: float) -> Floats:
    """What was said less what was expected, as first better 1/2, tie 0, second better -1/2, of log-odds x: the
    derivative of the log-likelihood by x."""
    return -values / 2 - _expected(x, tie)


def _expected(x: Floats, tie: float) -> Floats:
    better, worse, total = _shares(x, tie)
    return np.asarray((better - worse) / (2 * total))


def _spread(x: Floats, tie: float) -> Floats:
    """The variance of the same."""
    better, worse, total = _shares(x, tie)
    return np.asarray((better + worse) / (4 * total)) - _expected(x, tie) ** 2


def _shares(x: Floats, tie: float) -> tuple[Floats, Floats, Floats]:
    better = np.exp(np.clip(x, -60, 60) / 2)
    worse = 1 / better
    return better, worse, better + tie + worse


def _information(labeler: Ints, gap: Floats, spread: Floats, size: int) -> Floats:
    """The curvature of each weight's posterior."""
    return np.asarray(np.bincount(labeler, gap**2 * spread, size) + WEIGHT_PRIOR, dtype=np.float64)


def _tie(x: Floats, values: Ints, tie: float) -> float:
    """One step on the logarithm of v; 0 where nobody said tie."""
    ties = float((values == 0).sum())
    if not ties:
        return 0.0
    share = tie / _shares(x, tie)[2]
    step = (ties - share.sum()) / max(float((share * (1 - share)).sum()), 1e-9)
    return float(np.clip(tie * np.exp(np.clip(step, -1, 1)), 1e-6, 1e6))


@dataclass(frozen=True)
class _Others:
    """Each labeler's rows, and beside them the rows of the others in the same prompt, with items of their own."""

    own: Ints
    """Rows of the judgments that are measured."""
    own_first: Ints
    own_second: Ints
    other: Ints
    """Rows of the judgments that strengths are made of, once for each labeler who is measured by them."""
    first: Ints
    second: Ints
    items: int


def _others(judgments: Judgments, outputs_N2: Ints, seed: int) -> _Others:
    people = max(1, len(judgments.names))
    rows = _sampled(judgments, seed)
    # A view is a prompt as the others of one of its labelers see it.
    views, own_view = np.unique(judgments.clusters[rows] * people + judgments.labelers[rows], return_inverse=True)
    starts = np.searchsorted(views, judgments.clusters[rows] * people)
    counts = np.searchsorted(views, (judgments.clusters[rows] + 1) * people) - starts
    other = np.repeat(rows, counts)
    other_view = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(len(other))
    apart = views[other_view] % people != judgments.labelers[other]
    other, other_view = other[apart], other_view[apart]
    # An item is an output within a view; one that no other judged there tells nothing.
    names, output_N2 = np.unique(outputs_N2, return_inverse=True)
    output_N2 = output_N2.reshape(-1, 2)
    items, item = np.unique(other_view[:, None] * len(names) + output_N2[other], return_inverse=True)
    first, second = item.reshape(-1, 2).T
    wanted_2 = own_view[:, None] * len(names) + output_N2[rows]
    place_2 = np.minimum(np.searchsorted(items, wanted_2), max(0, len(items) - 1))
    met = (items[place_2] == wanted_2).all(axis=1) if len(items) else np.zeros(len(rows), dtype=bool)
    own_first, own_second = place_2[met].T
    return _Others(rows[met], own_first, own_second, other, first, second, len(items))


def _sampled(judgments: Judgments, seed: int) -> Ints:
    """All rows, or those of prompts drawn at random as long as they bring no more than MOST_ROWS answers of others."""
    if not len(judgments.clusters):
        return np.empty(0, dtype=np.int64)
    people = max(1, len(judgments.names))
    seen = np.unique(judgments.clusters * people + judgments.labelers) // people
    brings_C = np.bincount(judgments.clusters) * np.maximum(np.bincount(seen) - 1, 0)
    order = np.random.default_rng(seed).permutation(len(brings_C))
    drawn = np.zeros(len(brings_C), dtype=bool)
    drawn[order[np.cumsum(brings_C[order]) <= MOST_ROWS]] = True
    drawn[order[0]] = True
    return np.flatnonzero(drawn[judgments.clusters])


def _with_errors(
    judgments: Judgments, own: Ints, scores: Floats, information_L: Floats, weight_L: Floats, tie: float
) -> LabelerWeights:
    """The sandwich (sandwich.py) of each labeler's one parameter, the strengths taken as they were found."""
    size = len(judgments.names)
    votes_L = np.bincount(judgments.labelers[own], minlength=size)
    at, place = np.unique(
        judgments.labelers[own] * (judgments.clusters.max() + 1) + judgments.clusters[own], return_inverse=True
    )
    labeler = at // (judgments.clusters.max() + 1)
    score = np.bincount(place, scores, len(at))
    prompts_L = np.bincount(labeler, minlength=size)
    with np.errstate(divide="ignore", invalid="ignore"):
        correction_L = np.where(prompts_L > 1, prompts_L / (prompts_L - 1), np.nan)
    error_L = np.sqrt(np.bincount(labeler, score**2, size) * correction_L) / information_L
    return LabelerWeights(np.where(votes_L > 0, weight_L, np.nan), error_L, votes_L, prompts_L, tie)
