"""The settings of scoring."""

from __future__ import annotations

from dataclasses import dataclass

from training.config.common import CommonConfig, group_turn
from training.config.setting import setting


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
