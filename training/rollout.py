"""Generation, and the log-probabilities of what was generated.

What it does. `generate` answers a batch of prompts by sampling with a KV cache: prompts padded on the left,
positions counted from the mask, logits divided by the temperature, cut at the end of turn. Rows that are done
leave the batch, so that a few long answers don't keep all rows computing. The noise of a row is a stream of
uniform numbers from that row's seed alone, one for each token, turned into a token by the inverse of the
distribution's sum: an answer depends on its prompt and its seed, not on its neighbours or its rank.

`response_logprobs` gives the log-probabilities of answers in a trainer's forward pass (rows padded on the
right, no cache). PPO takes its old log-probabilities from there and not from sampling, so that the first
ratio is 1.

Where it departs from the paper: nowhere (sampling at temperature 1). It does not use transformers'
`generate`: a model's generation_config could silently bring top_k or penalties, and it cannot seed each row.

Shapes: B rows, T tokens, N response tokens of all rows one after the other, V vocabulary, D width.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel

from training.cache import ReservedCache
from training.data import Layout, pad_rows
from training.flat import FlatRow, lay_flat, read_flat
from training.losses import chunked_entropies, chunked_logprobs

# Rows leave the batch together, once they are this share of it: copying the cache costs as well.
DONE_SHARE = 0.25


@dataclass(frozen=True)
class Rollout:
    """An answer in ids. `finished`: its last id is the end of turn; else it was cut at the limit."""

    ids: list[int]
    finished: bool


def episode_seed(seed: int, *numbers: int) -> int:
    """The seed of one answer from a run's seed and the answer's numbers; below 2^48, so that JSON keeps
    it."""
    text = ":".join(map(str, (seed, *numbers)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "little")


def uniform_noise(seed: int, count: int) -> np.ndarray:
    """The first `count` numbers of a seed's stream, in [0, 1); more of them begin with the same ones."""
    return np.random.Generator(np.random.Philox(seed)).random(count)


def model_device(model: torch.nn.Module) -> torch.device:
    """Where a model's weights are."""
    return next(model.parameters()).device


