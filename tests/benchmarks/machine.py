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
# A GPU and a model that is worth it: DEVICE=cuda SIZE=1b PRECISION=bf16.
DEVICE = torch.device(os.environ.get("DEVICE", "cpu"))
SIZE = os.environ.get("SIZE", "7m")
SIZES = {"7m": (6, 256, 4, 1024), "1b": (16, 2048, 16, 8192)}
"""Layers, width, heads and inner width: 7.3 million parameters, and 1.1 billion (vocabulary 4,096)."""
AT_ONCE = [int(n) for n in os.environ.get("AT_ONCE", "512 1024 2048 4096" if SIZE == "7m" else "16384 65536").split()]
"""Tokens in a micro-batch, of which each side takes what is the fastest for it."""


def clock() -> float:
    """Seconds; what was asked of a GPU has been done."""
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()
    return time.process_time() if CLOCK == "cpu" else time.perf_counter()


def set_up() -> None:
    """Threads and seed, and a line that says what is measured on what."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    where = torch.cuda.get_device_name() if DEVICE.type == "cuda" else f"{THREADS} threads"
    print(f"torch {torch.__version__}, {where}, {SIZE}, {PRECISION}, {CLOCK} time, load before {load}")


def model_config(vocabulary: int = 4096, **more: object) -> LlamaConfig:
    """A Llama of SIZE with tied embeddings."""
    layers, width, heads, inner = SIZES[SIZE]
    return LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        max_position_embeddings=4096,
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=2,
        **more,  # type: ignore[arg-type]
    )


def autocast() -> contextlib.AbstractContextManager[object]:
    """bf16 arithmetic where PRECISION asks for it."""
    return torch.autocast(DEVICE.type, dtype=torch.bfloat16) if PRECISION == "bf16" else contextlib.nullcontext()


def gemm_rate() -> float:
    """FLOP/s of a square matrix product in the measured precision: the best of several."""
    dtype = torch.bfloat16 if PRECISION == "bf16" else torch.float32
    size = 1536 if DEVICE.type == "cpu" else 8192
    a, b = (torch.randn(size, size, dtype=dtype, device=DEVICE) for _ in range(2))
    fastest = float("inf")
    for _ in range(8):
        started = clock()
        a @ b
        fastest = min(fastest, clock() - started)
    return 2 * size**3 / fastest


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
    """Words that are numbers, each its own id. Special tokens are none: they would be cut out of the words."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    special = {1: "<end>", 2: "<pad>", 3: "<unk>"}
    words = Tokenizer(models.WordLevel({special.get(i, str(i)): i for i in range(4096)}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=words, eos_token="<end>", pad_token="<pad>", unk_token="<unk>")


def best(candidates: Mapping[int, Callable[[], object]]) -> int:
    """The setting that is the fastest, the first call warming up."""
    seconds = {}
    next(iter(candidates.values()))()
    for name, run in candidates.items():
        started = clock()
        run()
        seconds[name] = clock() - started
    return min(seconds, key=lambda name: seconds[name])
