"""Prompts that a policy answers, in ids."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.data import read_conditioned, render_prompt
from training.records import PromptRecord


@dataclass(frozen=True)
class Prompt:
    """A prompt in ids, and the record it comes from."""

    ids: list[int]
    record: PromptRecord


def load_prompts(
    path: str | Path, tokenizer: Any, *, most_tokens: int, group_turn: str = ""
) -> tuple[dict[str, list[Prompt]], int]:
    """Prompts by split, and how many were dropped for their length. Raises what read_conditioned raises."""
    splits: dict[str, list[Prompt]] = {}
    dropped = 0
    for record in read_conditioned(path, PromptRecord, group_turn):
        ids = render_prompt(tokenizer, record.messages)
        if len(ids) > most_tokens:
            dropped += 1
        else:
            splits.setdefault(record.split, []).append(Prompt(ids, record))
    return splits, dropped
