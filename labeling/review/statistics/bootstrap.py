"""Values with intervals: a seeded bootstrap over clusters (prompts), of statistics that are functions of sums.

A resample draws as many clusters, with replacement, as there are; its sums are weights times the sums of each
cluster: one matrix product in place of a pass over the judgments. Clusters and not units are drawn, since units of
one prompt share outputs and comparisons in one unit share labelers; taken for independent they would feign precision.
Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 8 and 13 (percentile intervals); Field and
Welsh (2007), Bootstrapping clustered data.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.review.statistics.arrays import Floats, sum_by

RESAMPLES = 1000
CONFIDENCE = 0.95

MAX_BLOCKS = 2_000
"""Clusters beyond this number are drawn in equal random blocks, so that time and memory stay bounded. Sums of
independent clusters vary over blocks as they do over clusters, and 2,000 blocks give an interval's width within 1.6 %
(1 / sqrt(2 * 2,000)), less than 1,000 resamples err by."""

GROUPS_AT_ONCE = 4_000_000
"""Sums of groups that are held at a time while resampling (32 MB)."""

Estimate = dict[str, Any]
"""{"value", "low", "high", "n"}, and "agree" of a share; or a null value, or null bounds, and `why` in words."""


@dataclass(frozen=True)
class Measure:
    """One statistic as functions of sums (..., W), for all leading axes at once."""

    value: Callable[[Floats], Floats]
    """NaN where it is undefined."""
    n: Callable[[Floats], Floats]
    """What it rests on."""
    undefined: Callable[[Floats], str]
    """Of the sums (W,) of the whole: in words, why there is no value and what is needed for one."""
    agree: Callable[[Floats], Floats] | None = None
    """Of a share: its numerator."""
    of: str = "comparisons"
    """What another prompt must bring for an interval."""


def blocks_of(sums_CW: Floats, seed: int) -> Floats:
    """The clusters' sums in an order of their own, dealt at random into MAX_BLOCKS where there are more.

    Sorting makes the interval depend on the sums alone and not on the order in which they were read.
    """
    # Sums of thirds differ in their last bits with the order of adding, so equal rows are only equal when rounded.
    rows = sums_CW[np.lexsort(np.round(sums_CW, 6).T)] if sums_CW.size else sums_CW
    if len(rows) > MAX_BLOCKS:
        rows = sum_by(np.random.default_rng([seed, 1]).permutation(len(rows)) % MAX_BLOCKS, rows, MAX_BLOCKS)
    return rows


def draws(blocks: int, resamples: int, seed: int) -> Floats:
    """(R, B): how often each block is drawn in each resample. The same seed draws the same."""
    drawn = np.random.default_rng(seed).integers(0, blocks, size=(resamples, blocks), dtype=np.int32)
    drawn = drawn + (np.arange(resamples) * blocks)[:, None]
    return np.bincount(drawn.ravel(), minlength=resamples * blocks).reshape(resamples, blocks).astype(np.float64)


def resampled(weights_RB: Floats, sums_GBW: Floats) -> Floats:
    """(G, R, W): each group's sums in each resample."""
    groups, blocks, width = sums_GBW.shape
    # One product of two matrices for all groups: many times faster than one for each.
    flat = sums_GBW.transpose(1, 0, 2).reshape(blocks, groups * width)
    return (weights_RB @ flat).reshape(len(weights_RB), groups, width).transpose(1, 0, 2)


def estimates(
    sums_CW: Floats,
    measures: Mapping[str, Measure],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
) -> dict[str, Estimate]:
    """Every measure of the sum of all clusters, with its interval. The same sums and seed give the same answer."""
    blocks_BW = blocks_of(sums_CW, seed)
    (answer,) = estimates_of_groups(
        blocks_BW[None], measures, seed=seed, resamples=resamples, confidence=confidence, whole_GW=sums_CW.sum(0)[None]
    )
    return answer


def estimates_of_groups(
    sums_GBW: Floats,
    measures: Mapping[str, Measure],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
    whole_GW: Floats | None = None,
) -> list[dict[str, Estimate]]:
    """The same for many groups whose sums stand in the same blocks: one drawing of blocks serves them all."""
    groups, blocks, width = sums_GBW.shape
    if whole_GW is None:
        whole_GW = sums_GBW.sum(axis=1)
    values = {name: measure.value(whole_GW) for name, measure in measures.items()}
    found: list[dict[str, Estimate]] = []
    weights_RB = draws(blocks, resamples, seed) if blocks else np.zeros((resamples, 0))
    step = max(1, GROUPS_AT_ONCE // max(1, resamples * width))
    for start in range(0, groups, step):
        part_GBW = sums_GBW[start : start + step]
        resampled_GRW = resampled(weights_RB, part_GBW)
        again = {name: measure.value(resampled_GRW) for name, measure in measures.items()}
        for offset, blocks_BW in enumerate(part_GBW):
            group = start + offset
            found.append({
                name: _estimate(
                    measure, float(values[name][group]), whole_GW[group], blocks_BW, again[name][offset], confidence
                )
                for name, measure in measures.items()
            })  # fmt: skip
    return found


def _estimate(
    measure: Measure, value: float, whole_W: Floats, blocks_BW: Floats, resampled_R: Floats, confidence: float
) -> Estimate:
    if np.isnan(value):
        return {"value": None, "why": measure.undefined(whole_W)}
    clusters = int((measure.n(blocks_BW) > 0).sum())
    answer: Estimate = {"value": value, **_interval(value, clusters, resampled_R, confidence, measure.of)}
    answer["n"] = round(float(measure.n(whole_W)))
    if measure.agree:
        answer["agree"] = round(float(measure.agree(whole_W)))
    return answer


def _interval(value: float, clusters: int, resampled_R: Floats, confidence: float, of: str) -> Estimate:
    """{"low", "high"} by percentiles of the resamples that define the statistic, or nulls with `why` in words.

    One prompt says nothing about how much prompts differ, and its resamples would feign an interval of width zero.
    """
    if clusters < 2:
        why = f"This rests on one prompt; an interval needs {of} in at least 1 more."
        return {"low": None, "high": None, "why": why}
    defined = resampled_R[~np.isnan(resampled_R)]
    if 2 * len(defined) < len(resampled_R):
        why = "Most resamples leave this undefined; an interval needs different judgments in at least 1 more prompt."
        return {"low": None, "high": None, "why": why}
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    # Rounding can put a bound 1e-16 on the wrong side of the value where all resamples are equal.
    return {"low": float(min(low, value)), "high": float(max(high, value))}
