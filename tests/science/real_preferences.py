"""Reward models of real preferences, beside "the longer output wins": python -m tests.science.real_preferences

    ukp        UKPConvArg1: which of two arguments convinces; held out are whole topics, both sides of a debate
    pandalm    PandaLM's test set: which of two models' answers is better, three annotators; held out are prompts
    hh         HH-RLHF harmless-base: which of two answers is less harmful; held out are dialogues

Each starts from planted_gold's base model, which has read stories only, and sees each judgment once. A prompt's element
is one pair (UKP's sides have hundreds), so intervals, which are over elements, do not know that pairs share arguments.
Beside them real demonstrations: FairytaleQA, questions on a passage; held out are stories that the base has not read.
"""

import gzip
import json
import random
import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from tests.science.planted_gold import BF16, PlantedGold
from tests.science.stages import metrics, scale_and_folder, stage
from tests.science.texts import turns, write_rows
from tests.shared_data import pandalm_comparisons, shared, ukp_comparisons

HELD_OUT = 0.2
SEEDS = 3
TINY = 200
"""Judgments of each set that the tiny scale reads."""
QUESTIONS = 2000
"""Of FairytaleQA that are learned from."""
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


def fairytales(questions: int) -> Iterator[Row]:
    """FairytaleQA's demonstrations: so many questions to learn from, and all of its validation."""
    with gzip.open(shared("demos/fairytaleqa_sections.jsonl.gz"), "rt", encoding="utf-8") as file:
        passages = {(row["story"], row["section"]): row["text"] for row in map(json.loads, file)}
    with gzip.open(shared("demos/fairytaleqa_questions.jsonl.gz"), "rt", encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if row["answers"][0].strip()]
    train, held_out = ([row for row in rows if row["split"] == split] for split in ("train", "val"))
    for number, row in enumerate([*random.Random(0).sample(train, questions), *held_out]):
        passage = "\n".join(passages[row["story"], section] for section in row["sections"])
        yield {
            "id": str(number), "prompt": str(number), "messages": turns(f"{passage}\n\n{row['question']}"),
            "response": row["answers"][0], "split": "train" if row["split"] == "train" else "valid",
        }  # fmt: skip


SETS = {"pandalm": pandalm, "hh": hh, "ukp": ukp}


def main() -> None:
    scale, kept = scale_and_folder()
    base = PlantedGold.asked_for().base(0)
    folder = kept / f"real-preferences-{scale}"

    questions = folder / "fairytales.jsonl"
    if not questions.exists():
        write_rows(questions, fairytales(QUESTIONS if scale == "full" else TINY))
    run = folder / "fairytales"
    stage(run, "sft", {"data": questions, "policy": base}, epochs=2, **LIMITS, **BF16)
    found = metrics(run)
    after = ", ".join(f"{row['validation_loss']:.3f}" for row in found if "validation_loss" in row)
    print(f"FairytaleQA, loss on held-out answers: {found[0]['validation_loss_start']:.3f}, then {after}\n")

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
