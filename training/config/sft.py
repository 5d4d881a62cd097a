"""The settings of supervised fine-tuning."""

from __future__ import annotations

from dataclasses import dataclass

from training.config.common import TextsConfig
from training.config.setting import setting


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
