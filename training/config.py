r"""The settings of each stage, their limits, presets, and a run's config.json.

The web process imports this file, so it needs no torch: the admin's form, the command line and the trainer
read one and the same description. A setting is a dataclass field whose metadata carries its help, limits,
choices and the paper's value as text. `tiny` (the defaults) is for the demo and tests; `paper-1.3b` and
`paper-6b` carry the values of the InstructGPT paper (appendix C), and where it did not publish one, the
field's `paper` text says so.

Make a run by hand, without the web:

    python -m training.config RUN_DIR sft --preset tiny --seed 1 --input data=demos.jsonl \
        --input policy=path/to/model --set epochs=4
    python -m training.sft RUN_DIR
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from importlib import metadata
from pathlib import Path
from typing import Any, get_type_hints

from training.records import sha256_path

KINDS = ("pretrain", "sft", "rm", "ppo", "sample", "evaluate", "score")
PRESETS = ("tiny", "paper-1.3b", "paper-6b")
STAGE_MODULES = {
    "pretrain": "training.pretrain",
    "sft": "training.sft",
    "rm": "training.reward",
    "ppo": "training.ppo",
    "sample": "training.sample",
    "evaluate": "training.evaluate",
    "score": "training.score",
}


PETAFLOP_S_DAY = 1e15 * 24 * 3600
"""Floating-point operations in the unit in which the paper says what training took (appendix: 4.9 and 60)."""


class ConfigError(ValueError):
    """Settings or inputs that cannot be run; `errors` maps each field to a message for people."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in self.errors.items()))


def setting(
    default: Any,
    help: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: Sequence[Any] = (),
    paper: str = "",
) -> Any:
    """A dataclass field with what the form needs to know about it."""
    return field(
        default=default,
        metadata={
            "help": help,
            "minimum": minimum,
            "maximum": maximum,
            "choices": tuple(choices),
            "paper": paper,
        },
    )


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


@dataclass(frozen=True, kw_only=True)
class PretrainConfig(OptimizerConfig):
    """A small base model with its own tokenizer, or the continuation of one."""

    layers: int = setting(6, "Transformer layers of a new model.", minimum=1, maximum=128)
    width: int = setting(192, "Width of a new model.", minimum=8, maximum=16384, paper="2,048 (1.3B)")
    heads: int = setting(6, "Attention heads; they divide the width.", minimum=1, maximum=256)
    vocabulary: int = setting(
        4096,
        "Tokens of a new byte-level BPE tokenizer, special ones included.",
        minimum=270,
        maximum=262_144,
        paper="50,257 (GPT-2's BPE)",
    )
    context: int = setting(
        1024,
        "Longest text that a new model can be asked to read, in tokens.",
        minimum=16,
        maximum=1_048_576,
        paper="2,048",
    )
    block: int = setting(256, "Tokens in one training example.", minimum=8, maximum=131_072, paper="2,048")
    batch_size: int = setting(16, "Examples in a step.", minimum=1, maximum=65_536, paper="1M tokens (GPT-3 1.3B)")
    epochs: float = setting(1.0, "Times over the text, where `steps` is 0.", minimum=0.001, maximum=1000.0)
    steps: int = setting(0, "Steps; 0 lets `epochs` decide.", minimum=0, maximum=100_000_000)
    final_fraction: float = setting(
        0.1, "The cosine ends at this fraction of the peak.", minimum=0.0, maximum=1.0, paper="0.1 (GPT-3)"
    )
    warmup_steps: int = setting(100, "Steps of linear warm-up.", minimum=0, maximum=1_000_000)
    learning_rate: float = setting(
        3e-3, "Peak learning rate.", minimum=0.0, maximum=1.0, paper="2e-4 (GPT-3 1.3B), 1.2e-4 (6.7B)"
    )
    weight_decay: float = setting(
        0.1, "Decoupled weight decay, on matrices only.", minimum=0.0, maximum=1.0, paper="0.1 (GPT-3)"
    )
    validate_every: int = setting(250, "Steps between measurements of held-out loss.", minimum=1, maximum=1_000_000)
    validation_tokens: int = setting(65_536, "Held-out tokens measured each time.", minimum=64, maximum=100_000_000)
    validation_share: float = setting(
        0.01,
        "Share of documents held out, where the data has no file with `valid` in its name.",
        minimum=0.0,
        maximum=0.5,
    )


