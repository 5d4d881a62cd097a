"""How well a reward model's scores order what labelers judged, and where they do not.

What it does. Accuracy is the share of judged pairs that scores order as the labeler did, with an interval in
which a prompt's pairs are one cluster, and beside it that of "the longer output wins". The same stands for
parts of the pairs: by how many outputs were ranked together, by use case, by the labelers' pool, and by how
far labelers agree on the pair, for what people contradict each other on no model can order. Calibration sets
what scores promise, sigmoid(r_better - r_worse), against how often it comes true.

Where it departs from the paper. It reports accuracy over all pairs and for held-out labelers (section 3.3 and
appendix C.2); the other parts are ours.

Shapes: P pairs.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from training.comparisons import PromptGroup, batch_pairs
from training.losses import preference_loss

AGREEMENTS = ("one", "all", "most", "split")
"""How the judgments of a pair stand: there is one, all give the same order, most do, or as many give the other one."""
BINS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""The edges of what scores promise: the probability of the order that they give."""


def clustered_interval(right: Sequence[float], counts: Sequence[int]) -> tuple[float, float, float]:
    """A share with its 95 % interval, (value, low, high), from right and all answers in each cluster.

    Wilson's interval at the effective number of answers: p(1-p) over the variance of the ratio between
    clusters. Where that variance says nothing (all right or all wrong), the number of clusters is used.
    """
    total, clusters = sum(counts), len(counts)
    p = sum(right) / total
    spread = sum((r - p * n) ** 2 for r, n in zip(right, counts, strict=True))
    if clusters > 1 and spread > 0 and 0 < p < 1:
        variance = spread / total**2 * clusters / (clusters - 1)
        effective = min(float(total), p * (1 - p) / variance)
    else:
        effective = float(clusters)
    z2 = 1.959964**2
    center = (p + z2 / (2 * effective)) / (1 + z2 / effective)
    half = math.sqrt(z2 * (p * (1 - p) / effective + z2 / (4 * effective**2))) / (1 + z2 / effective)
    # At 0 and 1 rounding could leave the value a last bit outside.
    return p, max(0.0, min(p, center - half)), min(1.0, max(p, center + half))


def _order(better: float, worse: float) -> float:
    """1 where the better has more, 0 where it has less, and .5 where they are equal."""
    return 0.5 * (1 + (better > worse) - (better < worse))


def _right(group: PromptGroup, values: Sequence[float]) -> float:
    """How many of a group's pairs the values order as the labelers did; equal values are half right."""
    return sum(_order(values[i], values[j]) for i, j, _ in group.pairs)


def measure_accuracy(groups: Sequence[PromptGroup], scores: Sequence[Sequence[float]]) -> dict[str, float]:
    """How scores order judged pairs: accuracy with its interval over prompts, loss, and the length's
    accuracy.

    Keys: accuracy, accuracy_low, accuracy_high, longer_wins, loss, reward_mean, pairs, prompts.
    """
    counts = [len(group.pairs) for group in groups]
    value, low, high = clustered_interval([_right(g, s) for g, s in zip(groups, scores, strict=True)], counts)
    lengths = [[len(output) for output in group.outputs_ids] for group in groups]
    flat = [score for of_group in scores for score in of_group]
    losses = preference_loss(torch.tensor(flat), *batch_pairs(groups, torch.device("cpu")))
    return {
        "accuracy": value,
        "accuracy_low": low,
        "accuracy_high": high,
        "longer_wins": sum(_right(g, n) for g, n in zip(groups, lengths, strict=True)) / sum(counts),
        "loss": float(losses) / len(groups),
        "reward_mean": sum(flat) / len(flat),
        "pairs": float(sum(counts)),
        "prompts": float(len(groups)),
    }


@dataclass(frozen=True)
class _Pair:
    """A judged pair under scores: its prompt's number, whether the scores and the lengths order it as the labeler did
    (1, 0, or .5 where equal), the margin between the scores, and its part of each division."""

    prompt: int
    right: float
    longer: float
    margin: float
    parts: dict[str, str]


def _pairs(groups: Sequence[PromptGroup], scores: Sequence[Sequence[float]]) -> Iterator[_Pair]:
    for number, (group, values) in enumerate(zip(groups, scores, strict=True)):
        votes = Counter((i, j) for i, j, _ in group.pairs)
        for (i, j, _), judgment in zip(group.pairs, group.judgments, strict=True):
            with_it, against = votes[i, j], votes[j, i]
            if with_it + against == 1:
                agreement = "one"
            elif not against:
                agreement = "all"
            else:
                agreement = "split" if with_it == against else "most"
            yield _Pair(
                number,
                _order(values[i], values[j]),
                _order(len(group.outputs_ids[i]), len(group.outputs_ids[j])),
                values[i] - values[j],
                {
                    "outputs": str(judgment.outputs),
                    "use_case": group.use_case,
                    "pool": judgment.pool,
                    "agreement": agreement,
                },
            )


