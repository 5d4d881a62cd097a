"""Agreement between labelers over units: pure functions on columns of numbers, without database or Django.

A unit is a pair of candidates of one prompt, oriented by the candidates' order at creation. A judgment of a unit
is -1 (first better), 0 (tie) or 1 (second better); labelers are compared two by two within a unit, and a labeler's
first judgment of a unit counts. Every statistic is a function of sums over units, and that is what makes the
intervals cheap: the sums are made once for each prompt, and a bootstrap resample is a weighted sum of those few
numbers.

    judgments = Judgments.from_rows((prompt, unit, labeler, value) ...)
    agreement(judgments)                      the five statistics of GET /projects/ID/agreement
    agreement_by(judgments, "labeler")        each labeler against all others; "pair": each two labelers
    pairs_of_ranking(candidates, ranks)       units and values out of one K-wise ranking

Shapes: U units, C prompts (clusters), R resamples, K categories, P comparisons of two labelers. docs/agreement.md
has the definitions in words, when to use which, and the values on public data.

Krippendorff's alpha is our own, not the `krippendorff` package's, because the package goes from raw data to one
number: a thousand resamples would be a thousand passes over the data. The package is what the tests compare with.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Key = TypeVar("Key", bound=Hashable)

VALUES = (-1, 0, 1)
"""First better, tie, second better: the categories, in the order that the ordinal metric means."""

RESAMPLES = 1000
CONFIDENCE = 0.95
MAX_BLOCKS = 2_000
"""Prompts beyond this number are resampled in equal random blocks, so that time and memory stay bounded."""

BATCH = 4_000_000
"""Weights held at a time while resampling (32 MB)."""


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


# --- The statistics, each from counts or sums


def coincidences(counts_UK: Floats) -> Floats:
    """Each unit's coincidence matrix (U, K, K): its pairable values, every ordered pair weighing 1 / (m - 1).

    `counts_UK` has how many labelers gave unit u the value k; m is their sum. A unit with one judgment or none has
    no pairs and gives zeros. Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C, step 2.
    """
    judged_U = counts_UK.sum(axis=1)
    ordered = counts_UK[:, :, None] * counts_UK[:, None, :]
    diagonal = np.arange(counts_UK.shape[1])
    ordered[:, diagonal, diagonal] -= counts_UK
    return np.asarray(ordered / np.maximum(judged_U - 1, 1)[:, None, None], dtype=np.float64)


def krippendorff_alpha(coincidences_KK: Floats, metric: Literal["nominal", "ordinal"]) -> Floats:
    """Krippendorff's alpha from summed coincidence matrices (..., K, K), one alpha for each; NaN where undefined.

    alpha = 1 - (n - 1) sum o_kl d_kl / sum n_k n_l d_kl, with o the coincidences, n_k their marginals and n their
    total. The squared difference d_kl is 1 for k other than l (nominal), or (n_k / 2 + n_l / 2 + the n of what
    lies between)^2 (ordinal; the categories in their order). Undefined where all values are the same: nothing
    could have disagreed. Krippendorff (2011), sections C and D.
    """
    marginals = coincidences_KK.sum(axis=-1)
    k = marginals.shape[-1]
    if metric == "nominal":
        difference = np.broadcast_to(1.0 - np.eye(k), coincidences_KK.shape)
    else:
        # A category's midrank is what lies below it and half of itself; the distance of two is that of their
        # midranks.
        midranks = np.cumsum(marginals, axis=-1) - marginals / 2
        difference = (midranks[..., :, None] - midranks[..., None, :]) ** 2
    total = marginals.sum(axis=-1)
    observed = (coincidences_KK * difference).sum(axis=(-2, -1))
    expected = (marginals[..., :, None] * marginals[..., None, :] * difference).sum(axis=(-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(expected > 0, 1 - (total - 1) * observed / expected, np.nan))


def fleiss_kappa(agree: Floats, category_K: Floats, judged: int) -> Floats:
    """Fleiss' kappa of units with `judged` judgments each, from sums over the units; NaN where undefined.

    `agree` (...) has the pairs of judgments that are the same, `category_K` (..., K) the judgments of each
    category. With P the share of pairs that agree and Pe the sum of the squared shares of the categories, kappa =
    (P - Pe) / (1 - Pe). Undefined where all judgments are the same. Fleiss (1971), Measuring nominal scale
    agreement among many raters.
    """
    total = category_K.sum(axis=-1)
    pairs = total * (judged - 1) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = agree / pairs
        chance = ((category_K / total[..., None]) ** 2).sum(axis=-1)
        one_category = category_K.max(axis=-1) >= total
        return np.asarray(np.where(one_category, np.nan, (observed - chance) / (1 - chance)))


# --- Sums over prompts, and the bootstrap


@dataclass(frozen=True)
class Sums:
    """What every statistic is made of, summed over units: arrays whose first axis is prompts or resamples."""

    pairs: Floats
    agree: Floats
    decided: Floats
    decided_agree: Floats
    coincidences: Floats
    modal_pairs: Floats
    modal_agree: Floats
    modal_categories: Floats

    WIDTH = 4 + 9 + 2 + 3

    @classmethod
    def from_matrix(cls, matrix: Floats) -> "Sums":
        """The columns of a (rows, WIDTH) matrix, named."""
        return cls(
            pairs=matrix[:, 0], agree=matrix[:, 1], decided=matrix[:, 2], decided_agree=matrix[:, 3],
            coincidences=matrix[:, 4:13].reshape(-1, 3, 3),
            modal_pairs=matrix[:, 13], modal_agree=matrix[:, 14], modal_categories=matrix[:, 15:18],
        )  # fmt: skip

    def values(self, judged: int) -> dict[str, Floats]:
        """Every statistic of each row, NaN where it is undefined."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return {
                "pairwise": self.agree / self.pairs,
                "pairwise_decided": self.decided_agree / self.decided,
                "alpha_nominal": krippendorff_alpha(self.coincidences, "nominal"),
                "alpha_ordinal": krippendorff_alpha(self.coincidences, "ordinal"),
                "fleiss_kappa": fleiss_kappa(self.modal_agree, self.modal_categories, judged),
            }

    def bases(self) -> dict[str, Floats]:
        """The comparisons of two labelers that each statistic of each row rests on."""
        return {
            "pairwise": self.pairs,
            "pairwise_decided": self.decided,
            "alpha_nominal": self.pairs,
            "alpha_ordinal": self.pairs,
            "fleiss_kappa": self.modal_pairs,
        }


