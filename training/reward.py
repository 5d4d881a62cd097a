"""The reward model: one number that says how much labelers would like an answer.

What it does. A scalar head in place of the unembedding of an SFT model, trained on rankings. An element is one
prompt: the union of its outputs (the same text once) and all judgments on them. A judgment's loss is the mean
of -log sigmoid(r_better - r_worse) over its untied ordered pairs; a prompt's, the mean of its judgments by
their weights; a batch's, the mean over prompts. So K outputs cost K forward passes and not K(K-1)/2. The score
is read at the end-of-turn token. AdamW (.9, .95), a cosine to a tenth of the peak, one epoch. The head starts
as N(0, 1/(d+1)). Then `reward_bias` (models.py says its sign) brings the mean over the training
demonstrations to 0.

Where it departs from the paper. Its loss divides by C(K,2) also where ties were dropped; here by the pairs
that are left, so that a judgment with ties weighs as much as one without. It starts its 6B model from a GPT-3
tuned on public NLP tasks (C.2; its section 3.5 says SFT); here from the SFT model that is given. Without
demonstrations the bias brings the training outputs to mean 0, and the model's card says so. Beside the
accuracy stands that of "the longer output wins", for that is what a reward model learns first; intervals
treat a prompt's pairs as one cluster.

    python -m training.config RUN_DIR rm --input data=comparisons.jsonl --input policy=SFT_MODEL \
        --input demonstrations=demonstrations.jsonl
    python -m training.reward RUN_DIR

Shapes: N outputs of several prompts one after the other, P pairs, T tokens, D width.
"""

from __future__ import annotations

import contextlib
import math
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F
from transformers import PreTrainedModel

from training.config import RewardConfig
from training.data import (
    DataError,
    encode_completion,
    epoch_order,
    load_demonstrations,
    micro_batches,
    pad_rows,
    render_prompt,
)
from training.loop import (
    Run,
    StopRequested,
    clip_gradients,
    cosine,
    make_adamw,
    run_stage,
    set_learning_rate,
)
from training.losses import preference_loss, untied_pairs, weighted_pairs
from training.models import (
    ModelError,
    load_tokenizer,
    model_card,
    new_reward_model,
    position_limit,
    save_model,
    set_dropout,
)
from training.records import ComparisonRecord, Message, read_records

Autocast = Callable[[], contextlib.AbstractContextManager[Any]]


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
    path: str | Path, tokenizer: Any, *, max_prompt_tokens: int, max_response_tokens: int, max_tokens: int
) -> Comparisons:
    """Reads comparisons, joins the judgments of each prompt, and encodes them.

    Too long prompts are dropped, and too long outputs with their pairs; judgments in which all is tied are
    passed over; all of it is counted. `max_tokens` is what the model can read. Raises RecordError and
    DataError.
    """
    prompts: dict[str, _Judged] = {}
    dropped = {"prompt_too_long": 0, "output_too_long": 0, "judgment_all_tied": 0, "prompt_without_pairs": 0}
    for record in read_records(path, ComparisonRecord):
        judged = prompts.setdefault(record.prompt, _Judged(record.messages, record.split))
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
    for prompt, judged in prompts.items():
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


def last_token_scores(model: PreTrainedModel, rows: Sequence[Sequence[int]], pad_id: int) -> torch.Tensor:
    """The score of each row at its last token, `reward_bias` included, [N]; the head works in fp32."""
    device = reward_head(model).weight.device
    ids_NT = pad_rows(rows, pad_id).to(device)
    last_N = torch.tensor([len(row) - 1 for row in rows], device=device)
    attention_NT = (torch.arange(ids_NT.shape[1], device=device) <= last_N[:, None]).long()
    hidden_NTD = model.base_model(input_ids=ids_NT, attention_mask=attention_NT, use_cache=False)[0]
    hidden_ND = hidden_NTD[torch.arange(len(rows), device=device), last_N]
    head = reward_head(model)
    with torch.autocast(device.type, enabled=False):
        return F.linear(hidden_ND.float(), head.weight, head.bias).squeeze(-1) + model.config.reward_bias


