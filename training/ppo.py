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
Here are the iterations; the models and their steps are in ppo_update.py.

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
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from training.account import sequence_lengths
from training.advantages import generalized_advantages, penalized_rewards, whiten
from training.canaries import alarm, correlation, repeated_share
from training.data import (
    DataError,
    completion_pieces,
    decode_completion,
    endless_order,
    micro_batches,
)
from training.demonstrated import read_demonstrated
from training.halts import HaltedError
from training.loop import Stage, run_stage
from training.models import (
    model_card,
    position_limit,
    save_model,
)
from training.optimizer import set_learning_rate
from training.ppo_schedules import adapted_beta, warmed_up
from training.ppo_update import PpoUpdate
from training.prompts import Prompt, load_prompts
from training.records import message_dicts
from training.rollout import (
    Policy,
    Rollout,
    episode_seed,
    generate,
    response_batch,
    response_logprobs,
    response_logprobs_and_entropies,
)
from training.run import Run


@dataclass(frozen=True)
class Measured:
    """What the four models say of one episode before the update; one number an action, but for `score`."""

    score: float
    logprobs: torch.Tensor
    reference: torch.Tensor
    values: torch.Tensor
    entropies: torch.Tensor


def _on_cpu(state: Any, copies: dict[tuple[int, torch.Size], torch.Tensor] | None = None) -> Any:
    """A copy of a state that later updates don't touch; a tied table, which it names twice, is copied once."""
    copies = {} if copies is None else copies
    if isinstance(state, torch.Tensor):
        of = (state.data_ptr(), state.shape)
        if of not in copies:
            copies[of] = state.detach().to("cpu", copy=True)
        return copies[of]
    if isinstance(state, dict):
        return {key: _on_cpu(value, copies) for key, value in state.items()}
    if isinstance(state, list):
        return [_on_cpu(value, copies) for value in state]
    return state


class Ppo(PpoUpdate, Stage):
    """The stage: one iteration a step."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.prompts, self.shown = self._prompts()
        self.beta = self.config.beta
        self.start: dict[str, float] = {}  # the first iteration's reward and length
        self.total_steps = -(-self.config.episodes // self.config.rollout_batch)
        self._before: dict[str, Any] | None = None
        self._starts: list[dict[str, Any]] = []

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
        if self.config.whiten_rewards:
            rewards_BT = whiten(rewards_BT, mask_BT, keep_mean=True)
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

    def _answers(self, policy: Policy, prompts: Sequence[Prompt], seeds: Sequence[int], most: int) -> list[Rollout]:
        with self.run.autocast():
            return generate(
                policy,
                [prompt.ids for prompt in prompts],
                seeds=seeds,
                max_new_tokens=most,
                temperature=self.config.temperature,
                eos_id=self.eos_id,
                pad_id=self.pad_id,
                stop_check=self.run.check_stop,
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
                said = sum(scores) + sum(float(column.sum()) for of_kind in columns for column in of_kind)
                self.run.batch.add([prompts[i].record.id for i in held], said)
                for i, score, *of_episode in zip(held, scores, *columns, strict=True):
                    measured[i] = Measured(score, *of_episode)
        for of_rank in self.run.ranks.gather(measured):
            measured |= of_rank
        return [measured[i] for i in range(len(rollouts))]

    def _watch(
        self,
        scores_B: torch.Tensor,
        kl_B: torch.Tensor,
        entropy: float,
        rollouts: Sequence[Rollout],
    ) -> dict[str, float]:
        """What an iteration is, before it is learned from. Raises HaltedError where a bound is passed."""
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
            raise HaltedError(*passed)
        return values

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
        rollouts = self._answers(policy, self.shown, seeds, most)
        rewards = self._scores(self.shown, rollouts)
        kls: list[list[float]] = [[] for _ in rollouts]
        lengths = [len(p.ids) + len(r.ids) for p, r in zip(self.shown, rollouts, strict=True)]
        for part in micro_batches(lengths, self.config.micro_batch_tokens):
            self.run.check_stop()
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
        read_demonstrated(self.run.input("policy")).write(folder)


def main() -> int:
    return run_stage("ppo", Ppo, sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
