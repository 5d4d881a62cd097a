"""What real runs take of memory at their peak, beside what is foreseen of them (training/memory.py).

    python -m tests.benchmarks.memory_peak
    TOKENS=16384 PRECISION=bf16 python -m tests.benchmarks.memory_peak

SFT, a reward model, PPO and sampling from a Llama of 6 layers x 256, 7.3 million parameters, each by a trainer of its
own on the CPU. The peak is the resident memory that the system counts (ru_maxrss), mapped files included. TOKENS is
micro_batch_tokens. Texts are words of four digits, a token each, so that a token is about the four bytes that are
foreseen; prompts and answers have 150 words each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from transformers import LlamaForCausalLM

from tests.benchmarks.machine import PRECISION, THREADS, model_config, number_tokenizer, set_up
from training.config import STAGE_MODULES, make_run, parse_config
from training.memory import PROGRAM, Data, Memory, foresee, told, told_parts
from training.models import load_tokenizer, new_reward_model, save_model
from training.scores import start_head
from training.shapes import read_shape

TOKENS = int(os.environ.get("TOKENS", "4096"))
WORDS, RECORDS = 150, 32
COMMON = {"micro_batch_tokens": TOKENS, "precision": PRECISION, "threads": THREADS, "sample_prompts": 0}
SETTINGS: dict[str, dict[str, Any]] = {
    "sft": {"epochs": 1, "batch_size": 32},
    "rm": {"batch_size": 16},
    "ppo": {"episodes": 64, "rollout_batch": 32, "max_response_tokens": 64},
    "sample": {"prompts_per_step": 32, "max_response_tokens": 64},
}


def words(count: int, seed: int) -> str:
    random = torch.Generator().manual_seed(seed)
    return " ".join(map(str, torch.randint(1000, 4096, (count,), generator=random).tolist()))


def records(kind: str) -> list[dict[str, Any]]:
    """Demonstrations, comparisons of four outputs, or prompts."""
    rows = []
    for i in range(RECORDS):
        messages = [{"role": "user", "content": words(WORDS, i)}]
        row: dict[str, Any] = {"id": f"r{i}", "messages": messages, "split": "train"}
        if kind != "prompts":
            row["prompt"] = f"p{i}"
        if kind == "demonstrations":
            row["response"] = words(WORDS, 1000 + i)
        if kind == "comparisons":
            texts = [words(WORDS, 10_000 + 4 * i + k) for k in range(4)]
            row["candidates"] = [{"id": f"c{k}", "text": text, "model": "m"} for k, text in enumerate(texts)]
            row["ranks"] = [1, 2, 3, 4]
        rows.append(row)
    return rows


def make_models(folder: Path) -> dict[str, Path]:
    """A policy of random weights, and a reward model that starts from it."""
    number_tokenizer().save_pretrained(folder / "policy")
    LlamaForCausalLM(model_config()).save_pretrained(folder / "policy")
    tokenizer = load_tokenizer(folder / "policy")
    reward = new_reward_model(folder / "policy", tokenizer)
    start_head(reward, 0)
    save_model(reward, tokenizer, folder / "reward", card="")
    return {"policy": folder / "policy", "reward": folder / "reward"}


def peak(*command: str) -> int:
    """The peak of a process's resident memory, in bytes."""
    environment = os.environ | {"CONCORD_DEVICE": "cpu"}
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} failed")
    return usage.ru_maxrss * 1024


def foreseen(kind: str, given: dict[str, Path], settings: dict[str, Any]) -> Memory:
    data = given.get("data") or given["prompts"]
    shapes = {name: read_shape(given[name]) for name in ("policy", "reward") if name in given}
    needed = foresee(kind, parse_config(kind, "tiny", settings), shapes, data=Data(RECORDS, data.stat().st_size))
    assert needed is not None
    return needed


def main() -> None:
    set_up()
    program = peak("-c", "import training.ppo")
    print(f"the program: {told(PROGRAM)} foreseen, {told(program)} measured")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = make_models(folder)
        read = {"sft": "demonstrations", "rm": "comparisons", "ppo": "prompts", "sample": "prompts"}
        for kind, of in read.items():
            file = folder / f"{of}.jsonl"
            file.write_text("".join(json.dumps(row) + "\n" for row in records(of)), encoding="utf-8")
            given = {"prompts" if of == "prompts" else "data": file, "policy": made["policy"]}
            if kind == "ppo":
                given["reward"] = made["reward"]
            settings = COMMON | SETTINGS[kind]
            make_run(folder / kind, kind, settings=settings, inputs=given)
            needed = foreseen(kind, given, settings)
            whole, measured = needed.bytes + PROGRAM, peak("-m", STAGE_MODULES[kind], str(folder / kind))
            print(f"{kind}: {told(whole)} foreseen, {told(measured)} at the peak, {whole / measured:.2f} times")
            beyond = f"{told(needed.bytes)} foreseen, {told(measured - program)} measured"
            print(f"    beyond the program {beyond}: {told_parts(needed.parts)}")


if __name__ == "__main__":
    main()
