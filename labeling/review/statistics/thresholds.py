"""How sure a labeler must be for another to agree with them four times in five.

Stiennon et al. (2020): labelers say how sure they are of a comparison, and each one's threshold is calibrated at which
the expected agreement is 80 %. Agreement is taken to rise with sureness: it is estimated for each level by
isotonic regression (Barlow, Bartholomew, Bremner and Brunk 1972), here by its max-min formula, which is exact and quick
for a handful of levels.
"""

import math
from typing import Any

import numpy as np

from labeling.review.statistics.arrays import Floats, Ints
from labeling.review.statistics.bootstrap import CONFIDENCE, RESAMPLES, draws, resampled

AIM = 0.8

AT_ONCE = 200
"""Labelers who are resampled together, which bounds memory."""

_NOBODY: dict[str, Any] = {
    "value": None, "low": None, "high": None, "n": 0, "curve": [],
    "why": "Nobody else has decided on a pair that this labeler decided: 1 more judgment, by another, is needed.",
}  # fmt: skip


def rising_agreement(agree_T: Floats, n_T: Floats) -> Floats:
    """(..., T) the shares agree / n of each level, made to rise with the level with the least change (weighted by n);
    NaN before the first level that has any."""
    levels = n_T.shape[-1]
    before = np.zeros((*n_T.shape[:-1], 1))
    n_cum, agree_cum = (np.concatenate([before, np.cumsum(one, axis=-1)], axis=-1) for one in (n_T, agree_T))
    fitted = np.full(n_T.shape, np.nan)
    for level in range(levels):
        best = np.full(n_T.shape[:-1], -np.inf)
        for start in range(level + 1):
            lowest = np.full(n_T.shape[:-1], np.inf)
            for end in range(level, levels):
                count = n_cum[..., end + 1] - n_cum[..., start]
                share = (agree_cum[..., end + 1] - agree_cum[..., start]) / np.maximum(count, 1e-12)
                lowest = np.where(count > 0, np.minimum(lowest, share), lowest)
            # A pool begins where there are comparisons: a level without any is as the one below it.
            best = np.where((n_T[..., start] > 0) & np.isfinite(lowest), np.maximum(best, lowest), best)
        fitted[..., level] = np.where(n_cum[..., level + 1] > 0, best, np.nan)
    return fitted


def first_level(agree_T: Floats, n_T: Floats, aim: float) -> Floats:
    """(...) the lowest level at which the rising agreement is `aim` or more; T (one beyond the last) where none is."""
    reached = np.nan_to_num(rising_agreement(agree_T, n_T), nan=-1.0) >= aim - 1e-12
    return np.where(reached.any(axis=-1), reached.argmax(axis=-1), n_T.shape[-1])


def thresholds(
    groups: Ints,
    blocks: Ints,
    levels: Ints,
    agree: Floats,
    shape: tuple[int, int, int],
    *,
    aim: float = AIM,
    seed: int = 0,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
) -> list[dict[str, Any]]:
    """Of comparisons with others: each one's labeler 0 to G - 1, its block (of prompts), its level of sureness 0 to
    T - 1, and 1 where the other agrees. `shape` is (G, B, T).

    Of each labeler {"value": the lowest level at which `aim` of the others are expected to agree, or None with `why`;
    "low", "high": a bootstrap's interval over blocks, None for a bound beyond the last level; "n": comparisons;
    "curve": the expected agreement at each level with its "n"}.
    """
    people, width, size = shape
    found: list[dict[str, Any]] = [_NOBODY] * people
    compared: Ints = np.unique(groups)
    if not len(compared):
        return found
    order = np.argsort(groups, kind="stable")
    bounds = np.searchsorted(groups[order], np.append(compared, people))
    weights_RB = draws(width, resamples, seed)
    for start in range(0, len(compared), AT_ONCE):
        some = compared[start : start + AT_ONCE]
        part = order[bounds[start] : bounds[start + len(some)]]
        cell = (np.searchsorted(some, groups[part]) * width + blocks[part]) * size + levels[part]
        of_GBT = (len(some), width, size)
        n_GBT, agree_GBT = (
            np.bincount(cell, weights, math.prod(of_GBT)).reshape(of_GBT).astype(np.float64)
            for weights in (np.ones(len(cell)), agree[part])
        )
        again_GR = first_level(resampled(weights_RB, agree_GBT), resampled(weights_RB, n_GBT), aim)
        for row, labeler in enumerate(some.tolist()):
            found[labeler] = _threshold(n_GBT[row], agree_GBT[row], again_GR[row], aim, confidence)
    return found


def _threshold(n_BT: Floats, agree_BT: Floats, again_R: Floats, aim: float, confidence: float) -> dict[str, Any]:
    size = n_BT.shape[1]
    n_T, agree_T = n_BT.sum(axis=0), agree_BT.sum(axis=0)
    fitted = rising_agreement(agree_T, n_T)
    curve = [
        {"level": level, "value": float(fitted[level]), "n": int(n_T[level])} for level in range(size) if n_T[level]
    ]
    answer: dict[str, Any] = {"n": int(n_T.sum()), "curve": curve, "low": None, "high": None}
    found = int(first_level(agree_T, n_T, aim))
    if found == size:
        why = f"At the highest sureness {curve[-1]['value']:.0%} of the others are expected to agree, not {aim:.0%}."
        return {**answer, "value": None, "why": why}
    answer["value"] = found
    bearing = int((n_BT.sum(axis=1) > 0).sum())
    if bearing < 2:
        return {**answer, "why": "This rests on one prompt; an interval needs comparisons in at least 1 more."}
    low, high = (
        np.quantile(again_R, [(1 - confidence) / 2, (1 + confidence) / 2], method="nearest").astype(int).tolist()
    )
    answer["low"] = min(low, found)
    answer["high"] = max(high, found) if high < size else None
    return answer
