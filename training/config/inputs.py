"""The inputs of each kind of run: what each accepts, and which must be given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from training.config.setting import ConfigError


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


def model_inputs(kind: str) -> list[str]:
    """The inputs of a kind of run that are models."""
    return [name for name, spec in INPUTS[kind].items() if spec.accepts in ("model", "reward_model")]


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
