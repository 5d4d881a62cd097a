"""SFT for real on a tiny model: its loss against a slow reference, its settings, its refusals."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_models import tiny_policy
from toy_world import demonstration_rows, read_jsonl, write_jsonl

from training.config import make_run
from training.data import Example
from training.loop import DONE, HALTED, REFUSED, run_stage
from training.models import ModelError, load_policy, load_tokenizer, set_dropout
from training.optimizer import cosine
from training.rollout import Policy
from training.sft import FineTuning, response_loss, text_examples_through


class Fp32Run:
    """What response_loss needs of a run."""

    device = torch.device("cpu")

    @staticmethod
    def autocast():
        return torch.autocast("cpu", enabled=False)


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2", "gpt_neox"])
def test_the_loss_is_that_of_each_row_alone(kind: str) -> None:
    """Padded rows of several lengths, against each row by itself, token by token, without padding or mask."""
    model = tiny_policy(kind)
    torch.manual_seed(1)
    examples = [
        Example(str(i), torch.randint(3, 61, (p,)).tolist(), torch.randint(3, 61, (r,)).tolist())
        for i, (p, r) in enumerate([(5, 3), (1, 9), (12, 1), (7, 7)])
    ]
    reference = 0.0
    for example in examples:
        row = [*example.prompt_ids, *example.response_ids]
        logits_TV = model(input_ids=torch.tensor([row])).logits[0].detach().double()
        for at in range(len(example.prompt_ids), len(row)):
            reference -= float(torch.log_softmax(logits_TV[at - 1], dim=-1)[row[at]])
    loss = response_loss(Fp32Run, Policy(model), examples, pad_id=2)
    assert loss.item() == pytest.approx(reference, rel=1e-5)
    changed = [Example(e.key, e.prompt_ids, e.response_ids) for e in examples]
    other_pad = response_loss(Fp32Run, Policy(model), changed, pad_id=40)
    assert other_pad.item() == pytest.approx(loss.item(), rel=1e-6), "what stands in the padding must not matter"


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2", "gpt_neox"])
def test_packed_examples_have_the_loss_and_gradients_of_padded_ones(kind: str) -> None:
    """One row without padding teaches what padded rows teach: no example reads another."""
    model = tiny_policy(kind)
    torch.manual_seed(2)
    examples = [
        Example(str(i), torch.randint(3, 61, (p,)).tolist(), torch.randint(3, 61, (r,)).tolist())
        for i, (p, r) in enumerate([(5, 3), (1, 9), (12, 1), (7, 7), (6, 2), (4, 4)])
    ]
    losses, gradients = [], []
    for layout in ("rows", "flat"):
        model.zero_grad()
        loss = response_loss(Fp32Run, Policy(model), examples, pad_id=2, layout=layout)
        loss.backward()
        losses.append(loss.item())
        gradients.append(torch.cat([p.grad.flatten() for p in model.parameters()]))
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)
    assert ((gradients[1] - gradients[0]).norm() / gradients[0].norm()).item() < 1e-5


def test_gradients_do_not_depend_on_the_micro_batches(tmp_path: Path, base_model: Path, demonstrations: Path) -> None:
    losses = {}
    for tokens in (64, 4096):
        run = tmp_path / str(tokens)
        settings = {"epochs": 1, "batch_size": 32, "micro_batch_tokens": tokens, "residual_dropout": 0}
        make_run(run, "sft", settings=settings, inputs={"data": demonstrations, "policy": base_model})
        assert run_stage("sft", FineTuning, [str(run)]) == DONE
        losses[tokens] = read_jsonl(run / "metrics.jsonl")[0]["values"]
        weights = load_file(run / "output" / "model.safetensors")
        losses[tokens]["weights"] = torch.cat([w.flatten() for _, w in sorted(weights.items())])
    one, other = losses.values()
    assert one["loss"] == pytest.approx(other["loss"], rel=1e-6)
    assert one["gradient_norm"] == pytest.approx(other["gradient_norm"], rel=1e-5)


def test_a_run_lowers_held_out_loss_and_leaves_what_it_promises(
    tmp_path: Path, base_model: Path, demonstrations
) -> None:
    run = tmp_path / "run"
    settings = {"epochs": 6, "batch_size": 8, "learning_rate": 1e-2, "sample_tokens": 16}
    make_run(run, "sft", settings=settings, seed=1, inputs={"data": demonstrations, "policy": base_model})
    assert run_stage("sft", FineTuning, [str(run)]) == DONE
    values = [row["values"] for row in read_jsonl(run / "metrics.jsonl")]
    assert len(values) == 24
    validation = [v["validation_loss"] for v in values if "validation_loss" in v]
    assert len(validation) == 6
    assert validation[-1] < 0.6 * values[0]["validation_loss_start"]
    rates = [v["lr"] for v in values]
    assert rates[0] == pytest.approx(1e-2)
    assert rates[-1] == pytest.approx(1e-3)
    assert rates == sorted(rates, reverse=True)
    samples = read_jsonl(run / "samples.jsonl")
    assert {row["step"] for row in samples} == {4, 8, 12, 16, 20, 24}
    assert set(samples[0]) == {"attempt", "step", "prompt", "messages", "outputs"}
    card = (run / "output" / "README.md").read_text()
    facts = json.loads(card.split("```json")[1].split("```")[0])
    assert facts["inputs"]["policy"]["sha256"] in card
    assert facts["settings"]["epochs"] == 6
    assert not list((run / "output").glob("*.bin"))
    again = load_tokenizer(run / "output")
    assert load_policy(run / "output", again).config.eos_token_id == again.eos_token_id
    assert run_stage("sft", FineTuning, [str(run)]) == DONE, "a run that is done says so and does nothing"
    assert len(read_jsonl(run / "metrics.jsonl")) == 24


def test_bf16_runs(tmp_path: Path, base_model: Path, demonstrations: Path) -> None:
    run = tmp_path / "run"
    settings = {"epochs": 1, "precision": "bf16", "output_precision": "bf16", "sample_prompts": 1, "sample_tokens": 2}
    make_run(run, "sft", settings=settings, inputs={"data": demonstrations, "policy": base_model})
    assert run_stage("sft", FineTuning, [str(run)]) == DONE
    weights = load_file(run / "output" / "model.safetensors")
    assert {w.dtype for w in weights.values()} == {torch.bfloat16}
    assert load_policy(run / "output", load_tokenizer(run / "output")).dtype == torch.float32


def test_text_keeps_its_share_of_the_counted_tokens() -> None:
    through = text_examples_through([30, 50, 20, 100, 7], 0.1, 4)
    assert through == [0, 2, 2, 5, 5]
    assert through[-1] * 4 / (207 + through[-1] * 4) == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("kind", ["llama", "gpt2", "gpt_neox"])
def test_residual_dropout_drops_what_branches_add(kind: str) -> None:
    model = tiny_policy(kind)
    ids = torch.tensor([[3, 4, 5, 6]])
    still = model(ids).logits
    set_dropout(model, 0.5)
    assert torch.equal(model.eval()(ids).logits, still), "evaluation is not touched"
    model.train()
    torch.manual_seed(0)
    one, other = model(ids).logits, model(ids).logits
    assert not torch.allclose(one, other)
    set_dropout(model, 0.0)
    assert torch.equal(model.train()(ids).logits, still), "nothing else drops out, and hooks do not pile up"


def test_residual_dropout_where_it_cannot_be_set_is_refused() -> None:
    class Strange(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = torch.nn.ModuleList([torch.nn.Linear(2, 2)])

    with pytest.raises(ModelError, match="residual_dropout to 0"):
        set_dropout(Strange(), 0.1)


def test_the_cosine_begins_at_the_peak_and_ends_at_the_fraction() -> None:
    rates = [cosine(step, 9, peak=2.0, final_fraction=0.1) for step in range(1, 10)]
    assert rates[0] == 2.0
    assert rates[4] == pytest.approx(1.1)
    assert rates[8] == pytest.approx(0.2)
    warm = [cosine(step, 10, peak=1.0, final_fraction=0.0, warmup=3) for step in range(1, 11)]
    assert warm[:4] == [0.25, 0.5, 0.75, 1.0]
    assert warm[-1] == pytest.approx(0.0)
    assert cosine(1, 1, peak=1.0, final_fraction=0.1) == 1.0


def refusal(run: Path) -> dict:
    return json.loads((run / "error.json").read_text())


def test_what_cannot_be_learned_from_is_refused_before_any_work(tmp_path: Path, base_model: Path) -> None:
    run = tmp_path / "run"
    data = write_jsonl(tmp_path / "d.jsonl", [row | {"split": "valid"} for row in demonstration_rows(4)])
    make_run(run, "sft", inputs={"data": data, "policy": base_model})
    assert run_stage("sft", FineTuning, [str(run)]) == REFUSED
    assert "no demonstration to train on" in refusal(run)["detail"]
    assert not (run / "metrics.jsonl").exists()
    data.write_text('{"id": 1}\n')
    assert run_stage("sft", FineTuning, [str(run)]) == REFUSED
    assert refusal(run)["title"] == "An input has changed"
    make_run(run, "sft", inputs={"data": data, "policy": base_model})
    assert run_stage("sft", FineTuning, [str(run)]) == REFUSED
    assert "data.jsonl, line 1" in refusal(run)["detail"]


def test_pickled_weights_and_foreign_code_are_refused(tmp_path: Path, base_model: Path, demonstrations: Path) -> None:
    pickled = tmp_path / "pickled"
    pickled.mkdir()
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (pickled / name).write_bytes((base_model / name).read_bytes())
    torch.save(load_file(base_model / "model.safetensors"), pickled / "pytorch_model.bin")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    for file in base_model.iterdir():
        (foreign / file.name).write_bytes(file.read_bytes())
    config = json.loads((foreign / "config.json").read_text())
    config |= {"model_type": "mine", "auto_map": {"AutoConfig": "code.Config", "AutoModelForCausalLM": "code.Model"}}
    (foreign / "config.json").write_text(json.dumps(config))
    (foreign / "code.py").write_text("raise SystemExit('this ran')\n")
    for folder, words in ((pickled, "pickled weights can run code"), (foreign, "code of its own")):
        run = tmp_path / f"run-{folder.name}"
        make_run(run, "sft", inputs={"data": demonstrations, "policy": folder})
        assert run_stage("sft", FineTuning, [str(run)]) == REFUSED
        assert refusal(run)["title"] == "The model cannot be used"
        assert words in refusal(run)["detail"]


def test_another_stages_directory_and_a_missing_one(tmp_path: Path, text_folder: Path) -> None:
    assert run_stage("sft", FineTuning, []) == REFUSED
    assert run_stage("sft", FineTuning, [str(tmp_path / "nowhere")]) == REFUSED
    make_run(tmp_path / "run", "pretrain", inputs={"data": text_folder})
    assert run_stage("sft", FineTuning, [str(tmp_path / "run")]) == REFUSED
    assert "kind pretrain" in refusal(tmp_path / "run")["detail"]


def test_divergence_ends_in_words_and_leaves_no_poisoned_checkpoint(tmp_path, base_model, demonstrations) -> None:
    class Diverging(FineTuning):
        def step(self, number: int) -> dict[str, float]:
            values = super().step(number)
            return values | ({"loss": math.nan} if number == 3 else {})

    run = tmp_path / "run"
    settings = {"epochs": 2, "batch_size": 8, "checkpoint_every": 1, "keep_checkpoints": 9, "sample_prompts": 0}
    make_run(run, "sft", settings=settings, inputs={"data": demonstrations, "policy": base_model})
    assert run_stage("sft", Diverging, [str(run)]) == HALTED
    assert refusal(run)["title"] == "The training diverged"
    assert "loss became not a number at step 3" in refusal(run)["detail"]
    assert sorted(p.name for p in (run / "checkpoints").iterdir()) == ["step_1", "step_2"]
    assert read_jsonl(run / "metrics.jsonl")[-1]["values"]["loss"] is None
    assert "The last checkpoint is of step 2." in refusal(run)["detail"]
    (run / "halt").unlink()
    assert run_stage("sft", FineTuning, [str(run)]) == DONE
    assert not (run / "error.json").exists()
    assert [row["step"] for row in read_jsonl(run / "metrics.jsonl")] == list(range(1, 9))
