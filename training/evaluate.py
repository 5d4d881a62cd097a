"""Evaluation: a policy's held-out loss on demonstrations and plain text, or a reward model's accuracy.

What it does. With `policy`: the mean of -log p over the response tokens of the demonstrations in `data` (one
split of them), and over the tokens of plain text in `pretrain`: the same sums that SFT and pretraining
minimize. With `reward`: the share of judged pairs that the reward model orders as the labelers did, with an
interval in which a prompt's pairs count as one cluster, and beside it what "the longer output wins" would
reach, in all and by parts, with calibration (accuracy.py). output/report.json holds every number with what
it is of. Dropout is off, nothing is learned.

Where it departs from the paper. The paper's evaluations are labelers' judgments and public data sets; those
are the product's other pages. This is the part that needs no people.

    python -m training.config RUN_DIR evaluate --input policy=MODEL_DIR --input data=demonstrations.jsonl
    python -m training.evaluate RUN_DIR
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from training.account import ModelCost, model_cost
from training.accuracy import measure_accuracy, reward_report
from training.comparisons import PromptGroup, load_comparisons
from training.config import EvaluateConfig
from training.data import DataError, Example, TokenBlocks, encode_demonstrations, text_files, tokenize_text
from training.files import write_json
from training.loop import Stage, run_stage
from training.models import load_policy, load_reward_model, load_tokenizer, position_limit
from training.pretrain import next_token_loss
from training.rollout import Policy
from training.run import Run
from training.scores import score_groups
from training.sft import response_loss_sum

SPLITS = ("train", "valid", "test")


class Evaluation(Stage):
    """The stage: a step measures `records_per_step` records, or as many blocks of text."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.config: EvaluateConfig = run.config
        name = "policy" if run.has_input("policy") else "reward"
        self.tokenizer = load_tokenizer(run.input(name))
        self.pad_id: int = self.tokenizer.pad_token_id
        self.examples: list[Example] = []
        self.groups: list[PromptGroup] = []
        self.blocks: list[torch.Tensor] = []
        self.dropped: dict[str, int] = {}
        if name == "policy":
            self.policy = Policy(load_policy(run.input("policy"), self.tokenizer))
            self.policy.model.to(run.device)  # type: ignore[arg-type]
            self.cost: ModelCost = model_cost(self.policy.model)
            self._read_for_policy()
        else:
            self.reward = load_reward_model(run.input("reward"), self.tokenizer)
            self.reward.to(run.device)  # type: ignore[arg-type]
            self.cost = model_cost(self.reward)
            self._read_for_reward()
        size = self.config.records_per_step
        kinds: tuple[tuple[list[Any], Callable[[Any], dict[str, float]]], ...] = (
            (self.examples, self._measure_examples),
            (self.groups, self._measure_groups),
            (self.blocks, self._measure_blocks),
        )
        self.jobs = [(measure, items[at : at + size]) for items, measure in kinds for at in range(0, len(items), size)]
        self.total_steps = len(self.jobs)
        self.sums = {"response_loss": 0.0, "response_tokens": 0.0, "text_loss": 0.0, "text_tokens": 0.0}
        self.scores: list[list[float]] = []

    def _limits(self, room: int) -> dict[str, Any]:
        return {
            "max_prompt_tokens": self.config.max_prompt_tokens,
            "max_response_tokens": self.config.max_response_tokens,
            "max_tokens": room,
            "group_turn": self.config.group_turn,
        }

    def _splits(self) -> tuple[str, ...]:
        return SPLITS if self.config.split == "all" else (self.config.split,)

    def _read_for_policy(self) -> None:
        room = position_limit(self.policy.model)
        if self.run.has_input("data"):
            path = Path(self.run.input("data"))
            encoded = encode_demonstrations(path, self.tokenizer, **self._limits(room))
            self.examples = [e for split in self._splits() for e in encoded.splits.get(split, [])]
            self.dropped = encoded.dropped
            if not self.examples:
                raise DataError(f"{path.name} holds no demonstration of the split {self.config.split}")
        if self.run.has_input("pretrain"):
            train, held_out = text_files(Path(self.run.input("pretrain")))
            tokens = tokenize_text(held_out or train, self.tokenizer, self.run.cache)
            blocks = TokenBlocks(tokens, min(self.config.text_block, room))
            self.blocks = list(blocks.in_order(self.config.text_tokens))

    def _read_for_reward(self) -> None:
        path = Path(self.run.input("data"))
        limits = self._limits(position_limit(self.reward))
        comparisons = load_comparisons(path, self.tokenizer, **limits)
        self.groups = [group for split in self._splits() for group in comparisons.groups.get(split, [])]
        self.dropped = comparisons.dropped
        if not self.groups:
            raise DataError(f"{path.name} holds no decided comparison of the split {self.config.split}")

    def step(self, number: int) -> dict[str, float]:
        started = time.perf_counter()
        measure, items = self.jobs[number - 1]
        with torch.no_grad():
            values = measure(items)
        return values | {"records_per_second": len(items) / (time.perf_counter() - started)}

    def _measure_examples(self, examples: list[Example]) -> dict[str, float]:
        total = response_loss_sum(self.run, self.policy, examples, self.pad_id, self.config.micro_batch_tokens)
        count = sum(len(e.response_ids) for e in examples)
        self.run.account.add(self.cost, [e.length for e in examples])
        self.sums["response_loss"] += total
        self.sums["response_tokens"] += count
        return {"loss": total / count}

    def _measure_blocks(self, blocks: list[torch.Tensor]) -> dict[str, float]:
        self.policy.model.eval()
        total, count = 0.0, 0
        at_once = max(1, self.config.micro_batch_tokens // blocks[0].shape[1])
        for at in range(0, len(blocks), at_once):
            self.run.check_stop()
            ids_BT = torch.cat(blocks[at : at + at_once]).to(self.run.device)
            with self.run.autocast():
                total += float(next_token_loss(self.policy, ids_BT))
            count += ids_BT.shape[0] * (ids_BT.shape[1] - 1)
        self.run.account.add(self.cost, [blocks[0].shape[1] - 1] * sum(len(ids_BT) for ids_BT in blocks))
        self.sums["text_loss"] += total
        self.sums["text_tokens"] += count
        return {"text_loss": total / count}

    def _measure_groups(self, groups: list[PromptGroup]) -> dict[str, float]:
        scores = score_groups(
            self.reward,
            groups,
            pad_id=self.pad_id,
            most_tokens=self.config.micro_batch_tokens,
            autocast=self.run.autocast,
            stop_check=self.run.check_stop,
        )
        self.scores += scores
        self.run.account.add(self.cost, [len(row) for group in groups for row in group.rows])
        return {"accuracy": measure_accuracy(groups, scores)["accuracy"]}

    def state(self) -> dict[str, Any]:
        return {"measured": {"sums": dict(self.sums), "scores": [list(row) for row in self.scores]}}

    def load_state(self, state: dict[str, Any]) -> None:
        self.sums, self.scores = state["measured"]["sums"], state["measured"]["scores"]

    def report(self) -> dict[str, Any]:
        """Every number measured, with what it is of."""
        if self.groups:
            return reward_report(self.groups, self.scores, split=self.config.split)
        found: dict[str, Any] = {}
        if self.examples:
            loss = self.sums["response_loss"] / self.sums["response_tokens"]
            found["demonstrations"] = {
                "loss": loss,
                "perplexity": math.exp(loss),
                "tokens": int(self.sums["response_tokens"]),
                "records": len(self.examples),
                "split": self.config.split,
            }
        if self.blocks:
            loss = self.sums["text_loss"] / self.sums["text_tokens"]
            found["text"] = {"loss": loss, "perplexity": math.exp(loss), "tokens": int(self.sums["text_tokens"])}
        return {"results": found}

    def write_output(self, folder: Path) -> None:
        write_json(folder / "report.json", self.report() | {"dropped": self.dropped, "run": self.run.facts()})


def main() -> int:
    return run_stage("evaluate", Evaluation, sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