def _choose_2(counts: Floats) -> Floats:
    return counts * (counts - 1) / 2


def _sum_by(groups: Ints, columns: Floats, size: int) -> Floats:
    """Sums of the rows of `columns` for each group 0 to size - 1."""
    return np.stack([np.bincount(groups, weights=column, minlength=size) for column in columns.T], axis=1)


def _sums_of_prompts(judgments: Judgments) -> tuple[Floats, int]:
    """The matrix of Sums, a row for each prompt in which two labelers meet, and how many judgments most units have.

    That number is the most frequent among the units judged at least twice (a unit judged once can't agree with
    anything); of two that are equally frequent the larger. 0 where no unit has two.
    """
    units = int(judgments.units.max(initial=-1)) + 1
    clusters = int(judgments.clusters.max(initial=-1)) + 1
    codes = judgments.units * len(VALUES) + judgments.values + 1
    counts_U3 = np.bincount(codes, minlength=units * len(VALUES)).reshape(units, len(VALUES)).astype(np.float64)
    judged_U = counts_U3.sum(axis=1)
    cluster_U = np.zeros(units, dtype=np.int64)
    cluster_U[judgments.units] = judgments.clusters

    met = judged_U >= 2
    counts_U3, judged_U, cluster_U = counts_U3[met], judged_U[met], cluster_U[met]
    frequency = np.bincount(judged_U.astype(np.int64), minlength=1)
    judged = int(len(frequency) - 1 - np.argmax(frequency[::-1])) if len(judged_U) else 0

    decided_U2 = counts_U3[:, [0, 2]]
    modal_U = (judged_U == judged).astype(np.float64)
    agree_U = _choose_2(counts_U3).sum(axis=1)
    columns = np.column_stack([
        _choose_2(judged_U),
        agree_U,
        _choose_2(decided_U2.sum(axis=1)),
        _choose_2(decided_U2).sum(axis=1),
        coincidences(counts_U3).reshape(-1, 9),
        modal_U * _choose_2(judged_U),
        modal_U * agree_U,
        modal_U[:, None] * counts_U3,
    ])  # fmt: skip
    matrix = _sum_by(cluster_U, columns, clusters).reshape(clusters, Sums.WIDTH)
    return matrix[matrix[:, 0] > 0], judged