def _share(pairs: Sequence[_Pair]) -> dict[str, float]:
    right: defaultdict[int, float] = defaultdict(float)
    for pair in pairs:
        right[pair.prompt] += pair.right
    counts = Counter(pair.prompt for pair in pairs)
    value, low, high = clustered_interval([right[number] for number in counts], list(counts.values()))
    return {"accuracy": value, "accuracy_low": low, "accuracy_high": high, "pairs": len(pairs), "prompts": len(counts)}


def accuracy_by(groups: Sequence[PromptGroup], scores: Sequence[Sequence[float]]) -> dict[str, list[dict[str, Any]]]:
    """Accuracy of parts of the judged pairs, by "outputs" (K), "use_case", "pool" and "agreement" (AGREEMENTS).

    A row has: part, accuracy, accuracy_low, accuracy_high, longer_wins, pairs, prompts; parts in their order.
    """
    divided: dict[str, defaultdict[str, list[_Pair]]] = {}
    for pair in _pairs(groups, scores):
        for name, part in pair.parts.items():
            divided.setdefault(name, defaultdict(list))[part].append(pair)

    def place(part: str) -> tuple[int, int, str]:
        return (AGREEMENTS.index(part) if part in AGREEMENTS else 0, int(part) if part.isdecimal() else 0, part)

    return {
        name: [
            {"part": part, **_share(parts[part]), "longer_wins": sum(p.longer for p in parts[part]) / len(parts[part])}
            for part in sorted(parts, key=place)
        ]
        for name, parts in divided.items()
    }


def calibration(groups: Sequence[PromptGroup], scores: Sequence[Sequence[float]]) -> list[dict[str, float]]:
    """What scores promise against what came true, by how much they promise (BINS; empty ones are left out).

    A row has: at_least, below, promised (the mean probability of the order that the scores give), accuracy with its
    interval, pairs, prompts.
    """
    bins: defaultdict[int, list[_Pair]] = defaultdict(list)
    for pair in _pairs(groups, scores):
        promised = _promised(pair.margin)
        bins[sum(promised >= edge for edge in BINS[1:-1])].append(pair)
    return [
        {
            "at_least": BINS[at],
            "below": BINS[at + 1],
            "promised": sum(_promised(pair.margin) for pair in bins[at]) / len(bins[at]),
            **_share(bins[at]),
        }
        for at in sorted(bins)
    ]


def _promised(margin: float) -> float:
    return 1 / (1 + math.exp(-abs(margin)))


def calibration_error(rows: Sequence[dict[str, float]]) -> float:
    """The mean distance between promise and truth over the pairs of calibration's rows (Guo et al. 2017)."""
    return sum(row["pairs"] * abs(row["promised"] - row["accuracy"]) for row in rows) / sum(
        row["pairs"] for row in rows
    )


def reward_report(groups: Sequence[PromptGroup], scores: Sequence[Sequence[float]], *, split: str) -> dict[str, Any]:
    """What report.json holds of a reward model on the groups of a split: `results` with all pairs, `accuracy_by` and
    `calibration`."""
    rows = calibration(groups, scores)
    whole = measure_accuracy(groups, scores) | {"calibration_error": calibration_error(rows), "split": split}
    return {"results": {"comparisons": whole}, "accuracy_by": accuracy_by(groups, scores), "calibration": rows}


def report_table(report: dict[str, Any]) -> str:
    """A reward_report's accuracies as a table for a model's card."""
    whole = report["results"]["comparisons"]
    rows = [("all", "", whole)]
    rows += [(name, row["part"], row) for name, parts in report["accuracy_by"].items() for row in parts]
    rows += [("promised", f"{row['promised']:.2f}", row) for row in report["calibration"]]
    lines = [
        "| held-out pairs | | accuracy | 95 % interval | longer wins | pairs | prompts |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, part, row in rows:
        longer = f"{row['longer_wins']:.3f}" if "longer_wins" in row else ""
        lines.append(
            f"| {name.replace('_', ' ')} | {part} | {row['accuracy']:.3f} | {row['accuracy_low']:.3f} to "
            f"{row['accuracy_high']:.3f} | {longer} | {row['pairs']:.0f} | {row['prompts']:.0f} |"
        )
    return "\n".join(lines)