@dataclass(frozen=True, kw_only=True)
class SftConfig(TextsConfig):
    """Supervised fine-tuning on demonstrations."""

    epochs: int = setting(
        4,
        "Times over the demonstrations.",
        minimum=1,
        maximum=1000,
        paper="16; PPO's own start: 2 (appendix C)",
    )
    batch_size: int = setting(16, "Demonstrations in a step.", minimum=1, maximum=65_536, paper="32; 175B: 8")
    learning_rate: float = setting(
        1e-3, "Peak learning rate.", minimum=0.0, maximum=1.0, paper="9.65e-6 (1.3B, 6B); 5.03e-6 (175B)"
    )
    final_fraction: float = setting(
        0.1, "The cosine ends at this fraction of the peak.", minimum=0.0, maximum=1.0, paper="0.1"
    )
    warmup_steps: int = setting(0, "Steps of linear warm-up.", minimum=0, maximum=1_000_000, paper="none")
    residual_dropout: float = setting(
        0.1, "Dropout where each layer adds to the residual stream.", minimum=0.0, maximum=0.9, paper="0.2"
    )
    pretrain_fraction: float = setting(
        0.0,
        "Share of the tokens that come from the pretraining text; above 0 needs the input `pretrain`.",
        minimum=0.0,
        maximum=0.95,
        paper="0.1 for PPO's own start",
    )
    pretrain_block: int = setting(
        256, "Tokens in one example of the pretraining text.", minimum=8, maximum=131_072, paper="2,048"
    )
    max_prompt_tokens: int = setting(
        1024, "Prompts with more tokens are dropped and counted.", minimum=1, maximum=1_048_576, paper="1,000"
    )
    reward_prompts: int = setting(
        32,
        "With the input `reward`: how many held-out prompts are answered and scored after each epoch.",
        minimum=1,
        maximum=10_000,
        paper="the validation prompts",
    )
    choose_epoch: str = setting(
        "reward",
        "With the input `reward`: which epoch becomes the result, that of the highest mean reward or the last.",
        choices=("reward", "last"),
        paper="by the reward model's score on validation prompts",
    )
    keep_epochs: bool = setting(
        True, "With the input `reward`: keep every epoch's model under epochs/, else only the best so far."
    )
    max_response_tokens: int = setting(
        1024,
        "Demonstrations with more tokens are dropped and counted.",
        minimum=1,
        maximum=1_048_576,
        paper="1,000",
    )


@dataclass(frozen=True, kw_only=True)
class RewardConfig(TextsConfig):
    """A reward model on comparisons, K outputs of a prompt as one element."""

    epochs: int = setting(1, "Times over the comparisons; more than one overfits.", minimum=1, maximum=100, paper="1")
    batch_size: int = setting(
        16,
        "Prompts in a step; each brings all its outputs and judgments.",
        minimum=1,
        maximum=65_536,
        paper="64 prompts, up to 2,304 pairs",
    )
    learning_rate: float = setting(1e-3, "Peak learning rate.", minimum=0.0, maximum=1.0, paper="9e-6")
    final_fraction: float = setting(
        0.1, "The cosine ends at this fraction of the peak.", minimum=0.0, maximum=1.0, paper="0.1"
    )
    warmup_steps: int = setting(0, "Steps of linear warm-up.", minimum=0, maximum=1_000_000, paper="none")
    residual_dropout: float = setting(
        0.0,
        "Dropout where each layer adds to the residual stream.",
        minimum=0.0,
        maximum=0.9,
        paper="not published for the RM",
    )
    validate_every: int = setting(
        0,
        "Steps between measurements of held-out accuracy; 0: at the end of each epoch.",
        minimum=0,
        maximum=1_000_000,
    )
    max_prompt_tokens: int = setting(
        1024, "Prompts with more tokens are dropped and counted.", minimum=1, maximum=1_048_576, paper="1,000"
    )
    max_response_tokens: int = setting(
        1024,
        "Outputs with more tokens are dropped and counted.",
        minimum=1,
        maximum=1_048_576,
        paper="1,000",
    )


