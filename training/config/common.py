"""The settings that several stages share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from training.config.setting import setting


@dataclass(frozen=True, kw_only=True)
class CommonConfig:
    """What every stage has."""

    precision: str = setting(
        "fp32",
        "Arithmetic of the forward pass; weights and optimizer stay in 32 bits either way.",
        choices=("fp32", "bf16"),
        paper="16-bit compute with fp32 master weights (appendix C)",
    )
    output_precision: str = setting("fp32", "Precision of the weights written to output/.", choices=("fp32", "bf16"))
    threads: int = setting(
        0,
        "CPU threads; 0 leaves it to the machine. Bit-for-bit resume needs the same number.",
        minimum=0,
        maximum=512,
    )
    micro_batch_tokens: int = setting(
        4096,
        "Most tokens (padding included) in one forward pass; lower it when memory runs out.",
        minimum=16,
        maximum=4_194_304,
    )
    checkpoint_every: int = setting(50, "Steps between checkpoints.", minimum=1, maximum=1_000_000)
    keep_checkpoints: int = setting(2, "How many checkpoints are kept.", minimum=1, maximum=1000)
    sample_every: int = setting(
        0,
        "Steps between entries in samples.jsonl; 0: only at the end of an epoch or of the run.",
        minimum=0,
        maximum=1_000_000,
    )
    sample_prompts: int = setting(3, "How many prompts are answered for samples.jsonl.", minimum=0, maximum=64)
    sample_tokens: int = setting(64, "Longest such answer, in tokens.", minimum=1, maximum=4096)


@dataclass(frozen=True, kw_only=True)
class OptimizerConfig(CommonConfig):
    """What every stage that learns has."""

    learning_rate: float = setting(1e-3, "Peak learning rate.", minimum=0.0, maximum=1.0)
    adam_beta1: float = setting(0.9, "Adam's decay of the mean.", minimum=0.0, maximum=0.9999, paper="0.9 (appendix C)")
    adam_beta2: float = setting(
        0.95, "Adam's decay of the squares.", minimum=0.0, maximum=0.99999, paper="0.95 (appendix C)"
    )
    adam_epsilon: float = setting(
        1e-8, "Adam's epsilon.", minimum=0.0, maximum=1e-2, paper="not published; 1e-8 in GPT-3"
    )
    weight_decay: float = setting(
        0.0,
        "Decoupled weight decay, on matrices only.",
        minimum=0.0,
        maximum=1.0,
        paper="not published for fine-tuning; 0.1 in GPT-3's pretraining",
    )
    clip_norm: float = setting(
        1.0,
        "Largest norm of the gradient; 0 does not clip.",
        minimum=0.0,
        maximum=1e6,
        paper="not published; 1.0 in GPT-3",
    )


GROUP = "{group}"
"""Stands in a group_turn for the record's label."""


def group_turn() -> Any:
    """The setting of every stage that reads conversations (data.read_conditioned)."""
    return setting(
        "",
        f"Words that begin each conversation as the system's turn; {GROUP} in them is the record's `group` label. "
        "Empty: labels are not read. A model that learned so is asked by the same words, with a group's name in place "
        f"of {GROUP} where the records have none.",
        paper="none; section 5.2 proposes such models",
    )


@dataclass(frozen=True, kw_only=True)
class TextsConfig(OptimizerConfig):
    """What every stage has that learns from texts of many lengths."""

    group_turn: str = group_turn()

    layout: str = setting(
        "auto",
        "How texts lie in a forward pass. auto: in one row without padding, each reading its own alone, a prompt once "
        "for all of its answers, where the model can be read so (the log says if not); rows: padded.",
        choices=("auto", "rows"),
    )
