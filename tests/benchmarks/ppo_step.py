"""A PPO iteration: answers, what four models say of them, and the update, against a plain loop of the same models and
TRL's PPOTrainer.

    python -m tests.benchmarks.ppo_step
    PRECISION=bf16 MINIBATCHES=1 EPISODES=64 VOCABULARY=50304 SIDES=ours,plain python -m tests.benchmarks.ppo_step
    DEVICE=cuda SIZE=1b PRECISION=bf16 SHAPE=256,256 EPISODES=128 SIDES=ours python -m tests.benchmarks.ppo_step
    TRL_PYTHON=/a/venv/bin/python python -m tests.benchmarks.ppo_step           with TRL 1.12: trl_ppo.py

Prompts of 32 tokens, answers of 48 at most (SHAPE), 4 minibatches, 4 inner epochs; policy, reference, value network and
reward model of equal size. `fixed`: no answer ends before the limit. `geometric`: each token is the last with
probability 1/24. The plain loop is what most write: transformers' `generate`, rows padded to the longest, log-softmax
of whole rows' logits, in the same minibatches and dtype; it generates for itself, and learns from the same answers.
One of SIDES alone has the peak of memory for itself (TRL is a process of its own anyway).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from functools import partial
from statistics import median

import torch
from torch import nn
from transformers import LlamaForSequenceClassification

from tests.benchmarks.machine import DEVICE, THREADS, autocast, clock, gemm_rate, interleaved, model_config, set_up
from tests.benchmarks.ppo_sizes import (
    ANSWER,
    EOS,
    EPISODES,
    EPOCHS,
    MINIBATCHES,
    PAD,
    PROMPT,
    VOCABULARY,
    policy_model,
    prompts,
)
from training.account import LEARNING, model_cost
from training.losses import ppo_policy_loss, value_loss
from training.rollout import (
    Policy,
    Rollout,
    episode_seed,
    generate,
    response_batch,
    response_logprobs,
    response_logprobs_and_entropies,
)
from training.scores import score_rows
from training.value import ValueNetwork

TRL_PYTHON = os.environ.get("TRL_PYTHON", "")
SIDES = os.environ.get("SIDES", "plain,ours,TRL" if TRL_PYTHON else "plain,ours").split(",")


class Models:
    """Policy, reference, value network and reward model, with the optimizers of the two that learn."""

    def __init__(self, end_probability: float) -> None:
        models = [policy_model(end_probability).to(DEVICE) for _ in range(2)]
        self.policy, self.reference = map(Policy, models)
        config = model_config(VOCABULARY, attn_implementation="sdpa", num_labels=1, reward_bias=0.0)
        self.reward = LlamaForSequenceClassification(config).to(DEVICE).eval()
        self.value = ValueNetwork(LlamaForSequenceClassification(config).to(DEVICE).eval())
        self.optimizers = [torch.optim.AdamW(model.parameters(), lr=1e-6) for model in (self.policy.model, self.value)]

        self.rollout_seconds: list[float] = []
        """Of our side's iterations."""

    def step(self) -> None:
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)


def update_flops(models: Models, rollouts: list[Rollout]) -> float:
    """What our update needs by account.py: what four models say of each answer, and two learning from it EPOCHS
    times."""
    lengths = [PROMPT + len(rollout.ids) for rollout in rollouts]
    policy, value = model_cost(models.policy.model), model_cost(models.reward)
    return sum(cost.of(lengths)[1] * (2 + LEARNING * EPOCHS) for cost in (policy, value))


def minibatches() -> list[list[int]]:
    """The same ones for both sides."""
    order = torch.randperm(EPISODES, generator=torch.Generator().manual_seed(2))
    return order.reshape(MINIBATCHES, -1).tolist()


def sample(models: Models, prompts: list[list[int]]) -> list[Rollout]:
    """Our answers."""
    with autocast():
        return generate(
            models.policy,
            prompts,
            seeds=[episode_seed(0, i) for i in range(EPISODES)],
            max_new_tokens=ANSWER,
            temperature=1.0,
            eos_id=EOS,
            pad_id=PAD,
        )


def ours(models: Models, prompts: list[list[int]], rollouts: list[Rollout]) -> None:
    """An iteration as ppo.py makes it."""
    started = clock()
    sample(models, prompts)
    models.rollout_seconds.append(clock() - started)
    old = {}
    for minibatch in minibatches():
        answers = [rollouts[i].ids for i in minibatch]
        batch = response_batch([prompts[i] for i in minibatch], answers, PAD, DEVICE, layout="flat")
        with torch.no_grad(), autocast():
            logprobs, _ = response_logprobs_and_entropies(models.policy, batch, 1.0)
            response_logprobs(models.reference, batch, 1.0)
            old[minibatch[0]] = logprobs, models.value(batch)
        texts = [[*prompts[i], *rollouts[i].ids] for i in minibatch]
        score_rows(models.reward, texts, pad_id=PAD, most_tokens=8192, autocast=autocast, layout="flat")
    for _ in range(EPOCHS):
        for minibatch in minibatches():
            answers = [rollouts[i].ids for i in minibatch]
            batch = response_batch([prompts[i] for i in minibatch], answers, PAD, DEVICE, layout="flat")
            logprobs, values = old[minibatch[0]]
            with autocast():
                loss, _ = ppo_policy_loss(response_logprobs(models.policy, batch, 1.0), logprobs, values, 0.2)
            (loss / len(logprobs)).backward()
            with autocast():
                loss = value_loss(models.value(batch), values, values + 1, 0.2)
            (loss / len(logprobs)).backward()
            models.step()