@dataclass(frozen=True, kw_only=True)
class PpoConfig(TextsConfig):
    """PPO against a reward model, with the pretraining mix (PPO-ptx) where gamma is above 0."""

    checkpoint_every: int = setting(
        5,
        "Iterations between checkpoints, and between entries in samples.jsonl.",
        minimum=1,
        maximum=1_000_000,
    )
    sample_prompts: int = setting(
        8, "How many fixed prompts are answered for samples.jsonl, before and after.", minimum=0, maximum=64
    )
    episodes: int = setting(
        1024,
        "Prompts answered in all; prompts repeat once all were used.",
        minimum=1,
        maximum=100_000_000,
        paper="256,000 over about 31,000 prompts",
    )
    rollout_batch: int = setting(64, "Episodes in an iteration.", minimum=1, maximum=65_536, paper="512")
    minibatches: int = setting(
        4,
        "Parts of an iteration, one optimizer step each; they divide the rollout batch.",
        minimum=1,
        maximum=65_536,
        paper="8 of 64 episodes",
    )
    inner_epochs: int = setting(1, "Times over an iteration's episodes.", minimum=1, maximum=100, paper="1")
    learning_rate: float = setting(
        3e-4,
        "The policy's learning rate, constant after the warm-up.",
        minimum=0.0,
        maximum=1.0,
        paper="not published; the SFT value stands in",
    )
    value_learning_rate: float = setting(
        3e-4, "The value network's learning rate.", minimum=0.0, maximum=1.0, paper="9e-6"
    )
    warmup_iterations: int = setting(
        2, "Iterations over which the learning rate rises.", minimum=0, maximum=100_000, paper="10"
    )
    warmup_start: float = setting(
        0.1, "The warm-up begins at this fraction of the peak.", minimum=0.0, maximum=1.0, paper="0.1"
    )
    beta: float = setting(
        0.02,
        "Penalty on the KL to the reference, at each token.",
        minimum=0.0,
        maximum=100.0,
        paper="0.02; best 0.01 to 0.02",
    )
    kl_target: float = setting(
        0.0,
        "Let beta follow this KL (Ziegler et al.); 0 keeps beta fixed.",
        minimum=0.0,
        maximum=10_000.0,
        paper="fixed beta",
    )
    kl_horizon: int = setting(
        10_000,
        "Episodes over which an adaptive beta moves.",
        minimum=1,
        maximum=100_000_000,
        paper="10,000 (Ziegler et al.)",
    )
    discount: float = setting(1.0, "Discount of later rewards.", minimum=0.0, maximum=1.0, paper="1 (none)")
    gae_lambda: float = setting(
        0.95,
        "Lambda of the generalized advantages.",
        minimum=0.0,
        maximum=1.0,
        paper="not published; 0.95 in Stiennon et al.",
    )
    whiten_advantages: bool = setting(True, "Advantages to mean 0 and variance 1 in each batch.")
    clip_ratio: float = setting(
        0.2,
        "How far the policy's ratio may go before its gradient ends.",
        minimum=0.0,
        maximum=10.0,
        paper="0.2",
    )
    clip_value: float = setting(
        0.2,
        "How far a value may go from the old one before its gradient ends; 0 does not clip.",
        minimum=0.0,
        maximum=1e6,
        paper="not published; 0.2 in Stiennon et al.",
    )
    kl_low: float = setting(
        -1.0,
        "The run halts where the mean KL of an iteration falls below this: a sign of a fault, for no KL is negative.",
        minimum=-1e6,
        maximum=0.0,
    )
    kl_high: float = setting(
        100.0,
        "The run halts where the mean KL of an iteration exceeds this many nats; 0 sets no bound.",
        minimum=0.0,
        maximum=1e6,
        paper="not published; a 1B model over-optimizes at 50 to 85 (arXiv 2403.17031)",
    )
    reward_fall: float = setting(
        0.0,
        "The run halts where the mean score falls this many standard deviations below the first iteration's, as by a "
        "flipped sign; 0 sets no bound.",
        minimum=0.0,
        maximum=1e6,
    )
    entropy_low: float = setting(
        0.0, "The run halts where the policy's entropy falls below this many nats a token.", minimum=0.0, maximum=100.0
    )
    repetition_high: float = setting(
        1.0,
        "The run halts where more than this share of three tokens in a row stood in their answer before.",
        minimum=0.0,
        maximum=1.0,
    )
    eos_low: float = setting(
        0.0, "The run halts where fewer than this share of the answers end by themselves.", minimum=0.0, maximum=1.0
    )
    length_high: float = setting(
        0.0,
        "The run halts where answers are more than this many times as long as in the first iteration; 0 sets no bound.",
        minimum=0.0,
        maximum=1e6,
    )
    length_correlation_high: float = setting(
        1.0,
        "The run halts where scores and lengths of an iteration correlate by more than this.",
        minimum=0.0,
        maximum=1.0,
    )
    rollout_rows: int = setting(
        0, "Episodes sampled at a time; lower it when memory runs out; 0: all.", minimum=0, maximum=65_536
    )
    temperature: float = setting(
        1.0,
        "Sampling temperature; logits are divided by it everywhere.",
        minimum=0.01,
        maximum=10.0,
        paper="1",
    )
    max_prompt_tokens: int = setting(
        1024, "Prompts with more tokens are dropped and counted.", minimum=1, maximum=1_048_576, paper="1,000"
    )
    max_response_tokens: int = setting(
        64, "Responses are cut at this many tokens.", minimum=1, maximum=1_048_576, paper="1,000"
    )
    penalize_missing_end: bool = setting(
        False, "Replace the score of a response without an end of turn by `missing_end_score`."
    )
    missing_end_score: float = setting(
        -1.0,
        "That score.",
        minimum=-1e6,
        maximum=1e6,
        paper="not published; -1 in Ziegler et al.",
    )
    ptx_gamma: float = setting(
        0.0,
        "Weight of the pretraining loss (PPO-ptx); 0 is plain PPO, above 0 needs the input `pretrain`.",
        minimum=0.0,
        maximum=1e6,
        paper="27.8",
    )
    ptx_examples_per_episode: float = setting(
        8.0, "Pretraining examples in each episode's share.", minimum=0.0, maximum=1000.0, paper="8"
    )
    ptx_block: int = setting(64, "Tokens in a pretraining example.", minimum=8, maximum=131_072, paper="2,048")
    ema_decay: float = setting(
        0.992,
        "Decay of the averaged weights, each optimizer step.",
        minimum=0.0,
        maximum=0.99999,
        paper="0.992",
    )
    ema_output_from: int = setting(
        500,
        "output/ is the average from this many updates on, before that the raw weights.",
        minimum=0,
        maximum=100_000_000,
    )


