"""A reward model's training step over K ranked outputs of a prompt: 36 pairs, 9 rows, or the prompt once.

    python -m tests.benchmarks.reward_step
    PRECISION=bf16 SHAPES=256,64,9 THREADS=2 ROUNDS=5 python -m tests.benchmarks.reward_step
    DEVICE=cuda SIZE=1b PRECISION=bf16 SHAPES=512,256,9 python -m tests.benchmarks.reward_step

A shape is prompt tokens, output tokens, K. Sides take turns; medians. `TRL pairs` is TRL's RewardTrainer (its collator
and compute_loss) where `trl` can be imported, else a loop of the same shape; it and the rows take the micro-batch that
is the fastest for them, found before. Each step is forward, backward, and an AdamW step. `of GEMM` is the side's own
useful FLOPs over the rate of a matrix product measured in the same run.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch
from torch.nn import functional as F
from transformers import LlamaForSequenceClassification

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
from training.comparisons import PromptGroup, batch_pairs
from training.losses import preference_loss
from training.scores import group_micro_batches, group_scores

SHAPES = os.environ.get("SHAPES", "256,64,9 64,128,9 512,128,9 256,64,4")
PAD = 2


def make_group(number: int, prompt: int, output: int, count: int) -> PromptGroup:
    """One prompt of random ids with `count` outputs, ranked in their order, all of the same length."""
    random = torch.Generator().manual_seed(number)
    ids = torch.randint(3, 4096, (prompt + output * count,), generator=random).tolist()
    outputs = [ids[prompt + i * output : prompt + (i + 1) * output] for i in range(count)]
    pairs = [(i, j) for i in range(count) for j in range(i + 1, count)]
    return PromptGroup(str(number), ids[:prompt], outputs, [(i, j, 1 / len(pairs)) for i, j in pairs])


def own_step(model, optimizer, groups: list[PromptGroup], layout: str, most_tokens: int) -> None:
    """A step as reward.py makes it."""
    for part in group_micro_batches(groups, most_tokens, layout=layout):
        held = [groups[i] for i in part]
        with autocast():
            scores = group_scores(model, held, PAD, layout=layout)
        better, worse, weights = batch_pairs(held, DEVICE)
        preference_loss(scores, better, worse, weights / len(groups)).backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


def pairs_step(pair_loss, optimizer, groups: list[PromptGroup], pairs_at_once: int) -> None:
    """A step over all pairs, each as two rows."""
    rows = [
        {"chosen_ids": [*g.prompt_ids, *g.outputs_ids[i]], "rejected_ids": [*g.prompt_ids, *g.outputs_ids[j]]}
        for g in groups
        for i, j, _ in g.pairs
    ]
    for at in range(0, len(rows), pairs_at_once):
        part = rows[at : at + pairs_at_once]
        (pair_loss(part) * len(part) / len(rows)).backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


def trl_loss(model) -> tuple[str, Callable[[list[dict]], torch.Tensor]]:
    """TRL's loss over a batch of pairs, or the same by hand where TRL is not installed; and its name."""
    try:
        import trl
        from datasets import Dataset
    except ImportError:

        def by_hand(part: list[dict]) -> torch.Tensor:
            rows = [row["chosen_ids"] for row in part] + [row["rejected_ids"] for row in part]
            ids = torch.tensor(rows, device=DEVICE)
            with autocast():
                scores = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits.squeeze(-1)
            better, worse = scores.float().chunk(2)
            return -F.logsigmoid(better - worse).mean()

        return "36 pairs by hand (no TRL here)", by_hand
    settings = trl.RewardConfig(
        output_dir=tempfile.mkdtemp(),
        use_cpu=DEVICE.type == "cpu",
        bf16=PRECISION == "bf16",
        report_to=[],
        max_length=None,
        gradient_checkpointing=False,
    )
    data = Dataset.from_list([{"chosen_ids": [3, 4], "rejected_ids": [5, 6]}] * 2)
    trainer = trl.RewardTrainer(model=model, args=settings, train_dataset=data, processing_class=number_tokenizer())

    def by_trl(part: list[dict]) -> torch.Tensor:
        batch = trainer._prepare_inputs(trainer.data_collator(part))
        with trainer.compute_loss_context_manager():
            return trainer.compute_loss(trainer.model, batch)

    return f"TRL {trl.__version__} pairs", by_trl


def measure(prompt: int, output: int, count: int, rate: float) -> None:
    model = LlamaForSequenceClassification._from_config(
        model_config(num_labels=1), attn_implementation="sdpa", dtype=torch.float32
    ).to(DEVICE)
    model.config.reward_bias = 0.0
    model.config.use_cache = False
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6)
    name, pair_loss = trl_loss(model)
    one, four = [make_group(0, prompt, output, count)], [make_group(i, prompt, output, count) for i in range(4)]
    row = prompt + output
    pairs = count * (count - 1) // 2
    few = [replace(one[0], pairs=one[0].pairs[:12])]
    at_once = best({n: partial(pairs_step, pair_loss, optimizer, few, n) for n in (1, 4, 12) if n <= pairs})
    tokens = {
        layout: best({n: partial(own_step, model, optimizer, four, layout, n) for n in AT_ONCE})
        for layout in ("rows", "shared")
    }
    seconds = interleaved(
        {
            name: partial(pairs_step, pair_loss, optimizer, one, at_once),
            "rows": partial(own_step, model, optimizer, four, "rows", tokens["rows"]),
            "shared": partial(own_step, model, optimizer, four, "shared", tokens["shared"]),
        }
    )
    of_row = row * (row + 1) // 2
    flops = {
        name: block_flops(model.config, 2 * pairs * row, 2 * pairs * of_row),
        "rows": block_flops(model.config, count * row, count * of_row),
        "shared": block_flops(
            model.config,
            prompt + count * output,
            prompt * (prompt + 1) // 2 + count * (of_row - prompt * (prompt + 1) // 2),
        ),
    }
    rates = {side: (1 if side == name else 4) / value for side, value in seconds.items()}
    settings = {name: f"{2 * at_once} rows at once"} | {side: f"{n:,} tokens at once" for side, n in tokens.items()}
    print(f"\nprompt {prompt}, output {output}, K {count}")
    for side, value in rates.items():
        share = value * flops[side] / rate
        print(
            f"  {side:30} {value:8.3f} prompts/s {value / rates[name]:6.1f}x the pairs "
            f"{value / rates['rows']:5.2f}x the rows {100 * share:4.0f} % of GEMM   {settings[side]}"
        )
    ceilings = 2 * pairs * row / (prompt + count * output), count * row / (prompt + count * output)
    print(f"  token ceilings: {ceilings[0]:.1f}x the pairs, {ceilings[1]:.2f}x the rows")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    set_up()
    rate = gemm_rate()
    print(f"GEMM {rate / 1e9:.0f} GFLOP/s")
    for shape in SHAPES.split():
        measure(*map(int, shape.split(",")), rate)
    print(f"\nload after {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
