"""Ratings of outputs, and flags on them, as columns of numbers."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

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
        """Columns from rows of (prompt, item, labeler, value); a labeler's first value for an item counts."""
        clusters: dict[Hashable, int] = {}
        items: dict[tuple[Hashable, Hashable], int] = {}
        labelers: dict[Hashable, int] = {}
        table: dict[tuple[int, int], tuple[int, float]] = {}
        for cluster, item, labeler, value in rows:
            prompt = clusters.setdefault(cluster, len(clusters))
            where = items.setdefault((cluster, item), len(items)), labelers.setdefault(labeler, len(labelers))
            table.setdefault(where, (prompt, float(value)))
        index = np.array(list(table), dtype=np.int64).reshape(-1, 2)
        return cls(
            np.array([prompt for prompt, _ in table.values()], dtype=np.int64),
            index[:, 0],
            index[:, 1],
            np.array([value for _, value in table.values()], dtype=np.float64),
            tuple(labelers),
        )

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