@dataclass(frozen=True, kw_only=True)
class SampleConfig(CommonConfig):
    """K outputs for each prompt."""

    group_turn: str = group_turn()
    samples_per_prompt: int = setting(4, "Outputs for each prompt.", minimum=1, maximum=64, paper="4 to 9 are ranked")
    temperature: float = setting(1.0, "Sampling temperature; 0 is greedy.", minimum=0.0, maximum=10.0, paper="1")
    top_p: float = setting(1.0, "Sample from the likeliest tokens that hold this share.", minimum=0.01, maximum=1.0)
    max_prompt_tokens: int = setting(
        1024, "Prompts with more tokens are dropped and counted.", minimum=1, maximum=1_048_576, paper="1,000"
    )
    max_response_tokens: int = setting(
        64, "Outputs are cut at this many tokens.", minimum=1, maximum=1_048_576, paper="1,000"
    )
    limit_prompts: int = setting(0, "Use the first so many prompts; 0: all.", minimum=0, maximum=10_000_000)
    prompts_per_step: int = setting(8, "Prompts answered at a time.", minimum=1, maximum=65_536)


@dataclass(frozen=True, kw_only=True)
class EvaluateConfig(CommonConfig):
    """Held-out loss of a policy, or accuracy of a reward model."""

    group_turn: str = group_turn()
    split: str = setting("valid", "Which records of the data are measured.", choices=("train", "valid", "test", "all"))
    max_prompt_tokens: int = setting(
        1024, "Prompts with more tokens are dropped and counted.", minimum=1, maximum=1_048_576, paper="1,000"
    )
    max_response_tokens: int = setting(
        1024,
        "Responses with more tokens are dropped and counted.",
        minimum=1,
        maximum=1_048_576,
        paper="1,000",
    )
    text_block: int = setting(256, "Tokens in one example of plain text.", minimum=8, maximum=131_072)
    text_tokens: int = setting(262_144, "Tokens of plain text measured.", minimum=64, maximum=1_000_000_000)
    records_per_step: int = setting(64, "Records measured at a time.", minimum=1, maximum=65_536)


