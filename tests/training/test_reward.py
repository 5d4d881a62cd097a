"""The reward model: groups, scores, what it learns, and that its output is what it measured."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_models import tiny_policy
from toy_world import ROOT, comparison, demonstration_rows, planted_rows, read_jsonl, user, write_jsonl
from transformers import AutoModelForSequenceClassification

from training.comparisons import batch_pairs, load_comparisons
from training.config import make_run
from training.data import DataError, encode_completion, render_prompt
from training.demonstrated import read_demonstrated
from training.loop import DONE, REFUSED, STOPPED, run_stage
from training.losses import preference_loss
from training.models import load_reward_model, load_tokenizer, new_reward_model
from training.records import Message
from training.reward import RewardTraining
from training.scores import group_micro_batches, group_scores, reward_head, score_rows, start_head

SETTINGS = {"batch_size": 8, "learning_rate": 1e-2, "micro_batch_tokens": 2048, "threads": 1}
LIMITS = {"max_prompt_tokens": 1024, "max_response_tokens": 1024, "max_tokens": 128}


def run_reward(folder: Path, base_model: Path, rows: list[dict], *, settings: dict | None = None, **inputs: Path):
    data = write_jsonl(folder.parent / f"{folder.name}.jsonl", rows)
    given = {"data": data, "policy": base_model} | inputs
    make_run(folder, "rm", settings=SETTINGS | (settings or {}), seed=1, inputs=given)
    code = run_stage("rm", RewardTraining, [str(folder)])
    assert code == DONE, (folder / "error.json").read_text()
    return read_jsonl(folder / "metrics.jsonl")[-1]["values"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory, base_model) -> Path:
    """A reward model of the planted preference, with the demonstrations' mean at 0."""
    folder = tmp_path_factory.mktemp("rm")
    demonstrations = write_jsonl(folder / "demonstrations.jsonl", demonstration_rows())
    run_reward(folder / "run", base_model, planted_rows(800), demonstrations=demonstrations)
    return folder / "run"


def test_a_planted_reward_is_recovered(trained):
    values = read_jsonl(trained / "metrics.jsonl")[-1]["values"]
    assert values["validation_accuracy"] > 0.9
    assert 0.9 < values["validation_accuracy_low"] < values["validation_accuracy"]
    assert values["validation_prompts"] == 160


def test_shuffled_labels_teach_nothing(tmp_path, base_model):
    values = run_reward(tmp_path / "run", base_model, planted_rows(800, shuffled=True))
    assert 0.4 < values["validation_accuracy"] < 0.6


def test_groups_that_want_opposite_things_are_told_apart_by_their_turn(tmp_path, base_model):
    rows = []
    for row in planted_rows(600):
        turned = [5 - rank for rank in row["ranks"]]
        rows += [row | {"group": "early"}, row | {"id": f"{row['id']} late", "group": "late", "ranks": turned}]
    told = run_reward(tmp_path / "told", base_model, rows, settings={"group_turn": "{group}"})
    assert told["validation_accuracy_low"] > 0.5, "without the turn each pair is decided both ways"
    assert told["validation_prompts"] == 240, "each group's judgments of a prompt are an element"
    tokenizer = load_tokenizer(base_model)
    blind = load_comparisons(tmp_path / "told.jsonl", tokenizer, **LIMITS).groups["valid"]
    assert len(blind) == 120
    assert all({(i, j) for i, j, _ in group.pairs} == {(j, i) for i, j, _ in group.pairs} for group in blind)


def test_demonstrations_average_0(trained, tmp_path):
    model_dir = trained / "output"
    tokenizer = load_tokenizer(model_dir)
    model = load_reward_model(model_dir, tokenizer)
    rows = [
        render_prompt(tokenizer, [Message(**turn) for turn in row["messages"]])
        + encode_completion(tokenizer, row["response"])
        for row in demonstration_rows()
        if row["split"] == "train"
    ]
    scores = score_rows(model, rows, pad_id=tokenizer.pad_token_id, most_tokens=4096)
    assert sum(scores) / len(scores) == pytest.approx(0.0, abs=1e-5)
    assert max(scores) > 0.1, "they are not all alike"
    card = (model_dir / "README.md").read_text()
    assert "The mean reward is 0 over the 32 training demonstrations." in card


