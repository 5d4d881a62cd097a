"""Pretraining for real: a tokenizer and a model from text, resumed and continued."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_models import tiny_policy
from toy_world import TINY_MODEL, read_jsonl

from training.config import make_run
from training.loop import DONE, REFUSED, STOPPED, run_stage
from training.models import load_policy, load_tokenizer
from training.pretrain import SPECIAL_TOKENS, Pretraining, next_token_loss
from training.rollout import Policy


def metrics(run: Path) -> list[dict]:
    return [row["values"] for row in read_jsonl(run / "metrics.jsonl")]


def test_the_loss_is_that_of_each_next_token() -> None:
    model = tiny_policy("llama")
    ids_BT = torch.randint(3, 61, (3, 9), generator=torch.Generator().manual_seed(0))
    reference = 0.0
    with torch.no_grad():
        for row in ids_BT:
            for at in range(1, 9):
                logits = model(input_ids=row[None, :at]).logits[0, -1].double()
                reference -= float(torch.log_softmax(logits, -1)[row[at]])
        assert float(next_token_loss(Policy(model), ids_BT)) == pytest.approx(reference, rel=1e-5)


def test_a_new_model_learns_the_text_and_knows_the_chat(base_model: Path) -> None:
    values = metrics(base_model.parent)
    assert len(values) == 40
    assert values[0]["loss"] == pytest.approx(math.log(384), abs=0.3), "a new model knows nothing"
    assert values[-1]["validation_loss"] < values[0]["loss"] - 1
    tokenizer = load_tokenizer(base_model)
    model = load_policy(base_model, tokenizer)
    assert len(tokenizer) == 384 == model.config.vocab_size
    assert [tokenizer.convert_ids_to_tokens(i) for i in range(6)] == list(SPECIAL_TOKENS)
    assert tokenizer.eos_token == "<|end|>"
    assert tokenizer.pad_token_id not in (tokenizer.eos_token_id, None)
    assert model.get_output_embeddings().weight.data_ptr() == model.get_input_embeddings().weight.data_ptr()
    samples = read_jsonl(base_model.parent / "samples.jsonl")
    assert samples[-1]["step"] == 40
    assert samples[-1]["outputs"][0]["text"]


def test_resumed_equals_undisturbed(tmp_path: Path, text_folder: Path) -> None:
    class Stopping(Pretraining):
        def step(self, number: int) -> dict[str, float]:
            if number == 6:
                (self.run.folder / "stop").touch()
            return super().step(number)

    runs = [tmp_path / "undisturbed", tmp_path / "stopped"]
    for run in runs:
        settings = TINY_MODEL | {"steps": 9, "checkpoint_every": 4, "micro_batch_tokens": 96, "threads": 1}
        make_run(run, "pretrain", settings=settings, seed=2, inputs={"data": text_folder})
    assert run_stage("pretrain", Pretraining, [str(runs[0])]) == DONE
    assert run_stage("pretrain", Stopping, [str(runs[1])]) == STOPPED
    assert [row["step"] for row in read_jsonl(runs[1] / "metrics.jsonl")] == [1, 2, 3, 4, 5]
    assert run_stage("pretrain", Pretraining, [str(runs[1])]) == DONE
    a, b = (load_file(run / "output" / "model.safetensors") for run in runs)
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert (runs[0] / "output" / "tokenizer.json").read_bytes() == (runs[1] / "output" / "tokenizer.json").read_bytes()


def test_a_model_can_be_continued_on_other_text(tmp_path: Path, base_model: Path) -> None:
    text = tmp_path / "more.txt"
    text.write_text("\n<|endoftext|>\n".join(f"The bear number {i} sleeps in the snow all day." for i in range(120)))
    run = tmp_path / "run"
    settings = {"block": 32, "batch_size": 8, "epochs": 2, "validation_share": 0.3, "learning_rate": 1e-3}
    make_run(run, "pretrain", settings=settings, inputs={"data": text, "policy": base_model})
    assert run_stage("pretrain", Pretraining, [str(run)]) == DONE
    values = metrics(run)
    assert values[-1]["loss"] < values[0]["loss"]
    assert "validation_loss" in values[-1], "without a file of held-out text, documents are held out"
    same = [(model / "tokenizer.json").read_bytes() for model in (base_model, run / "output")]
    assert same[0] == same[1]
    card = (run / "output" / "README.md").read_text()
    assert json.loads(card.split("```json")[1].split("```")[0])["inputs"]["policy"]["sha256"]


@pytest.mark.parametrize(
    "content, settings, words",
    [
        ("Too short.", {}, "blocks of 32 need at least"),
        ("word " * 2000, {"policy": True, "block": 512, "context": 512}, "longer than the model can read"),
    ],
)
def test_text_that_cannot_be_learned_is_refused(tmp_path, base_model: Path, content, settings, words) -> None:
    text = tmp_path / "a.txt"
    text.write_text(content)
    inputs = {"data": text} | ({"policy": base_model} if settings.pop("policy", False) else {})
    run = tmp_path / "run"
    make_run(run, "pretrain", settings=TINY_MODEL | {"validation_share": 0} | settings, inputs=inputs)
    assert run_stage("pretrain", Pretraining, [str(run)]) == REFUSED
    assert words in json.loads((run / "error.json").read_text())["detail"]
