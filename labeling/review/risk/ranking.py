"""Disagreement with the others of the item, ratings against the own ranking, and everything alike."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

from labeling.review.risk.answer import Answer, Signal, SignalName

LEAST_DISAGREEMENT = 0.4
MOST_POINTS = 5.0


def disagreement(ranks: Sequence[int], others: Sequence[int]) -> float:
    """Of all pairs of outputs the share that two rankings order against each other; a tie against an order is half.

    The Kendall distance with penalty 1/2 (Fagin, Kumar, Mahdian, Sivakumar and Vee, 2006), over C(K, 2): 0 to 1.
    """
    ours, theirs = _orders(tuple(ranks)), _orders(tuple(others))
    return sum(abs(one - other) for one, other in zip(ours, theirs, strict=True)) / 2 / len(ours)


def disagreement_signal(answer: Answer, others: Sequence[Answer]) -> Signal | None:
    """The mean disagreement with each other judgment of the same outputs."""
    compared = [other for other in others if len(other.ranks) == len(answer.ranks)]
    if len(answer.ranks) < 2 or not compared:
        return None
    share = sum(disagreement(answer.ranks, other.ranks) for other in compared) / len(compared)
    if share < LEAST_DISAGREEMENT:
        return None
    return Signal(
        SignalName.DISAGREEMENT, MOST_POINTS * share, {"percent": round(100 * share), "others": len(compared)}
    )


def contradiction_signal(answer: Answer) -> Signal | None:
    """Pairs of outputs of which the better rated one is ranked below the other."""
    orders = _orders(answer.ranks)
    rated = combinations(answer.overalls, 2)
    against = sum(
        one is not None and other is not None and (one - other) * order > 0
        for order, (one, other) in zip(orders, rated, strict=True)
    )
    if not against:
        return None
    return Signal(SignalName.CONTRADICTION, 1 + 3 * against / len(orders), {"pairs": against, "all_pairs": len(orders)})


def all_same_signal(answer: Answer) -> Signal | None:
    """All of three or more outputs rated alike, or all tied: true at times, and what haste looks like."""
    if len(answer.ranks) < 3:
        return None
    rated = set(answer.overalls)
    if len(rated) == 1 and None not in rated:
        return Signal(SignalName.ALL_SAME, 1.0, {"outputs": len(answer.ranks), "overall": answer.overalls[0]})
    if len(set(answer.ranks)) == 1:
        return Signal(SignalName.ALL_SAME, 1.0, {"outputs": len(answer.ranks), "overall": None})
    return None


@lru_cache(4096)
def _orders(ranks: tuple[int, ...]) -> tuple[int, ...]:
    """Of each pair of outputs: 1 where the second one is ranked better, -1 the first, 0 neither."""
    return tuple((one > other) - (one < other) for one, other in combinations(ranks, 2))
