"""SFT on texts of many lengths: padded rows, one row in which each reads its own, and a packed loop that leaks.

    python -m tests.benchmarks.sft_packing
    PRECISION=bf16 THREADS=2 ROUNDS=5 python -m tests.benchmarks.sft_packing

128 texts by a fixed histogram (prompts of 8 to 200 tokens, answers of 8 to 300; the mean is about 120 in all), in
batches of 32, and an AdamW step each. `padded` are rows in the order drawn, `bucketed` rows sorted by length, `packed`
is what sft.py does, `leaky` is one stream of all texts cut into rows of 512, each token reading all before it in its
row: what a plain packed loop does, and no more than a mark of the speed. All count the loss on every token's
successor, so that they do the same work, and take the micro-batch that is the fastest for them. Texts' own tokens
per second, without padding.
"""

from __future__ import annotations

import os
import sys
from functools import partial

import torch
from transformers import LlamaForCausalLM

from tests.benchmarks.machine import autocast, block_flops, clock, gemm_rate, interleaved, model_config, set_up
from training.data import micro_batches
from training.rollout import Policy, response_batch, response_logprobs

PAD, BATCH, BLOCK = 2, 32, 512


def texts() -> list[list[int]]:
    """The fixed histogram: lengths are quantiles of a log-normal, in a fixed order."""
    random = torch.Generator().manual_seed(0)
    quantiles = (torch.arange(128) + 0.5) / 128
    lengths = (90 * torch.exp(0.75 * torch.special.ndtri(quantiles))).clamp(16, 500).long()
    lengths = lengths[torch.randperm(128, generator=random)]
    return [torch.randint(3, 4096, (int(n),), generator=random).tolist() for n in lengths]


def step(policy: Policy, optimizer: torch.optim.Optimizer, batch: list[list[int]], parts: list[list[int]], layout: str):
    """One optimizer step over a batch cut into parts."""
    counted = sum(len(text) - 1 for text in batch)
    for part in parts:
        held = [batch[i] for i in part]
        laid = response_batch([t[:1] for t in held], [t[1:] for t in held], PAD, torch.device("cpu"), layout=layout)
        with autocast():
            loss = -response_logprobs(policy, laid, temperature=1.0).sum()
        (loss / counted).backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


def all_steps(policy: Policy, optimizer: torch.optim.Optimizer, items: list[list[int]], side: str, most: int) -> None:
    """Every text once."""
    if side == "leaky":
        stream = [token for text in items for token in text]
        items = [stream[at : at + BLOCK] for at in range(0, len(stream), BLOCK)]
        size = max(1, round(len(items) / (128 / BATCH)))
    else:
        size = BATCH
    for at in range(0, len(items), size):
        batch = items[at : at + size]
        if side == "packed":
            parts = micro_batches([len(text) for text in batch], most, layout="flat")
        elif side == "padded":
            rows = max(1, most // max(map(len, batch)))
            parts = [list(range(i, min(i + rows, len(batch)))) for i in range(0, len(batch), rows)]
        else:
            parts = micro_batches([len(text) for text in batch], most)
        step(policy, optimizer, batch, parts, "flat" if side == "packed" else "rows")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    set_up()
    rate = gemm_rate()
    model = LlamaForCausalLM._from_config(model_config(), attn_implementation="sdpa", dtype=torch.float32).train()
    policy, items = Policy(model), texts()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6)
    tokens = sum(map(len, items))
    lengths = sorted(map(len, items))
    print(
        f"GEMM {rate / 1e9:.0f} GFLOP/s; {len(items)} texts of {tokens:,} tokens, "
        f"median {lengths[64]}, longest {lengths[-1]}"
    )
    runs, settings = {}, {}
    for side in ("padded", "bucketed", "packed", "leaky"):
        seconds = {}
        for most in (1024, 2048, 4096):
            started = clock()
            all_steps(policy, optimizer, items[:BATCH], side, most)
            seconds[most] = clock() - started
        settings[side] = min(seconds, key=lambda most: seconds[most])
        runs[side] = partial(all_steps, policy, optimizer, items, side, settings[side])
    medians = interleaved(runs)
    head = 6.0 * model.config.hidden_size * model.config.vocab_size * tokens
    useful = head + block_flops(model.config, tokens, sum(n * (n + 1) // 2 for n in lengths))
    for side, value in medians.items():
        print(
            f"  {side:10} {tokens / value:8.0f} tokens/s {medians['padded'] / value:5.2f}x padded "
            f"{medians['leaky'] / value:5.2f}x leaky {100 * useful / value / rate:4.0f} % of GEMM   "
            f"{settings[side]:,} tokens at once"
        )
    print(f"load after {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
