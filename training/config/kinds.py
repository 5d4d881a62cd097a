"""The kinds of run and of preset, and the unit in which the paper counts what training took."""

from __future__ import annotations

KINDS = ("pretrain", "sft", "rm", "ppo", "sample", "evaluate", "score")
PRESETS = ("tiny", "paper-1.3b", "paper-6b")
STAGE_MODULES = {
    "pretrain": "training.pretrain",
    "sft": "training.sft",
    "rm": "training.reward",
    "ppo": "training.ppo",
    "sample": "training.sample",
    "evaluate": "training.evaluate",
    "score": "training.score",
}


PETAFLOP_S_DAY = 1e15 * 24 * 3600
"""Floating-point operations in the unit in which the paper says what training took (appendix: 4.9 and 60)."""
