"""One run on two processes: the same result up to rounding, checkpoints that one process can go on from, and what is
left when one of the two is killed."""

from __future__ import annotations

import json
import signal
import socket
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
    "epochs": 6,
    "batch_size": 7,  # which two processes cannot share evenly
    "micro_batch_tokens": 128,
    "residual_dropout": 0.0,
    "adam_epsilon": 1e-4,  # Adam divides rounding by rounding where gradients are almost 0
    "checkpoint_every": 20,
    "sample_prompts": 0,
    "pretrain_fraction": 0.2,
    "pretrain_block": 32,
}


def two(trainer: Callable[..., Popen], run: Path) -> list[Popen]:
    """A run's two trainers, as torchrun starts them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    group = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    return [trainer(run, "sft", RANK=str(rank), LOCAL_RANK=str(rank), **group) for rank in range(2)]


def test_two_processes_and_then_one_equal_one(
    tmp_path: Path, base_model: Path, demonstrations: Path, text_folder: Path, trainer: Callable[..., Popen]
) -> None:
    inputs = {"data": demonstrations, "policy": base_model, "pretrain": text_folder}
    for name in ("alone", "shared"):
        make_run(tmp_path / name, "sft", settings=SETTINGS, seed=1, inputs=inputs)
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    assert run_stage("sft", FineTuning, [str(alone)]) == DONE
    processes = two(trainer, shared)
    metrics = shared / "metrics.jsonl"
    while all(process.poll() is None for process in processes) and not metrics.exists():
        time.sleep(0.05)
    (shared / "stop").touch()
    assert [process.wait() for process in processes] == [STOPPED, STOPPED], processes[0].stdout.read()
    last = read_jsonl(metrics)[-1]["step"]
    assert last < 30
    assert json.loads((shared / "checkpoints" / f"step_{last}" / "manifest.json").read_text())["world"] == 2
    assert run_stage("sft", FineTuning, [str(shared)]) == DONE
    rows = [read_jsonl(run / "metrics.jsonl") for run in (alone, shared)]
    assert [row["step"] for row in rows[1]] == list(range(1, 31))
    for one, other in zip(*rows, strict=True):
        assert one["values"]["loss"] == pytest.approx(other["values"]["loss"], abs=1e-4)
    a, b = (load_file(run / "output" / "model.safetensors") for run in (alone, shared))
    assert max(float((a[name] - b[name]).abs().max()) for name in a) < 1e-3


def test_one_of_two_is_killed_and_two_go_on(
    tmp_path: Path, base_model: Path, demonstrations: Path, trainer: Callable[..., Popen]
) -> None:
    """First the one that writes, then the other: whoever is left ends too, and the run ends as if undisturbed."""
    settings = SETTINGS | {"pretrain_fraction": 0.0, "checkpoint_every": 2, "epochs": 3}
    inputs = {"data": demonstrations, "policy": base_model}
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for run in (whole, killed):
        make_run(run, "sft", settings=settings, seed=1, inputs=inputs)
    assert [process.wait() for process in two(trainer, whole)] == [DONE, DONE]
    for rank in range(2):
        before = set(killed.glob("checkpoints/*/manifest.json"))
        processes = two(trainer, killed)
        while all(process.poll() is None for process in processes):
            if set(killed.glob("checkpoints/*/manifest.json")) - before:
                processes[rank].kill()
                break
            time.sleep(0.02)
        codes = [process.wait(timeout=60) for process in processes]
        assert codes[rank] == -signal.SIGKILL
        assert codes[1 - rank] not in (DONE, STOPPED)
        assert not (killed / "output").exists()
    again = two(trainer, killed)
    assert [process.wait() for process in again] == [DONE, DONE], again[0].stdout.read()
    rows = [read_jsonl(run / "metrics.jsonl") for run in (whole, killed)]
    assert [row["step"] for row in rows[1]] == [row["step"] for row in rows[0]]
    assert [row["values"]["loss"] for row in rows[1]] == [row["values"]["loss"] for row in rows[0]]
    weights = [(run / "output" / "model.safetensors").read_bytes() for run in (whole, killed)]
    assert weights[0] == weights[1]