def test_the_report_has_the_accuracy_by_parts_and_what_scores_promise(trained):
    report = json.loads((trained / "output" / "report.json").read_text())
    whole = report["results"]["comparisons"]
    values = read_jsonl(trained / "metrics.jsonl")[-1]["values"]
    assert whole["accuracy"] == pytest.approx(values["validation_accuracy"], abs=1e-9)
    assert whole["split"] == "valid"
    for rows in report["accuracy_by"].values():
        assert sum(row["pairs"] for row in rows) == whole["pairs"]
        assert sum(row["pairs"] * row["accuracy"] for row in rows) == pytest.approx(whole["pairs"] * whole["accuracy"])
    assert [row["part"] for row in report["accuracy_by"]["outputs"]] == ["4"]
    assert [row["part"] for row in report["accuracy_by"]["agreement"]] == ["one"]
    promised = [row["promised"] for row in report["calibration"]]
    assert promised == sorted(promised)
    assert report["calibration"][-1]["accuracy"] > 0.9, "where it is sure, it is right"
    card = (trained / "output" / "README.md").read_text()
    assert f"| all |  | {whole['accuracy']:.3f} |" in card
    assert "| agreement | one |" in card


@pytest.mark.parametrize("seen", ["none", "some", "all"])
def test_prompts_that_the_start_learned_demonstrations_of_are_not_held_out(tmp_path, base_model, seen):
    rows = planted_rows(40)
    held_out = [row for row in rows if row["split"] == "valid"]
    shown = {"none": [], "some": held_out[:3], "all": held_out}[seen]
    start = shutil.copytree(base_model, tmp_path / "start")
    demonstrated = [
        {"id": row["id"], "prompt": f"other-{row['prompt']}", "messages": row["messages"], "response": "Blue."}
        for row in shown
    ]
    known = read_demonstrated(base_model)
    assert known.complete, "the base model learned from no demonstrations, and says so"
    known.add(write_jsonl(tmp_path / "demonstrations.jsonl", demonstrated))
    known.write(start)
    values = run_reward(tmp_path / "run", start, rows)
    assert values["validation_prompts"] == {"none": 8, "some": 5, "all": 8}[seen]
    said = {
        "none": "The start learned demonstrations of none of the held-out prompts.",
        "some": "Left out of the validation: 3 held-out prompts",
        "all": "The start learned demonstrations of all 8 held-out prompts: the accuracy on them is too high.",
    }[seen]
    card = (tmp_path / "run" / "output" / "README.md").read_text()
    assert said in card
    assert "not recorded" not in card


def test_a_start_that_is_silent_about_its_demonstrations_is_named_on_the_card(tmp_path, base_model):
    start = shutil.copytree(base_model, tmp_path / "start")
    (start / "demonstrated_prompts.json").unlink()
    run_reward(tmp_path / "run", start, planted_rows(20))
    card = (tmp_path / "run" / "output" / "README.md").read_text()
    assert "As far as is known, the start learned demonstrations of none of the held-out prompts. What it, or" in card


def test_without_demonstrations_the_card_says_what_averages_0(tmp_path, base_model):
    run_reward(tmp_path / "run", base_model, planted_rows(20))
    assert "no demonstrations were given" in (tmp_path / "run" / "output" / "README.md").read_text()
    config = json.loads((tmp_path / "run" / "output" / "config.json").read_text())
    assert isinstance(config["reward_bias"], float)


def test_a_clean_process_gives_the_same_scores(tmp_path, base_model):
    """Loaded by transformers alone, in another process; the bias is added as models.py says."""
    here, outputs, rows = [], [], []
    for precision in ("float32", "bfloat16"):
        settings = {"output_precision": {"float32": "fp32", "bfloat16": "bf16"}[precision]}
        run_reward(tmp_path / precision, base_model, planted_rows(40), settings=settings)
        outputs.append(tmp_path / precision / "output")
        tokenizer = load_tokenizer(outputs[-1])
        groups = load_comparisons(tmp_path / f"{precision}.jsonl", tokenizer, **LIMITS).groups["train"]
        rows = [row for group in groups for row in group.rows]
        model = load_reward_model(outputs[-1], tokenizer)
        here.append(score_rows(model, rows, pad_id=tokenizer.pad_token_id, most_tokens=512))
        # No demonstrations were given, so it is these outputs that the written weights bring to mean 0.
        assert sum(here[-1]) / len(rows) == pytest.approx(0.0, abs=1e-5)
        weights = load_file(outputs[-1] / "model.safetensors")
        assert {value.dtype for value in weights.values()} == {getattr(torch, precision)}
    code = (
        "import json, sys, torch; from transformers import AutoModelForSequenceClassification as A\n"
        "for folder in sys.argv[2:]:\n"
        "    model = A.from_pretrained(folder, dtype=torch.float32).eval()\n"
        "    with torch.no_grad():\n"
        "        raw = [model(input_ids=torch.tensor([row])).logits.item() for row in json.loads(sys.argv[1])]\n"
        "    print(json.dumps([score + model.config.reward_bias for score in raw]))"
    )
    there = subprocess.run(
        [sys.executable, "-c", code, json.dumps(rows), *outputs], capture_output=True, text=True, check=True, cwd=ROOT
    )
    for line, scores in zip(there.stdout.splitlines(), here, strict=True):
        assert json.loads(line) == pytest.approx(scores, abs=1e-5)


