"""The toy world of the training tests: colors of things, asked and answered; small runs and how they start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from string import ascii_letters

import numpy as np

from training.config import STAGE_MODULES

ROOT = Path(__file__).resolve().parents[2]
THINGS = ("sky", "grass", "snow", "coal", "rose", "sun", "sea", "leaf", "night", "milk", "fire", "moon")
COLORS = ("blue", "green", "white", "black", "red", "gold", "blue", "green", "black", "white", "red", "white")
# Settings of a model that learns this world in seconds.
TINY_MODEL = {"layers": 2, "width": 32, "heads": 2, "vocabulary": 384, "context": 128, "block": 32, "batch_size": 8}


def write_jsonl(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read_jsonl(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def user(text: str) -> list[dict]:
    return [{"role": "user", "content": text}]


def demonstration_rows(count: int = 40) -> list[dict]:
    """Demonstrations of the toy world; every fifth is held out. Some have several turns."""
    rows = []
    for i in range(count):
        thing, color = THINGS[i % 12], COLORS[i % 12]
        messages = user(f"What color is the {thing}?")
        if i % 4 == 3:
            messages = [*user("Hello there."), {"role": "assistant", "content": "Hello."}, *messages]
        rows.append(
            {
                "id": f"d{i}",
                "prompt": f"p{i}",
                "messages": messages,
                "response": f"The {thing} is {color}." if i % 3 else f"It is {color}, as a {thing} should be.",
                "labeler": f"labeler{i % 3}",
                "pool": "training",
                "split": "valid" if i % 5 == 4 else "train",
            }
        )
    return rows


def prompt_rows(count: int = 12) -> list[dict]:
    return [
        {"id": f"q{i}", "messages": user(f"What color is the {THINGS[i % 12]}?"), "split": "train"}
        for i in range(count)
    ]


def comparison(number: int, texts: list[str], ranks: list[int], **more) -> dict:
    thing = THINGS[number % 12]
    candidates = [{"id": f"c{i}", "text": text, "model": "m"} for i, text in enumerate(texts)]
    messages = user(f"What color is the {thing} of house {number}?")
    return {
        "id": f"j{number}",
        "prompt": f"p{number}",
        "messages": messages,
        "candidates": candidates,
        "ranks": ranks,
    } | more


def planted_rows(count: int, *, shuffled: bool = False) -> list[dict]:
    """Rankings of four texts of three letters, each letter with a planted worth, by the sum of the worths with
    Gumbel noise (so pairs are Bradley-Terry's); every fifth prompt is held out and ranked without noise."""
    rng = np.random.default_rng(0)
    worths = rng.permutation(np.linspace(-3, 3, 52))
    rows = []
    for i in range(count):
        held_out = i % 5 == 4
        picked = rng.integers(52, size=(4, 3))
        worth = worths[picked].sum(1)
        if shuffled:
            worth = rng.permutation(worth)
        elif not held_out:
            worth = worth + rng.gumbel(size=4)
        ranks = (worth[None] > worth[:, None]).sum(1) + 1
        texts = [" ".join(ascii_letters[k] for k in letters) for letters in picked]
        rows.append(comparison(i, texts, ranks.tolist(), split="valid" if held_out else "train"))
    return rows


def start_trainer(run_dir: Path, kind: str, **environment: str) -> subprocess.Popen:
    """A stage as the worker starts it: a process of its own, one thread."""
    return subprocess.Popen(
        [sys.executable, "-m", STAGE_MODULES[kind], str(run_dir)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "CONCORD_DEVICE": "cpu"} | environment,
    )
