"""Taking prompts one after the other where each that is taken changes what the mix lacks.

Prompts that the mix sees alike are a group. Of each group only the best that is left can be next, so that a step looks
at the groups and not at the prompts. N prompts, G groups, B fields that have targets, V values of such fields.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Mix:
    """By field and value: the shares aimed at, and how many prompts are labeled. All fields count the same prompts."""

    targets: Mapping[str, Mapping[str, float]]
    labeled: Mapping[str, Mapping[str, int]]


def take_by_mix(
    kinds: Sequence[tuple[str, ...]], score_N: Floats, mix: Mix, *, weight: float, wanted: int
) -> tuple[Ints, Floats, Floats]:
    """The places of `wanted` prompts in the order in which they are taken, and of all prompts the gap and its use.

    `kinds` are the prompts' values of the mix's fields, `score_N` their scores without the mix, best of equals the
    first. The gap is what the mix lacked of a prompt's kind when it was taken, the use that gap by the largest at the
    start (0 to 1, or above where a group has become rarer); both 0 of those not taken.
    """
    names = sorted(set(kinds))
    group_of = {kind: group for group, kind in enumerate(names)}
    group_N = np.array([group_of[kind] for kind in kinds], dtype=np.int64)
    in_order = np.lexsort((-score_N, group_N))
    first_G, end_G = (np.searchsorted(group_N[in_order], np.arange(len(names)), side) for side in ("left", "right"))

    values = sorted({(by, value) for kind in names for by, value in zip(mix.targets, kind, strict=True)})
    at = {value: place for place, value in enumerate(values)}
    of_kinds = [[at[by, value] for by, value in zip(mix.targets, kind, strict=True)] for kind in names]
    value_GB = np.array(of_kinds, dtype=np.int64).reshape(-1, len(mix.targets))
    target_V = np.array([mix.targets[by].get(value, 0.0) for by, value in values])
    count_V = np.array([float(mix.labeled[by].get(value, 0)) for by, value in values])
    labeled = sum(next(iter(mix.labeled.values())).values())

    def gaps() -> Floats:
        missing_V = np.maximum(0.0, target_V - count_V / labeled if labeled else target_V)
        return missing_V[value_GB].sum(axis=1) / len(mix.targets)

    largest = gaps().max(initial=0.0) or 1.0
    place_G = in_order[first_G]
    best_G = score_N[place_G]
    taken_T = np.empty(wanted, dtype=np.int64)
    gap_N = np.zeros(len(kinds))
    for turn in range(wanted):
        gap_G = gaps()
        total_G = best_G + weight * gap_G / largest
        equal = np.flatnonzero(total_G == total_G.max())
        group = equal[place_G[equal].argmin()]
        place = taken_T[turn] = place_G[group]
        gap_N[place] = gap_G[group]
        labeled += 1
        count_V[value_GB[group]] += 1
        first_G[group] += 1
        if first_G[group] < end_G[group]:
            place_G[group] = in_order[first_G[group]]
            best_G[group] = score_N[place_G[group]]
        else:
            best_G[group] = -np.inf
    return taken_T, gap_N, gap_N / largest
