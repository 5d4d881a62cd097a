"""Plackett and Luce's model: how strong each output (or model) is, from rankings of several, by maximum likelihood.

Luce (1959), Individual Choice Behavior; Plackett (1975), The analysis of permutations, Applied Statistics 24. The best
is chosen with a probability in proportion to its worth, then the best of the rest, and so on. Fitted by Hunter's (2004)
minorization, MM algorithms for generalized Bradley-Terry models, Annals of Statistics 32. Of two it is Bradley and
Terry's model.

Ties are taken in Efron's (1977) way, The efficiency of Cox's likelihood function for censored data, Journal of the
American Statistical Association 72: the t members of a tied group are chosen one after the other, and at the j-th
choice each of them still counts (t - j + 1) / t. Where ties are many, Davidson's model (davidson.py) says more: it has
a parameter for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeling.review.statistics.arrays import Floats
from labeling.review.statistics.davidson import check_connected


@dataclass(frozen=True)
class PlackettLuce:
    worth_M: Floats
    """Sums to 1."""
    log_likelihood: float
    steps: int

    @property
    def strength(self) -> Floats:
        """(M,) natural logarithms of the worths, their mean 0."""
        logs = np.log(self.worth_M)
        return np.asarray(logs - logs.mean())


def _stages(ranking: Sequence[Sequence[int]]) -> list[tuple[int, list[tuple[int, float]]]]:
    """Each choice of a ranking (best first, inner sequences tied): the item chosen, and what it was chosen from, each
    with its share. A last output that is tied with none is no choice."""
    stages = []
    rest = [item for tied in ranking for item in tied]
    for tied in ranking:
        rest = rest[len(tied) :]
        for place, item in enumerate(tied):
            share = 1 - place / len(tied)
            if rest or len(tied) > 1:
                stages.append((item, [(one, share) for one in tied] + [(one, 1.0) for one in rest]))
    return stages


def fit_plackett_luce(
    rankings: Sequence[Sequence[Sequence[int]]],
    weights: Sequence[float] | None = None,
    *,
    items: int | None = None,
    tolerance: float = 1e-12,
    most_steps: int = 100_000,
) -> PlackettLuce:
    """The model of rankings, each a list of groups from best to worst (a group of one is no tie) of items 0 to M - 1.

    `weights` has each ranking's weight (how much its labeler tells), 1 where none are given. Ends when no worth
    changes by a larger part than `tolerance`. Raises NotConnectedError where the worths have no maximum.
    """
    given = [1.0] * len(rankings) if weights is None else list(weights)
    size = items or 1 + max(item for ranking in rankings for tied in ranking for item in tied)
    beats = np.zeros((size, size))
    chosen = np.zeros(size)
    stage_of: list[int] = []
    member: list[int] = []
    share: list[float] = []
    weight: list[float] = []
    winner: list[int] = []
    for ranking, one in zip(rankings, given, strict=True):
        for item, choices in _stages(ranking):
            chosen[item] += one
            for other, part in choices:
                stage_of.append(len(weight))
                member.append(other)
                share.append(part)
                beats[item, other] += one
            weight.append(one)
            winner.append(item)
    check_connected(beats)
    of, who, winner_S = np.array(stage_of), np.array(member), np.array(winner)
    parts, weights_S = np.array(share), np.array(weight)
    worth = np.full(size, 1.0 / size)
    steps, change = 0, np.inf
    while change >= tolerance and steps < most_steps:
        steps += 1
        totals = np.bincount(of, weights=parts * worth[who], minlength=len(weights_S))
        rate = np.bincount(who, weights=(weights_S / totals)[of] * parts, minlength=size)
        after = chosen / rate
        after /= after.sum()
        change = float(np.abs(after / worth - 1).max())
        worth = after
    totals = np.bincount(of, weights=parts * worth[who], minlength=len(weights_S))
    return PlackettLuce(worth, float((weights_S * (np.log(worth[winner_S]) - np.log(totals))).sum()), steps)