def _resample(matrix: Floats, resamples: int, seed: int) -> Floats:
    """Sums of bootstrap resamples (R, columns): each draws as many prompts, with replacement, as there are rows.

    A resample is a vector of how often each prompt was drawn, so its sums are weights times rows: one matrix
    product in place of a pass over the judgments. The rows are sorted first, which makes the interval depend on the
    judgments alone and not on the order in which they were read. Beyond MAX_BLOCKS prompts these are dealt at random
    into that many blocks that are drawn whole. Sums of independent prompts vary over blocks as they do over prompts,
    and 2,000 blocks give an interval's width within 1.6 % (1 / sqrt(2 * 2,000)), less than 1,000 resamples err by.
    """
    generator = np.random.default_rng(seed)
    # Sums of thirds differ in their last bits with the order of adding, so equal rows are only equal when rounded.
    rows = matrix[np.lexsort(np.round(matrix, 6).T)]
    if len(rows) > MAX_BLOCKS:
        rows = _sum_by(generator.permutation(len(rows)) % MAX_BLOCKS, rows, MAX_BLOCKS)
    size = len(rows)
    sums = np.empty((resamples, rows.shape[1]))
    step = max(1, BATCH // size)
    for start in range(0, resamples, step):
        count = min(step, resamples - start)
        drawn = generator.integers(0, size, size=(count, size), dtype=np.int32)
        drawn = drawn + (np.arange(count) * size)[:, None]
        weights = np.bincount(drawn.ravel(), minlength=count * size).reshape(count, size)
        sums[start : start + count] = weights.astype(np.float64) @ rows
    return sums


def _interval(value: float, prompts: int, resampled_R: Floats, confidence: float) -> dict[str, Any]:
    """{"low", "high"} by percentiles of the resamples that define the statistic, or nulls with `why` in words.

    One prompt says nothing about how much prompts differ, and its resamples would feign an interval of width zero.
    """
    if prompts < 2:
        why = "This rests on one prompt; an interval needs comparisons in at least 1 more."
        return {"low": None, "high": None, "why": why}
    defined = resampled_R[~np.isnan(resampled_R)]
    if 2 * len(defined) < len(resampled_R):
        why = "Most resamples leave this undefined; an interval needs different judgments in at least 1 more prompt."
        return {"low": None, "high": None, "why": why}
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    # Rounding can put a bound 1e-16 on the wrong side of the value where all resamples are equal.
    return {"low": float(min(low, value)), "high": float(max(high, value))}


def _why_undefined(name: str, judgments: Judgments, sums: Sums) -> str:
    """In words, why a statistic has no value and what is needed for one."""
    if not sums.pairs.any():
        single = len(np.unique(judgments.units))
        return "No unit has been judged by two labelers yet: 1 more judgment, by a second labeler, is needed" + (
            f" (units with one judgment: {single})." if single else ", after a first (no judgments so far)."
        )
    if name == "pairwise_decided":
        return (
            f"In each of the {int(sums.pairs.sum())} comparisons of two labelers one says tie: "
            "1 more, in which neither does, is needed."
        )
    return (
        "All judgments that can be compared are the same, so agreement can't be told from chance: "
        "at least 1 different judgment is needed."
    )


def agreement(
    judgments: Judgments, *, seed: int = 0, resamples: int = RESAMPLES, confidence: float = CONFIDENCE
) -> dict[str, dict[str, Any]]:
    """The five statistics of a project, each {"value", "low", "high", "n"}, or {"value": None, "why"}.

    pairwise            share of comparisons of two labelers in which both say the same; a tie is an outcome
    pairwise_decided    the same without the comparisons in which either says tie; like pairwise it has "agree" too
    alpha_nominal       Krippendorff's alpha, any two different judgments being equally far apart
    alpha_ordinal       Krippendorff's alpha, a tie lying between the other two
    fleiss_kappa        Fleiss' kappa over the units with the most frequent number of judgments (two or more)

    n counts comparisons of two labelers, summed over units. low and high bound the `confidence` interval of a
    bootstrap over prompts; where only one prompt bears on the statistic they are None, and `why` says what is
    missing. The same judgments and seed give the same answer, in whatever order the rows come.
    """
    matrix, judged = _sums_of_prompts(judgments)
    of_prompts = Sums.from_matrix(matrix)
    whole = Sums.from_matrix(matrix.sum(axis=0, keepdims=True))
    values, bases = whole.values(judged), whole.bases()
    prompts = {name: int((base > 0).sum()) for name, base in of_prompts.bases().items()}
    resampled = Sums.from_matrix(_resample(matrix, resamples, seed)).values(judged) if len(matrix) else {}

    answer: dict[str, dict[str, Any]] = {}
    for name, array in values.items():
        value = float(array[0])
        if np.isnan(value):
            answer[name] = {"value": None, "why": _why_undefined(name, judgments, of_prompts)}
            continue
        interval = _interval(value, prompts[name], resampled[name], confidence)
        answer[name] = {"value": value, **interval, "n": int(bases[name][0])}
    for name, agree in (("pairwise", whole.agree), ("pairwise_decided", whole.decided_agree)):
        if answer[name]["value"] is not None:
            answer[name]["agree"] = int(agree[0])
    return answer


# --- Tables: who agrees with whom


@dataclass(frozen=True)
class Comparisons:
    """Every comparison of two labelers within a unit, as columns of length P; each two labelers appear once a unit."""

    clusters: Ints
    first: Ints
    """The labeler with the lower index."""
    second: Ints
    first_values: Ints
    second_values: Ints


def comparisons(judgments: Judgments) -> Comparisons:
    """All comparisons of two labelers, unit by unit."""
    order = np.lexsort((judgments.labelers, judgments.units))
    units = judgments.units[order]
    starts = np.flatnonzero(np.r_[True, units[1:] != units[:-1]]) if len(units) else np.empty(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(units)])
    lefts, rights = [], []
    # Units with the same number of judgments are paired together: as many steps as there are sizes, not units.
    for size in np.unique(sizes):
        i, j = np.triu_indices(size, k=1)
        at = starts[sizes == size][:, None]
        lefts.append((at + i).ravel())
        rights.append((at + j).ravel())
    left = order[np.concatenate(lefts)] if lefts else order
    right = order[np.concatenate(rights)] if rights else order
    return Comparisons(
        judgments.clusters[left],
        judgments.labelers[left],
        judgments.labelers[right],
        judgments.values[left],
        judgments.values[right],
    )


