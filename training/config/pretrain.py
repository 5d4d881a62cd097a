"""The settings of pretraining."""

from __future__ import annotations

from dataclasses import dataclass

from training.config.common import OptimizerConfig
from training.config.setting import setting


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
