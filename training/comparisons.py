"""Comparisons as a reward model learns from them and is measured on them: a prompt, its outputs, its judgments.

What it does. An element is one prompt: the union of its outputs (the same text once) and all judgments on
them; ties give no pair. accuracy.py says how well scores order the pairs.

Where it departs from the paper: reward.py says it.

Shapes: P pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from training.config import GROUP
from training.data import DataError, encode_completion, read_conditioned, render_prompt
from training.losses import untied_pairs, weighted_pairs
from training.records import ComparisonRecord, Message


@dataclass(frozen=True)
class Judgment:
    """Where a pair's order comes from: how many outputs were ranked together, and the pool of who ranked them."""

    outputs: int = 2
    pool: str = ""


@dataclass(frozen=True)
class PromptGroup:
    """One prompt with its outputs in ids (each ends with the end of turn) and its (better, worse, weight)
    pairs.

    A pair stands once for each judgment that decided it; the weights of a prompt sum to 1. `judgments` has
    the judgment of each pair, or is empty where nobody asks.
    """

    prompt: str
    prompt_ids: list[int]
    outputs_ids: list[list[int]]
    pairs: list[tuple[int, int, float]]
    judgments: Sequence[Judgment] = ()
    use_case: str = ""

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
    use_case: str
    texts: dict[str, int] = field(default_factory=dict)
    judgments: list[tuple[list[tuple[int, int]], float, Judgment]] = field(default_factory=list)


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
        judged = prompts.setdefault(element, _Judged(record.messages, record.split, record.use_case))
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
            judged.judgments.append((pairs, record.weight, Judgment(len(record.candidates), record.pool)))
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
    fitting = [
        ([(i, j) for i, j in pairs if fits[i] and fits[j]], weight, judgment)
        for pairs, weight, judgment in judged.judgments
    ]
    pairs = weighted_pairs([(pairs, weight) for pairs, weight, _ in fitting])
    used = sorted({i for pair in pairs for i in pair[:2]})
    place = {old: new for new, old in enumerate(used)}
    group = PromptGroup(
        prompt,
        prompt_ids,
        [encoded[i] for i in used],
        [(place[i], place[j], w) for i, j, w in pairs],
        [judgment for decided, _, judgment in fitting for _ in decided],
        judged.use_case,
    )
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