@dataclass(frozen=True, kw_only=True)
class ScoreConfig(CommonConfig):
    """A reward model's score of each output that it has not scored yet."""

    group_turn: str = group_turn()
    max_prompt_tokens: int = setting(
        1024, "Outputs of prompts with more tokens get no score and are counted.", minimum=1, maximum=1_048_576
    )
    max_response_tokens: int = setting(
        1024, "Outputs with more tokens get no score and are counted.", minimum=1, maximum=1_048_576
    )
    prompts_per_step: int = setting(32, "Prompts whose outputs are scored at a time.", minimum=1, maximum=65_536)


Config = PretrainConfig | SftConfig | RewardConfig | PpoConfig | SampleConfig | EvaluateConfig | ScoreConfig
CONFIGS: dict[str, type[CommonConfig]] = {
    "pretrain": PretrainConfig,
    "sft": SftConfig,
    "rm": RewardConfig,
    "ppo": PpoConfig,
    "sample": SampleConfig,
    "evaluate": EvaluateConfig,
    "score": ScoreConfig,
}

_PAPER_ALL: dict[str, Any] = {
    "precision": "bf16",
    "output_precision": "bf16",
    "micro_batch_tokens": 16_384,
    "sample_tokens": 256,
}
_PAPER: dict[str, dict[str, Any]] = {
    "pretrain": {"vocabulary": 50_257, "context": 2048, "block": 2048, "batch_size": 512, "epochs": 1.0},
    "sft": {
        "epochs": 16,
        "batch_size": 32,
        "learning_rate": 9.65e-6,
        "residual_dropout": 0.2,
        "pretrain_block": 2048,
        "max_prompt_tokens": 1000,
        "max_response_tokens": 1000,
    },
    "rm": {
        "epochs": 1,
        "batch_size": 64,
        "learning_rate": 9e-6,
        "max_prompt_tokens": 1000,
        "max_response_tokens": 1000,
    },
    "ppo": {
        "episodes": 256_000,
        "rollout_batch": 512,
        "minibatches": 8,
        "learning_rate": 9.65e-6,
        "value_learning_rate": 9e-6,
        "warmup_iterations": 10,
        "max_prompt_tokens": 1000,
        "max_response_tokens": 1000,
        "ptx_gamma": 27.8,
        "ptx_block": 2048,
        "checkpoint_every": 10,
        "sample_prompts": 64,
        "reward_fall": 3.0,
        "entropy_low": 0.05,
        "repetition_high": 0.5,
        "eos_low": 0.05,
        "length_high": 4.0,
        "length_correlation_high": 0.9,
    },
    "sample": {"max_prompt_tokens": 1000, "max_response_tokens": 1000},
    "evaluate": {"max_prompt_tokens": 1000, "max_response_tokens": 1000, "text_block": 2048},
    "score": {},
}
_PRETRAIN_SIZE: dict[str, dict[str, Any]] = {
    "paper-1.3b": {"layers": 24, "width": 2048, "heads": 16, "learning_rate": 2e-4},
    "paper-6b": {"layers": 32, "width": 4096, "heads": 32, "learning_rate": 1.2e-4},
}


@dataclass(frozen=True)
class InputSpec:
    """One input of a stage: what it accepts, and whether the stage starts without it."""

    required: bool
    accepts: str  # demonstrations | comparisons | prompts | outputs | model | reward_model | text
    help: str


