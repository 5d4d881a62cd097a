"""PPO: a model learns to answer as the reward model likes, near to where it started.

What it does. Each iteration answers a batch of prompts, one answer each, and scores them. Every token is paid
-beta (log pi_old - log pi_ref), where ref is the frozen start, and the last one the score besides. A separate
value network, started from the reward model, gives advantages (generalized, gamma 1, lambda .95, whitened over
the iteration); then each minibatch makes one step of the clipped surrogate and one of the value's squared
error. With ptx_gamma above 0 (PPO-ptx) the policy's step also follows gamma times the mean loss on pretraining
text: two backward passes, one clipping, one step. The learning rates rise over the first iterations from a
tenth and are constant then. An average of the weights (EMA) is kept at each step; rollouts use the raw ones.

Old log-probabilities come from the trainer's own forward pass, on the same micro-batches as the first update,
so the first ratio is 1; a run in which it is not halts. Dropout is off in all four models. Sampling noise is
seeded by (seed, episode). An iteration that is interrupted is dropped; checkpoints lie between iterations.

Where it departs from the paper. It publishes neither the policy's learning rate nor lambda, whitening or the
clipping of values; those are Stiennon et al.'s. A response cut at the limit is scored as labelers saw such
responses: with an end of turn after it. Its last action is then paid, and nothing follows it. The value
network's learning rate has the policy's warm-up. output/ is the average from `ema_output_from` updates on,
before that the raw weights: with fewer the average is mostly the start.

    python -m training.config RUN_DIR ppo --input prompts=prompts.jsonl --input policy=SFT_MODEL --input reward=RM
    python -m training.ppo RUN_DIR

Shapes: B episodes of an iteration, T actions, N the actions of some episodes one after the other.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from training.account import model_cost, sequence_lengths
from training.advantages import generalized_advantages, penalized_rewards, whiten
from training.canaries import alarm, correlation, repeated_share
from training.config import PpoConfig
from training.data import (
    DataError,
    TokenBlocks,
    completion_pieces,
    decode_completion,
    endless_order,
    epoch_order,
    micro_batches,
    read_conditioned,
    render_prompt,
    text_files,
    tokenize_text,
)
from training.flat import pick_layout
from training.loop import run_stage
from training.losses import ppo_policy_loss, value_loss
from training.models import (
    ModelError,
    load_policy,
    load_reward_model,
    load_tokenizer,
    model_card,
    position_limit,
    save_model,
    tokenizer_differences,
)
from training.optimizer import clip_gradients, make_adamw, set_learning_rate
from training.records import PromptRecord, message_dicts
from training.refusals import RefusedError
from training.rollout import (
    Policy,
    ResponseBatch,
    Rollout,
    episode_seed,
    generate,
    read_batch,
    response_batch,
    response_logprobs,
    response_logprobs_and_entropies,
)
from training.run import Run
from training.scores import reward_head, score_rows

# How far the first ratio may be from 1: rounding, but no other layout, temperature or dropout.
FIRST_RATIO_TOLERANCE = {"fp32": 1e-3, "bf16": 0.05}


class ValueNetwork(nn.Module):
    """A reward model's trunk and head as a value for each token; `reward_bias` becomes the head's bias."""

    def __init__(self, reward_model: PreTrainedModel) -> None:
        super().__init__()
        old = reward_head(reward_model)
        self.trunk: nn.Module = reward_model.base_model
        self.head = nn.Linear(old.in_features, 1)
        with torch.no_grad():
            self.head.weight.copy_(old.weight)
            self.head.bias.fill_(reward_model.config.reward_bias)
            if old.bias is not None:
                self.head.bias.add_(old.bias)

    def forward(self, batch: ResponseBatch) -> torch.Tensor:
        """The value before each action, read where the action is predicted; [N], the head in fp32."""
        hidden_ND = read_batch(self.trunk, batch)
        with torch.autocast(hidden_ND.device.type, enabled=False):
            return self.head(hidden_ND.float()).squeeze(-1)


@dataclass(frozen=True)
class Prompt:
    """A prompt in ids, and the record it comes from."""

    ids: list[int]
    record: PromptRecord


@dataclass(frozen=True)
class Measured:
    """What the four models say of one episode before the update; one number an action, but for `score`."""

    score: float
    logprobs: torch.Tensor
    reference: torch.Tensor
    values: torch.Tensor
    entropies: torch.Tensor


def load_prompts(
    path: str | Path, tokenizer: Any, *, most_tokens: int, group_turn: str = ""
) -> tuple[dict[str, list[Prompt]], int]:
    """Prompts by split, and how many were dropped for their length. Raises what read_conditioned raises."""
    splits: dict[str, list[Prompt]] = {}
    dropped = 0
    for record in read_conditioned(path, PromptRecord, group_turn):
        ids = render_prompt(tokenizer, record.messages)
        if len(ids) > most_tokens:
            dropped += 1
        else:
            splits.setdefault(record.split, []).append(Prompt(ids, record))
    return splits, dropped


def warmed_up(iteration: int, *, iterations: int, start: float) -> float:
    """The learning rate's share of its peak: `start` in iteration 1, rising to 1 over `iterations`."""
    if iterations == 0:
        return 1.0
    return start + (1 - start) * min(1.0, (iteration - 1) / iterations)


