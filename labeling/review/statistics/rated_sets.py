"""Outputs by the set of labelers who rated them: all that the ICCs and alpha of ratings need, in few numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeling.review.statistics.arrays import Floats, Ints, sum_by
from labeling.review.statistics.scores import Scores


@dataclass(frozen=True)
class RatedSets:
    """Of each prompt and each set of `size` labelers (S rows): the outputs that they, and nobody else, rated."""

    size: int
    """K, how many labelers a set has."""
    clusters_S: Ints
    labelers_SK: Ints
    """Rising in each row."""
    outputs_S: Floats
    """How many outputs."""
    totals_SK: Floats
    """Each labeler's ratings, summed over these outputs."""
    squares_S: Floats
    """All ratings squared and summed."""
    means_S: Floats
    """(sum of an output's ratings)^2 / K, summed over these outputs."""


def rated_sets(scores: Scores) -> list[RatedSets]:
    """The sets of two labelers or more, one entry for each size that occurs."""
    order = np.lexsort((scores.labelers, scores.items))
    items, labelers, values = scores.items[order], scores.labelers[order], scores.values[order]
    clusters = scores.clusters[order]
    starts = np.flatnonzero(np.r_[True, items[1:] != items[:-1]]) if len(items) else np.empty(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(items)])
    found = []
    for size in np.unique(sizes[sizes >= 2]).tolist():
        at = starts[sizes == size][:, None] + np.arange(size)
        keys, which = np.unique(np.column_stack([clusters[at[:, 0]], labelers[at]]), axis=0, return_inverse=True)
        ratings = values[at]
        columns = [np.ones(len(at)), (ratings**2).sum(axis=1), ratings.sum(axis=1) ** 2 / size, ratings]
        sums = sum_by(which.ravel(), np.column_stack(columns), len(keys))
        found.append(RatedSets(size, keys[:, 0], keys[:, 1:], sums[:, 0], sums[:, 3:], sums[:, 1], sums[:, 2]))
    return found


def most_common_set(sizes: Sequence[RatedSets]) -> RatedSets | None:
    """The rows of the one set of labelers with the most outputs; of equally many the larger set; None without any."""
    best, most = None, (0.0, 0)
    for sets in sizes:
        people, which = np.unique(sets.labelers_SK, axis=0, return_inverse=True)
        outputs = np.bincount(which.ravel(), weights=sets.outputs_S, minlength=len(people))
        chosen = int(outputs.argmax())
        if (outputs[chosen], sets.size) > most:
            most = (float(outputs[chosen]), sets.size)
            of = which.ravel() == chosen
            best = RatedSets(
                sets.size, sets.clusters_S[of], sets.labelers_SK[of], sets.outputs_S[of], sets.totals_SK[of],
                sets.squares_S[of], sets.means_S[of],
            )  # fmt: skip
    return best
