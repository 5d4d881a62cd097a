"""The settings of evaluation."""

from __future__ import annotations

from dataclasses import dataclass

from training.config.common import CommonConfig, group_turn
from training.config.setting import setting


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
