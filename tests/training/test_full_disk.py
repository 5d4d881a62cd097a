"""A disk that fills up while a trainer writes: the last complete checkpoint stays, and the words say what to do."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from kill_points import in_a_process_of_its_own
from toy_world import read_jsonl

from training import loop
from training.checkpoints import Checkpoints
from training.config import make_run
from training.loop import CRASHED, DONE, run_stage
from training.run import Run
from training.sft import FineTuning

SETTINGS = {"epochs": 2, "batch_size": 8, "checkpoint_every": 2, "threads": 1, "sample_prompts": 0}


def no_file_above(size: int) -> None:
    """From here on the system refuses to let a file of this process grow above so many bytes, in the middle of it."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.fixture
def make(tmp_path: Path, base_model: Path, demonstrations: Path) -> Callable[[str], Path]:
    def made(name: str) -> Path:
        make_run(
            tmp_path / name, "sft", settings=SETTINGS, seed=3, inputs={"data": demonstrations, "policy": base_model}
        )
        return tmp_path / name

    return made


def train(run: Path) -> int:
    return run_stage("sft", FineTuning, [str(run)])


def full_at_step(run: Path, number: int) -> Callable[[], int]:
    class Filling(FineTuning):
        def step(self, at: int) -> dict[str, float]:
            if at == number:
                no_file_above(100_000)  # a checkpoint's weights alone have more
            return super().step(at)

    return lambda: run_stage("sft", Filling, [str(run)])


def full_at_the_output(run: Path) -> Callable[[], int]:
    write = loop._write_output

    def filling(held: Run, stage: loop.Stage) -> None:
        no_file_above(20_000)
        write(held, stage)

    def work() -> int:
        loop._write_output = filling
        return train(run)

    return work


@pytest.mark.parametrize("place", ["checkpoint", "output"])
def test_a_full_disk_costs_nothing_that_was_whole(make, place: str) -> None:
    undisturbed, run = make("undisturbed"), make("run")
    assert in_a_process_of_its_own(lambda: train(undisturbed)) == DONE
    filled = full_at_step(run, 5) if place == "checkpoint" else full_at_the_output(run)
    assert in_a_process_of_its_own(filled) == CRASHED
    error = json.loads((run / "error.json").read_text())
    assert error["title"] == "The disk is full", (run / "log.txt").read_text()
    assert "The last complete checkpoint is kept: make room, then resume the run." in error["detail"]
    kept = Checkpoints(run / "checkpoints")
    assert kept.steps() == ([2, 4] if place == "checkpoint" else [6, 8])
    assert kept.manifest(kept.steps()[-1])["step"] == kept.steps()[-1]
    assert not list(run.rglob("*.tmp")), "what was half written makes room"
    assert not (run / "output").exists()
    assert in_a_process_of_its_own(lambda: train(run)) == DONE
    weights = [(folder / "output" / "model.safetensors").read_bytes() for folder in (undisturbed, run)]
    assert weights[0] == weights[1]
    assert [row["step"] for row in read_jsonl(run / "metrics.jsonl")] == list(range(1, 9))
