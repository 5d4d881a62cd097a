"""A run that will not fit in memory is refused before any work: what it needs, what is left, what to change."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from math import ceil
from pathlib import Path
from subprocess import Popen

import pytest

from training import room, sft
from training.config import make_run, parse_config
from training.loop import DONE, REFUSED, run_stage
from training.machine import available_memory
from training.memory import Data, foresee
from training.room import Question, advice
from training.sft import FineTuning
from training.shapes import new_shape, read_shape

GB = 10**9


def error(run: Path) -> dict[str, str]:
    return json.loads((run / "error.json").read_text())


def test_a_model_that_is_too_large_for_this_machine_is_refused_by_a_real_trainer(
    tmp_path: Path, text_folder: Path, trainer: Callable[..., Popen]
) -> None:
    """Nothing is pretended here: 128 layers of 16,384 are some seven terabytes with gradients and averages."""
    run = tmp_path / "run"
    make_run(run, "pretrain", settings={"layers": 128, "width": 16384, "heads": 256}, inputs={"data": text_folder})
    process = trainer(run, "pretrain")
    assert process.wait(timeout=120) == REFUSED, process.stdout.read()
    said = error(run)
    assert said["title"] == "The run will not fit in memory"
    assert "TB of it for certain" in said["detail"]
    assert "Adam's averages 3.3 TB, weights 1.6 TB, gradients 1.6 TB" in said["detail"]
    assert "No setting is enough" in said["detail"]
    assert "Take fewer layers or less width, or a larger machine." in said["detail"]
    assert not (run / "checkpoints").exists()
    assert not (run / "output").exists()
    assert not (run / "metrics.jsonl").exists()


@pytest.fixture
def make(tmp_path: Path, base_model: Path, demonstrations: Path) -> Path:
    settings = {"epochs": 1, "batch_size": 8, "sample_prompts": 0}
    make_run(tmp_path / "run", "sft", settings=settings, inputs={"data": demonstrations, "policy": base_model})
    return tmp_path / "run"


def train(run: Path, monkeypatch: pytest.MonkeyPatch, left: int | None) -> int:
    monkeypatch.setattr(room, "available_memory", lambda: left)
    return run_stage("sft", FineTuning, [str(run)])


def test_what_is_certain_is_held_against_what_is_left_to_the_byte(
    make: Path, base_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One byte less than weights, gradients and averages, and nothing is loaded."""
    needed = foresee("sft", parse_config("sft", "tiny", {}), {"policy": read_shape(base_model)})
    certain = sum(needed.certain.values())
    monkeypatch.setattr(room, "MARGIN", 1000)
    monkeypatch.setattr(sft, "load_policy", lambda *_: pytest.fail("weights were loaded"))
    assert train(make, monkeypatch, certain - 1) == REFUSED
    assert "for certain" in error(make)["detail"]
    assert not (make / "checkpoints").exists()
    monkeypatch.undo()
    monkeypatch.setattr(room, "MARGIN", 1000)
    assert train(make, monkeypatch, certain) == DONE
    assert "Note: it may not fit in memory." in (make / "log.txt").read_text()