def group_scores(model: PreTrainedModel, groups: Sequence[PromptGroup], pad_id: int) -> torch.Tensor:
    """The scores of all outputs of some groups, one after the other, [N].

    The one place that maps groups to scores. Each output is a row with the prompt before it.
    """
    return last_token_scores(model, [row for group in groups for row in group.rows], pad_id)


def group_micro_batches(groups: Sequence[PromptGroup], most_tokens: int) -> list[list[int]]:
    """Indices of groups packed so that rows x longest row stays within `most_tokens`, the longest first.

    A group is never split, so one alone may exceed it.
    """
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


@torch.no_grad()
def score_rows(
    model: PreTrainedModel,
    rows: Sequence[Sequence[int]],
    *,
    pad_id: int,
    most_tokens: int,
    autocast: Autocast = contextlib.nullcontext,
) -> list[float]:
    """The score of each row of ids (prompt, answer, end of turn), in the rows' order."""
    scores = [0.0] * len(rows)
    for part in micro_batches([len(row) for row in rows], most_tokens):
        with autocast():
            found = last_token_scores(model, [rows[i] for i in part], pad_id)
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
) -> list[list[float]]:
    """The scores of each group's outputs, in the groups' order."""
    scores: list[list[float]] = [[] for _ in groups]
    for part in group_micro_batches(groups, most_tokens):
        with autocast():
            found = group_scores(model, [groups[i] for i in part], pad_id).tolist()
        for i in part:
            count = len(groups[i].outputs_ids)
            scores[i], found = found[:count], found[count:]
    return scores


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


def _round_weights(model: nn.Module, precision: str) -> None:
    """Weights as they will be read back from output/, so that scores here are the scores there."""
    if precision == "bf16":
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(parameter.bfloat16())


