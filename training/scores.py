"""A reward model's scores of texts: the one place that maps texts to scores.

What it does. A score is read at a text's last token, the end of turn, by the head in fp32, `reward_bias`
included (models.py says its sign). Outputs of one prompt share its tokens where the model can be read flat
(flat.py); else, and where residual dropout is active, each output has the prompt before it.

Shapes: N texts of several prompts one after the other, T tokens, D width.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F
from transformers import PreTrainedModel

from training.comparisons import PromptGroup
from training.data import Layout, micro_batches, pad_rows, token_batches
from training.flat import FlatRow, lay_flat, read_flat
from training.models import ModelError

Autocast = Callable[[], contextlib.AbstractContextManager[Any]]


def reward_head(model: PreTrainedModel) -> nn.Linear:
    """The head that turns a hidden state into a score. Raises ModelError where the model has none known."""
    head = getattr(model, "score", None)
    if not isinstance(head, nn.Linear) or head.out_features != 1:
        raise ModelError(f"a {type(model).__name__} has no linear head `score` with one output")
    return head


def start_head(model: PreTrainedModel, seed: int) -> None:
    """Sets the head's weights to N(0, 1/(d+1)) and its bias, where there is one, to 0."""
    head = reward_head(model)
    generator = torch.Generator().manual_seed(seed)
    std = (head.in_features + 1) ** -0.5
    with torch.no_grad():
        head.weight.copy_(torch.randn(head.weight.shape, generator=generator) * std)
        if head.bias is not None:
            head.bias.zero_()


def last_token_scores(
    model: PreTrainedModel, rows: Sequence[Sequence[int]], pad_id: int, *, layout: Layout = "rows"
) -> torch.Tensor:
    """The score of each row at its last token, `reward_bias` included, [N]; the head works in fp32."""
    device = reward_head(model).weight.device
    if layout != "rows":
        return _flat_scores(model, lay_flat([(row, []) for row in rows], device))
    ids_NT = pad_rows(rows, pad_id).to(device)
    last_N = torch.tensor([len(row) - 1 for row in rows], device=device)
    attention_NT = (torch.arange(ids_NT.shape[1], device=device) <= last_N[:, None]).long()
    hidden_NTD = model.base_model(input_ids=ids_NT, attention_mask=attention_NT, use_cache=False)[0]
    return _head_scores(model, hidden_NTD[torch.arange(len(rows), device=device), last_N])


def _flat_scores(model: PreTrainedModel, row: FlatRow) -> torch.Tensor:
    trunk: nn.Module = model.base_model
    return _head_scores(model, read_flat(trunk, row)[0][row.branch_ends()])


def _head_scores(model: PreTrainedModel, hidden_ND: torch.Tensor) -> torch.Tensor:
    head = reward_head(model)
    with torch.autocast(hidden_ND.device.type, enabled=False):
        return F.linear(hidden_ND.float(), head.weight, head.bias).squeeze(-1) + model.config.reward_bias


def group_scores(
    model: PreTrainedModel, groups: Sequence[PromptGroup], pad_id: int, *, layout: Layout = "rows"
) -> torch.Tensor:
    """The scores of all outputs of some groups, one after the other, [N]."""
    if layout == "shared":
        row = lay_flat([(group.prompt_ids, group.outputs_ids) for group in groups], reward_head(model).weight.device)
        return _flat_scores(model, row)
    return last_token_scores(model, [row for group in groups for row in group.rows], pad_id, layout=layout)


def group_micro_batches(groups: Sequence[PromptGroup], most_tokens: int, *, layout: Layout = "rows") -> list[list[int]]:
    """Indices of groups packed so that what is computed stays within `most_tokens`, the longest first.

    In rows that is their number x the longest, padding included; else the tokens. A group is never split, so
    one alone may exceed it.
    """
    if layout != "rows":
        return token_batches([group_tokens(group, layout) for group in groups], most_tokens)
    packed: list[list[int]] = []
    rows = 0
    for index in sorted(range(len(groups)), key=lambda i: (-groups[i].longest, i)):
        count = len(groups[index].outputs_ids)
        if packed and groups[packed[-1][0]].longest * (rows + count) <= most_tokens:
            packed[-1].append(index)
            rows += count
        else:
            packed.append([index])
            rows = count
    return packed


def group_tokens(group: PromptGroup, layout: Layout) -> int:
    """Tokens that a group costs in a layout, padding left out."""
    prompts = 1 if layout == "shared" else len(group.outputs_ids)
    return prompts * len(group.prompt_ids) + sum(map(len, group.outputs_ids))


@torch.no_grad()
def score_rows(
    model: PreTrainedModel,
    rows: Sequence[Sequence[int]],
    *,
    pad_id: int,
    most_tokens: int,
    autocast: Autocast = contextlib.nullcontext,
    layout: Layout = "rows",
    stop_check: Callable[[], None] = lambda: None,
) -> list[float]:
    """The score of each row of ids (prompt, answer, end of turn), in the rows' order; `stop_check` may raise."""
    scores = [0.0] * len(rows)
    for part in micro_batches([len(row) for row in rows], most_tokens, layout=layout):
        stop_check()
        with autocast():
            found = last_token_scores(model, [rows[i] for i in part], pad_id, layout=layout)
        for i, score in zip(part, found.tolist(), strict=True):
            scores[i] = score
    return scores


@torch.no_grad()
def score_groups(
    model: PreTrainedModel,
    groups: Sequence[PromptGroup],
    *,
    pad_id: int,
    most_tokens: int,
    autocast: Autocast = contextlib.nullcontext,
    layout: Layout = "rows",
    stop_check: Callable[[], None] = lambda: None,
) -> list[list[float]]:
    """The scores of each group's outputs, in the groups' order; `stop_check` may raise."""
    scores: list[list[float]] = [[] for _ in groups]
    for part in group_micro_batches(groups, most_tokens, layout=layout):
        stop_check()
        with autocast():
            found = group_scores(model, [groups[i] for i in part], pad_id, layout=layout).tolist()
        for i in part:
            count = len(groups[i].outputs_ids)
            scores[i], found = found[:count], found[count:]
    return scores
