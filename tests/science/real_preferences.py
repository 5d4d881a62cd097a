"""Reward models of real preferences, beside "the longer output wins": python -m tests.science.real_preferences

    ukp        UKPConvArg1: which of two arguments convinces; held out are whole topics, both sides of a debate
    pandalm    PandaLM's test set: which of two models' answers is better, three annotators; held out are prompts
    hh         HH-RLHF harmless-base: which of two answers is less harmful; held out are dialogues

Each starts from planted_gold's base model, which has read stories only, and sees each judgment once. A prompt's element
is one pair (UKP's sides have hundreds), so intervals, which are over elements, do not know that pairs share arguments.
"""

import gzip
import json
import os
import random
import re
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.science.planted_gold import BF16, SCALES, PlantedGold
from tests.science.stages import metrics, stage
from tests.science.texts import turns, write_rows
from tests.shared_data import pandalm_comparisons, shared, ukp_comparisons

HELD_OUT = 0.2
SEEDS = 3
TINY = 200
"""Judgments of each set that the tiny scale reads."""
TURN = re.compile(r"\n\n(Human|Assistant): ?")
LIMITS = {"max_prompt_tokens": 600, "max_response_tokens": 400}

Row = dict[str, Any]


def judged(rows: Iterator[Row], held_out_by: Callable[[Row], str]) -> Iterator[Row]:
    """Comparisons as a snapshot has them, an element for each prompt with its two texts."""

    def pair(row: Row) -> tuple[str, ...]:
        return (row["prompt"], *(one["text"] for one in row["candidates"]))

    for number, (_, same) in enumerate(groupby(sorted(rows, key=pair), key=pair)):
        for judgment, row in enumerate(same):
            side = random.Random(f"side of {held_out_by(row)}").random()
            yield {
                "id": f"{number}-{judgment}",
                "prompt": str(number),
                "messages": turns(row["prompt"]),
                "candidates": [{"id": str(k), "text": one["text"]} for k, one in enumerate(row["candidates"])],
                "ranks": row["ranks"],
                "split": "valid" if side < HELD_OUT else "train",
            }


def ukp() -> Iterator[Row]:
    return judged(ukp_comparisons(), lambda row: row["prompt"].split(" (")[0])


def pandalm() -> Iterator[Row]:
    return judged(pandalm_comparisons(), lambda row: row["prompt"])


def hh() -> Iterator[Row]:
    """Dialogues that differ in their last answer; that answer's place is random, for the chosen stands first."""
    with gzip.open(shared("prefs/hh_harmless_base_dev.jsonl.gz"), "rt", encoding="utf-8") as file:
        for number, row in enumerate(map(json.loads, file)):
            chosen, rejected = (TURN.split(row[name])[1:] for name in ("chosen", "rejected"))
            spoken = list(zip(chosen[::2], chosen[1::2], strict=False))
            if chosen[:-1] != rejected[:-1] or spoken[-1][0] != "Assistant" or not (chosen[-1] and rejected[-1]):
                continue
            messages = [
                {"role": "user" if speaker == "Human" else "assistant", "content": text}
                for speaker, text in spoken[:-1]
            ]
            if not all(message["content"].strip() for message in messages) or messages[-1]["role"] != "user":
                continue
            noise = random.Random(number)
            texts, ranks = [chosen[-1], rejected[-1]], [1, 2]
            if noise.random() < 0.5:
                texts, ranks = texts[::-1], ranks[::-1]
            yield {
                "id": str(number), "prompt": str(number), "messages": messages, "ranks": ranks,
                "candidates": [{"id": str(k), "text": text} for k, text in enumerate(texts)],
                "split": "valid" if noise.random() < HELD_OUT else "train",
            }  # fmt: skip


SETS = {"pandalm": pandalm, "hh": hh, "ukp": ukp}


def main() -> None:
    scale = os.environ.get("SCALE", "full")
    science = Path(os.environ.get("SCIENCE", ".concord/science")).resolve()
    base = PlantedGold(science / f"planted-gold-{scale}", SCALES[scale]).base(0)
    folder = science / f"real-preferences-{scale}"
    print(f"{'set':>9} seed  accuracy                longer wins     pairs", flush=True)
    for name, of in SETS.items():
        data = folder / f"{name}.jsonl"
        if not data.exists():
            rows = list(of())
            if scale == "tiny":
                rows = random.Random(0).sample(rows, TINY)
            write_rows(data, rows)
        for seed in range(SEEDS if scale == "full" else 1):
            run = folder / f"{name}-{seed}"
            stage(run, "rm", {"data": data, "policy": base}, seed=seed, epochs=1, **LIMITS, **BF16)
            found = {key.removeprefix("validation_"): value for key, value in metrics(run)[-1].items()}
            print(
                f"{name:>9} {seed:4}  {found['accuracy']:.3f} [{found['accuracy_low']:.3f}, "
                f"{found['accuracy_high']:.3f}]  {found['longer_wins']:11.3f}  {found['pairs']:8.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
