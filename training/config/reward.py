"""The settings of a reward model's training."""

from __future__ import annotations

from dataclasses import dataclass

from training.config.common import TextsConfig
from training.config.setting import setting


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
