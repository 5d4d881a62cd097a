"""Sampling and evaluation for real on a tiny model."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import torch
from toy_world import COLORS, THINGS, demonstration_rows, prompt_rows, read_jsonl, user, write_jsonl

from training.config import make_run
from training.data import encode_completion, render_prompt
from training.evaluate import Evaluation
from training.loop import DONE, REFUSED, STOPPED, run_stage
from training.models import load_policy, load_reward_model, load_tokenizer
from training.records import Message, read_records
from training.sample import Sampling
from training.sft import FineTuning

SETTINGS = {"samples_per_prompt": 3, "max_response_tokens": 12, "prompts_per_step": 4, "checkpoint_every": 1}


def sample(run: Path, prompts: Path, policy: Path, *, seed: int = 1, reward: Path | None = None, **settings) -> list:
    inputs = {"prompts": prompts, "policy": policy} | ({"reward": reward} if reward else {})
    make_run(run, "sample", settings=SETTINGS | settings, seed=seed, inputs=inputs)
    assert run_stage("sample", Sampling, [str(run)]) == DONE
    return list(read_records(run / "output" / "candidates.jsonl", "candidates"))


def test_every_prompt_gets_its_candidates(tmp_path: Path, base_model: Path, prompts: Path) -> None:
    candidates = sample(tmp_path / "run", prompts, base_model)
    assert [(c.prompt, c.index) for c in candidates] == [(f"q{i}", k) for i in range(12) for k in range(3)]
    assert len({c.seed for c in candidates}) == 36
    for candidate in candidates:
        assert candidate.tokens == 12 or candidate.finish == "stop"
        assert "<|" not in candidate.text
        assert candidate.reward is None
    facts = json.loads((tmp_path / "run" / "output" / "settings.json").read_text())
    assert facts["settings"]["temperature"] == 1.0
    assert facts["inputs"]["policy"]["sha256"]
    values = [row["values"] for row in read_jsonl(tmp_path / "run" / "metrics.jsonl")]
    assert [v["candidates"] for v in values] == [12, 24, 36]


def test_an_answer_depends_on_its_seed_and_not_on_its_batch(tmp_path: Path, base_model: Path, prompts: Path) -> None:
    one = sample(tmp_path / "one", prompts, base_model)
    other = sample(tmp_path / "other", prompts, base_model, prompts_per_step=1)
    assert one == other
    assert sample(tmp_path / "third", prompts, base_model, seed=2) != one
    greedy = sample(tmp_path / "greedy", prompts, base_model, temperature=0, limit_prompts=2)
    texts = [{c.text for c in greedy if c.prompt == prompt} for prompt in ("q0", "q1")]
    assert [len(of_prompt) for of_prompt in texts] == [1, 1]


def test_a_stopped_run_goes_on_to_the_same_candidates(tmp_path: Path, base_model: Path, prompts: Path) -> None:
    class Stopping(Sampling):
        def step(self, number: int) -> dict[str, float]:
            if number == 2:
                (self.run.folder / "stop").touch()
            return super().step(number)

    undisturbed = sample(tmp_path / "undisturbed", prompts, base_model)
    run = tmp_path / "run"
    make_run(run, "sample", settings=SETTINGS, seed=1, inputs={"prompts": prompts, "policy": base_model})
    assert run_stage("sample", Stopping, [str(run)]) == STOPPED
    assert [row["step"] for row in read_jsonl(run / "metrics.jsonl")] == [1], "stopped at a token, step 2 is dropped"
    assert run_stage("sample", Sampling, [str(run)]) == DONE
    assert list(read_records(run / "output" / "candidates.jsonl", "candidates")) == undisturbed


def test_candidates_are_scored_at_their_end_of_turn(tmp_path, base_model, prompts, reward_model) -> None:
    seen: list[tuple] = []

    class Recording(Sampling):
        def _scores(self, prompts_ids, answers) -> list[float]:
            seen.extend(zip(prompts_ids, answers, strict=True))
            return super()._scores(prompts_ids, answers)

    run = tmp_path / "run"
    inputs = {"prompts": prompts, "policy": base_model, "reward": reward_model}
    make_run(run, "sample", settings=SETTINGS | {"limit_prompts": 3}, seed=1, inputs=inputs)
    assert run_stage("sample", Recording, [str(run)]) == DONE
    candidates = list(read_records(run / "output" / "candidates.jsonl", "candidates"))
    tokenizer = load_tokenizer(base_model)
    model = load_reward_model(reward_model, tokenizer)
    assert {candidate.finish for candidate in candidates} == {"stop", "length"}, "a cut answer's end is scored as well"
    for candidate, (prompt, answer) in zip(candidates, seen, strict=True):
        end = [] if answer.finished else [tokenizer.eos_token_id]
        row = torch.tensor([[*prompt, *answer.ids, *end]])
        with torch.no_grad():
            hidden = model.base_model(input_ids=row).last_hidden_state[0, -1]
            assert candidate.reward == pytest.approx(float(model.score(hidden)) + 0.25, abs=1e-4)
    samples = read_jsonl(run / "samples.jsonl")
    assert samples[0]["outputs"][0]["reward"] == candidates[0].reward


def test_prompts_that_leave_no_room_are_dropped_or_refused(tmp_path: Path, base_model: Path) -> None:
    rows = [*prompt_rows(2), {"id": "long", "messages": user("long " * 80)}]
    path = write_jsonl(tmp_path / "p.jsonl", rows)
    candidates = sample(tmp_path / "run", path, base_model)
    assert {c.prompt for c in candidates} == {"q0", "q1"}
    facts = json.loads((tmp_path / "run" / "output" / "settings.json").read_text())
    assert facts["dropped"] == {"prompt_too_long": 1}
    make_run(
        tmp_path / "none",
        "sample",
        settings={"max_response_tokens": 125},
        inputs={"prompts": path, "policy": base_model},
    )
    assert run_stage("sample", Sampling, [str(tmp_path / "none")]) == REFUSED
    assert "holds no prompt to answer" in json.loads((tmp_path / "none" / "error.json").read_text())["detail"]


def test_another_tokenizer_of_the_reward_model_is_refused(tmp_path, base_model, prompts, reward_model) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for file in reward_model.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    text = (
        (other / "tokenizer_config.json").read_text().replace('"eos_token": "<|end|>"', '"eos_token": "<|endoftext|>"')
    )
    (other / "tokenizer_config.json").write_text(text)
    run = tmp_path / "run"
    make_run(run, "sample", settings=SETTINGS, inputs={"prompts": prompts, "policy": base_model, "reward": other})
    assert run_stage("sample", Sampling, [str(run)]) == REFUSED
    assert "their end-of-turn ids differ" in json.loads((run / "error.json").read_text())["detail"]


def report(run: Path, inputs: dict[str, Path], **settings) -> dict:
    make_run(run, "evaluate", settings=settings, inputs=inputs)
    assert run_stage("evaluate", Evaluation, [str(run)]) == DONE
    return json.loads((run / "output" / "report.json").read_text())["results"]


def test_a_policys_losses_are_token_means(tmp_path: Path, base_model: Path, demonstrations, text_folder) -> None:
    inputs = {"policy": base_model, "data": demonstrations, "pretrain": text_folder}
    whole = report(tmp_path / "whole", inputs, text_block=32)
    parts = report(tmp_path / "parts", inputs, records_per_step=3, micro_batch_tokens=64, text_block=32)
    assert whole["demonstrations"]["records"] == 8
    for name in ("demonstrations", "text"):
        assert parts[name]["loss"] == pytest.approx(whole[name]["loss"], rel=1e-6)
        assert whole[name]["perplexity"] == pytest.approx(math.exp(whole[name]["loss"]))
    tokenizer = load_tokenizer(base_model)
    model = load_policy(base_model, tokenizer)
    total, count = 0.0, 0
    for row in demonstration_rows():
        if row["split"] == "valid":
            prompt = render_prompt(tokenizer, [Message(**m) for m in row["messages"]])
            response = encode_completion(tokenizer, row["response"])
            with torch.no_grad():
                logits = torch.log_softmax(model(input_ids=torch.tensor([[*prompt, *response]])).logits[0], -1)
            total -= sum(float(logits[len(prompt) - 1 + k, token]) for k, token in enumerate(response))
            count += len(response)
    assert whole["demonstrations"]["loss"] == pytest.approx(total / count, rel=1e-5)
    assert whole["demonstrations"]["tokens"] == count


def comparison_rows() -> list[dict]:
    return [
        {
            "id": f"c{i}",
            "prompt": f"p{i}",
            "messages": user(f"What color is the {THINGS[i]}?"),
            "candidates": [
                {"id": "a", "text": f"The {THINGS[i]} is {COLORS[i]}."},
                {"id": "b", "text": f"{THINGS[i]} no {COLORS[i - 1]}."},
                {"id": "c", "text": "I do not know at all, and I will not say it."},
            ],
            "ranks": [1, 2, 2],
            "split": "valid" if i % 2 else "train",
        }
        for i in range(12)
    ]


def test_a_reward_models_accuracy_has_its_interval(tmp_path: Path, reward_model: Path) -> None:
    data = write_jsonl(tmp_path / "c.jsonl", comparison_rows())
    whole = report(tmp_path / "whole", {"reward": reward_model, "data": data})["comparisons"]
    parts = report(tmp_path / "parts", {"reward": reward_model, "data": data}, records_per_step=1)["comparisons"]
    assert (whole["prompts"], whole["pairs"]) == (6, 12)
    assert whole["accuracy_low"] <= whole["accuracy"] <= whole["accuracy_high"]
    assert parts["accuracy"] == whole["accuracy"]
    assert parts["loss"] == pytest.approx(whole["loss"], rel=1e-5)
    everything = report(tmp_path / "all", {"reward": reward_model, "data": data}, split="all")["comparisons"]
    assert everything["pairs"] == 24


def test_a_split_that_is_empty_is_refused(tmp_path: Path, base_model: Path, demonstrations: Path) -> None:
    run = tmp_path / "run"
    make_run(run, "evaluate", settings={"split": "test"}, inputs={"policy": base_model, "data": demonstrations})
    assert run_stage("evaluate", Evaluation, [str(run)]) == REFUSED
    assert "of the split test" in json.loads((run / "error.json").read_text())["detail"]


def test_sft_reports_each_epochs_reward(tmp_path: Path, base_model: Path, demonstrations, reward_model: Path) -> None:
    run = tmp_path / "run"
    settings = {"epochs": 2, "batch_size": 16, "reward_prompts": 4, "sample_tokens": 8, "sample_prompts": 2}
    inputs = {"data": demonstrations, "policy": base_model, "reward": reward_model}
    make_run(run, "sft", settings=settings, inputs=inputs)
    assert run_stage("sft", FineTuning, [str(run)]) == DONE
    rows = read_jsonl(run / "metrics.jsonl")
    assert [row["step"] for row in rows if "reward_mean" in row["values"]] == [2, 4]
    assert all("reward" in output for row in read_jsonl(run / "samples.jsonl") for output in row["outputs"])