class RewardTraining:
    """The stage: one optimizer step a step."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.config: RewardConfig = run.config
        self.tokenizer = load_tokenizer(run.input("policy"))
        self.pad_id: int = self.tokenizer.pad_token_id
        self.model = new_reward_model(run.input("policy"), self.tokenizer)
        start_head(self.model, run.seed)
        set_dropout(self.model, self.config.residual_dropout)
        limits = {
            "max_prompt_tokens": self.config.max_prompt_tokens,
            "max_response_tokens": self.config.max_response_tokens,
            "max_tokens": position_limit(self.model),
        }
        self.data = load_comparisons(run.input("data"), self.tokenizer, **limits)
        self.train, self.valid = (self.data.groups.get(split, []) for split in ("train", "valid"))
        dropped = ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in self.data.dropped.items())
        if not self.train:
            raise DataError(f"no comparison is left to learn from; dropped: {dropped}")
        self.demonstrations: list[list[int]] = []
        if run.has_input("demonstrations"):
            examples = load_demonstrations(run.input("demonstrations"), self.tokenizer, **limits).train
            self.demonstrations = [[*e.prompt_ids, *e.response_ids] for e in examples]
        self.model.to(run.device)  # type: ignore[arg-type]
        self.optimizer = make_adamw(self.model, self.config)
        self.steps_per_epoch = -(-len(self.train) // self.config.batch_size)
        self.total_steps = self.config.epochs * self.steps_per_epoch
        run.log(
            f"{len(self.train):,} prompts with {sum(len(g.pairs) for g in self.train):,} pairs to learn from, "
            f"{len(self.valid):,} prompts held out; dropped: {dropped}."
        )
        if self.config.epochs > 1:
            run.log(f"Warning: {self.config.epochs} epochs; a reward model overfits after one (appendix C).")

    def _groups(self, number: int) -> list[PromptGroup]:
        """The prompts of a step: each epoch visits every one once, in its own order."""
        epoch, at = divmod(number - 1, self.steps_per_epoch)
        order = epoch_order(len(self.train), self.run.seed, epoch, "comparisons")
        size = self.config.batch_size
        return [self.train[i] for i in order[at * size : (at + 1) * size]]

    def step(self, number: int) -> dict[str, float]:
        started = time.perf_counter()
        rate = cosine(
            number,
            self.total_steps,
            peak=self.config.learning_rate,
            final_fraction=self.config.final_fraction,
            warmup=self.config.warmup_steps,
        )
        set_learning_rate(self.optimizer, rate)
        groups = self._groups(number)
        loss, right, pairs, scores, outputs, tokens = self.run.ranks.sum(self._gradients(groups))
        self.run.ranks.sum_gradients(self.model.parameters())
        norm = clip_gradients(self.model, self.config.clip_norm)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        values = {
            "loss": loss,
            "accuracy": right / pairs,
            "reward_mean": scores / outputs,
            "lr": rate,
            "gradient_norm": norm,
            "pairs": pairs,
            "tokens_per_second": tokens / (time.perf_counter() - started),
        }
        every = self.config.validate_every or self.steps_per_epoch
        if self.valid and (number % every == 0 or number == self.total_steps):
            values |= {f"validation_{name}": value for name, value in self._validate().items()}
        return values

    def _gradients(self, groups: Sequence[PromptGroup]) -> list[float]:
        """Adds up this rank's gradients of the batch's mean loss.

        Returns sums: loss (a part of the mean), right pairs, pairs, scores, outputs, tokens.
        """
        self.model.train()
        mine = self.run.ranks.share(groups)
        sums = [0.0] * 6
        try:
            for part in group_micro_batches(mine, self.config.micro_batch_tokens):
                self.run.check_stop()
                held = [mine[i] for i in part]
                with self.run.autocast():
                    scores_N = group_scores(self.model, held, self.pad_id)
                better_P, worse_P, weights_P = batch_pairs(held, self.run.device)
                loss = preference_loss(scores_N, better_P, worse_P, weights_P / len(groups))
                loss.backward()
                scores_N = scores_N.detach()
                margin_P = scores_N[better_P] - scores_N[worse_P]
                for at, value in enumerate(
                    (
                        float(loss.detach()),
                        float((margin_P.sign() + 1).sum() / 2),
                        len(margin_P),
                        float(scores_N.sum()),
                        len(scores_N),
                        sum(len(row) for group in held for row in group.rows),
                    )
                ):
                    sums[at] += value
        except StopRequested:
            self.optimizer.zero_grad(set_to_none=True)
            raise
        return sums

    def _validate(self) -> dict[str, float]:
        """measure_accuracy of the held-out prompts, each rank scoring a share."""
        self.model.eval()
        mine = self.run.ranks.share(range(len(self.valid)))
        scores = dict(zip(mine, self._scores([self.valid[i] for i in mine]), strict=True))
        for of_rank in self.run.ranks.gather(scores):
            scores |= of_rank
        return measure_accuracy(self.valid, [scores[i] for i in range(len(self.valid))])

    def _scores(self, groups: Sequence[PromptGroup]) -> list[list[float]]:
        return score_groups(
            self.model,
            groups,
            pad_id=self.pad_id,
            most_tokens=self.config.micro_batch_tokens,
            autocast=self.run.autocast,
        )

    def state(self) -> dict[str, Any]:
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}

    def load_state(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])

    def samples(self, number: int) -> list[dict[str, Any]]:
        return []

    def _set_bias(self) -> str:
        """Sets reward_bias so that the mean score is 0 over demonstrations, else over training outputs; says
        which.
        """
        self.model.eval()
        self.model.config.reward_bias = 0.0
        rows: Iterable[list[int]] = self.demonstrations
        what = f"the {len(self.demonstrations):,} training demonstrations"
        if not self.demonstrations:
            rows = [row for group in self.train for row in group.rows]
            what = "the outputs of the training comparisons (no demonstrations were given)"
        scores = score_rows(
            self.model,
            list(rows),
            pad_id=self.pad_id,
            most_tokens=self.config.micro_batch_tokens,
            autocast=self.run.autocast,
        )
        self.model.config.reward_bias = -sum(scores) / len(scores)
        return f"The mean reward is 0 over {what}."

    def write_output(self, folder: Path) -> None:
        _round_weights(self.model, self.config.output_precision)
        zero = self._set_bias()
        self.run.log(f"{zero} reward_bias is {self.model.config.reward_bias:+.4f}.")
        facts = self.run.facts() | {"dropped": self.data.dropped, "reward_bias": self.model.config.reward_bias}
        save_model(
            self.model,
            self.tokenizer,
            folder,
            precision=self.config.output_precision,
            card=model_card("A reward model", facts, notes=zero),
        )


def main() -> int:
    return run_stage("rm", RewardTraining, sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
