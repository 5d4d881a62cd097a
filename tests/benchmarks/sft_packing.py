"""SFT on texts of many lengths: padded rows, one row in which each reads its own, packed loops that leak, and TRL.

    python -m tests.benchmarks.sft_packing
    PRECISION=bf16 THREADS=2 ROUNDS=5 python -m tests.benchmarks.sft_packing
    DEVICE=cuda SIZE=1b PRECISION=bf16 python -m tests.benchmarks.sft_packing

128 texts by a fixed histogram (prompts of 8 to 200 tokens, answers of 8 to 300; the mean is about 120 in all), in
batches of 32, and an AdamW step each. `padded` are rows in the order drawn, `bucketed` rows sorted by length, `packed`
is what sft.py does, `leaky` is one stream of all texts cut into rows of 512, each token reading all before it in its
row: what a plain packed loop does, and no more than a mark of the speed. `TRL ...` are TRL's SFTTrainer (its packing,
collator and compute_loss), the last of them leaking too. All count the loss on every token's successor, so that they do
the same work, and take the micro-batch that is the fastest for them. Texts' own tokens per second, without padding.
"""

from __future__ import annotations

import math
import os
import sys
import tempfile
from functools import partial

import torch
from transformers import LlamaForCausalLM

from tests.benchmarks.machine import (
    AT_ONCE,
    DEVICE,
    PRECISION,
    autocast,
    best,
    block_flops,
    gemm_rate,
    interleaved,
    model_config,
    number_tokenizer,
    set_up,
)
from training.data import micro_batches
from training.rollout import Policy, response_batch, response_logprobs

PAD, BATCH, STEPS, BLOCK = 2, 32, 4, 512


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
        laid = response_batch([t[:1] for t in held], [t[1:] for t in held], PAD, DEVICE, layout=layout)
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
        size = max(1, round(len(items) / STEPS))
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


class TrlSide:
    """TRL's SFTTrainer in one of its modes, over the same texts in as many optimizer steps."""

    MODES = {
        "TRL padded": {"packing": False},
        "TRL bfd": {"packing": True, "packing_strategy": "bfd"},
        "TRL wrapped": {"packing": True, "packing_strategy": "wrapped"},
    }

    def __init__(self, mode: str, model: LlamaForCausalLM, items: list[list[int]]) -> None:
        import trl
        from datasets import Dataset, disable_progress_bars

        disable_progress_bars()
        self.packed = mode != "TRL padded"
        args = trl.SFTConfig(
            output_dir=tempfile.mkdtemp(), use_cpu=DEVICE.type == "cpu",
            bf16=PRECISION == "bf16", report_to=[], max_length=BLOCK,
            gradient_checkpointing=False, shuffle_dataset=False, **self.MODES[mode],
        )  # fmt: skip
        data = Dataset.from_list([{"input_ids": text} for text in items])
        self.trainer = trl.SFTTrainer(model, args, train_dataset=data, processing_class=number_tokenizer())
        self.rows = list(self.trainer.train_dataset)

    def all_steps(self, optimizer: torch.optim.Optimizer, most: int, steps: int = STEPS) -> None:
        """Every text once; with fewer `steps` as many of the four parts."""
        size = math.ceil(len(self.rows) / STEPS)
        for batch in [self.rows[at : at + size] for at in range(0, len(self.rows), size)][:steps]:
            longest = BLOCK if self.packed else max(len(row["input_ids"]) for row in batch)
            at_once = max(1, most // longest)
            for at in range(0, len(batch), at_once):
                part = batch[at : at + at_once]
                inputs = self.trainer._prepare_inputs(self.trainer.data_collator(part))
                with self.trainer.compute_loss_context_manager():
                    loss = self.trainer.compute_loss(self.trainer.model, inputs)
                (loss * len(part) / len(batch)).backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    set_up()
    rate = gemm_rate()
    model = LlamaForCausalLM._from_config(model_config(), attn_implementation="sdpa", dtype=torch.float32)
    model = model.to(DEVICE).train()
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
        settings[side] = best({n: partial(all_steps, policy, optimizer, items[:BATCH], side, n) for n in AT_ONCE})
        runs[side] = partial(all_steps, policy, optimizer, items, side, settings[side])
    for mode in TrlSide.MODES:
        side = TrlSide(mode, model, items)
        settings[mode] = best({n: partial(side.all_steps, optimizer, n, 1) for n in AT_ONCE})
        runs[mode] = partial(side.all_steps, optimizer, settings[mode])
    medians = interleaved(runs)
    head = 6.0 * model.config.hidden_size * model.config.vocab_size * tokens
    useful = head + block_flops(model.config, tokens, sum(n * (n + 1) // 2 for n in lengths))
    for side, value in medians.items():
        print(
            f"  {side:12} {tokens / value:8.0f} tokens/s {medians['TRL padded'] / value:5.2f}x TRL padded "
            f"{medians['leaky'] / value:5.2f}x leaky {100 * useful / value / rate:4.0f} % of GEMM   "
            f"{settings[side]:,} tokens at once"
        )
    print(f"load after {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
