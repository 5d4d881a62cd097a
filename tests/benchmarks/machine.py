"""What training benchmarks share: a model to measure on, the machine's GEMM rate, and interleaved medians."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import torch
from transformers import LlamaConfig

THREADS = int(os.environ.get("THREADS", "2"))
PRECISION = os.environ.get("PRECISION", "fp32")
ROUNDS = int(os.environ.get("ROUNDS", "5"))
# On a machine that others use too: CLOCK=cpu THREADS=1 counts this process's own CPU time.
CLOCK = os.environ.get("CLOCK", "wall")
clock = time.process_time if CLOCK == "cpu" else time.perf_counter


def set_up() -> None:
    """Threads and seed, and a line that says what is measured on what."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    print(f"torch {torch.__version__}, {THREADS} threads, {PRECISION}, {CLOCK} time, load before {load}")


def model_config(vocabulary: int = 4096, **more: object) -> LlamaConfig:
    """6 layers x 256, 4 heads, a Llama of 7.3 million parameters with tied embeddings."""
    return LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=256,
        intermediate_size=1024,
        num_hidden_layers=6,
        num_attention_heads=4,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=2,
        **more,  # type: ignore[arg-type]
    )


def autocast() -> contextlib.AbstractContextManager[object]:
    """bf16 arithmetic where PRECISION asks for it."""
    return torch.autocast("cpu", dtype=torch.bfloat16) if PRECISION == "bf16" else contextlib.nullcontext()


def gemm_rate(size: int = 1536) -> float:
    """FLOP/s of a square matrix product in the measured precision: the best of several."""
    dtype = torch.bfloat16 if PRECISION == "bf16" else torch.float32
    a, b = torch.randn(size, size, dtype=dtype), torch.randn(size, size, dtype=dtype)
    best = float("inf")
    for _ in range(8):
        started = clock()
        a @ b
        best = min(best, clock() - started)
    return 2 * size**3 / best


def interleaved(sides: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Median seconds of each side over ROUNDS rounds, sides taking turns; one round before warms up. What works in
    a process of its own returns its seconds itself."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(ROUNDS + 1):
        for name, run in sides.items():
            started = clock()
            told = run()
            if number:
                seconds[name].append(told if isinstance(told, float) else clock() - started)
    return {name: median(values) for name, values in seconds.items()}


def block_flops(config: LlamaConfig, tokens: int, reads: int) -> float:
    """FLOPs of a training step through the layers: 6 a weight and token, 12 a width for each (token, token it
    reads) in each layer; backward included, embeddings and head not."""
    weights = config.num_hidden_layers * (4 * config.hidden_size**2 + 3 * config.hidden_size * config.intermediate_size)
    return 6.0 * weights * tokens + 12.0 * config.num_hidden_layers * config.hidden_size * reads


def number_tokenizer() -> Any:
    """Words that are numbers, each its own id: what TRL's trainers ask for where only ids are trained on."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(models.WordLevel({str(i): i for i in range(4096)}, unk_token="3"))
    return PreTrainedTokenizerFast(tokenizer_object=words, eos_token="1", pad_token="2", unk_token="3")


def best(candidates: Mapping[int, Callable[[], object]]) -> int:
    """The setting that is the fastest, the first call warming up."""
    seconds = {}
    next(iter(candidates.values()))()
    for name, run in candidates.items():
        started = clock()
        run()
        seconds[name] = clock() - started
    return min(seconds, key=lambda name: seconds[name])
