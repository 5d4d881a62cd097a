"""A run that was interrupted ends with the same weights, bit for bit, as one that never was."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest
from safetensors.torch import load_file
from toy_world import read_jsonl

from training.config import make_run
from training.loop import DONE, STOPPED, run_stage
from training.sft import FineTuning

SETTINGS = {
    "batch_size": 8,
    "micro_batch_tokens": 128,
    "residual_dropout": 0.2,
    "pretrain_fraction": 0.2,
    "pretrain_block": 32,
    "checkpoint_every": 3,
    "threads": 1,
    "sample_prompts": 1,
    "sample_tokens": 4,
}


@pytest.fixture
def make(tmp_path: Path, base_model: Path, demonstrations: Path, text_folder: Path) -> Callable[..., Path]:
    def made(name: str, epochs: int = 3) -> Path:
        inputs = {"data": demonstrations, "policy": base_model, "pretrain": text_folder}
        make_run(tmp_path / name, "sft", settings=SETTINGS | {"epochs": epochs}, seed=5, inputs=inputs)
        return tmp_path / name

    return made


class StopAfter(FineTuning):
    """Asks for a stop once a step is done, or in the middle of one."""

    at, within = 0, False

    def step(self, number: int) -> dict[str, float]:
        if number == self.at and self.within:
            (self.run.folder / "stop").touch()
        values = super().step(number)
        if number == self.at:
            (self.run.folder / "stop").touch()
        return values


def same_weights(one: Path, other: Path) -> bool:
    a, b = (load_file(run / "output" / "model.safetensors") for run in (one, other))
    return a.keys() == b.keys() and all((a[name] == b[name]).all() for name in a)


def steps_and_losses(run: Path) -> list[tuple]:
    return [(row["step"], row["values"]["loss"]) for row in read_jsonl(run / "metrics.jsonl")]


@pytest.mark.parametrize("at, within", [(1, False), (4, False), (7, True), (12, False)])
def test_stopped_and_resumed_equals_undisturbed(make, at: int, within: bool) -> None:
    undisturbed, stopped = make("undisturbed"), make("stopped")
    assert run_stage("sft", FineTuning, [str(undisturbed)]) == DONE
    stage = type("Stopping", (StopAfter,), {"at": at, "within": within})
    assert run_stage("sft", stage, [str(stopped)]) == STOPPED
    assert not (stopped / "output").exists()
    assert not (stopped / "stop").exists(), "a request that was honored must not stop the next attempt"
    assert run_stage("sft", FineTuning, [str(stopped)]) == DONE
    assert same_weights(undisturbed, stopped)
    assert steps_and_losses(undisturbed) == steps_and_losses(stopped)
    assert [row["step"] for row in read_jsonl(stopped / "metrics.jsonl")] == list(range(1, 13))


def test_killed_run_goes_on_from_its_last_checkpoint(make, trainer: Callable[..., Popen]) -> None:
    undisturbed, killed = make("undisturbed", epochs=12), make("killed", epochs=12)
    assert run_stage("sft", FineTuning, [str(undisturbed)]) == DONE
    process = trainer(killed, "sft")
    metrics = killed / "metrics.jsonl"
    while process.poll() is None and not (metrics.exists() and metrics.read_text().count("\n") >= 5):
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with metrics.open("a") as torn:
        torn.write('{"attempt": 1, "step": 49, "of"')
    assert run_stage("sft", FineTuning, [str(killed)]) == DONE
    assert same_weights(undisturbed, killed)
    rows = read_jsonl(metrics)
    assert [row["step"] for row in rows] == list(range(1, 49)), "no step twice, none torn, none missing"
    assert {row["attempt"] for row in rows} == {1, 2}


def test_terminated_process_checkpoints_and_exits_three(make, trainer: Callable[..., Popen]) -> None:
    run = make("run", epochs=1000)
    process = trainer(run, "sft")
    while process.poll() is None and not (run / "metrics.jsonl").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    process.wait()
    assert process.returncode == STOPPED
    last = read_jsonl(run / "metrics.jsonl")[-1]["step"]
    manifest = json.loads((run / "checkpoints" / f"step_{last}" / "manifest.json").read_text())
    assert manifest["step"] == last


def test_supervised_process_ends_when_its_input_closes(make, trainer: Callable[..., Popen]) -> None:
    run = make("run", epochs=1000)
    (run / "attempt").write_text("7\n")
    process = trainer(run, "sft", CONCORD_SUPERVISED="1")
    while process.poll() is None and not (run / "metrics.jsonl").exists():
        time.sleep(0.01)
    process.stdin.close()
    process.wait()
    assert process.returncode == STOPPED
    assert {row["attempt"] for row in read_jsonl(run / "metrics.jsonl")} == {7}