_POLICY = "A causal language model in Hugging Face format, safetensors only."
_TEXT = "Plain text (.txt, .txt.gz, or a folder of them), `<|endoftext|>` between documents."
INPUTS: dict[str, dict[str, InputSpec]] = {
    "pretrain": {
        "data": InputSpec(True, "text", _TEXT + " Files with `valid` in their name are held out."),
        "policy": InputSpec(False, "model", "A model to go on from; without one, a new model is made."),
    },
    "sft": {
        "data": InputSpec(True, "demonstrations", "Demonstrations; the split `valid` is held out."),
        "policy": InputSpec(True, "model", "The model to start from. " + _POLICY),
        "pretrain": InputSpec(False, "text", "Pretraining text to mix in. " + _TEXT),
        "reward": InputSpec(False, "reward_model", "Scores each epoch's samples."),
    },
    "rm": {
        "data": InputSpec(True, "comparisons", "Comparisons; the split `valid` is held out."),
        "policy": InputSpec(True, "model", "The model to start from, usually an SFT model. " + _POLICY),
        "demonstrations": InputSpec(
            False, "demonstrations", "Their mean reward becomes 0; without them, the training outputs' mean."
        ),
    },
    "ppo": {
        "prompts": InputSpec(True, "prompts", "The prompts that are answered."),
        "policy": InputSpec(True, "model", "The start, and the frozen reference of the KL penalty. " + _POLICY),
        "reward": InputSpec(True, "reward_model", "The reward model; the value network starts from it too."),
        "pretrain": InputSpec(False, "text", "Pretraining text, needed where ptx_gamma is above 0. " + _TEXT),
    },
    "sample": {
        "prompts": InputSpec(True, "prompts", "The prompts that are answered."),
        "policy": InputSpec(True, "model", "The model that answers. " + _POLICY),
        "reward": InputSpec(False, "reward_model", "Scores each output."),
    },
    "evaluate": {
        "data": InputSpec(
            False,
            "demonstrations",
            "Demonstrations for a policy, comparisons for a reward model.",
        ),
        "policy": InputSpec(False, "model", "The model whose held-out loss is measured. " + _POLICY),
        "reward": InputSpec(False, "reward_model", "The reward model whose accuracy is measured."),
        "pretrain": InputSpec(False, "text", "Plain text whose loss is measured. " + _TEXT),
    },
    "score": {
        "outputs": InputSpec(True, "outputs", "Prompts with their outputs; those of a project."),
        "reward": InputSpec(True, "reward_model", "The reward model that scores them."),
    },
}


def _config_class(kind: str) -> type[CommonConfig]:
    if kind not in CONFIGS:
        raise ConfigError({"kind": f"{kind!r} is no kind of run; kinds are {', '.join(KINDS)}"})
    return CONFIGS[kind]


def preset_settings(kind: str, preset: str) -> dict[str, Any]:
    """All settings of a preset, by name. Raises ConfigError for an unknown kind or preset."""
    config_class = _config_class(kind)
    if preset not in PRESETS:
        raise ConfigError({"preset": f"{preset!r} is no preset; presets are {', '.join(PRESETS)}"})
    settings = {spec.name: spec.default for spec in fields(config_class)}
    if preset != "tiny":
        settings |= {name: value for name, value in _PAPER_ALL.items() if name in settings}
        settings |= _PAPER[kind]
        if kind == "pretrain":
            settings |= _PRETRAIN_SIZE[preset]
    return settings


_TYPE_NAMES = {int: "integer", float: "number", bool: "boolean", str: "string"}


def describe(kind: str, preset: str) -> list[dict[str, Any]]:
    """Each setting of a stage for a form: name, type (integer, number, boolean, string), default, minimum,
    maximum, choices, help, and the paper's value as text ("" where the paper has none)."""
    defaults = preset_settings(kind, preset)
    types = get_type_hints(_config_class(kind))
    return [
        {
            "name": spec.name,
            "type": _TYPE_NAMES[types[spec.name]],
            "default": defaults[spec.name],
            "minimum": spec.metadata["minimum"],
            "maximum": spec.metadata["maximum"],
            "choices": list(spec.metadata["choices"]),
            "help": spec.metadata["help"],
            "paper": spec.metadata["paper"],
        }
        for spec in fields(_config_class(kind))
    ]


def _as_type(value: Any, wanted: type) -> Any:
    """A value as a setting's type; text is read as on a command line. Raises ValueError with what is
    wanted."""
    if wanted is bool:
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise ValueError("must be true or false")
        return value
    if isinstance(value, bool):
        raise ValueError(f"must be a {_TYPE_NAMES[wanted]}")
    if wanted is str:
        if not isinstance(value, str):
            raise ValueError("must be a string")
        return value
    try:
        number = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"must be a {'whole ' if wanted is int else ''}number")
    if wanted is int:
        if number != int(number):
            raise ValueError("must be a whole number")
        return int(value) if isinstance(value, int) else int(number)
    return number


