"""The settings of sampling."""

from __future__ import annotations

from dataclasses import dataclass

from training.config.common import CommonConfig, group_turn
from training.config.setting import setting


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