def test_the_estimate_refuses_only_beyond_its_margin(make: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For it rests on guesses of how long texts are."""
    asked: list[Question] = []
    monkeypatch.setattr(room.Question, "places", lambda self, real=Question.places: asked.append(self) or real(self))
    assert train(make, monkeypatch, None) == DONE, "where nothing is told, nothing is refused"
    whole = asked[0].places()[0].whole
    (make / "output").rename(make / "before")
    enough = ceil(whole / room.MARGIN)
    assert train(make, monkeypatch, enough - 1) == REFUSED
    assert train(make, monkeypatch, enough) == DONE


def test_a_run_goes_on_once_there_is_room(make: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert train(make, monkeypatch, 1000) == REFUSED
    assert train(make, monkeypatch, 100 * GB) == DONE
    assert not (make / "error.json").exists()


def test_a_model_named_on_the_hub_is_asked_for_its_config_alone(
    tmp_path: Path, base_model: Path, reward_model: Path
) -> None:
    """A folder stands in for the hub: its name goes the same way."""
    assert room._shape(f"hub:{base_model}", reward=False) == read_shape(base_model)
    assert room._shape(f"hub:{tmp_path}", reward=False) is None


# The advice


def ask(kind: str, left: int, *, here: int = 1, **settings: object) -> Question:
    """A run of 1.3 billion parameters on records of 500 tokens."""
    shape = new_shape(parse_config("pretrain", "paper-1.3b", {}))
    shapes = {"policy": shape} | ({"reward": shape.as_reward_model()} if kind == "ppo" else {})
    config = parse_config(kind, "paper-1.3b", settings)
    return Question(kind, config, shapes, Data(10_000, 20_000_000), here, here, on_gpu=False, left=left, device=None)


def test_where_activations_are_large_smaller_passes_are_advised_and_enough() -> None:
    question = ask("sft", 30 * GB, sample_prompts=0)
    place = question.places()[0]
    assert next(iter(place.need.parts)) == "activations"
    words = room.refusal(question, place)
    assert "Its parts, the largest first: activations " in words
    value = int(words.split("set micro_batch_tokens to ")[1].rstrip("."))
    assert replace(question, config=replace(question.config, micro_batch_tokens=value)).fits()
    assert not replace(question, config=replace(question.config, micro_batch_tokens=2 * value)).fits()


def test_where_the_cache_is_large_fewer_rows_are_advised() -> None:
    question = ask("ppo", 160 * GB, micro_batch_tokens=1024, ptx_gamma=0.0)
    assert next(iter(question.places()[0].need.parts)) == "cache"
    words = advice(question)
    assert "set rollout_rows to " in words
    assert "micro_batch_tokens" not in words, "it would not help"


def test_where_weights_are_too_many_no_setting_is_named() -> None:
    words = advice(ask("sft", 10 * GB))
    assert "No setting is enough" in words
    assert "Take a smaller model, or a larger machine." in words


def test_processes_on_one_machine_each_need_their_own() -> None:
    small = {"micro_batch_tokens": 1024, "sample_prompts": 0}
    alone, two = ask("sft", 40 * GB, **small), ask("sft", 40 * GB, here=2, **small)
    assert alone.fits()
    assert two.places()[0].refused
    assert "Each of its 2 processes here needs" in room.refusal(two, two.places()[0])
    assert "start it as one process" in advice(two)


def test_on_a_gpu_the_copy_of_the_state_is_the_machines() -> None:
    question = replace(ask("ppo", 10 * GB), on_gpu=True, device=10_000 * GB)
    device, machine = question.places()
    assert set(machine.need.parts) == {"kept", "records"}
    assert not {"kept", "records"} & set(device.need.parts)
    assert not device.refused
    assert machine.refused
    assert advice(question) == "To make it fit, set checkpoint_every to 1."


# What the machine has left


def system(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


MEMINFO = {"proc/meminfo": "MemTotal:       8000 kB\nMemFree:  100 kB\nMemAvailable:    5000 kB\n"}


def test_the_least_of_machine_and_groups_counts_and_files_in_memory_are_given_up(tmp_path: Path) -> None:
    assert available_memory(tmp_path) is None
    assert available_memory(system(tmp_path, MEMINFO)) == 5000 * 1024
    system(tmp_path, {"proc/self/cgroup": "0::/outer/inner\n", "sys/fs/cgroup/outer/inner/memory.max": "max\n"})
    assert available_memory(tmp_path) == 5000 * 1024, "a group without a limit"
    group = "sys/fs/cgroup/outer/"
    system(tmp_path, {group + "memory.max": "3000000\n", group + "memory.current": "2500000\n"})
    assert available_memory(tmp_path) == 500_000, "its parent's limit binds as well"
    system(tmp_path, {group + "memory.stat": "anon 400000\ninactive_file 1000000\nactive_file 500000\nshmem 7\n"})
    assert available_memory(tmp_path) == 2_000_000


def test_groups_of_the_first_version(tmp_path: Path) -> None:
    top = "sys/fs/cgroup/memory/"
    system(tmp_path, MEMINFO | {"proc/self/cgroup": "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/\n"})
    files = {top + "memory.limit_in_bytes": "2000000\n", top + "memory.usage_in_bytes": "1500000\n"}
    system(tmp_path, files | {top + "memory.stat": "cache 9\ntotal_inactive_file 200000\ninactive_file 5\n"})
    assert available_memory(tmp_path) == 700_000, "a container sees its group as the top"
    system(tmp_path, {top + "memory.limit_in_bytes": "9223372036854771712\n"})
    assert available_memory(tmp_path) == 5000 * 1024, "this number says none"
