"""Ratings of outputs, and flags on them, as columns of numbers."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.review.statistics.arrays import Floats, Ints


@dataclass(frozen=True)
class Scores:
    """Numbers that labelers gave to items (outputs), each row one labeler's one number for one item."""

    clusters: Ints
    """Prompt of each row."""
    items: Ints
    labelers: Ints
    """An index into `names`."""
    values: Floats
    names: tuple[Hashable, ...]

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[Hashable, Hashable, Hashable, float]]) -> "Scores":
        """Columns from rows of (prompt, item, labeler, value); a labeler's first value for an item counts.

        Prompts, items and labelers are numbered in their own order, so that a row's place says nothing.
        """
        table = list(rows)
        clusters, items, labelers, values = zip(*table, strict=True) if table else ((), (), (), ())
        cluster_N, _ = _numbered(clusters)
        item_N, _ = _numbered(list(zip(cluster_N.tolist(), items, strict=True)))
        labeler_N, names = _numbered(labelers)
        _, first = np.unique(item_N * max(1, len(names)) + labeler_N, return_index=True)
        value_N = np.array(values, dtype=np.float64)
        return cls(cluster_N[first], item_N[first], labeler_N[first], value_N[first], tuple(names))

    @property
    def size(self) -> int:
        """How many items."""
        return int(self.items.max(initial=-1)) + 1

    @property
    def cluster_of(self) -> Ints:
        """The prompt of each item."""
        clusters = np.zeros(self.size, dtype=np.int64)
        clusters[self.items] = self.clusters
        return clusters


def _numbered(values: Sequence[Any]) -> tuple[Ints, list[Any]]:
    """Each value's place among those that occur, and these in their order."""
    names = sorted(set(values))
    places = {name: place for place, name in enumerate(names)}
    return np.array([places[value] for value in values], dtype=np.int64), names
