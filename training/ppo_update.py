"""PPO's models and its update: the clipped surrogate, the value's squared error, the text, one step of each.

What it does. Each minibatch makes two backward passes in micro-batches, and one more over the pretraining text in
PPO-ptx; then one clipping and one step of each network, and the average follows. Before the first step the ratio must
be 1: what was sampled and measured is what is trained.

Where it departs from the paper: see ppo.py.

Shapes: B episodes of an iteration, T actions, N the actions of some episodes one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from transformers import PreTrainedModel

from training.account import model_cost
from training.config import PpoConfig
from training.data import epoch_order, micro_batches
from training.flat import pick_layout
from training.halts import HaltedError
from training.losses import ppo_policy_loss, value_loss
from training.models import ModelError, load_policy, load_reward_model, load_tokenizer, tokenizer_differences
from training.optimizer import clip_gradients, make_adamw
from training.prompts import Prompt
from training.ptx import TextMix
from training.rollout import Policy, ResponseBatch, Rollout, response_batch, response_logprobs
from training.run import Run
from training.scores import score_rows
from training.value import ValueNetwork

# How far the first ratio may be from 1: rounding, but no other layout, temperature or dropout.
FIRST_RATIO_TOLERANCE = {"fp32": 1e-3, "bf16": 0.05}


class PpoUpdate:
    """The four models, the average of the policy's weights, and the steps that an iteration takes."""

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
        self.costs = {"policy": model_cost(model), "reward": model_cost(self.reward)}
        # gamma 0 reads no text, so that it is plain PPO to the bit.
        self.text = TextMix(run, self.policy, self.tokenizer, self.costs["policy"]) if self.config.ptx_gamma else None
        self.optimizer = make_adamw(model, self.config)
        self.value_optimizer = make_adamw(self.value, self.config, learning_rate=self.config.value_learning_rate)
        self.average = {name: p.detach().clone() for name, p in model.named_parameters()}
        self.updates = 0
        self._changed = False  # whether the iteration at hand has moved a weight

    def _frozen(self, model: PreTrainedModel) -> PreTrainedModel:
        model.to(self.run.device)  # type: ignore[arg-type]
        return model.eval().requires_grad_(False)

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
            stop_check=self.run.check_stop,
        )
        if not self.config.penalize_missing_end:
            return scores
        return [
            score if rollout.finished else self.config.missing_end_score
            for score, rollout in zip(scores, rollouts, strict=True)
        ]

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
                text_losses += self.text.add_gradients(self.updates) if self.text is not None else 0.0
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
            self.run.batch.add([prompts[i].record.id for i in held], float(policy_sum.detach() + value_sum.detach()))
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
            raise HaltedError(
                "The first ratio is not 1",
                f"before any update, the policy gives a token {ratio:.4f} times the probability that it was measured "
                "with. Sampling and training do not compute the same; nothing that follows would be right.",
            )

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
