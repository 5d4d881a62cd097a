"""A stop comes through wherever a run is, and what was learned is kept: reading, measuring, sampling, writing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_kill_points import CASES, comparisons, outputs, result
from test_loop_checkpoints import Counting
from toy_world import read_jsonl

from training.config import make_run
from training.halts import FILE as HALT
from training.halts import HaltedError
from training.loop import CRASHED, DONE, HALTED, STOPPED, Stage, run_stage
from training.run import Run

__all__ = ["comparisons", "outputs"]  # fixtures


def asked_within(stage: type[Stage], method: str) -> type[Stage]:
    """The stage, told to stop where it first looks for it within the method."""

    def told(self: Any, *arguments: Any) -> Any:
        check = self.run.check_stop

        def asked() -> None:
            self.run.request_stop()
            check()

        self.run.check_stop = asked
        try:
            return getattr(stage, method)(self, *arguments)
        finally:
            self.run.check_stop = check

    return type(stage.__name__, (stage,), {method: told})


@pytest.mark.parametrize(
    ("name", "method", "said"),
    [
        ("pretrain", "measure", "before it was measured"),
        ("pretrain", "samples", "before it was measured"),
        ("sft", "measure", "before it was measured"),
        ("sft", "samples", "before it was measured"),
        ("rm", "measure", "before it was measured"),
        ("rm", "write_output", "before the result was written"),
        ("ppo", "samples", "before it was measured"),
    ],
)
def test_it_ends_as_if_undisturbed(
    tmp_path: Path, request: pytest.FixtureRequest, name: str, method: str, said: str
) -> None:
    case = CASES[name]
    inputs = {entry: request.getfixturevalue(fixture) for entry, fixture in case.inputs.items()}
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    for run in (whole, stopped):
        make_run(run, case.kind, settings=case.settings | {"checkpoint_every": 3, "threads": 1}, seed=7, inputs=inputs)
    assert run_stage(case.kind, case.stage, [str(whole)]) == DONE
    for attempt in (1, 2):  # the second stops where the first did, before anything else
        assert run_stage(case.kind, asked_within(case.stage, method), [str(stopped)]) == STOPPED
        log = (stopped / "log.txt").read_text().splitlines()
        assert f"[{attempt}]" in log[-1]
        assert said in log[-1]
        assert not (stopped / "output").exists()
        assert not list(stopped.rglob("*.tmp*")), "nothing half written is left"
    assert run_stage(case.kind, case.stage, [str(stopped)]) == DONE
    assert result(stopped) == result(whole)
    cards = [(run / "output" / "README.md").read_text().splitlines() for run in (stopped, whole)]
    tables = [[line for line in card if line.startswith("| ")] for card in cards]
    assert tables[0] == tables[1], "each epoch once"
    steps = [row["step"] for row in read_jsonl(stopped / "metrics.jsonl")]
    assert steps == list(range(1, len(steps) + 1)), "no step twice, none missing"


def test_what_was_not_measured_is_measured_again_after_a_crash(tmp_path: Path, text_folder: Path) -> None:
    """The checkpoint of a step whose measuring was stopped counts until the next, also when the step has its line."""

    class Measuring(Counting):
        stop_at = crash_at = 0

        def measure(self, number: int) -> dict[str, float]:
            if number == self.stop_at:
                self.run.request_stop()
                self.run.check_stop()
            return {"seen": float(self.total)}

    def go(**attributes: int) -> int:
        return run_stage("pretrain", type("Measuring", (Measuring,), attributes), [str(folder)])

    folder, whole = tmp_path / "stopped", tmp_path / "whole"
    for run in (folder, whole):
        settings = {"checkpoint_every": 5, "keep_checkpoints": 1, "threads": 1}
        make_run(run, "pretrain", settings=settings, inputs={"data": text_folder})
    assert run_stage("pretrain", Measuring, [str(whole)]) == DONE
    assert go(stop_at=3) == STOPPED
    assert [row["step"] for row in read_jsonl(folder / "metrics.jsonl")] == [1, 2]
    assert go(crash_at=5) == 1
    assert [row["step"] for row in read_jsonl(folder / "metrics.jsonl")] == [1, 2, 3, 4]
    assert go() == DONE
    assert result(folder) == result(whole)
    assert all(row["values"]["device_seconds"] > 0 for row in read_jsonl(folder / "metrics.jsonl"))


@pytest.fixture
def slow(tmp_path: Path, text_folder: Path) -> tuple[Path, Callable[[Run], Stage]]:
    """A run that would take half a minute to start, and swallows what is raised in it once."""

    def build(run: Run) -> Stage:
        deadline = time.monotonic() + 30
        try:
            while time.monotonic() < deadline:
                time.sleep(0.01)
        except Exception:
            pass
        while time.monotonic() < deadline:
            time.sleep(0.01)
        raise AssertionError("all was read")

    make_run(tmp_path / "run", "pretrain", settings={"threads": 1}, inputs={"data": text_folder})
    return tmp_path / "run", build


def test_a_stop_comes_through_while_data_are_read(slow: tuple[Path, Callable[[Run], Stage]]) -> None:
    run, build = slow
    (run / "stop").touch()
    assert run_stage("pretrain", build, [str(run)]) == STOPPED
    assert "while it was starting" in (run / "log.txt").read_text()
    assert not (run / "stop").exists()
    assert run_stage("pretrain", Counting, [str(run)]) == DONE


def test_so_does_a_halt(slow: tuple[Path, Callable[[Run], Stage]]) -> None:
    run, build = slow

    def halting(started: Run) -> Stage:
        (run / HALT).write_text(json.dumps({"by": "ada", "why": "the wrong data"}))
        return build(started)

    assert run_stage("pretrain", halting, [str(run)]) == HALTED
    assert json.loads((run / "error.json").read_text())["title"] == "Halted by ada"


def test_a_halt_that_comes_after_another_attempt_took_over_writes_nothing(tmp_path: Path, text_folder: Path) -> None:
    class Overtaken(Counting):
        def step(self, number: int) -> dict[str, float]:
            (run / "attempt").write_text("9\n")
            raise HaltedError("The reward falls", "and falls")

    run = tmp_path / "run"
    make_run(run, "pretrain", settings={"threads": 1}, inputs={"data": text_folder})
    assert run_stage("pretrain", Overtaken, [str(run)]) == CRASHED
    assert not (run / HALT).exists()
    assert not (run / "error.json").exists()
