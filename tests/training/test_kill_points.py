"""Each stage, killed again and again at random moments, ends bit for bit as if nothing had happened."""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from kill_points import Moment, count_moments, train_until
from test_loop_checkpoints import Counting
from test_score import outputs_rows
from toy_world import TINY_MODEL, planted_rows, read_jsonl, write_jsonl

from training.checkpoints import Checkpoints
from training.config import make_run
from training.evaluate import Evaluation
from training.loop import DONE, Stage, run_stage
from training.ppo import Ppo
from training.pretrain import Pretraining
from training.reward import RewardTraining
from training.run import Run
from training.sample import Sampling
from training.score import Scoring
from training.sft import FineTuning

CLOCKS = {"device_seconds", "tokens_per_second", "records_per_second", "rollout_seconds", "update_seconds"}
NEVER = Moment("nowhere", 1)
KILLS = {"work": 3, "checkpoint": 4, "files": 1}


@dataclass(frozen=True)
class Case:
    """A small run of a kind: its stage, settings, and the inputs that it takes by the names of fixtures."""

    kind: str
    stage: Callable[[Run], Stage]
    inputs: dict[str, str]
    settings: dict[str, Any] = field(default_factory=dict)


PPO = {
    "episodes": 32,
    "rollout_batch": 8,
    "minibatches": 2,
    "inner_epochs": 2,
    "max_response_tokens": 6,
    "micro_batch_tokens": 96,
    "warmup_iterations": 1,
    "kl_target": 1.0,
    "kl_horizon": 50,
    "ema_output_from": 1,
    "sample_prompts": 2,
}
PPO_INPUTS = {"prompts": "prompts", "policy": "base_model", "reward": "reward_model"}
CASES = {
    "pretrain": Case("pretrain", Pretraining, {"data": "text_folder"}, TINY_MODEL | {"steps": 8, "sample_tokens": 4}),
    "sft": Case(
        "sft",
        FineTuning,
        {"data": "demonstrations", "policy": "base_model", "pretrain": "text_folder", "reward": "reward_model"},
        {
            "epochs": 2,
            "batch_size": 8,
            "micro_batch_tokens": 128,
            "residual_dropout": 0.2,
            "pretrain_fraction": 0.2,
            "pretrain_block": 32,
            "reward_prompts": 2,
            "sample_prompts": 1,
            "sample_tokens": 4,
            "keep_epochs": False,
        },
    ),
    "rm": Case(
        "rm",
        RewardTraining,
        {"data": "comparisons", "policy": "base_model", "demonstrations": "demonstrations"},
        {"epochs": 2, "batch_size": 4, "residual_dropout": 0.1, "micro_batch_tokens": 256},
    ),
    "ppo": Case("ppo", Ppo, PPO_INPUTS, PPO),
    "ppo-ptx": Case(
        "ppo",
        Ppo,
        PPO_INPUTS | {"pretrain": "text_folder"},
        PPO | {"ptx_gamma": 27.8, "ptx_block": 16, "ptx_examples_per_episode": 1},
    ),
    "sample": Case(
        "sample", Sampling, PPO_INPUTS, {"samples_per_prompt": 2, "max_response_tokens": 6, "prompts_per_step": 2}
    ),
    "evaluate": Case(
        "evaluate",
        Evaluation,
        {"data": "demonstrations", "policy": "base_model", "pretrain": "text_folder"},
        {"records_per_step": 4, "text_block": 32, "text_tokens": 512},
    ),
    "score": Case("score", Scoring, {"outputs": "outputs", "reward": "reward_model"}, {"prompts_per_step": 2}),
}


@pytest.fixture
def comparisons(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "comparisons.jsonl", planted_rows(20))


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "outputs.jsonl", outputs_rows())


def lines(path: Path) -> list[dict]:
    """What a file of lines says, but for the clock's part and which attempt it was."""
    rows = read_jsonl(path) if path.exists() else []
    for row in rows:
        del row["attempt"]
        row.pop("time", None)
        row["values"] = {name: value for name, value in row.get("values", {}).items() if name not in CLOCKS}
    return rows


def result(run: Path) -> dict[str, Any]:
    """The bytes of everything that a run leaves; of its card and reports, which tell times, what they measured."""
    found: dict[str, Any] = {}
    for path in sorted((run / "output").iterdir()):
        if path.name == "report.json":
            found[path.name] = json.loads(path.read_text())["results"]
        elif path.name not in ("README.md", "settings.json"):
            found[path.name] = path.read_bytes()
    return found | {name: lines(run / name) for name in ("metrics.jsonl", "samples.jsonl")}


@pytest.mark.parametrize("name", CASES)
def test_killed_anywhere_it_ends_as_if_undisturbed(tmp_path: Path, request: pytest.FixtureRequest, name: str) -> None:
    case = CASES[name]
    inputs = {entry: request.getfixturevalue(fixture) for entry, fixture in case.inputs.items()}
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for run in (whole, killed):
        make_run(run, case.kind, settings=case.settings | {"checkpoint_every": 2, "threads": 1}, seed=7, inputs=inputs)

    def train(run: Path) -> Callable[[], int]:
        return lambda: run_stage(case.kind, case.stage, [str(run)])

    counts = count_moments(whole, train(whole), tmp_path / "moments.json")
    steps = len(read_jsonl(whole / "metrics.jsonl"))
    assert steps >= 4
    dice = random.Random(name)
    places = dice.sample([*KILLS], counts=[*KILLS.values()], k=sum(KILLS.values()))
    kills = 0
    for place in [*places, "output", "output"]:
        left = 1 - max(Checkpoints(killed / "checkpoints").steps(), default=0) / steps
        if place != "output" and not left:
            continue
        # Within the first half of what is left, so that it comes.
        moment = Moment(place, dice.randint(1, max(1, int(counts[place] * (left or 1) / 2))))
        assert train_until(killed, train(killed), moment) == -signal.SIGKILL, moment
        kills += 1
    assert kills >= 6
    assert train_until(killed, train(killed), NEVER) == DONE, (killed / "log.txt").read_text()
    assert int((killed / "attempt").read_text()) >= 6, "and not all of one attempt"
    assert [row["step"] for row in read_jsonl(killed / "metrics.jsonl")] == list(range(1, steps + 1))
    assert result(killed) == result(whole)
    assert not list(killed.rglob("*.tmp*")), "nothing half written is left"


@pytest.mark.parametrize("place", ["checkpoint", "output"])
def test_killed_at_each_single_moment_of_writing(tmp_path: Path, text_folder: Path, place: str) -> None:
    """Before, within and after each file, each rename and each removal of what was before."""

    def make(name: str) -> tuple[Path, Callable[[], int]]:
        run = tmp_path / name
        settings = {"checkpoint_every": 2, "keep_checkpoints": 1, "threads": 1}
        make_run(run, "pretrain", settings=settings, inputs={"data": text_folder})
        return run, lambda: run_stage("pretrain", Counting, [str(run)])

    whole, train = make("whole")
    counts = count_moments(whole, train, tmp_path / "moments.json")
    assert counts[place] > 5
    for number in range(1, counts[place] + 1):
        run, train = make(f"{place}-{number}")
        assert train_until(run, train, Moment(place, number)) == -signal.SIGKILL
        assert train_until(run, train, NEVER) == DONE, (run / "log.txt").read_text()
        assert result(run) == result(whole), number
        assert not list(run.rglob("*.tmp*"))
