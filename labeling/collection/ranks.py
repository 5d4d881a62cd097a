"""Two rankings of the same outputs, pair by pair. Pure: no database."""

from collections.abc import Hashable, Mapping
from itertools import combinations
from typing import TypeVar

Id = TypeVar("Id", bound=Hashable)


def pair_outcomes(ranks: Mapping[Id, int]) -> dict[tuple[Id, Id], int]:
    """For each pair of outputs, in the mapping's order: -1 first better, 0 a tie, 1 second better. Rank 1 is best."""
    return {
        (first, second): (ranks[first] > ranks[second]) - (ranks[first] < ranks[second])
        for first, second in combinations(ranks, 2)
    }


def pairs_agreeing(ranks: Mapping[Id, int], key: Mapping[Id, int]) -> tuple[int, int]:
    """(pairs on which both say the same, all pairs) of two rankings of the same outputs.

    A tie is an outcome of its own: a pair agrees where both put the same output first, or both say tie. A tie on
    one side only is a disagreement, as in the `pairwise` of the project's agreement.
    """
    ours = pair_outcomes(ranks)
    theirs = pair_outcomes({output: key[output] for output in ranks})
    return sum(ours[pair] == theirs[pair] for pair in ours), len(ours)