@pytest.mark.parametrize("kind", ["llama", "gpt2", "qwen2", "gpt_neox"])
def test_scores_do_not_depend_on_padding(tmp_path, kind):
    """Alone, among longer rows, and as transformers pools them itself: the same score."""
    tiny_policy(kind).save_pretrained(tmp_path)
    model = AutoModelForSequenceClassification.from_pretrained(tmp_path, num_labels=1).eval()
    model.config.reward_bias, model.config.pad_token_id = 0.25, 2
    start_head(model, 5)
    rows = [[5, 9, 33, 1], [7, 1], [11, 4, 8, 15, 16, 23, 42, 30, 30, 12, 1]]
    together = score_rows(model, rows, pad_id=2, most_tokens=64)
    with torch.no_grad():
        alone = [model(input_ids=torch.tensor([row])).logits.item() + 0.25 for row in rows]
    assert together == pytest.approx(alone, abs=1e-5)
    assert len({round(score, 3) for score in together}) == 3


def test_the_head_starts_with_variance_1_over_width_plus_1(base_model):
    tokenizer = load_tokenizer(base_model)
    model = new_reward_model(base_model, tokenizer)
    weights = []
    for seed in range(200):
        start_head(model, seed)
        weights.append(reward_head(model).weight.detach().clone())
    assert torch.stack(weights).var().item() == pytest.approx(1 / 33, rel=0.1)
    assert torch.equal(weights[7], (start_head(model, 7), reward_head(model).weight.detach())[1])


@pytest.mark.parametrize("kind", ["llama", "gpt2", "qwen2", "gpt_neox"])
def test_grouped_gradients_are_those_pair_by_pair(tmp_path, kind, base_model):
    """K forward passes and micro-batches against every pair on its own, in float64, through the whole
    model."""
    tokenizer = load_tokenizer(base_model)
    tiny_policy(kind, vocabulary=384).save_pretrained(tmp_path)
    model = new_reward_model(tmp_path, tokenizer)
    start_head(model, 3)
    rows = [
        comparison(0, ["Blue.", "It is green, I think.", "Red", "Black as coal."], [1, 2, 2, 3], weight=2.0),
        comparison(0, ["Red", "Gold, or so they say.", "Blue."], [2, 1, 1]),
        comparison(1, ["Yes.", "No."], [2, 1]),
    ]
    groups = load_comparisons(write_jsonl(tmp_path / "c.jsonl", rows), tokenizer, **LIMITS).groups["train"]
    assert [len(group.outputs_ids) for group in groups] == [5, 2]
    for part in group_micro_batches(groups, 64):
        held = [groups[i] for i in part]
        better, worse, weights = batch_pairs(held, torch.device("cpu"))
        preference_loss(group_scores(model, held, tokenizer.pad_token_id), better, worse, weights / 2).backward()
    found = torch.cat([p.grad.flatten() for p in model.parameters()]).double()

    exact = new_reward_model(tmp_path, tokenizer)
    start_head(exact, 3)
    exact.double()
    total = torch.zeros((), dtype=torch.float64)
    for record, share in ((rows[0], 2 / 3), (rows[1], 1 / 3), (rows[2], 1.0)):
        prompt = groups[int(record["prompt"][1:])].prompt_ids
        texts, ranks = [c["text"] for c in record["candidates"]], record["ranks"]
        terms = []
        for i, j in [(i, j) for i in range(len(ranks)) for j in range(len(ranks)) if ranks[i] < ranks[j]]:
            r = [
                reward_head(exact)(
                    exact.base_model(input_ids=torch.tensor([prompt + encode_completion(tokenizer, texts[k])]))[0][
                        0, -1
                    ]
                )
                for k in (i, j)
            ]
            terms.append(-torch.log(torch.sigmoid(r[0] - r[1])).squeeze())
        total = total + share * sum(terms) / len(terms) / 2
    total.backward()
    expected = torch.cat([p.grad.flatten() for p in exact.parameters()])
    assert ((found - expected).norm() / expected.norm()).item() < 1e-5


