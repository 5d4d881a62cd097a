"""The settings of each kind of run."""

from __future__ import annotations

from training.config.common import CommonConfig
from training.config.evaluate import EvaluateConfig
from training.config.ppo import PpoConfig
from training.config.pretrain import PretrainConfig
from training.config.reward import RewardConfig
from training.config.sample import SampleConfig
from training.config.score import ScoreConfig
from training.config.sft import SftConfig

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
