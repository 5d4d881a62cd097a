"""Epochs of fine-tuning: kept, scored by a reward model on held-out prompts, and the best one chosen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from safetensors.torch import load_file
from toy_world import read_jsonl

from training.config import make_run
from training.epochs import Epochs
from training.loop import DONE, STOPPED, run_stage
from training.sft import FineTuning

SETTINGS = {
    "epochs": 4,
    "batch_size": 16,
    "learning_rate": 1e-2,
    "sample_tokens": 8,
    "checkpoint_every": 3,
    "threads": 1,
}


class Judged(FineTuning):
    """Scores that favor the second epoch, on top of the real path."""

    def _answers(self, examples):
        texts, scores = super()._answers(examples)
        assert len(set(scores)) > 1
        bonus = {2: 100.0, 3: 50.0}.get(len(self.epochs.scored) + 1, 0.0)
        return texts, [score + bonus for score in scores]


@pytest.fixture
def make(tmp_path: Path, base_model: Path, demonstrations: Path, reward_model: Path):
    def made(name: str, **settings) -> Path:
        inputs = {"data": demonstrations, "policy": base_model, "reward": reward_model}
        make_run(tmp_path / name, "sft", settings=SETTINGS | settings, seed=2, inputs=inputs)
        return tmp_path / name

    return made


def weights(folder: Path) -> dict:
    return load_file(folder / "model.safetensors")


def same(one: Path, other: Path) -> bool:
    a, b = weights(one), weights(other)
    return all((a[name] == b[name]).all() for name in a)


def test_the_best_epoch_becomes_the_output_and_the_card_says_so(make) -> None:
    run = make("run")
    assert run_stage("sft", Judged, [str(run)]) == DONE
    assert sorted(path.name for path in (run / "epochs").iterdir()) == ["1", "2", "3", "4"]
    assert same(run / "output", run / "epochs" / "2")
    assert not same(run / "output", run / "epochs" / "4")
    card = (run / "output" / "README.md").read_text()
    assert "after epoch 2 of 4" in card
    assert "| 2 (chosen) |" in card
    rows = json.loads(card.split("```json")[1].split("```")[0])["epochs"]
    lines = [row["values"] for row in read_jsonl(run / "metrics.jsonl") if "reward_mean" in row["values"]]
    assert [row["reward"] for row in rows] == [line["reward_mean"] for line in lines]
    assert [row["validation_loss"] for row in rows] == [line["validation_loss"] for line in lines]


def test_the_last_epoch_where_it_is_asked_for_and_only_the_best_kept(make) -> None:
    last, best = make("last", choose_epoch="last"), make("best", keep_epochs=False)
    for run in (last, best):
        assert run_stage("sft", Judged, [str(run)]) == DONE
    assert same(last / "output", last / "epochs" / "4")
    assert [path.name for path in (best / "epochs").iterdir()] == ["2"]
    assert same(best / "output", last / "epochs" / "2")


def test_scores_outlive_a_stop(make) -> None:
    class Stopping(Judged):
        def step(self, number: int) -> dict[str, float]:
            values = super().step(number)
            if number == 5:
                (self.run.folder / "stop").touch()
            return values

    whole, stopped = make("whole"), make("stopped")
    assert run_stage("sft", Judged, [str(whole)]) == DONE
    assert run_stage("sft", Stopping, [str(stopped)]) == STOPPED
    assert run_stage("sft", Judged, [str(stopped)]) == DONE
    assert same(whole / "output", stopped / "output")
    assert "after epoch 2 of 4" in (stopped / "output" / "README.md").read_text()


def test_an_epoch_whose_model_is_gone_is_not_chosen(tmp_path: Path) -> None:
    epochs = Epochs(tmp_path / "epochs", by_reward=True, keep_all=True)
    for epoch, reward in enumerate((1.0, 3.0, 3.0, 2.0), start=1):
        epochs.add(epoch, reward, None)
        epochs.write(epoch, lambda folder: (folder / "model").touch(), fence=lambda: None)
    assert epochs.best() == 2, "the first of equal ones"
    epochs.path(2).rename(tmp_path / "elsewhere")
    assert epochs.best() == 3
