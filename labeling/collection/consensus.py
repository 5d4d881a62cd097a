"""How far those who ranked a task agree: what decides whether one more labeler is asked."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

Candidate = TypeVar("Candidate", bound=Hashable)


def consensus(rankings: Sequence[Mapping[Candidate, int]]) -> float:
    """The mean, over the pairs of candidates, of the share of rankings that say the most frequent thing of the pair.

    Each ranking has every candidate's rank, 1 the best and equal a tie; of a pair it says that the first is better,
    the second, or neither. 1 is full consensus, and so is a ranking alone (or none); two that contradict each other
    in every pair have .5. Unlike the agreement of every two labelers it does not fall for ever by one who differs:
    of two to one it is 2/3, of three to one 3/4, so that the last one needed can settle it.
    """
    if len(rankings) < 2:
        return 1.0
    shares = []
    for a, b in combinations(rankings[0], 2):
        said = Counter((ranks[a] > ranks[b]) - (ranks[a] < ranks[b]) for ranks in rankings)
        shares.append(max(said.values()) / len(rankings))
    return sum(shares) / len(shares)