def _check(spec: Any, value: Any, wanted: type) -> Any:
    value = _as_type(value, wanted)
    low, high, choices = spec.metadata["minimum"], spec.metadata["maximum"], spec.metadata["choices"]
    if low is not None and value < low:
        raise ValueError(f"must be {low:g} or more")
    if high is not None and value > high:
        raise ValueError(f"must be {high:g} or less")
    if choices and value not in choices:
        raise ValueError(f"must be one of {', '.join(map(str, choices))}")
    return value


def _cross_check(config: CommonConfig) -> dict[str, str]:
    """Problems between settings that are each within their limits."""
    errors: dict[str, str] = {}
    if isinstance(config, PretrainConfig):
        if config.width % config.heads or (config.width // config.heads) % 2:
            errors["heads"] = "must divide the width into even parts"
        if config.block > config.context:
            errors["block"] = f"must not exceed the context, {config.context}"
    if isinstance(config, PpoConfig) and config.rollout_batch % config.minibatches:
        errors["minibatches"] = f"must divide the rollout batch, {config.rollout_batch}"
    if isinstance(config, ScoreConfig) and GROUP in config.group_turn:
        errors["group_turn"] = f"names {GROUP}, which outputs do not carry; write the group's name in its place"
    return errors


def parse_config(kind: str, preset: str, settings: Mapping[str, Any]) -> Any:
    """The stage's config: the preset, overridden by `settings`.

    Raises ConfigError whose `errors` name every unknown setting, wrong type and broken limit at once.
    """
    config_class = _config_class(kind)
    values = preset_settings(kind, preset)
    types = get_type_hints(config_class)
    specs = {spec.name: spec for spec in fields(config_class)}
    errors: dict[str, str] = {}
    for name, value in settings.items():
        if name not in specs:
            errors[name] = f"is no setting of a {kind} run"
            continue
        try:
            values[name] = _check(specs[name], value, types[name])
        except ValueError as error:
            errors[name] = str(error)
    if not errors:
        config = config_class(**values)
        errors = _cross_check(config)
        if not errors:
            return config
    raise ConfigError(errors)


def check_inputs(kind: str, config: Any, names: Sequence[str]) -> None:
    """Raises ConfigError where inputs are missing, unknown, or do not fit the settings."""
    specs = INPUTS[kind]
    errors = {name: f"is no input of a {kind} run" for name in names if name not in specs}
    errors |= {name: f"is missing: {spec.help}" for name, spec in specs.items() if spec.required and name not in names}
    has_text = "pretrain" in names
    if kind == "sft" and config.pretrain_fraction > 0 and not has_text:
        errors["pretrain"] = "is missing: pretrain_fraction is above 0"
    if kind == "ppo" and config.ptx_gamma > 0 and not has_text:
        errors["pretrain"] = "is missing: ptx_gamma is above 0"
    if kind == "evaluate":
        if ("policy" in names) == ("reward" in names):
            errors["policy"] = "give either a policy or a reward model"
        if "data" not in names and not has_text:
            errors["data"] = "is missing: give records, or plain text as `pretrain`"
        if "reward" in names and "data" not in names:
            errors["data"] = "is missing: a reward model is measured on comparisons"
    if errors:
        raise ConfigError(errors)


@dataclass(frozen=True)
class RunSpec:
    """What config.json holds. `inputs` maps a name to {"path": relative to RUN_DIR, "sha256"}.

    A path that starts with `hub:` names a model on the Hugging Face hub; it has no sha256.
    """

    kind: str
    preset: str
    settings: dict[str, Any]
    seed: int
    inputs: dict[str, dict[str, str]]
    versions: dict[str, str] = field(default_factory=dict)
    commit: str = ""

    def config(self) -> Any:
        """The validated config of the stage; raises ConfigError."""
        config = parse_config(self.kind, self.preset, self.settings)
        check_inputs(self.kind, config, list(self.inputs))
        return config


def installed_versions() -> dict[str, str]:
    """Versions of what a run's numbers depend on, read without importing any of it."""
    versions = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in ("torch", "transformers", "tokenizers", "safetensors", "accelerate", "numpy"):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def current_commit() -> str:
    """The git commit of this checkout, with -dirty where tracked files of training/ differ; "" outside
    git."""
    root = Path(__file__).resolve().parent.parent
    try:
        commit = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, timeout=10, check=True
        ).stdout.strip()
        dirty = subprocess.run(
            ["git", "diff", "--quiet", "HEAD", "--", "training"], cwd=root, capture_output=True, timeout=10
        ).returncode
    except (OSError, subprocess.SubprocessError):
        return os.environ.get("CONCORD_COMMIT", "")
    return commit + ("-dirty" if dirty else "")


