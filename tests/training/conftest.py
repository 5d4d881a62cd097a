"""A tiny base model and tiny runs, made once for all tests of training/.

The text and the demonstrations are a toy world (toy_world.py) that a model of 2 layers x 32 can learn in
seconds. Nothing here is random that is not seeded.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
import torch
from toy_world import COLORS, THINGS, TINY_MODEL, demonstration_rows, prompt_rows, start_trainer, write_jsonl

from training.config import make_run
from training.loop import run_stage
from training.models import load_tokenizer, new_reward_model, save_model
from training.pretrain import Pretraining
from training.scores import start_head


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """The machine has few cores, and bit-for-bit tests need a fixed number of threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def text_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plain text of the toy world: documents to train on, and a file of held-out ones."""
    folder = tmp_path_factory.mktemp("text")
    for name, count in (("train.txt", 60), ("valid.txt", 6)):
        documents = []
        for i in range(count):
            lines = [
                f"Once, in year {i}, the {THINGS[(i + k) % 12]} was {COLORS[(i + k) % 12]}, "
                f"and {(i + k) % 12 + 2} children looked at it."
                for k in range(4)
            ]
            documents.append("\n".join(lines))
        (folder / name).write_text("\n<|endoftext|>\n".join(documents) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def base_model(tmp_path_factory: pytest.TempPathFactory, text_folder: Path) -> Path:
    """A base model of 2 layers x 32, made by the real pretraining stage in this process."""
    run_dir = tmp_path_factory.mktemp("pretrain") / "run"
    make_run(run_dir, "pretrain", settings=TINY_MODEL | {"steps": 40}, seed=3, inputs={"data": text_folder})
    assert run_stage("pretrain", Pretraining, [str(run_dir)]) == 0
    return run_dir / "output"


@pytest.fixture(scope="session")
def reward_model(tmp_path_factory: pytest.TempPathFactory, base_model: Path) -> Path:
    """A reward model that was not trained: scores that are definite, if without sense."""
    folder = tmp_path_factory.mktemp("reward") / "model"
    tokenizer = load_tokenizer(base_model)
    model = new_reward_model(base_model, tokenizer)
    start_head(model, seed=0)
    model.config.reward_bias = 0.25
    save_model(model, tokenizer, folder, card="# A reward model\n")
    return folder


@pytest.fixture
def demonstrations(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "demonstrations.jsonl", demonstration_rows())


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "prompts.jsonl", prompt_rows())


@pytest.fixture
def trainer() -> Iterator[Callable[..., subprocess.Popen]]:
    """start_trainer, whose processes are gone when the test is."""
    started: list[subprocess.Popen] = []

    def start(run_dir: Path, kind: str, **environment: str) -> subprocess.Popen:
        started.append(start_trainer(run_dir, kind, **environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()
