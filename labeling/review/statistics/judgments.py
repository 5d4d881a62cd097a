"""Judgments of units as columns, and the comparisons of two labelers in them.

A unit is a pair of candidates of one prompt, oriented by the candidates' order at creation. A judgment of a unit is
-1 (first better), 0 (tie) or 1 (second better); labelers are compared two by two within a unit, and a labeler's first
judgment of a unit counts.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from labeling.review.statistics.arrays import Ints

Key = TypeVar("Key", bound=Hashable)

VALUES = (-1, 0, 1)
"""First better, tie, second better: the categories, in the order that the ordinal metric means."""


@dataclass(frozen=True)
class Judgments:
    """Judgments of units as columns of equal length, each row one labeler's one judgment of one unit."""

    clusters: Ints
    """Prompt of each row, 0 to C - 1."""
    units: Ints
    """Unit of each row, 0 to U - 1; a unit lies in one prompt."""
    labelers: Ints
    """Labeler of each row, an index into `names`."""
    values: Ints
    """-1 first better, 0 tie, 1 second better."""
    names: tuple[Hashable, ...]
    """The labelers as they were given."""

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[Hashable, Hashable, Hashable, int]]) -> "Judgments":
        """Columns from rows of (prompt, unit, labeler, value). A unit's id need be unique only within its prompt.

        Raises ValueError for a value other than -1, 0 and 1, and where a labeler judges a unit twice: which of
        them was first is known to the caller alone.
        """
        clusters: dict[Hashable, int] = {}
        units: dict[tuple[Hashable, Hashable], int] = {}
        labelers: dict[Hashable, int] = {}
        seen: set[tuple[int, int]] = set()
        table: list[tuple[int, int, int, int]] = []
        for cluster, unit, labeler, value in rows:
            if value not in VALUES:
                raise ValueError(f"A judgment is -1, 0 or 1, not {value!r} (unit {unit!r}).")
            row = (
                clusters.setdefault(cluster, len(clusters)),
                units.setdefault((cluster, unit), len(units)),
                labelers.setdefault(labeler, len(labelers)),
                int(value),
            )
            if row[1:3] in seen:
                raise ValueError(f"Labeler {labeler!r} judges unit {unit!r} twice; pass the first judgment only.")
            seen.add(row[1:3])
            table.append(row)
        columns = np.array(table, dtype=np.int64).reshape(-1, 4)
        return cls(columns[:, 0], columns[:, 1], columns[:, 2], columns[:, 3], tuple(labelers))

    def among(self, rows: NDArray[np.bool_]) -> "Judgments":
        """Only these rows; prompts, units and labelers keep their numbers."""
        return Judgments(self.clusters[rows], self.units[rows], self.labelers[rows], self.values[rows], self.names)


def pairs_of_ranking(candidates: Sequence[Key], ranks: Sequence[int]) -> list[tuple[tuple[Key, Key], int]]:
    """The units of one K-wise ranking with their values: ((first, second), value), K (K - 1) / 2 of them.

    `candidates` are in the order of their creation, which orients the pairs; `ranks` has each one's rank, 1 the
    best and equal a tie. Raises ValueError where the lengths differ or a candidate is named twice.
    """
    if len(candidates) != len(ranks):
        raise ValueError(f"{len(candidates)} candidates, but {len(ranks)} ranks.")
    if len(set(candidates)) != len(candidates):
        raise ValueError("A candidate is named twice.")
    ranked = zip(candidates, ranks, strict=True)
    return [((a, b), (x > y) - (x < y)) for (a, x), (b, y) in combinations(ranked, 2)]


@dataclass(frozen=True)
class Comparisons:
    """Every comparison of two labelers within a unit: the rows of its two judgments, as columns of length P."""

    first: Ints
    """The row, in the judgments, of the labeler with the lower index."""
    second: Ints
    judged: Ints
    """How many labelers judged the unit."""


def comparisons(units: Ints, labelers: Ints) -> Comparisons:
    """All comparisons of two rows of one unit, given each row's unit and labeler; each two rows stand there once."""
    order = np.lexsort((labelers, units))
    ordered = units[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(units) else np.empty(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(units)])
    first, second, judged = [order[:0]], [order[:0]], [order[:0]]
    # Units with the same number of judgments are paired together: as many steps as there are sizes, not units.
    for size in np.unique(sizes):
        i, j = np.triu_indices(size, k=1)
        at = starts[sizes == size][:, None]
        first.append(order[(at + i).ravel()])
        second.append(order[(at + j).ravel()])
        judged.append(np.full(len(at) * len(i), size))
    return Comparisons(np.concatenate(first), np.concatenate(second), np.concatenate(judged))