def confusion(first_values: Ints, second_values: Ints) -> Ints:
    """Counts (3, 3) of what one said (rows: first better, tie, second better) against what the other said (columns)."""
    codes = (first_values + 1) * len(VALUES) + second_values + 1
    return np.bincount(codes, minlength=len(VALUES) ** 2).reshape(len(VALUES), len(VALUES))


def agreement_by(
    judgments: Judgments,
    by: Literal["labeler", "pair"],
    *,
    minimum: int = 1,
    seed: int = 0,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
) -> list[dict[str, Any]]:
    """Pairwise agreement of each labeler with all others, or of each two labelers; most comparisons first.

    Each row is {"labelers": (name,) or (name, name), "pairwise", "pairwise_decided", "confusion"}: the two
    statistics as in `agreement`, and counts (3 lists of 3) with the labeler's judgments as rows and the others' as
    columns. Groups that rest on fewer than `minimum` comparisons are left out.
    """
    table = comparisons(judgments)
    if by == "labeler":
        # A comparison stands in the rows of both of its labelers, seen from each side.
        groups = np.concatenate([table.first, table.second])
        clusters = np.tile(table.clusters, 2)
        own = np.concatenate([table.first_values, table.second_values])
        other = np.concatenate([table.second_values, table.first_values])
    else:
        groups = table.first * len(judgments.names) + table.second
        clusters, own, other = table.clusters, table.first_values, table.second_values

    order = np.argsort(groups, kind="stable")
    keys, starts = np.unique(groups[order], return_index=True)
    rows = []
    for key, members in zip(keys.tolist(), np.split(order, starts[1:]), strict=False):
        if len(members) < minimum:
            continue
        labelers = (key,) if by == "labeler" else divmod(key, len(judgments.names))
        rows.append({
            "labelers": tuple(judgments.names[labeler] for labeler in labelers),
            **_pairwise_of(clusters[members], own[members], other[members], seed, resamples, confidence),
            "confusion": confusion(own[members], other[members]).tolist(),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-sum(map(sum, row["confusion"])), str(row["labelers"])))


def _pairwise_of(
    clusters: Ints, own: Ints, other: Ints, seed: int, resamples: int, confidence: float
) -> dict[str, dict[str, Any]]:
    """`pairwise` and `pairwise_decided` of comparisons given as columns."""
    same = own == other
    decided = (own != 0) & (other != 0)
    prompts, clusters = np.unique(clusters, return_inverse=True)
    columns = np.column_stack([np.ones(len(own)), same, decided, decided & same]).astype(np.float64)
    matrix = _sum_by(clusters, columns, len(prompts))
    resampled = _resample(matrix, resamples, seed)
    whole = matrix.sum(axis=0)
    answer: dict[str, dict[str, Any]] = {}
    for name, column in (("pairwise", 0), ("pairwise_decided", 2)):
        n, agree = whole[column], whole[column + 1]
        if not n:
            why = f"In each of the {len(own)} comparisons one says tie: 1 more, in which neither does, is needed."
            answer[name] = {"value": None, "why": why}
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = resampled[:, column + 1] / resampled[:, column]
        interval = _interval(agree / n, int((matrix[:, column] > 0).sum()), shares, confidence)
        answer[name] = {"value": float(agree / n), **interval, "n": int(n), "agree": int(agree)}
    return answer
