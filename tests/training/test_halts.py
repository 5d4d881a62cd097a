"""A halt drops the step at hand, writes no checkpoint, says who and why, and is gone on from by choice alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from safetensors.torch import load_file
from toy_world import read_jsonl

from training.checkpoints import Checkpoints
from training.config import make_run
from training.halts import read_halt
from training.loop import DONE, HALTED, run_stage
from training.sft import FineTuning

SETTINGS = {"epochs": 2, "batch_size": 8, "checkpoint_every": 2, "threads": 1, "sample_prompts": 0}


@pytest.fixture
def make(tmp_path: Path, base_model: Path, demonstrations: Path):
    def made(name: str) -> Path:
        make_run(
            tmp_path / name, "sft", settings=SETTINGS, seed=4, inputs={"data": demonstrations, "policy": base_model}
        )
        return tmp_path / name

    return made


def train(run: Path, stage: type = FineTuning) -> int:
    return run_stage("sft", stage, [str(run)])


def halting(text: str, *, with_stop: bool = False) -> type[FineTuning]:
    """Fine-tuning during whose sixth step somebody makes the file."""

    class Halting(FineTuning):
        def step(self, number: int) -> dict[str, float]:
            if number == 6:
                (self.run.folder / "halt").write_text(text)
                if with_stop:
                    (self.run.folder / "stop").touch()
            return super().step(number)

    return Halting


@pytest.mark.parametrize("with_stop", [False, True])
def test_halted_by_a_person_and_gone_on_by_choice(make, capsys, with_stop: bool) -> None:
    undisturbed, run = make("undisturbed"), make("run")
    assert train(undisturbed) == DONE
    asked = json.dumps({"by": "gil", "why": "It answers in verse."})
    assert train(run, halting(asked, with_stop=with_stop)) == HALTED
    assert Checkpoints(run / "checkpoints").steps() == [2, 4], "none was written for it"
    assert [row["step"] for row in read_jsonl(run / "metrics.jsonl")] == [1, 2, 3, 4, 5], "the step was dropped"
    error = json.loads((run / "error.json").read_text())
    assert error == {"title": "Halted by gil", "detail": "It answers in verse. The last checkpoint is of step 4."}
    assert not (run / "stop").exists(), "or the next start would end at once"
    before = (run / "metrics.jsonl").read_bytes()
    capsys.readouterr()
    assert train(run) == HALTED, "not by itself"
    words = capsys.readouterr().err
    assert "Halted by gil: It answers in verse." in words
    assert f"remove {run / 'halt'} and start it again" in words
    assert (run / "metrics.jsonl").read_bytes() == before
    (run / "halt").unlink()
    assert train(run) == DONE
    weights = [load_file(folder / "output" / "model.safetensors") for folder in (undisturbed, run)]
    assert all((weights[0][name] == weights[1][name]).all() for name in weights[0])
    card = (run / "output" / "README.md").read_text()
    assert "It was halted after step 5, and went on by choice. Halted by gil: It answers in verse." in card
    [halt] = json.loads(card.split("```json")[1].split("```")[0])["halts"]
    assert (halt["step"], halt["attempt"]) == (5, 1)
    assert "halted" not in (undisturbed / "output" / "README.md").read_text()


@pytest.mark.parametrize(
    "text, title, detail",
    [
        ("it repeats itself\n", "Halted by hand", "it repeats itself"),
        ("", "Halted by hand", "No reason was given."),
        ('{"by": "gil"', "Halted by hand", '{"by": "gil"'),
        ("[1]", "Halted by hand", "[1]"),
        ('{"by": "eva", "why": ""}', "Halted by eva", "No reason was given."),
        ('{"title": "The reward falls", "detail": "d"}', "The reward falls", "d"),
    ],
)
def test_whatever_stands_in_the_file_halts(tmp_path: Path, text: str, title: str, detail: str) -> None:
    assert read_halt(tmp_path) is None
    (tmp_path / "halt").write_text(text)
    halt = read_halt(tmp_path)
    assert halt is not None
    assert (halt.title, halt.detail) == (title, detail)


def test_a_halt_before_the_start_begins_nothing(make) -> None:
    run = make("run")
    (run / "halt").write_text("not yet")
    assert train(run) == HALTED
    assert not (run / "metrics.jsonl").exists()
    assert json.loads((run / "error.json").read_text())["detail"] == "not yet"
