"""A loss that is not a number ends the run, which says what the batch held and where the loss broke."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

from toy_world import planted_rows, prompt_rows, write_jsonl

from training import pretrain, reward, sft
from training.batch import Batch
from training.checkpoints import Checkpoints
from training.config import make_run
from training.loop import HALTED, run_stage
from training.ppo import Ppo
from training.pretrain import Pretraining
from training.reward import RewardTraining
from training.sft import FineTuning


def broken(run: Path, kind: str, stage: type, inputs: dict, settings: dict) -> tuple[set[str], set[str]]:
    """The records that the step read and those where the loss broke, as the run's own words name them."""
    make_run(run, kind, settings=settings | {"threads": 1, "checkpoint_every": 1}, seed=1, inputs=inputs)
    assert run_stage(kind, stage, [str(run)]) == HALTED
    error = json.loads((run / "error.json").read_text())
    assert error["title"] == "The training diverged"
    words = re.search(
        r"became not a number at step (\d+)\. The step read (\d+) records: (.*?)\. "
        r"The loss was not a number where it read (.*?)\. Try a lower learning rate",
        error["detail"],
    )
    assert words, error["detail"]
    step, count, records, suspects = words.groups()
    assert max(Checkpoints(run / "checkpoints").steps(), default=0) == int(step) - 1
    assert f"Step {step} read: {records.split(' and ')[0]}" in (run / "log.txt").read_text()
    assert len(records.split(", ")) == int(count)
    return set(records.split(", ")), set(suspects.split(", "))


def test_of_demonstrations(tmp_path: Path, base_model: Path, demonstrations: Path, monkeypatch) -> None:
    loss = sft.response_loss

    def poisoned(run, policy, examples, *rest, **options):
        return loss(run, policy, examples, *rest, **options) * (
            math.nan if policy.model.training and any(e.key == "line 8 (d7)" for e in examples) else 1
        )

    monkeypatch.setattr(sft, "response_loss", poisoned)
    records, suspects = broken(
        tmp_path / "run",
        "sft",
        FineTuning,
        {"data": demonstrations, "policy": base_model},
        {"batch_size": 8, "micro_batch_tokens": 60, "layout": "rows", "sample_prompts": 0},
    )
    assert len(records) == 8
    assert "line 8 (d7)" in suspects
    assert len(suspects) < 8


def test_of_comparisons(tmp_path: Path, base_model: Path, monkeypatch) -> None:
    pairs = reward.batch_pairs

    def poisoned(groups, device):
        better, worse, weights = pairs(groups, device)
        return better, worse, weights * (math.nan if any(group.prompt == "p3" for group in groups) else 1)

    monkeypatch.setattr(reward, "batch_pairs", poisoned)
    records, suspects = broken(
        tmp_path / "run",
        "rm",
        RewardTraining,
        {"data": write_jsonl(tmp_path / "rows.jsonl", planted_rows(20)), "policy": base_model},
        {"batch_size": 8, "micro_batch_tokens": 256},
    )
    assert len(records) == 8
    assert "p3" in suspects
    assert len(suspects) < 8


def test_of_text(tmp_path: Path, text_folder: Path, base_model: Path, monkeypatch) -> None:
    loss, calls = pretrain.next_token_loss, []

    def poisoned(policy, ids):
        calls.append(ids)
        return loss(policy, ids) * (math.nan if len(calls) == 4 else 1)

    monkeypatch.setattr(pretrain, "next_token_loss", poisoned)
    records, suspects = broken(
        tmp_path / "run",
        "pretrain",
        Pretraining,
        {"data": text_folder, "policy": base_model},
        {"block": 32, "batch_size": 6, "micro_batch_tokens": 64, "steps": 3},
    )
    assert records == {f"block {number}" for number in range(6, 12)}
    assert suspects == {"block 6", "block 7"}


def test_of_prompts(tmp_path: Path, base_model: Path, reward_model: Path) -> None:
    class Poisoned(Ppo):
        def _scores(self, prompts, rollouts):
            scores = super()._scores(prompts, rollouts)
            return [math.nan if p.record.id == "q3" else s for p, s in zip(prompts, scores, strict=True)]

    inputs = {
        "prompts": write_jsonl(tmp_path / "prompts.jsonl", prompt_rows()),
        "policy": base_model,
        "reward": reward_model,
    }
    settings = {
        "episodes": 12,
        "rollout_batch": 12,
        "minibatches": 4,
        "max_response_tokens": 4,
        "micro_batch_tokens": 32,
        "whiten_advantages": False,
        "sample_prompts": 0,
    }
    records, suspects = broken(tmp_path / "run", "ppo", Poisoned, inputs, settings)
    assert records == {f"q{i}" for i in range(12)}
    assert "q3" in suspects


def test_what_is_told_stays_short() -> None:
    batch = Batch()
    batch.add([f"d{i}" for i in range(30)], 1.0)
    batch.add(["d0", "d1"], 2.0)
    assert batch.told().startswith("The step read 30 records: d0, d1, ")
    assert "d11 and 18 more. Each one's loss was a number" in batch.told()
    batch.clear()
    assert batch.told() == ""
    batch.add(["d1"], math.inf)
    assert "None of their losses was a number" in batch.told()