def plain(models: Models, prompts: list[list[int]], rollouts: list[Rollout]) -> None:
    """An iteration as a plain loop makes it."""
    with torch.no_grad(), autocast():
        ids = torch.tensor(prompts, device=DEVICE)
        options = {"do_sample": True, "top_k": 0, "top_p": 1.0, "eos_token_id": EOS, "pad_token_id": PAD}
        models.policy.model.generate(ids, attention_mask=ids.ne(PAD), max_new_tokens=ANSWER, **options)
    longest = max(len(r.ids) for r in rollouts)
    texts = torch.tensor(
        [[*p, *r.ids, *[PAD] * (longest - len(r.ids))] for p, r in zip(prompts, rollouts, strict=True)], device=DEVICE
    )
    attention = torch.tensor(
        [[1] * (PROMPT + len(r.ids)) + [0] * (longest - len(r.ids)) for r in rollouts], device=DEVICE
    )

    def logprobs_of(model: nn.Module, rows: list[int]) -> torch.Tensor:
        logits = model(input_ids=texts[rows], attention_mask=attention[rows], use_cache=False).logits
        every = logits[:, PROMPT - 1 : -1].float().log_softmax(-1)
        return every.gather(-1, texts[rows][:, PROMPT:, None]).squeeze(-1)

    def values_of(rows: list[int]) -> torch.Tensor:
        hidden = models.value.trunk(input_ids=texts[rows], attention_mask=attention[rows], use_cache=False)[0]
        return models.value.head(hidden[:, PROMPT - 1 : -1].float()).squeeze(-1)

    old = {}
    for minibatch in minibatches():
        with torch.no_grad(), autocast():
            logprobs = logprobs_of(models.policy.model, minibatch)
            logprobs_of(models.reference.model, minibatch)
            old[minibatch[0]] = logprobs, values_of(minibatch)
            models.reward(input_ids=texts[minibatch], attention_mask=attention[minibatch])
    for _ in range(EPOCHS):
        for minibatch in minibatches():
            mask = attention[minibatch][:, PROMPT:].bool()
            logprobs, values = (column[mask] for column in old[minibatch[0]])
            with autocast():
                new = logprobs_of(models.policy.model, minibatch)[mask]
            loss, _ = ppo_policy_loss(new, logprobs, values, 0.2)
            (loss / mask.sum()).backward()
            with autocast():
                new = values_of(minibatch)[mask]
            (value_loss(new, values, values + 1, 0.2) / mask.sum()).backward()
            models.step()


class TrlProcess:
    """trl_ppo.py at work; called, it makes one iteration and returns the seconds that it took by itself."""

    def __init__(self, end_probability: float) -> None:
        self.peak = 0.0
        self.process = subprocess.Popen(
            [TRL_PYTHON, "-W", "ignore", "-m", "tests.benchmarks.trl_ppo", str(end_probability)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=os.environ | {"OMP_NUM_THREADS": str(THREADS), "TRL_EXPERIMENTAL_SILENCE": "1"},
        )  # fmt: skip

    def __call__(self) -> float:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{TRL_PYTHON} -m tests.benchmarks.trl_ppo ended: run it by hand to see why.")
        seconds, kilobytes = line.split()
        self.peak = int(kilobytes) / 2**20
        return float(seconds)

    def close(self) -> None:
        self.process.communicate()


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    set_up()
    asked, rate = prompts(), gemm_rate()
    for name, end_probability in (("fixed", 0.0), ("geometric", 1 / 24)):
        models = Models(end_probability)
        rollouts = sample(models, asked)
        mean = sum(len(r.ids) for r in rollouts) / EPISODES
        sides = {"plain": partial(plain, models, asked, rollouts), "ours": partial(ours, models, asked, rollouts)}
        trl = TrlProcess(end_probability) if "TRL" in SIDES else None
        medians = interleaved({name: run for name, run in [*sides.items(), ("TRL", trl)] if run and name in SIDES})
        print(
            f"{name}, {EPISODES} answers of {mean:.1f} tokens in the mean, {MINIBATCHES} minibatches, "
            f"vocabulary {VOCABULARY:,}"
        )
        for side, seconds in medians.items():
            times = "".join(
                f" {medians[other] / seconds:5.2f}x {other}" for other in ("plain", "TRL") if other in SIDES
            )
            print(f"  {side:6} {EPISODES / seconds:6.2f} episodes/s {times}")
        if "ours" in medians:
            rollout = median(models.rollout_seconds[1:])
            share = update_flops(models, rollouts) / (medians["ours"] - rollout) / rate
            print(
                f"  ours: {mean * EPISODES / rollout:.0f} tokens/s sampled; {100 * share:.0f} % of GEMM in the update"
            )
        if trl:
            trl.close()
            print(f"  TRL's peak of memory {trl.peak:.2f} GB")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak of memory {peak:.2f} GB; load after {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
