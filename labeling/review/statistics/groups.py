"""The same statistics for parts: each labeler, two labelers, pool, batch, guideline version, week ...

One drawing of prompts serves all rows of a table: what is drawn are the project's prompts, and a row's resample is what
of them bears on it. So two rows' intervals come of the same draws, and a table of many rows costs little more than one.

Tables are made of judgments (`agreement_within`, `agreement_by`), or of counts that are kept of them
(`within_of_counts`, `by_of_counts`), with the same result.
"""

from collections.abc import Hashable, Sequence
from typing import Any, Literal

import numpy as np

from labeling.review.statistics.agreement import ALPHAS, SHARES, outcome_sums
from labeling.review.statistics.arrays import Floats, Ints, sum_by
from labeling.review.statistics.bootstrap import CONFIDENCE, RESAMPLES, Measure, estimates_of_groups
from labeling.review.statistics.cohen import cohen_kappa, disagreement_weights
from labeling.review.statistics.judgments import Judgments, comparisons

BLOCKS = 500
"""Of a table, prompts beyond this number are drawn in so many blocks; an interval's width is within 3.2 %."""

AT_ONCE = 200
"""Rows of a table that are resampled together, which bounds memory."""

SAME = 9
"""Codes of two judgments: 3 x what one says + what the other says, 0 first better, 1 tie, 2 second better."""

_LINEAR = disagreement_weights(3, "linear")

KAPPA = {
    "cohen_kappa": Measure(
        lambda s: cohen_kappa(s[..., 4:13].reshape(*s.shape[:-1], 3, 3), _LINEAR),
        lambda s: s[..., 0],
        lambda _: "Both always say one and the same thing: at least 1 different judgment is needed.",
    )
}
"""Cohen's kappa with linear weights: first against second better is twice the disagreement of either with a tie."""

BY = {**SHARES, **KAPPA}
"""Of a labeler with others, or of two."""


def code_sums(counts_9: Floats) -> Floats:
    """(..., 13) from how often each code occurs (..., 9): pairs, agree, decided, decided_agree, and the nine."""
    table = counts_9.reshape(*counts_9.shape[:-1], 3, 3)
    decided_agree = table[..., 0, 0] + table[..., 2, 2]
    decided = decided_agree + table[..., 0, 2] + table[..., 2, 0]
    agree = decided_agree + table[..., 1, 1]
    pairs = table.sum(axis=(-2, -1))
    return np.concatenate([np.stack([pairs, agree, decided, decided_agree], axis=-1), counts_9], axis=-1)


def blocks_of_rows(clusters: Ints, seed: int) -> tuple[Ints, int]:
    """The block of each row's prompt, and how many blocks there are."""
    size = int(clusters.max(initial=-1)) + 1
    if size <= BLOCKS:
        return clusters, size
    return (np.random.default_rng([seed, 2]).permutation(size) % BLOCKS)[clusters], BLOCKS


def table(
    groups: Ints,
    blocks: Ints,
    sums_NW: Floats,
    shape: tuple[int, int],
    measures: dict[str, Measure],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
) -> list[dict[str, Any]]:
    """Measures for each group 0 to G - 1, of sums that lie each in a group and a block. `shape` is (G, B)."""
    size, width = shape
    order = np.argsort(groups, kind="stable")
    bounds = np.searchsorted(groups[order], np.arange(size + 1))
    rows: list[dict[str, Any]] = []
    for start in range(0, size, AT_ONCE):
        stop = min(size, start + AT_ONCE)
        part = order[bounds[start] : bounds[stop]]
        cell = (groups[part] - start) * width + blocks[part]
        sums_GBW = sum_by(cell, sums_NW[part], (stop - start) * width).reshape(stop - start, width, sums_NW.shape[1])
        rows += estimates_of_groups(sums_GBW, measures, seed=seed, resamples=resamples, confidence=confidence)
    return rows


def within_of_counts(
    groups: Ints, blocks: Ints, counts_N3: Floats, units_N: Floats, shape: tuple[int, int], **options: Any
) -> list[dict[str, Any]]:
    """`agreement_within` of so many units with so many judgments first better, tie and second better, each kind of
    unit in a group and a block; `shape` is (G, B)."""
    sums_NW = outcome_sums(counts_N3, 0)[:, :13] * units_N[:, None]
    return table(groups, blocks, sums_NW, shape, {**SHARES, **ALPHAS}, **options)


