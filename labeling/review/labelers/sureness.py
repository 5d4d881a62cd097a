"""How sure labelers were of each pair that they decided, and whether others say the same."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from labeling.review.rankings import RankedJudgment
from labeling.review.statistics.arrays import Ints
from labeling.review.statistics.groups import blocks_of_rows
from labeling.review.statistics.judgments import Judgments, comparisons
from labeling.review.statistics.thresholds import thresholds

LEVELS = 7
"""0 to 6: steps between two ratings of 1 to 7. Confidence has 0 to 4, away from no difference."""

NO_DIFFERENCE = 5
UNKNOWN = -1


def confidence_is_asked(rows: Sequence[RankedJudgment]) -> bool:
    return any(row.confidence is not None for row in rows)


def sureness_levels(of: Sequence[RankedJudgment], outputs_N2: Ints) -> Ints:
    """(N,) of each judgment the steps of its confidence where that is asked at all, else of its two ratings; UNKNOWN
    where it has none."""
    if confidence_is_asked(of):
        return np.array([UNKNOWN if row.confidence is None else abs(row.confidence - NO_DIFFERENCE) for row in of])
    levels = np.full(len(of), UNKNOWN)
    for place, (row, (first, second)) in enumerate(zip(of, outputs_N2.tolist(), strict=True)):
        one, other = row.overalls[row.outputs.index(first)], row.overalls[row.outputs.index(second)]
        if one is not None and other is not None:
            levels[place] = abs(one - other)
    return levels


def sureness_thresholds(judgments: Judgments, of: Sequence[RankedJudgment], outputs_N2: Ints) -> list[dict[str, Any]]:
    """statistics.thresholds of each labeler, in the order of `judgments.names`; ties are left out."""
    levels = sureness_levels(of, outputs_N2)
    decided = np.flatnonzero(judgments.values != 0)
    pairs = comparisons(judgments.units[decided], judgments.labelers[decided])
    first, second = decided[pairs.first], decided[pairs.second]
    own, others = np.r_[first, second], np.r_[second, first]
    kept = levels[own] != UNKNOWN
    own, others = own[kept], others[kept]
    agree = (judgments.values[own] == judgments.values[others]).astype(np.float64)
    blocks, width = blocks_of_rows(judgments.clusters, 0)
    shape = (len(judgments.names), width, LEVELS)
    return thresholds(judgments.labelers[own], blocks[own], levels[own], agree, shape)
