"""What the presets set: `tiny` is each setting's default; the others carry the values of the InstructGPT paper."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from training.config.common import CommonConfig
from training.config.kinds import KINDS, PRESETS
from training.config.setting import ConfigError
from training.config.stages import CONFIGS

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
        "sample_prompts": 64,
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


def config_class(kind: str) -> type[CommonConfig]:
    """The settings of a kind of run. Raises ConfigError for an unknown kind."""
    if kind not in CONFIGS:
        raise ConfigError({"kind": f"{kind!r} is no kind of run; kinds are {', '.join(KINDS)}"})
    return CONFIGS[kind]


def preset_settings(kind: str, preset: str) -> dict[str, Any]:
    """All settings of a preset, by name. Raises ConfigError for an unknown kind or preset."""
    stage = config_class(kind)
    if preset not in PRESETS:
        raise ConfigError({"preset": f"{preset!r} is no preset; presets are {', '.join(PRESETS)}"})
    settings = {spec.name: spec.default for spec in fields(stage)}
    if preset != "tiny":
        settings |= {name: value for name, value in _PAPER_ALL.items() if name in settings}
        settings |= _PAPER[kind]
        if kind == "pretrain":
            settings |= _PRETRAIN_SIZE[preset]
    return settings