def test_a_prompt_joins_its_judgments_and_equal_texts(tmp_path, base_model):
    rows = [
        comparison(0, ["a", "b", "a"], [1, 2, 3]),  # "a" against itself teaches nothing
        comparison(0, ["c", "a"], [1, 2], weight=3.0),
        comparison(1, ["a", "b"], [1, 1]),
        comparison(2, ["a", "b " * 200, "c"], [1, 2, 3]),
        comparison(3, ["a " * 300, "b"], [1, 2]),
        comparison(4, ["a", "b"], [1, 2], split="test"),
    ]
    data = load_comparisons(write_jsonl(tmp_path / "c.jsonl", rows), load_tokenizer(base_model), **LIMITS)
    first, third = data.groups["train"]
    assert len(first.outputs_ids) == 3
    # The first judgment says a > b (1 before 2) and b > a (2 before 3): one pair each way.
    assert sorted(first.pairs) == [(0, 1, 0.125), (1, 0, 0.125), (2, 0, 0.75)]
    assert len(third.outputs_ids) == 2, "the output that is too long has left with its pairs"
    assert [group.prompt for group in data.groups["test"]] == ["p4"]
    assert data.dropped == {
        "prompt_too_long": 0,
        "output_too_long": 2,
        "judgment_all_tied": 1,
        "prompt_without_pairs": 2,
    }


@pytest.mark.parametrize("change", [{"split": "valid"}, {"messages": user("Another question?")}])
def test_a_prompt_that_is_two_things_is_refused(tmp_path, base_model, change):
    rows = [comparison(0, ["a", "b"], [1, 2]), comparison(0, ["a", "c"], [1, 2]) | change]
    with pytest.raises(DataError, match="the prompt p0"):
        load_comparisons(write_jsonl(tmp_path / "c.jsonl", rows), load_tokenizer(base_model), **LIMITS)


def test_nothing_to_learn_from_is_refused_in_words(tmp_path, base_model):
    data = write_jsonl(tmp_path / "c.jsonl", [comparison(0, ["a", "b"], [1, 1])])
    make_run(tmp_path / "run", "rm", inputs={"data": data, "policy": base_model})
    assert run_stage("rm", RewardTraining, [str(tmp_path / "run")]) == REFUSED
    assert "judgment all tied 1" in json.loads((tmp_path / "run" / "error.json").read_text())["detail"]


def test_more_than_one_epoch_warns(tmp_path, base_model):
    run_reward(tmp_path / "run", base_model, planted_rows(10), settings={"epochs": 2})
    assert "Warning: 2 epochs" in (tmp_path / "run" / "log.txt").read_text()


def test_micro_batches_change_the_weights_by_rounding_only(tmp_path, base_model):
    rows = planted_rows(40)
    models = []
    for tokens in (16, 4096):
        run_reward(tmp_path / f"run{tokens}", base_model, rows, settings={"micro_batch_tokens": tokens})
        models.append(load_file(tmp_path / f"run{tokens}" / "output" / "model.safetensors"))
    for name in models[0]:
        assert torch.allclose(models[0][name], models[1][name], atol=2e-4), name


def test_a_stopped_run_ends_bit_for_bit_as_one_that_was_not(tmp_path, base_model):
    class Stopping(RewardTraining):
        def step(self, number):
            values = super().step(number)
            if number == 3:
                (self.run.folder / "stop").touch()
            return values

    rows = planted_rows(80)
    settings = {"residual_dropout": 0.1}
    run_reward(tmp_path / "whole", base_model, rows, settings=settings)
    make_run(
        tmp_path / "stopped",
        "rm",
        settings=SETTINGS | settings,
        seed=1,
        inputs={"data": tmp_path / "whole.jsonl", "policy": base_model},
    )
    assert run_stage("rm", Stopping, [str(tmp_path / "stopped")]) == STOPPED
    assert run_stage("rm", RewardTraining, [str(tmp_path / "stopped")]) == DONE
    whole, stopped = (load_file(tmp_path / name / "output" / "model.safetensors") for name in ("whole", "stopped"))
    assert all(torch.equal(whole[name], stopped[name]) for name in whole)