def adapted_beta(beta: float, kl: float, *, target: float, horizon: int, episodes: int) -> float:
    """Ziegler et al.'s controller: beta follows the error of the KL, held to a fifth, over the horizon."""
    error = max(-0.2, min(0.2, kl / target - 1))
    return beta * (1 + error * episodes / horizon)


def _on_cpu(state: Any) -> Any:
    """A copy of a state that later updates don't touch."""
    if isinstance(state, torch.Tensor):
        return state.detach().to("cpu", copy=True)
    if isinstance(state, dict):
        return {key: _on_cpu(value) for key, value in state.items()}
    if isinstance(state, list):
        return [_on_cpu(value) for value in state]
    return state


class Ppo:
    """The stage: one iteration a step."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.config: PpoConfig = run.config
        self.tokenizer = load_tokenizer(run.input("policy"))
        self.pad_id: int = self.tokenizer.pad_token_id
        self.eos_id: int = self.tokenizer.eos_token_id
        differences = tokenizer_differences(self.tokenizer, load_tokenizer(run.input("reward")))
        if differences:
            raise ModelError("the reward model and the policy need the same tokenizer, but " + "; ".join(differences))
        model = load_policy(run.input("policy"), self.tokenizer)
        model.to(run.device)  # type: ignore[arg-type]
        self.policy = Policy(model)
        self.reference = Policy(self._frozen(load_policy(run.input("policy"), self.tokenizer)))
        self.reward = self._frozen(load_reward_model(run.input("reward"), self.tokenizer))
        self.value = ValueNetwork(load_reward_model(run.input("reward"), self.tokenizer)).to(run.device).eval()
        self.layout = pick_layout([model, self.reward], self.config.layout, run.log)
        self.prompts, self.shown = self._prompts()
        self.text = self._text()
        self.costs = {"policy": model_cost(model), "reward": model_cost(self.reward)}
        self.optimizer = make_adamw(model, self.config)
        self.value_optimizer = make_adamw(self.value, self.config, learning_rate=self.config.value_learning_rate)
        self.average = {name: p.detach().clone() for name, p in model.named_parameters()}
        self.beta, self.updates = self.config.beta, 0
        self.start: dict[str, float] = {}  # the first iteration's reward and length
        self.total_steps = -(-self.config.episodes // self.config.rollout_batch)
        self._before: dict[str, Any] | None = None
        self._changed = False
        self._starts: list[dict[str, Any]] = []

    def _frozen(self, model: PreTrainedModel) -> PreTrainedModel:
        model.to(self.run.device)  # type: ignore[arg-type]
        return model.eval().requires_grad_(False)

    def _prompts(self) -> tuple[list[Prompt], list[Prompt]]:
        """The prompts to learn on, and the fixed ones whose answers are shown: held-out ones if there are."""
        limit = min(position_limit(self.policy.model), position_limit(self.reward))
        # One more token than the response: the reward model reads a cut response with an end of turn.
        room = limit - self.config.max_response_tokens - 1
        if room < 1:
            raise DataError(
                f"responses of {self.config.max_response_tokens} tokens leave no room for a prompt: the models "
                f"read {limit}; lower max_response_tokens"
            )
        splits, dropped = load_prompts(
            self.run.input("prompts"),
            self.tokenizer,
            most_tokens=min(room, self.config.max_prompt_tokens),
            group_turn=self.config.group_turn,
        )
        train, valid = splits.get("train", []), splits.get("valid", [])
        if not train:
            raise DataError(f"no prompt is left to answer; {dropped} are too long, {len(valid)} are held out")
        self.run.log(f"{len(train):,} prompts to answer, {len(valid):,} held out, {dropped} dropped: too long.")
        return train, (valid or train)[: self.config.sample_prompts]

    def _text(self) -> TokenBlocks | None:
        """The pretraining text of PPO-ptx; gamma 0 reads none, so that it is plain PPO to the bit."""
        if self.config.ptx_gamma == 0:
            return None
        files, _ = text_files(Path(self.run.input("pretrain")))
        tokens = tokenize_text(files, self.tokenizer, self.run.cache)
        block = min(self.config.ptx_block, position_limit(self.policy.model) - 1)
        return TokenBlocks(tokens, block, seed=self.run.seed, name="ptx text")

    # One iteration

    def step(self, number: int) -> dict[str, float]:
        started = time.perf_counter()
        self._before, self._changed = None, False
        if (number - 1) % self.config.checkpoint_every:
            # A stop in the middle of the update goes back to here; right after a checkpoint, to that.
            self._before = _on_cpu(self._live_state())
        prompts, rollouts = self._roll_out(number)
        layout = self._minibatches(number, 0)
        measured = self._measure(prompts, rollouts, layout)
        lengths_B = torch.tensor([len(rollout.ids) for rollout in rollouts])
        mask_BT = torch.arange(int(lengths_B.max())) < lengths_B[:, None]

        def padded(name: str) -> torch.Tensor:
            return nn.utils.rnn.pad_sequence([getattr(m, name) for m in measured], batch_first=True)

        scores_B = torch.tensor([m.score for m in measured])
        logprobs_BT, reference_BT, values_BT = padded("logprobs"), padded("reference"), padded("values")
        kl_B = (logprobs_BT - reference_BT).sum(1)
        entropy = float(padded("entropies").sum() / mask_BT.sum())
        watched = self._watch(scores_B, kl_B, entropy, rollouts)
        rewards_BT = penalized_rewards(scores_B, logprobs_BT, reference_BT, mask_BT, self.beta)
        advantages_BT, returns_BT = generalized_advantages(
            rewards_BT, values_BT, mask_BT, discount=self.config.discount, lam=self.config.gae_lambda
        )
        if self.config.whiten_advantages:
            advantages_BT = whiten(advantages_BT, mask_BT)
        sampled = time.perf_counter()

        share = warmed_up(number, iterations=self.config.warmup_iterations, start=self.config.warmup_start)
        set_learning_rate(self.optimizer, share * self.config.learning_rate)
        set_learning_rate(self.value_optimizer, share * self.config.value_learning_rate)
        columns = {"old": logprobs_BT, "advantage": advantages_BT, "value": values_BT, "return": returns_BT}
        losses = self._update(number, prompts, rollouts, layout, columns)

        unexplained = (returns_BT - values_BT)[mask_BT].var(correction=0)
        self._count(prompts, rollouts)
        values = {
            **watched,
            **losses,
            "explained_variance": float(1 - unexplained / returns_BT[mask_BT].var(correction=0).clamp(min=1e-8)),
            "beta": self.beta,
            "lr": share * self.config.learning_rate,
            "episodes": float(number * self.config.rollout_batch),
            "rollout_seconds": sampled - started,
            "update_seconds": time.perf_counter() - sampled,
        }
        if self.config.kl_target > 0:
            self.beta = adapted_beta(
                self.beta,
                values["kl"],
                target=self.config.kl_target,
                horizon=self.config.kl_horizon,
                episodes=self.config.rollout_batch,
            )
        self._before, self._changed = None, False
        return values

    def _count(self, prompts: Sequence[Prompt], rollouts: Sequence[Rollout]) -> None:
        """Put an iteration on the account; the pretraining text comes with its gradients."""
        lengths = sequence_lengths([prompt.ids for prompt in prompts], [rollout.ids for rollout in rollouts])
        policy, reward = self.costs["policy"], self.costs["reward"]
        add, epochs = self.run.account.add, self.config.inner_epochs
        add(policy, lengths, times=3)  # to answer; then what policy and reference say of the answers
        add(reward, lengths, times=2)  # the reward model and the value network
        for learner in (policy, reward):
            add(learner, lengths, times=epochs, learning=True)

    def _roll_out(self, number: int) -> tuple[list[Prompt], list[Rollout]]:
        """The iteration's prompts and answers, the same on every rank; each rank samples a share."""
        size = self.config.rollout_batch
        first = (number - 1) * size
        picked = endless_order(len(self.prompts), self.run.seed, first, size, "ppo prompts")
        prompts = [self.prompts[i] for i in picked]
        mine = self.run.ranks.share(range(size))
        rollouts: dict[int, Rollout] = {}
        at_once = self.config.rollout_rows or size
        for at in range(0, len(mine), at_once):
            rows = mine[at : at + at_once]
            answers = self._answers(
                self.policy,
                [prompts[i] for i in rows],
                [episode_seed(self.run.seed, first + i) for i in rows],
                self.config.max_response_tokens,
            )
            rollouts.update(zip(rows, answers, strict=True))
        for of_rank in self.run.ranks.gather(rollouts):
            rollouts |= of_rank
        return prompts, [rollouts[i] for i in range(size)]

    def _answers(
        self, policy: Policy, prompts: Sequence[Prompt], seeds: Sequence[int], most: int, *, stop: bool = True
    ) -> list[Rollout]:
        with self.run.autocast():
            return generate(
                policy,
                [prompt.ids for prompt in prompts],
                seeds=seeds,
                max_new_tokens=most,
                temperature=self.config.temperature,
                eos_id=self.eos_id,
                pad_id=self.pad_id,
                stop_check=self.run.check_stop if stop else None,
            )

    def _minibatches(self, number: int, inner_epoch: int) -> list[list[int]]:
        """The episodes of each minibatch, shuffled anew in every inner epoch."""
        size = self.config.rollout_batch
        epoch = (number - 1) * self.config.inner_epochs + inner_epoch
        order = epoch_order(size, self.run.seed, epoch, "ppo minibatches")
        return order.reshape(self.config.minibatches, -1).tolist()

    def _parts(
        self, minibatch: Sequence[int], prompts: Sequence[Prompt], rollouts: Sequence[Rollout]
    ) -> Iterator[tuple[list[int], ResponseBatch]]:
        """This rank's share of a minibatch as micro-batches: the episodes, and their forward layout."""
        mine = self.run.ranks.share(minibatch)
        lengths = [len(prompts[i].ids) + len(rollouts[i].ids) for i in mine]
        for part in micro_batches(lengths, self.config.micro_batch_tokens, layout=self.layout):
            self.run.check_stop()
            held = [mine[at] for at in part]
            yield (
                held,
                response_batch(
                    [prompts[i].ids for i in held],
                    [rollouts[i].ids for i in held],
                    self.pad_id,
                    self.run.device,
                    layout=self.layout,
                ),
            )

    @torch.no_grad()
    def _measure(
        self, prompts: Sequence[Prompt], rollouts: Sequence[Rollout], layout: Sequence[Sequence[int]]
    ) -> list[Measured]:
        """What policy, reference, value network and reward model say, on the first update's
        micro-batches."""
        measured: dict[int, Measured] = {}
        for minibatch in layout:
            for held, batch in self._parts(minibatch, prompts, rollouts):
                with self.run.autocast():
                    logprobs_N, entropies_N = response_logprobs_and_entropies(
                        self.policy, batch, self.config.temperature
                    )
                    reference_N = response_logprobs(self.reference, batch, self.config.temperature)
                    values_N = self.value(batch)
                columns = [
                    column.float().cpu().split(batch.lengths)
                    for column in (logprobs_N, reference_N, values_N, entropies_N)
                ]
                scores = self._scores([prompts[i] for i in held], [rollouts[i] for i in held])
                for i, score, *of_episode in zip(held, scores, *columns, strict=True):
                    measured[i] = Measured(score, *of_episode)
        for of_rank in self.run.ranks.gather(measured):
            measured |= of_rank
        return [measured[i] for i in range(len(rollouts))]

    def _scores(self, prompts: Sequence[Prompt], rollouts: Sequence[Rollout]) -> list[float]:
        """The reward model's scores, or the penalty for a missing end of turn where one is set."""
        ends = [rollout.ids if rollout.finished else [*rollout.ids, self.eos_id] for rollout in rollouts]
        scores = score_rows(
            self.reward,
            [[*prompt.ids, *ids] for prompt, ids in zip(prompts, ends, strict=True)],
            pad_id=self.pad_id,
            most_tokens=self.config.micro_batch_tokens,
            autocast=self.run.autocast,
            layout=self.layout,
        )
        if not self.config.penalize_missing_end:
            return scores
        return [
            score if rollout.finished else self.config.missing_end_score
            for score, rollout in zip(scores, rollouts, strict=True)
        ]

    def _watch(
        self,
        scores_B: torch.Tensor,
        kl_B: torch.Tensor,
        entropy: float,
        rollouts: Sequence[Rollout],
    ) -> dict[str, float]:
        """What an iteration is, before it is learned from. Raises RefusedError where a bound is passed."""
        lengths = [float(len(rollout.ids)) for rollout in rollouts]
        values = {
            "reward": float(scores_B.mean()),
            "kl": float(kl_B.mean()),
            "objective": float((scores_B - self.beta * kl_B).mean()),
            "entropy": entropy,
            "response_tokens": sum(lengths) / len(lengths),
            "eos_rate": sum(rollout.finished for rollout in rollouts) / len(rollouts),
            "repetition": sum(repeated_share(rollout.ids) for rollout in rollouts) / len(rollouts),
            "reward_length_correlation": correlation(scores_B.tolist(), lengths),
        }
        if not self.start:
            self.start = {
                "reward": values["reward"],
                "reward_sd": float(scores_B.std(correction=0)),
                "response_tokens": values["response_tokens"],
            }
        passed = alarm(self.config, values, self.start)
        if passed:
            raise RefusedError(*passed)
        return values

    def _update(
        self,
        number: int,
        prompts: Sequence[Prompt],
        rollouts: Sequence[Rollout],
        layout: list[list[int]],
        columns: dict[str, torch.Tensor],
    ) -> dict[str, float]:
        """All optimizer steps of an iteration; the means of what they saw."""
        totals = dict.fromkeys(("policy_loss", "value_loss", "clip_fraction", "approx_kl"), 0.0)
        norms, value_norms, text_losses, ratio_first = 0.0, 0.0, 0.0, 1.0
        count = self.config.inner_epochs * self.config.minibatches
        for inner_epoch in range(self.config.inner_epochs):
            for at, minibatch in enumerate(layout if inner_epoch == 0 else self._minibatches(number, inner_epoch)):
                actions = sum(len(rollouts[i].ids) for i in minibatch)
                sums, ratio = self._gradients(minibatch, prompts, rollouts, columns, actions)
                if inner_epoch == at == 0:
                    ratio_first = ratio
                    self._check_first_ratio(ratio)
                text_losses += self._text_gradients()
                norm, value_norm = self._optimizer_steps()
                norms, value_norms = norms + norm, value_norms + value_norm
                for name, value in zip(totals, sums, strict=True):
                    totals[name] += value / actions
        found = {name: value / count for name, value in totals.items()}
        found |= {
            "ratio_first": ratio_first,
            "gradient_norm": norms / count,
            "value_gradient_norm": value_norms / count,
        }
        if self.text is not None:
            found["ptx_loss"] = text_losses / count
        return found

    def _gradients(
        self,
        minibatch: Sequence[int],
        prompts: Sequence[Prompt],
        rollouts: Sequence[Rollout],
        columns: dict[str, torch.Tensor],
        actions: int,
    ) -> tuple[list[float], float]:
        """Adds up this rank's gradients of PPO's losses, means over all `actions` of the minibatch.

        Returns sums over actions and ranks (policy loss, value loss, clipped actions, approximate KL to the
        old policy) and the ratio that is farthest from 1.
        """
        self.optimizer.zero_grad(set_to_none=True)
        self.value_optimizer.zero_grad(set_to_none=True)
        sums, farthest = [0.0] * 4, 1.0
        for held, batch in self._parts(minibatch, prompts, rollouts):
            old_N, advantages_N, values_N, returns_N = (
                torch.cat([columns[name][i, : len(rollouts[i].ids)] for i in held]).to(self.run.device)
                for name in ("old", "advantage", "value", "return")
            )
            with self.run.autocast():
                logprobs_N = response_logprobs(self.policy, batch, self.config.temperature)
            policy_sum, clipped_N = ppo_policy_loss(logprobs_N, old_N, advantages_N, self.config.clip_ratio)
            (policy_sum / actions).backward()
            with self.run.autocast():
                new_values_N = self.value(batch)
            value_sum = value_loss(new_values_N, values_N, returns_N, self.config.clip_value)
            (value_sum / actions).backward()
            change_N = logprobs_N.detach() - old_N
            ratios_N = change_N.exp()
            ratio = float(ratios_N[(ratios_N - 1).abs().argmax()])
            farthest = ratio if abs(ratio - 1) > abs(farthest - 1) or ratio != ratio else farthest
            # Schulman's estimate (r - 1) - log r: never negative, and without bias.
            for at, value in enumerate(
                (policy_sum.detach(), value_sum.detach(), clipped_N.sum(), (ratios_N - 1 - change_N).sum())
            ):
                sums[at] += float(value)
        ratios = self.run.ranks.gather(farthest)
        return self.run.ranks.sum(sums), max(ratios, key=lambda ratio: abs(ratio - 1))

    def _check_first_ratio(self, ratio: float) -> None:
        tolerance = FIRST_RATIO_TOLERANCE[self.config.precision]
        if abs(ratio - 1) > tolerance:
            raise RefusedError(
                "The first ratio is not 1",
                f"before any update, the policy gives a token {ratio:.4f} times the probability that it was measured "
                "with. Sampling and training do not compute the same; nothing that follows would be right.",
            )

    def _text_gradients(self) -> float:
        """Adds gamma times the gradient of the mean loss on pretraining text; that mean loss, in nats."""
        if self.text is None:
            return 0.0
        episodes = self.config.rollout_batch // self.config.minibatches
        size = max(1, round(self.config.ptx_examples_per_episode * episodes))
        rows = self.text.batch(self.updates * size, size).tolist()
        tokens = size * self.text.block
        self.run.account.add(self.costs["policy"], [self.text.block] * size, learning=True)
        mine = self.run.ranks.share(rows)
        at_once = max(1, self.config.micro_batch_tokens // (self.text.block + 1))
        total = 0.0
        for at in range(0, len(mine), at_once):
            self.run.check_stop()
            held = mine[at : at + at_once]
            batch = response_batch([r[:1] for r in held], [r[1:] for r in held], self.pad_id, self.run.device)
            with self.run.autocast():
                loss = -response_logprobs(self.policy, batch, temperature=1.0).sum()
            (self.config.ptx_gamma * loss / tokens).backward()
            total += float(loss.detach())
        return self.run.ranks.sum([total])[0] / tokens

    def _optimizer_steps(self) -> tuple[float, float]:
        """One step of the policy, its average, and the value network; the gradients' norms before
        clipping."""
        model = self.policy.model
        self.run.ranks.sum_gradients(model.parameters())
        self.run.ranks.sum_gradients(self.value.parameters())
        norms = clip_gradients(model, self.config.clip_norm), clip_gradients(self.value, self.config.clip_norm)
        self._changed = True
        self.optimizer.step()
        self.value_optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.value_optimizer.zero_grad(set_to_none=True)
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                self.average[name].lerp_(parameter, 1 - self.config.ema_decay)
        self.updates += 1
        return norms

    # What the loop asks for

    def _live_state(self) -> dict[str, Any]:
        return {
            "policy": self.policy.model.state_dict(),
            "policy_optimizer": self.optimizer.state_dict(),
            "value": self.value.state_dict(),
            "value_optimizer": self.value_optimizer.state_dict(),
            "average": self.average,
            "progress": {"beta": self.beta, "updates": self.updates, "start": dict(self.start)},
        }

    def state(self) -> dict[str, Any]:
        """The state after the last whole iteration, also where one was interrupted within its update."""
        return self._before if self._changed and self._before is not None else self._live_state()

    def load_state(self, state: dict[str, Any]) -> None:
        self.policy.model.load_state_dict(state["policy"])
        self.optimizer.load_state_dict(state["policy_optimizer"])
        self.value.load_state_dict(state["value"])
        self.value_optimizer.load_state_dict(state["value_optimizer"])
        for name, value in state["average"].items():
            self.average[name].copy_(value)
        self.beta, self.updates = state["progress"]["beta"], state["progress"]["updates"]
        self.start = dict(state["progress"].get("start", {}))

    def samples(self, number: int) -> list[dict[str, Any]]:
        """Answers to the fixed prompts, by the same noise each time, beside those of the start."""
        last = number == self.total_steps
        if not last and number % (self.config.sample_every or self.config.checkpoint_every):
            return []
        if not self._starts:
            # Of itself the start differs nowhere, so nothing is to be told by token.
            self._starts = [output | {"tokens": []} for output in self._sample(self.reference)]
        return [
            {
                "prompt": prompt.record.id,
                "messages": message_dicts(prompt.record.messages),
                "outputs": [output],
                "start": start,
            }
            for prompt, output, start in zip(self.shown, self._sample(self.policy), self._starts, strict=True)
        ]

    @torch.no_grad()
    def _sample(self, policy: Policy) -> list[dict[str, Any]]:
        """An answer to each shown prompt, with its reward and its KL to the reference, whole and by token."""
        if not self.shown:
            return []
        seeds = [episode_seed(self.run.seed, -1, i) for i in range(len(self.shown))]
        most = min(self.config.sample_tokens, self.config.max_response_tokens)
        # Between iterations there is nothing to throw away, so nothing stops in here.
        rollouts = self._answers(policy, self.shown, seeds, most, stop=False)
        rewards = self._scores(self.shown, rollouts)
        kls: list[list[float]] = [[] for _ in rollouts]
        lengths = [len(p.ids) + len(r.ids) for p, r in zip(self.shown, rollouts, strict=True)]
        for part in micro_batches(lengths, self.config.micro_batch_tokens):
            batch = response_batch(
                [self.shown[i].ids for i in part], [rollouts[i].ids for i in part], self.pad_id, self.run.device
            )
            with self.run.autocast():
                change_N = response_logprobs(policy, batch, self.config.temperature) - response_logprobs(
                    self.reference, batch, self.config.temperature
                )
            for i, of_answer in zip(part, change_N.split(batch.lengths), strict=True):
                kls[i] = of_answer.tolist()
        return [
            {
                "text": decode_completion(self.tokenizer, rollout.ids),
                "finish": "stop" if rollout.finished else "length",
                "reward": reward,
                "kl": sum(kl),
                # What PPO gives for each action (advantages.penalized_rewards), but for whitening.
                "tokens": [
                    {"text": piece, "kl": of_token, "reward": -self.beta * of_token + (reward if last else 0.0)}
                    for piece, of_token, last in zip(
                        completion_pieces(self.tokenizer, rollout.ids),
                        kl,
                        [False] * (len(kl) - 1) + [True],
                        strict=True,
                    )
                ],
            }
            for rollout, reward, kl in zip(rollouts, rewards, kls, strict=True)
        ]

    def write_output(self, folder: Path) -> None:
        averaged = self.updates >= self.config.ema_output_from
        model = self.policy.model
        if averaged:
            with torch.no_grad():
                for name, parameter in model.named_parameters():
                    parameter.copy_(self.average[name])
        notes = (
            f"The weights are the average (EMA, {self.config.ema_decay}) over {self.updates} updates."
            if averaged
            else f"The weights are those after the last of {self.updates} updates, not their average."
        )
        self.run.log(notes)
        save_model(
            model,
            self.tokenizer,
            folder,
            precision=self.config.output_precision,
            card=model_card(
                "A PPO-ptx model" if self.text is not None else "A PPO model",
                self.run.facts() | {"updates": self.updates, "beta": self.beta},
                notes=notes,
            ),
        )


def main() -> int:
    return run_stage("ppo", Ppo, sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
