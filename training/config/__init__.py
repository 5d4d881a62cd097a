r"""The settings of each stage, their limits, presets, and a run's config.json.

The web process imports these files, so they need no torch: the admin's form, the command line and the trainer
read one and the same description. A setting is a dataclass field whose metadata carries its help, limits,
choices and the paper's value as text. `tiny` (the defaults) is for the demo and tests; `paper-1.3b` and
`paper-6b` carry the values of the InstructGPT paper (appendix C), and where it did not publish one, the
field's `paper` text says so.

Make a run by hand, without the web:

    python -m training.config RUN_DIR sft --preset tiny --seed 1 --input data=demos.jsonl \
        --input policy=path/to/model --set epochs=4
    python -m training.sft RUN_DIR
"""

from training.config.common import GROUP, CommonConfig
from training.config.evaluate import EvaluateConfig
from training.config.inputs import INPUTS, InputSpec, check_inputs, model_inputs
from training.config.kinds import KINDS, PETAFLOP_S_DAY, PRESETS, STAGE_MODULES
from training.config.parse import describe, parse_config
from training.config.ppo import PpoConfig
from training.config.presets import preset_settings
from training.config.pretrain import PretrainConfig
from training.config.reward import RewardConfig
from training.config.run_folder import RunSpec, make_run, read_run, write_run
from training.config.sample import SampleConfig
from training.config.score import ScoreConfig
from training.config.setting import ConfigError
from training.config.sft import SftConfig
from training.config.stages import CONFIGS
from training.config.versions import current_commit, installed_versions

__all__ = [
    "CONFIGS",
    "GROUP",
    "INPUTS",
    "KINDS",
    "PETAFLOP_S_DAY",
    "PRESETS",
    "STAGE_MODULES",
    "CommonConfig",
    "ConfigError",
    "EvaluateConfig",
    "InputSpec",
    "PpoConfig",
    "PretrainConfig",
    "RewardConfig",
    "RunSpec",
    "SampleConfig",
    "ScoreConfig",
    "SftConfig",
    "check_inputs",
    "current_commit",
    "describe",
    "installed_versions",
    "make_run",
    "model_inputs",
    "parse_config",
    "preset_settings",
    "read_run",
    "write_run",
]
