"""Comparisons as a reward model learns from them and is measured on them: a prompt, its outputs, its judgments.

What it does. An element is one prompt: the union of its outputs (the same text once) and all judgments on
them; ties give no pair. Accuracy is the share of judged pairs that scores order alike, with an interval in
which a prompt's pairs are one cluster, and beside it that of "the longer output wins".

Where it departs from the paper: reward.py says it.

Shapes: P pairs.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from training.config import GROUP
from training.data import DataError, encode_completion, read_conditioned, render_prompt
from training.losses import preference_loss, untied_pairs, weighted_pairs
from training.records import ComparisonRecord, Message


@dataclass(frozen=True)
class PromptGroup:
    """One prompt with its outputs in ids (each ends with the end of turn) and its (better, worse, weight)
    pairs.

    A pair stands once for each judgment that decided it; the weights of a prompt sum to 1.
    """

    prompt: str
    prompt_ids: list[int]
    outputs_ids: list[list[int]]
    pairs: list[tuple[int, int, float]]

    @property
    def rows(self) -> list[list[int]]:
        return [[*self.prompt_ids, *output] for output in self.outputs_ids]

    @property
    def longest(self) -> int:
        return len(self.prompt_ids) + max(map(len, self.outputs_ids))


@dataclass(frozen=True)
class Comparisons:
    """Comparisons as groups, by split, with what was left out and why."""

    groups: dict[str, list[PromptGroup]]
    dropped: dict[str, int]


@dataclass
class _Judged:
    """What is known of a prompt while its records are read."""

    messages: tuple[Message, ...]
    split: str
    texts: dict[str, int] = field(default_factory=dict)
    judgments: list[tuple[list[tuple[int, int]], float]] = field(default_factory=list)


def load_comparisons(
    path: str | Path,
    tokenizer: Any,
    *,
    max_prompt_tokens: int,
    max_response_tokens: int,
    max_tokens: int,
    group_turn: str = "",
) -> Comparisons:
    """Reads comparisons, joins the judgments of each prompt, and encodes them.

    Too long prompts are dropped, and too long outputs with their pairs; judgments in which all is tied are
    passed over; all of it is counted. `max_tokens` is what the model can read. Where `group_turn` names the
    label, each group's judgments of a prompt are an element of their own. Raises RecordError and DataError.
    """
    prompts: dict[tuple[str, str], _Judged] = {}
    dropped = {"prompt_too_long": 0, "output_too_long": 0, "judgment_all_tied": 0, "prompt_without_pairs": 0}
    for record in read_conditioned(path, ComparisonRecord, group_turn):
        element = record.prompt, record.group if GROUP in group_turn else ""
        judged = prompts.setdefault(element, _Judged(record.messages, record.split))
        if judged.messages != record.messages:
            raise DataError(f"{Path(path).name}: the prompt {record.prompt} stands there with two different texts")
        if judged.split != record.split:
            raise DataError(
                f"{Path(path).name}: the prompt {record.prompt} is both in {judged.split} and in {record.split}"
            )
        index = [judged.texts.setdefault(candidate.text, len(judged.texts)) for candidate in record.candidates]
        # Two candidates with the same text have the same score: such a pair teaches nothing.
        pairs = [(index[i], index[j]) for i, j in untied_pairs(record.ranks) if index[i] != index[j]]
        if pairs:
            judged.judgments.append((pairs, record.weight))
        else:
            dropped["judgment_all_tied"] += 1
    groups: dict[str, list[PromptGroup]] = defaultdict(list)
    for (prompt, _), judged in prompts.items():
        prompt_ids = render_prompt(tokenizer, judged.messages)
        if len(prompt_ids) > max_prompt_tokens:
            dropped["prompt_too_long"] += 1
            continue
        room = min(max_response_tokens, max_tokens - len(prompt_ids))
        group, too_long = _encode(tokenizer, prompt, prompt_ids, judged, room)
        dropped["output_too_long"] += too_long
        if group.pairs:
            groups[judged.split].append(group)
        else:
            dropped["prompt_without_pairs"] += 1
    return Comparisons(dict(groups), dropped)


def _encode(tokenizer: Any, prompt: str, prompt_ids: list[int], judged: _Judged, room: int) -> tuple[PromptGroup, int]:
    """A prompt's group of the outputs that fit and are judged, and how many do not fit."""
    encoded = [encode_completion(tokenizer, text) for text in judged.texts]
    fits = [len(ids) <= room for ids in encoded]
    judgments = [([(i, j) for i, j in pairs if fits[i] and fits[j]], weight) for pairs, weight in judged.judgments]
    pairs = weighted_pairs(judgments)
    used = sorted({i for pair in pairs for i in pair[:2]})
    place = {old: new for new, old in enumerate(used)}
    group = PromptGroup(prompt, prompt_ids, [encoded[i] for i in used], [(place[i], place[j], w) for i, j, w in pairs])
    return group, fits.count(False)


def batch_pairs(groups: Sequence[PromptGroup], device: torch.device) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Better, worse and weight of all pairs, the indices being those of group_scores, [P] each."""
    better, worse, weights, first = [], [], [], 0
    for group in groups:
        for i, j, weight in group.pairs:
            better.append(first + i)
            worse.append(first + j)
            weights.append(weight)
        first += len(group.outputs_ids)
    return (
        torch.tensor(better, device=device),
        torch.tensor(worse, device=device),
        torch.tensor(weights, device=device, dtype=torch.float32),
    )


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


def _right(group: PromptGroup, values: Sequence[float]) -> float:
    """How many of a group's pairs the values order as the labelers did; equal values are half right."""
    return sum(0.5 * (1 + (values[i] > values[j]) - (values[i] < values[j])) for i, j, _ in group.pairs)


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