def agreement_within(
    judgments: Judgments,
    keys: Sequence[Hashable],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
) -> list[dict[str, Any]]:
    """Agreement among the judgments of each key (one of each row: its pool, batch, week ...); None is left out.

    Each row is {"key", "pairwise", "pairwise_decided", "alpha_nominal", "alpha_ordinal"}, in the order in which the
    keys come first. Judgments of different keys are not compared.
    """
    names: dict[Hashable, int] = {}
    of = np.array([-1 if key is None else names.setdefault(key, len(names)) for key in keys], dtype=np.int64)
    rows = np.flatnonzero(of >= 0)
    size = max(1, len(names))
    parts, first, part = np.unique(judgments.units[rows] * size + of[rows], return_index=True, return_inverse=True)
    codes = part * 3 + judgments.values[rows] + 1
    counts_N3 = np.bincount(codes, minlength=len(parts) * 3).reshape(-1, 3).astype(np.float64)
    blocks, width = blocks_of_rows(judgments.clusters, seed)
    found = within_of_counts(
        parts % size,
        blocks[rows[first]],
        counts_N3,
        np.ones(len(parts)),
        (len(names), width),
        seed=seed,
        resamples=resamples,
        confidence=confidence,
    )
    return [{"key": name, **row} for name, row in zip(names, found, strict=True)]


def by_of_counts(
    keys: Ints,
    blocks: Ints,
    counts_N9: Floats,
    width: int,
    *,
    minimum: int = 1,
    most: int | None = None,
    measures: dict[str, Measure] = BY,
    **options: Any,
) -> list[tuple[int, dict[str, Any]]]:
    """`agreement_by` of counts of the nine codes, each row of them of one key (a labeler, or two) in one of `width`
    blocks: the key and its row, with "confusion", for the `most` keys of most comparisons (at least `minimum`).
    `measures` are all, or those of them that are wanted."""
    names, groups = np.unique(keys, return_inverse=True)
    tables_G9 = sum_by(groups, counts_N9, len(names)) if len(names) else np.zeros((0, SAME))
    counts = tables_G9.sum(axis=1)
    order = np.lexsort((names, -counts))
    order = order[counts[order] >= minimum][:most]
    place = np.full(len(names), -1)
    place[order] = np.arange(len(order))
    kept = place[groups] >= 0
    found = table(
        place[groups][kept],
        blocks[kept],
        code_sums(counts_N9[kept]),
        (len(order), width),
        measures,
        **options,
    )
    confusions = tables_G9[order].reshape(-1, 3, 3).astype(int).tolist()
    return [
        (key, {**row, "confusion": confusion})
        for key, row, confusion in zip(names[order].tolist(), found, confusions, strict=True)
    ]


def agreement_by(
    judgments: Judgments,
    by: Literal["labeler", "pair"],
    *,
    others: Sequence[bool] | None = None,
    minimum: int = 1,
    most: int | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
) -> list[dict[str, Any]]:
    """Pairwise agreement of each labeler with all others, or of each two labelers; most comparisons first.

    Each row is {"labelers": (name,) or (name, name), "pairwise", "pairwise_decided", "cohen_kappa", "confusion"}: the
    statistics as in `agreement`, Cohen's kappa with linear weights, and counts (3 lists of 3) with the labeler's
    judgments as rows and the others' as columns. With `others` (one of each name) labelers are compared only with
    those of whom it is true. Groups of fewer than `minimum` comparisons are left out, and those beyond the `most`
    largest.
    """
    pairs = comparisons(judgments.units, judgments.labelers)
    size = len(judgments.names)
    first, second = judgments.labelers[pairs.first], judgments.labelers[pairs.second]
    codes = (judgments.values[pairs.first] + 1) * 3 + judgments.values[pairs.second] + 1
    blocks, width = blocks_of_rows(judgments.clusters, seed)
    block = blocks[pairs.first]
    if by == "labeler":
        # A comparison stands in the rows of both of its labelers, seen from each side.
        keys, codes, block = np.r_[first, second], np.r_[codes, codes % 3 * 3 + codes // 3], np.r_[block, block]
        if others is not None:
            kept = np.asarray(others, dtype=bool)[np.r_[second, first]] if size else np.zeros(0, dtype=bool)
            keys, codes, block = keys[kept], codes[kept], block[kept]
    else:
        keys = first * size + second
    found = by_of_counts(
        keys, block, np.eye(SAME)[codes], width,
        minimum=minimum, most=most, seed=seed, resamples=resamples, confidence=confidence,
    )  # fmt: skip
    rows = []
    for key, row in found:
        labelers = (key,) if by == "labeler" else divmod(key, size)
        rows.append({"labelers": tuple(judgments.names[one] for one in labelers), **row})
    return rows