class Policy:
    """A causal language model with its trunk and head apart, so that logits are made only where needed.

    Where the two together are not what the model itself computes (a scaled or capped head that is not
    known here), `hidden` gives the model's logits and `logits` passes them on.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        self.model = model
        self.trunk: torch.nn.Module = model.base_model
        self.vocabulary = int(model.get_output_embeddings().weight.shape[0])
        self.positions = "position_ids" in inspect.signature(self.trunk.forward).parameters
        self.apart = self.trunk is not model and self._head_stands_alone()
        self.reads: torch.nn.Module = self.trunk if self.apart else model  # what `hidden` asks

    @torch.no_grad()
    def _head_stands_alone(self) -> bool:
        device = model_device(self.model)
        ids_BT = torch.arange(4, device=device)[None] % self.vocabulary
        with torch.autocast(device.type, enabled=False):
            whole = self.model(input_ids=ids_BT, use_cache=False).logits
            parts = self.model.get_output_embeddings()(self.trunk(input_ids=ids_BT, use_cache=False)[0])
        return whole.shape == parts.shape and torch.allclose(whole, parts, rtol=1e-4, atol=1e-4)

    def hidden(
        self,
        ids_BT: torch.Tensor,
        attention_BT: torch.Tensor,
        *,
        positions_BT: torch.Tensor | None = None,
        cache: ReservedCache | None = None,
    ) -> torch.Tensor:
        """What the head reads at each token, [B, T, D]; a cache is read and extended in place."""
        options: dict[str, Any] = {"use_cache": cache is not None, "past_key_values": cache}
        if self.positions and positions_BT is not None:
            options["position_ids"] = positions_BT
        output = self.reads(input_ids=ids_BT, attention_mask=attention_BT, **options)
        return output.last_hidden_state if self.apart else output.logits

    def logits(self, hidden_ND: torch.Tensor) -> torch.Tensor:
        """Logits of the token after each, [N, V]."""
        return self.model.get_output_embeddings()(hidden_ND) if self.apart else hidden_ND


def draw_tokens(logits_BV: torch.Tensor, uniform_B: torch.Tensor, *, temperature: float, top_p: float) -> torch.Tensor:
    """One token a row: the first whose summed probability exceeds the row's uniform number.

    Temperature 0 takes the likeliest token. `top_p` below 1 keeps the likeliest tokens that together hold
    that share, and always the likeliest one.
    """
    if temperature == 0:
        return logits_BV.argmax(-1)
    probabilities_BV = torch.softmax(logits_BV.float() / temperature, dim=-1).double()
    if top_p < 1:
        ordered_BV, index_BV = probabilities_BV.sort(dim=-1, descending=True, stable=True)
        before_BV = ordered_BV.cumsum(-1) - ordered_BV
        kept_BV = ordered_BV.masked_fill(before_BV >= top_p, 0.0)
        probabilities_BV = torch.zeros_like(probabilities_BV).scatter(1, index_BV, kept_BV)
    summed_BV = probabilities_BV.cumsum(-1)
    target_B1 = uniform_B[:, None] * summed_BV[:, -1:]
    token_B1 = torch.searchsorted(summed_BV, target_B1, right=True)
    return token_B1.squeeze(1).clamp(max=logits_BV.shape[1] - 1)


@torch.no_grad()
def generate(
    model: PreTrainedModel | Policy,
    prompts_ids: Sequence[Sequence[int]],
    *,
    seeds: Sequence[int],
    max_new_tokens: int,
    temperature: float,
    eos_id: int,
    pad_id: int,
    top_p: float = 1.0,
    stop_check: Callable[[], None] = lambda: None,
) -> list[Rollout]:
    """One answer to each prompt, by its seed; the model's dropout is off meanwhile.

    `stop_check` is called before each token and may raise, which ends the generation. Prompts must leave
    room for `max_new_tokens` within the model's positions.
    """
    policy = model if isinstance(model, Policy) else Policy(model)
    if len(seeds) != len(prompts_ids):
        raise ValueError(f"{len(prompts_ids)} prompts need as many seeds, not {len(seeds)}")
    if not prompts_ids:
        return []
    was_training = policy.model.training
    policy.model.eval()
    try:
        return _decode(policy, prompts_ids, seeds, max_new_tokens, temperature, top_p, eos_id, pad_id, stop_check)
    finally:
        policy.model.train(was_training)


def _decode(
    policy: Policy,
    prompts_ids: Sequence[Sequence[int]],
    seeds: Sequence[int],
    max_new_tokens: int,
    temperature: float,
    top_p: float,
    eos_id: int,
    pad_id: int,
    stop_check: Callable[[], None],
) -> list[Rollout]:
    device = model_device(policy.model)
    lengths_B = torch.tensor([len(prompt) for prompt in prompts_ids], device=device)
    ids_BT = pad_rows(prompts_ids, pad_id, left=True).to(device)
    # By length and not by id: a pad token inside a prompt would be a token like any other.
    attention_BT = (torch.arange(ids_BT.shape[1], device=device) >= ids_BT.shape[1] - lengths_B[:, None]).long()
    positions_BT = (attention_BT.cumsum(1) - 1).clamp(min=0)
    uniform_BS = torch.from_numpy(np.stack([uniform_noise(seed, max_new_tokens) for seed in seeds])).to(device)
    answers: list[list[int]] = [[] for _ in prompts_ids]
    finished = [False] * len(answers)
    rows = list(range(len(answers)))  # the answer that each row of the batch belongs to
    cache = ReservedCache(ids_BT.shape[1] + max_new_tokens)
    for number in range(max_new_tokens):
        stop_check()
        hidden_BTD = policy.hidden(ids_BT, attention_BT, positions_BT=positions_BT, cache=cache)
        logits_BV = policy.logits(hidden_BTD[:, -1])
        token_B = draw_tokens(logits_BV, uniform_BS[:, number], temperature=temperature, top_p=top_p)
        for row, token in zip(rows, token_B.tolist(), strict=True):
            if not finished[row]:
                answers[row].append(token)
                finished[row] = token == eos_id
        live = [at for at, row in enumerate(rows) if not finished[row]]
        if not live:
            break
        ids_BT, positions_BT = token_B[:, None], positions_BT[:, -1:] + 1
        attention_BT = torch.cat([attention_BT, torch.ones_like(ids_BT)], dim=1)
        if len(rows) - len(live) >= DONE_SHARE * len(rows):
            kept = torch.tensor(live, device=device)
            cache.batch_select_indices(kept)
            ids_BT, positions_BT, attention_BT = ids_BT[kept], positions_BT[kept], attention_BT[kept]
            uniform_BS = uniform_BS[kept]
            rows = [rows[at] for at in live]
    return [Rollout(ids, done) for ids, done in zip(answers, finished, strict=True)]


@dataclass(frozen=True)
class ResponseBatch:
    """Prompts with responses as right-padded rows or as one flat row, and where response tokens are predicted.

    `predicts_BT` is true at a token whose successor is a response token; `actions_N` are these successors,
    row by row, in the order in which `x_BT[predicts_BT]` gives them. `lengths` are the responses' lengths.
    Flat, B is 1 and the ids are those of `row`.
    """

    ids_BT: torch.Tensor
    attention_BT: torch.Tensor
    row: FlatRow | None
    predicts_BT: torch.Tensor
    actions_N: torch.Tensor
    lengths: list[int]


def response_batch(
    prompts_ids: Sequence[Sequence[int]],
    responses_ids: Sequence[Sequence[int]],
    pad_id: int,
    device: torch.device,
    *,
    layout: Layout = "rows",
) -> ResponseBatch:
    """Lays out prompts and responses (each of one token or more) for a forward pass without a cache."""
    texts = [[*p, *r] for p, r in zip(prompts_ids, responses_ids, strict=True)]
    lengths = [len(response) for response in responses_ids]
    actions_N = torch.tensor([token for response in responses_ids for token in response])
    start_B1 = torch.tensor([[len(prompt)] for prompt in prompts_ids])
    end_B1 = start_B1 + torch.tensor(lengths)[:, None]
    if layout == "rows":
        row, ids_BT = None, pad_rows(texts, pad_id)
        position_BT = torch.arange(ids_BT.shape[1]).expand_as(ids_BT)
    else:
        row = lay_flat([(text, []) for text in texts], device)
        ids_BT, position_BT = row.ids_1T, row.positions_1T.cpu()
        start_B1, end_B1 = (x_B1.repeat_interleave(end_B1[:, 0])[None] for x_B1 in (start_B1, end_B1))
    predicts_BT = (position_BT >= start_B1 - 1) & (position_BT < end_B1 - 1)
    attention_BT = (position_BT < end_B1).long()
    return ResponseBatch(
        ids_BT.to(device), attention_BT.to(device), row, predicts_BT.to(device), actions_N.to(device), lengths
    )


def read_batch(module: torch.nn.Module, batch: ResponseBatch) -> torch.Tensor:
    """What a model or its trunk says where responses' tokens are predicted: its first output there, [N, D]."""
    if batch.row is not None:
        return read_flat(module, batch.row)[batch.predicts_BT]
    output = module(input_ids=batch.ids_BT, attention_mask=batch.attention_BT, use_cache=False)
    return output[0][batch.predicts_BT]


def response_logprobs(policy: Policy, batch: ResponseBatch, temperature: float) -> torch.Tensor:
    """Log-probabilities of the response tokens, [N], fp32, with gradient where gradients are on."""
    hidden_ND = read_batch(policy.reads, batch)
    return chunked_logprobs(
        hidden_ND, policy.logits, batch.actions_N, vocabulary=policy.vocabulary, temperature=temperature
    )


@torch.no_grad()
def response_logprobs_and_entropies(
    policy: Policy, batch: ResponseBatch, temperature: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Log-probabilities of the response tokens and the entropies they were drawn from, [N] each, fp32."""
    hidden_ND = read_batch(policy.reads, batch)
    options: dict[str, Any] = {"vocabulary": policy.vocabulary, "temperature": temperature}
    logprobs_N = chunked_logprobs(hidden_ND, policy.logits, batch.actions_N, **options)
    return logprobs_N, chunked_entropies(hidden_ND, policy.logits, **options)
