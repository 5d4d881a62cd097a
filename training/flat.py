"""Texts one after the other in one row, without padding, each reading what is its own and nothing else.

What it does. A tree is a text with the texts that may follow it: a prompt and its K answers, or one text and
none. Trees are laid out in one row of tokens. Positions start again in each tree, and at the stem's length in
each branch; a branch reads its stem and itself. So a prompt is computed once for all of its answers, and no
token is computed that is padding: all but the attention works on the row as it is, and the attention is
computed tree by tree on slices of it.

It takes the place of a model's own attention through transformers' registry of attention functions, only
while `read_flat` runs. `flat_refusal` says whether a model can be read so: it compares the result with plain
rows, and refuses what the attention here does not do (sliding windows, caps, biases by distance).

Where it departs from the papers: they are silent on it; the numbers are those of rows, up to rounding.

Shapes: T tokens of all trees, N texts' tokens of a part, S stem, C longest branch, K branches, H heads, E a
head's width, D width.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import torch
from torch.nn import functional as F
from transformers import PreTrainedModel
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from training.data import Layout

ATTENTION = "concord_flat"
# Options by which a model asks for another attention than softmax(q k) v over all that came before.
_OTHER_ATTENTION = ("sliding_window", "softcap", "position_bias", "s_aux", "alibi")


@dataclass(frozen=True)
class Tree:
    """The lengths of a stem and of the branches that follow it, in tokens."""

    stem: int
    branches: tuple[int, ...] = ()

    @property
    def tokens(self) -> int:
        return self.stem + sum(self.branches)


@dataclass(frozen=True)
class FlatRow:
    """Trees laid out in one row: ids and positions, [1, T] each, and the trees in their order."""

    ids_1T: torch.Tensor
    positions_1T: torch.Tensor
    trees: tuple[Tree, ...]

    def branch_ends(self) -> torch.Tensor:
        """Where each branch ends in the row, a tree without branches being one itself; [texts]."""
        ends, at = [], 0
        for tree in self.trees:
            at += tree.stem
            for length in tree.branches:
                at += length
                ends.append(at - 1)
            if not tree.branches:
                ends.append(at - 1)
        return torch.tensor(ends, device=self.ids_1T.device)


def lay_flat(texts: Sequence[tuple[Sequence[int], Sequence[Sequence[int]]]], device: torch.device) -> FlatRow:
    """A row of trees, each given as its stem's ids and its branches' ids; none of them may be empty."""
    ids: list[int] = []
    positions: list[torch.Tensor] = []
    for stem, branches in texts:
        ids += stem
        positions.append(torch.arange(len(stem)))
        for branch in branches:
            ids += branch
            positions.append(torch.arange(len(stem), len(stem) + len(branch)))
    trees = tuple(Tree(len(stem), tuple(map(len, branches))) for stem, branches in texts)
    return FlatRow(torch.tensor(ids, dtype=torch.long)[None].to(device), torch.cat(positions)[None].to(device), trees)


class _Reading:
    """The trees that the attention is computed over at the moment; None outside read_flat."""

    trees: tuple[Tree, ...] | None = None


def _attend(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, **options: Any) -> torch.Tensor:
    """softmax(q k) v. On a CPU in fp32 also where the pass is in bf16: the backward pass of PyTorch's kernel takes five
    times as long in 16 bits (torch 2.13; 29 % of PPO's update)."""
    if query.device.type != "cpu" or not torch.is_autocast_enabled("cpu"):
        return F.scaled_dot_product_attention(query, key, value, **options)
    with torch.autocast("cpu", enabled=False):
        found = F.scaled_dot_product_attention(query.float(), key.float(), value.float(), **options)
    return found.to(value.dtype)


def _causal(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float | None) -> torch.Tensor:
    return _attend(query, key, value, is_causal=True, scale=scale)


def _branched(
    tree: Tree, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float | None
) -> torch.Tensor:
    """The attention of one tree with branches, [1, H, N, E]: the stem's own, then that of all branches at once.

    Branches are padded to the longest, here and nowhere else; padding comes after all that is read.
    """
    longest, count = max(tree.branches), len(tree.branches)

    def rows(part: torch.Tensor) -> torch.Tensor:
        """The branches as rows, [K, H, C, E]."""
        if longest == min(tree.branches):
            return part[0].unflatten(1, (count, longest)).transpose(0, 1)
        pieces = part[0].split(tree.branches, dim=1)
        return torch.stack([F.pad(piece, (0, 0, 0, longest - piece.shape[1])) for piece in pieces])

    (query_stem, query_own), (key_stem, key_own), (value_stem, value_own) = (
        part.split((tree.stem, tree.tokens - tree.stem), dim=2) for part in (query, key, value)
    )
    of_stem = _causal(query_stem, key_stem, value_stem, scale)
    key_rows, value_rows = (
        torch.cat([stem.expand(count, -1, -1, -1), rows(own)], dim=2)
        for stem, own in ((key_stem, key_own), (value_stem, value_own))
    )
    mask_CN = torch.ones(longest, tree.stem + longest, dtype=torch.bool, device=query.device).tril(tree.stem)
    of_rows = _attend(rows(query_own), key_rows, value_rows, attn_mask=mask_CN, scale=scale)
    if longest == min(tree.branches):
        of_branches = of_rows.transpose(0, 1).flatten(1, 2)[None]
    else:
        of_branches = torch.cat([row[:, :n] for row, n in zip(of_rows, tree.branches, strict=True)], dim=1)[None]
    return torch.cat([of_stem, of_branches], dim=2)


def _flat_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """transformers' interface of an attention function, [1, H, T, E] to [1, T, H, E]."""
    asked = [name for name in _OTHER_ATTENTION if options.get(name) is not None]
    if asked or dropout or attention_mask is not None or not getattr(module, "is_causal", True):
        raise ValueError(f"its attention has {', '.join(asked) or 'dropout, a mask or another direction'}")
    trees = _Reading.trees
    if trees is None:
        raise RuntimeError("this attention is computed within read_flat only")
    groups = query.shape[1] // key.shape[1]
    if groups > 1:
        key, value = key.repeat_interleave(groups, dim=1), value.repeat_interleave(groups, dim=1)
    # Trees that are alike and neighbors, and have no branches, are computed as one batch.
    alike = [(tree, len(list(same))) for tree, same in groupby(trees)]
    runs = [(tree, n) for tree, count in alike for n in ([1] * count if tree.branches else [count])]
    sizes = [tree.tokens * count for tree, count in runs]
    found = []
    for (tree, count), q, k, v in zip(
        runs, query.split(sizes, dim=2), key.split(sizes, dim=2), value.split(sizes, dim=2), strict=True
    ):
        if tree.branches:
            found.append(_branched(tree, q, k, v, scaling).transpose(1, 2))
        else:
            q, k, v = (part[0].unflatten(1, (count, tree.stem)).transpose(0, 1) for part in (q, k, v))
            found.append(_causal(q, k, v, scaling).transpose(1, 2).flatten(0, 1)[None])
    return torch.cat(found, dim=1), None


ALL_ATTENTION_FUNCTIONS.register(ATTENTION, _flat_attention)


@contextlib.contextmanager
def _attending(config: Any, trees: tuple[Tree, ...]) -> Iterator[None]:
    before = config._attn_implementation
    config._attn_implementation, _Reading.trees = ATTENTION, trees
    try:
        yield
    finally:
        config._attn_implementation, _Reading.trees = before, None


def read_flat(module: torch.nn.Module, row: FlatRow) -> torch.Tensor:
    """What a model or its trunk says at each token of a row: its first output, [1, T, D].

    Raises ValueError where its attention asks for what is not done here; flat_refusal tells before.
    """
    with _attending(module.config, row.trees):
        return module(input_ids=row.ids_1T, position_ids=row.positions_1T, use_cache=False)[0]


@torch.no_grad()
def flat_refusal(model: PreTrainedModel) -> str:
    """Why a model cannot be read flat; "" where it can: its trunk then says the same as on plain rows."""
    trunk: torch.nn.Module = model.base_model
    if "position_ids" not in inspect.signature(trunk.forward).parameters:
        return "it takes no position_ids"
    vocabulary, device = int(model.get_input_embeddings().weight.shape[0]), next(model.parameters()).device  # type: ignore[index]
    numbers = torch.randint(vocabulary, (32,), generator=torch.Generator().manual_seed(0)).tolist()
    texts = [(numbers[:7], [numbers[7:10], numbers[10:15]]), (numbers[15:20], []), (numbers[20:25], [])]
    was_training = model.training
    model.eval()
    try:
        with torch.autocast(device.type, enabled=False):
            found = read_flat(trunk, lay_flat(texts, device))[0].float()
            rows = [[*stem, *branch] for stem, branches in texts for branch in (branches or [[]])]
            plain = [trunk(input_ids=torch.tensor([row], device=device), use_cache=False)[0][0].float() for row in rows]
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        return str(error)
    finally:
        model.train(was_training)
    expected = torch.cat([plain[0], plain[1][7:], *plain[2:]])
    far = float((found - expected).abs().max() / expected.abs().max().clamp(min=1e-6))
    return "" if far < 1e-3 else f"its numbers differ from those of plain rows by {far:.0e}"


def pick_layout(models: Sequence[PreTrainedModel], asked: str, log: Callable[[str], None]) -> Layout:
    """The layout of a run: flat where `asked` is not "rows" and every model can be read so; the log says why not."""
    if asked == "rows":
        return "rows"
    for model in models:
        refusal = flat_refusal(model)
        if refusal:
            log(f"Texts are padded rows, for a {type(model).__name__} cannot be read flat: {refusal}.")
            return "rows"
    return "flat"
