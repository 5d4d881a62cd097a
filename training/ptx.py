"""The pretraining mix of PPO-ptx.

What it does. Each step of the policy also follows gamma times the gradient of the mean loss on a few blocks of
pretraining text (8 examples an episode in the paper), which keeps what the base model knew.

Where it departs from the paper: nowhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from training.account import ModelCost
from training.data import TokenBlocks, text_files, tokenize_text
from training.models import position_limit
from training.rollout import Policy, response_batch, response_logprobs
from training.run import Run


class TextMix:
    """The pretraining text of PPO-ptx, and its part of each step's gradient."""

    def __init__(self, run: Run, policy: Policy, tokenizer: Any, cost: ModelCost) -> None:
        self.run, self.policy, self.cost = run, policy, cost
        self.pad_id: int = tokenizer.pad_token_id
        files, _ = text_files(Path(run.input("pretrain")))
        tokens = tokenize_text(files, tokenizer, run.cache)
        block = min(run.config.ptx_block, position_limit(policy.model) - 1)
        self.blocks = TokenBlocks(tokens, block, seed=run.seed, name="ptx text")

    def add_gradients(self, updates: int) -> float:
        """Adds gamma times the gradient of the mean loss on the blocks of an update, the first being 0; that mean
        loss, in nats."""
        config = self.run.config
        episodes = config.rollout_batch // config.minibatches
        size = max(1, round(config.ptx_examples_per_episode * episodes))
        rows = self.blocks.batch(updates * size, size).tolist()
        tokens = size * self.blocks.block
        self.run.account.add(self.cost, [self.blocks.block] * size, learning=True)
        mine = self.run.ranks.share(rows)
        at_once = max(1, config.micro_batch_tokens // (self.blocks.block + 1))
        total = 0.0
        for at in range(0, len(mine), at_once):
            self.run.check_stop()
            held = mine[at : at + at_once]
            batch = response_batch([r[:1] for r in held], [r[1:] for r in held], self.pad_id, self.run.device)
            with self.run.autocast():
                loss = -response_logprobs(self.policy, batch, temperature=1.0).sum()
            (config.ptx_gamma * loss / tokens).backward()
            total += float(loss.detach())
        return self.run.ranks.sum([total])[0] / tokens
