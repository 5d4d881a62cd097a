"""Sampling: K answers to each prompt, as candidates to be ranked.

What it does. Each answer's noise comes from a seed of its own, made from (run's seed, prompt's number,
sample's number) and written beside it: an answer can be made again alone, and does not depend on batches or
processes. output/candidates.jsonl holds one candidate a line in the order of the prompts,
output/settings.json how they were made. With the input `reward` each is scored.

Where it departs from the paper: nowhere; K and the temperature are settings.

    python -m training.config RUN_DIR sample --input prompts=prompts.jsonl --input policy=MODEL_DIR
    python -m training.sample RUN_DIR
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training.account import model_cost, sequence_lengths
from training.config import SampleConfig
from training.data import DataError, decode_completion, read_conditioned, render_prompt
from training.loop import Stage, run_stage
from training.models import load_policy, load_reward_model, load_tokenizer, position_limit, require_same_tokenizer
from training.records import CandidateRecord, PromptRecord, message_dicts, write_records
from training.rollout import Policy, Rollout, episode_seed, generate
from training.run import Run
from training.scores import score_rows


class Sampling(Stage):
    """The stage: a step answers `prompts_per_step` prompts."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.config: SampleConfig = run.config
        self.tokenizer = load_tokenizer(run.input("policy"))
        model = load_policy(run.input("policy"), self.tokenizer)
        self.room = position_limit(model)
        self.prompts, self.dropped = self._read_prompts(Path(run.input("prompts")))
        model.to(run.device)  # type: ignore[arg-type]
        self.policy = Policy(model)
        self.scorer = None
        if run.has_input("reward"):
            require_same_tokenizer(self.tokenizer, load_tokenizer(run.input("reward")))
            self.scorer = load_reward_model(run.input("reward"), self.tokenizer)
            self.scorer.to(run.device)  # type: ignore[arg-type]
        self.costs = [model_cost(one) for one in (model, self.scorer) if one is not None]
        self.candidates: list[CandidateRecord] = []
        self.total_steps = -(-len(self.prompts) // self.config.prompts_per_step)
        run.log(f"{len(self.prompts):,} prompts to answer, {self.dropped} dropped for their length.")

    def _read_prompts(self, path: Path) -> tuple[list[tuple[PromptRecord, list[int]]], int]:
        """The prompts with their ids, those too long left out and counted. Raises DataError for none."""
        prompts, dropped = [], 0
        longest = min(self.config.max_prompt_tokens, self.room - self.config.max_response_tokens - 1)
        for record in read_conditioned(path, PromptRecord, self.config.group_turn):
            ids = render_prompt(self.tokenizer, record.messages)
            if len(ids) > longest:
                dropped += 1
                continue
            prompts.append((record, ids))
            if len(prompts) == self.config.limit_prompts:
                break
        if not prompts:
            raise DataError(
                f"{path.name} holds no prompt to answer ({dropped} have more than {longest} tokens; the model reads "
                f"{self.room} in all, of which {self.config.max_response_tokens} are kept for the answer)"
            )
        return prompts, dropped

    def step(self, number: int) -> dict[str, float]:
        started = time.perf_counter()
        first = (number - 1) * self.config.prompts_per_step
        chunk = self.prompts[first : first + self.config.prompts_per_step]
        jobs = [
            (record, ids, index, episode_seed(self.run.seed, first + at, index))
            for at, (record, ids) in enumerate(chunk)
            for index in range(self.config.samples_per_prompt)
        ]
        with self.run.autocast():
            answers = generate(
                self.policy,
                [ids for _, ids, _, _ in jobs],
                seeds=[seed for _, _, _, seed in jobs],
                max_new_tokens=self.config.max_response_tokens,
                temperature=self.config.temperature,
                top_p=self.config.top_p,
                eos_id=self.tokenizer.eos_token_id,
                pad_id=self.tokenizer.pad_token_id,
                stop_check=self.run.check_stop,
            )
        scores = self._scores([ids for _, ids, _, _ in jobs], answers)
        lengths = sequence_lengths([ids for _, ids, _, _ in jobs], [answer.ids for answer in answers])
        for cost in self.costs:
            self.run.account.add(cost, lengths)
        made = [
            CandidateRecord(
                prompt=record.id,
                index=index,
                text=decode_completion(self.tokenizer, answer.ids),
                finish="stop" if answer.finished else "length",
                tokens=len(answer.ids),
                seed=seed,
                reward=scores[at] if scores else None,
            )
            for at, ((record, _, index, seed), answer) in enumerate(zip(jobs, answers, strict=True))
        ]
        self.candidates += made
        tokens = sum(candidate.tokens for candidate in made)
        values = {"reward": sum(scores) / len(scores)} if scores else {}
        return values | {
            "candidates": float(len(self.candidates)),
            "response_tokens": tokens / len(made),
            "eos_rate": sum(candidate.finish == "stop" for candidate in made) / len(made),
            "tokens_per_second": tokens / (time.perf_counter() - started),
        }

    def _scores(self, prompts_ids: list[list[int]], answers: list[Rollout]) -> list[float]:
        """The reward model's scores; none without one. A cut answer is scored as its text with an end of
        turn."""
        if self.scorer is None:
            return []
        end = [self.tokenizer.eos_token_id]
        return score_rows(
            self.scorer,
            [[*p, *a.ids, *([] if a.finished else end)] for p, a in zip(prompts_ids, answers, strict=True)],
            pad_id=self.tokenizer.pad_token_id,
            most_tokens=self.config.micro_batch_tokens,
            autocast=self.run.autocast,
            stop_check=self.run.check_stop,
        )

    def state(self) -> dict[str, Any]:
        return {"candidates": [asdict(candidate) for candidate in self.candidates]}

    def load_state(self, state: dict[str, Any]) -> None:
        self.candidates = [CandidateRecord(**row) for row in state["candidates"]]

    def samples(self, number: int) -> list[dict[str, Any]]:
        """The answers of the first prompts of the first step."""
        if number > 1:
            return []
        shown = []
        for record, _ in self.prompts[: min(self.config.sample_prompts, self.config.prompts_per_step)]:
            answers = [asdict(c) for c in self.candidates if c.prompt == record.id]
            outputs = [{k: a[k] for k in ("text", "reward") if a[k] is not None} for a in answers]
            shown.append({"prompt": record.id, "messages": message_dicts(record.messages), "outputs": outputs})
        return shown

    def write_output(self, folder: Path) -> None:
        write_records(folder / "candidates.jsonl", self.candidates)
        facts = self.run.facts() | {"dropped": {"prompt_too_long": self.dropped}}
        (folder / "settings.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> int:
    return run_stage("sample", Sampling, sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