def write_run(run_dir: str | Path, spec: RunSpec) -> Path:
    """Validates a spec and writes RUN_DIR/config.json with every setting spelled out; returns its path.

    Raises ConfigError. Versions and commit are filled in where the spec leaves them empty.
    """
    config = spec.config()
    run_dir = Path(run_dir)
    run_dir.mkdir(parents=True, exist_ok=True)
    row = asdict(spec) | {"settings": asdict(config)}
    row["versions"] = spec.versions or installed_versions()
    row["commit"] = spec.commit or current_commit()
    target = run_dir / "config.json"
    beside = target.with_name("config.json.tmp")
    beside.write_text(json.dumps(row, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    beside.replace(target)
    return target


def read_run(run_dir: str | Path) -> RunSpec:
    """The spec in RUN_DIR/config.json. Raises ConfigError where it is missing or not such a file."""
    path = Path(run_dir) / "config.json"
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        spec = RunSpec(**{spec.name: row[spec.name] for spec in fields(RunSpec) if spec.name in row})
    except FileNotFoundError as error:
        raise ConfigError({"config.json": f"{run_dir} holds no config.json: make the run first"}) from error
    except (json.JSONDecodeError, UnicodeDecodeError, TypeError) as error:
        raise ConfigError({"config.json": f"cannot be read: {error}"}) from error
    if spec.kind not in KINDS:
        raise ConfigError({"kind": f"{spec.kind!r} is no kind of run; kinds are {', '.join(KINDS)}"})
    well_formed = isinstance(spec.settings, dict) and isinstance(spec.inputs, dict)
    if not well_formed or not all(isinstance(i, dict) and isinstance(i.get("path"), str) for i in spec.inputs.values()):
        raise ConfigError({"config.json": "settings and inputs must be objects, and each input needs a path"})
    if isinstance(spec.seed, bool) or not isinstance(spec.seed, int) or not 0 <= spec.seed < 2**31:
        raise ConfigError({"seed": "must be a whole number from 0 to 2147483647"})
    return spec


def make_run(
    run_dir: str | Path,
    kind: str,
    *,
    preset: str = "tiny",
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    inputs: Mapping[str, str | Path] | None = None,
) -> RunSpec:
    """A run's directory from files that lie anywhere: links them under inputs/, hashes them, writes
    config.json.

    Raises ConfigError and FileNotFoundError. Symbolic links, because models are large; the hash guards them.
    """
    run_dir = Path(run_dir)
    linked: dict[str, dict[str, str]] = {}
    given = dict(inputs or {})
    check_inputs(kind, parse_config(kind, preset, settings or {}), list(given))
    (run_dir / "inputs").mkdir(parents=True, exist_ok=True)
    for name, source in given.items():
        if str(source).startswith("hub:"):
            linked[name] = {"path": str(source)}
            continue
        target = Path(source).resolve()
        if not target.exists():
            raise FileNotFoundError(f"the input {name} is not there: {source}")
        suffix = "" if target.is_dir() else "".join(target.suffixes[-2:])
        link = run_dir / "inputs" / f"{name}{suffix}"
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        linked[name] = {"path": link.relative_to(run_dir).as_posix(), "sha256": sha256_path(target)}
    write_run(run_dir, RunSpec(kind, preset, dict(settings or {}), seed, linked))
    return read_run(run_dir)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line that makes a run's directory; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.config", description="Make a run's directory.")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--preset", choices=PRESETS, default="tiny")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--input", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings")
    given = parser.parse_args(arguments)
    try:
        make_run(
            given.run_dir,
            given.kind,
            preset=given.preset,
            seed=given.seed,
            settings=dict(item.split("=", 1) for item in given.settings),
            inputs=dict(item.split("=", 1) for item in given.input),
        )
    except (ConfigError, FileNotFoundError, ValueError) as error:
        print(f"Not made: {error}", file=sys.stderr)
        return 2
    print(f"Made {given.run_dir}. Run it: python -m {STAGE_MODULES[given.kind]} {given.run_dir}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
