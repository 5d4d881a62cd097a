"""Scoring: a reward model's score of each of a project's outputs, for people who choose what to label next.

What it does. Reads prompts with their outputs, a few prompts a step, and gives each output the score that the
reward model reads at its end of turn (scores.py), `reward_bias` included. Prompts and outputs that are too long
get none and are counted. Records are read while they are scored, so a file of any size fits in memory.
output/scores.jsonl holds one output a line, output/report.json their mean, spread and range.

Where it departs from the paper: the paper scores only what its policy writes.

    python -m training.config RUN_DIR score --input outputs=outputs.jsonl --input reward=MODEL_DIR
    python -m training.score RUN_DIR
"""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from training.account import model_cost
from training.comparisons import PromptGroup
from training.config import ScoreConfig
from training.data import DataError, encode_completion, read_conditioned, render_prompt
from training.files import write_json
from training.loop import Stage, run_stage
from training.models import ModelError, load_reward_model, load_tokenizer, position_limit
from training.records import OutputsRecord, ScoreRecord, read_records, write_records
from training.run import Run
from training.scores import score_groups


class Scoring(Stage):
    """The stage: a step scores the outputs of `prompts_per_step` prompts."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.config: ScoreConfig = run.config
        self.path = Path(run.input("outputs"))
        prompts = sum(1 for _ in read_records(self.path, OutputsRecord))
        if not prompts:
            raise DataError(f"{self.path.name} holds no output to score")
        self.total_steps = -(-prompts // self.config.prompts_per_step)
        self.tokenizer = load_tokenizer(run.input("reward"))
        self.model = load_reward_model(run.input("reward"), self.tokenizer)
        self.room = position_limit(self.model)
        self.cost = model_cost(self.model)
        self.model.to(run.device)  # type: ignore[arg-type]
        self.scores: list[tuple[str, float]] = []
        self.dropped = {"prompt_too_long": 0, "output_too_long": 0}
        self._next_step = 0  # the step that `_records` stands before
        self._records: Iterator[OutputsRecord] = iter(())

    def step(self, number: int) -> dict[str, float]:
        started = time.perf_counter()
        names, groups, dropped = self._encoded(self._read(number))
        found = score_groups(
            self.model,
            groups,
            pad_id=self.tokenizer.pad_token_id,
            most_tokens=self.config.micro_batch_tokens,
            autocast=self.run.autocast,
            stop_check=self.run.check_stop,
        )
        scores = [score for of_prompt in found for score in of_prompt]
        if not all(map(math.isfinite, scores)):
            raise ModelError("the reward model gave an output a score that is no finite number")
        self.run.account.add(self.cost, [len(row) for group in groups for row in group.rows])
        self.scores += zip(names, scores, strict=True)
        self.dropped = {name: count + dropped[name] for name, count in self.dropped.items()}
        values = {"reward": sum(scores) / len(scores)} if scores else {}
        return values | {
            "candidates": float(len(self.scores)),
            "records_per_second": len(scores) / (time.perf_counter() - started),
        }

    def _read(self, number: int) -> list[OutputsRecord]:
        """The records of a step; after a resume the file is read from its start up to them."""
        size = self.config.prompts_per_step
        if number != self._next_step:
            records = read_conditioned(self.path, OutputsRecord, self.config.group_turn)
            self._records = islice(records, (number - 1) * size, None)
        self._next_step = number + 1
        return list(islice(self._records, size))

    def _encoded(self, records: list[OutputsRecord]) -> tuple[list[str], list[PromptGroup], Counter[str]]:
        """The outputs that fit, as their ids in order and as groups by prompt, and how many do not, by the reason."""
        names: list[str] = []
        groups: list[PromptGroup] = []
        dropped: Counter[str] = Counter()
        for record in records:
            prompt_ids = render_prompt(self.tokenizer, record.messages)
            if len(prompt_ids) > self.config.max_prompt_tokens:
                dropped["prompt_too_long"] += len(record.candidates)
                continue
            longest = min(self.config.max_response_tokens, self.room - len(prompt_ids))
            encoded = [(one.id, encode_completion(self.tokenizer, one.text)) for one in record.candidates]
            fitting = [(name, ids) for name, ids in encoded if len(ids) <= longest]
            dropped["output_too_long"] += len(encoded) - len(fitting)
            if fitting:
                names += [name for name, _ in fitting]
                groups.append(PromptGroup(record.id, prompt_ids, [ids for _, ids in fitting], []))
        return names, groups, dropped

    def state(self) -> dict[str, Any]:
        return {"scored": {"scores": list(self.scores), "dropped": dict(self.dropped)}}

    def load_state(self, state: dict[str, Any]) -> None:
        self.scores = [(str(name), float(score)) for name, score in state["scored"]["scores"]]
        self.dropped = state["scored"]["dropped"]

    def report(self) -> dict[str, float]:
        """How many outputs have a score, and how the scores are spread; of none only their number."""
        scores = [score for _, score in self.scores]
        left_out = {name: float(count) for name, count in self.dropped.items()}
        if not scores:
            return {"outputs": 0.0} | left_out
        return {
            "outputs": float(len(scores)),
            "mean": statistics.fmean(scores),
            "deviation": statistics.pstdev(scores),
            "lowest": min(scores),
            "highest": max(scores),
        } | left_out

    def write_output(self, folder: Path) -> None:
        write_records(folder / "scores.jsonl", (ScoreRecord(name, score) for name, score in self.scores))
        report = {"results": {"scores": self.report()}, "run": self.run.facts()}
        write_json(folder / "report.json", report)


def main() -> int:
    return run_stage("score", Scoring, sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
