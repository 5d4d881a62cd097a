"""Crashes at every place of a checkpoint's writing, a full disk, a newer attempt, a held lock."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import random
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from kill_points import in_a_process_of_its_own
from toy_world import read_jsonl

from training import loop
from training.checkpoints import Checkpoints
from training.config import make_run
from training.loop import CRASHED, DONE, STOPPED, Stage, run_stage
from training.run import Run


class Counting(Stage):
    """A stage that is nothing but its state: a number that grows by random amounts."""

    total_steps = 8
    crash_at = 0

    def __init__(self, run: Run) -> None:
        self.run, self.total = run, torch.zeros(())

    def step(self, number: int) -> dict[str, float]:
        if number == self.crash_at:
            raise ZeroDivisionError("at the planned place")
        self.total = self.total + torch.rand(()) + np.random.rand() + random.random()
        return {"loss": float(self.total)}

    def state(self) -> dict:
        return {"model": {"total": self.total}}

    def load_state(self, state: dict) -> None:
        self.total = state["model"]["total"]

    def samples(self, number: int) -> list[dict]:
        return [{"prompt": "p", "messages": [], "outputs": []}]

    def write_output(self, folder: Path) -> None:
        (folder / "total.json").write_text(json.dumps(float(self.total)))


def counting(**attributes: object) -> type[Counting]:
    return type("Counting", (Counting,), attributes)


@pytest.fixture
def make(tmp_path: Path, text_folder: Path):
    """A run's directory; the counting stage borrows the kind pretrain, and needs nothing of its settings."""

    def made(name: str, **settings: object) -> Path:
        make_run(
            tmp_path / name,
            "pretrain",
            settings={"checkpoint_every": 2, "keep_checkpoints": 2, "threads": 1, **settings},
            inputs={"data": text_folder},
        )
        return tmp_path / name

    return made


def go(run: Path, **attributes: object) -> int:
    return run_stage("pretrain", counting(**attributes), [str(run)])


def total(run: Path) -> float:
    return json.loads((run / "output" / "total.json").read_text())


@pytest.fixture
def undisturbed(make) -> float:
    run = make("undisturbed")
    assert go(run) == DONE
    return total(run)


def test_the_newest_checkpoints_are_kept_and_whole(make) -> None:
    run = make("run")
    assert go(run) == DONE
    checkpoints = Checkpoints(run / "checkpoints")
    assert checkpoints.steps() == [6, 8]
    manifest = checkpoints.manifest(8)
    assert set(manifest["files"]) == {"model.pt", "rng.pt"}
    assert manifest["threads"] == 1


@pytest.mark.parametrize("damage", ["no manifest", "cut manifest", "cut file", "flipped bit", "missing file", "all"])
def test_an_incomplete_checkpoint_does_not_count(make, undisturbed: float, damage: str) -> None:
    run = make("run")
    assert go(run, crash_at=7) == CRASHED
    newest = run / "checkpoints" / "step_6"
    if damage in ("no manifest", "all"):
        (newest / "manifest.json").unlink()
    if damage == "cut manifest":
        (newest / "manifest.json").write_text((newest / "manifest.json").read_text()[:40])
    if damage == "cut file":
        (newest / "model.pt").write_bytes((newest / "model.pt").read_bytes()[:-8])
    if damage == "flipped bit":
        content = bytearray((newest / "model.pt").read_bytes())
        content[len(content) // 2] ^= 1
        (newest / "model.pt").write_bytes(content)
    if damage == "missing file":
        (newest / "rng.pt").unlink()
    if damage == "all":
        (run / "checkpoints" / "step_4" / "manifest.json").unlink()
    assert go(run) == DONE
    assert total(run) == undisturbed
    assert "does not count" in (run / "log.txt").read_text()
    for name in ("metrics.jsonl", "samples.jsonl"):
        assert [row["step"] for row in read_jsonl(run / name)] == list(range(1, 9))


@pytest.mark.parametrize("place", ["torch.save", "json.dump", "rename"])
@pytest.mark.parametrize("full", [True, False])
def test_a_crash_while_writing_a_checkpoint_costs_only_that_one(make, undisturbed, monkeypatch, place, full) -> None:
    run = make("run")
    calls = {"count": 0}

    def failing(original):
        def call(*args: object, **options: object) -> object:
            calls["count"] += 1
            if (run / "checkpoints" / "step_4").exists() and "step_6" in str(args):
                raise OSError(errno.ENOSPC, "No space left on device", "model.pt") if full else KeyError("anything")
            return original(*args, **options)

        return call

    with monkeypatch.context() as patch:
        if place == "rename":
            patch.setattr(Path, "rename", failing(Path.rename))
        else:
            module, name = {"torch.save": (torch, "save"), "json.dump": (json, "dump")}[place]
            patch.setattr(module, name, failing(getattr(module, name)))
        assert go(run) == CRASHED
    assert calls["count"] > 2
    error = json.loads((run / "error.json").read_text())
    if full:
        assert error["title"] == "The disk is full"
        assert "make room" in error["detail"]
    assert Checkpoints(run / "checkpoints").steps() == [2, 4]
    assert not list((run / "checkpoints").glob("*.tmp")), "what was half written is removed, for room"
    assert go(run) == DONE
    assert total(run) == undisturbed
    assert not (run / "error.json").exists()


def test_a_broken_checkpoint_takes_no_good_ones_place(make, undisturbed: float) -> None:
    run = make("run", keep_checkpoints=1)
    assert go(run, crash_at=5) == CRASHED
    (run / "checkpoints" / "step_8").mkdir()
    assert go(run, crash_at=7) == CRASHED
    assert Checkpoints(run / "checkpoints").steps() == [6]
    assert go(run) == DONE
    assert total(run) == undisturbed


def test_a_killed_writer_leaves_a_folder_that_is_passed_over(make, undisturbed: float) -> None:
    run = make("run")
    assert go(run, crash_at=5) == CRASHED
    leftover = run / "checkpoints" / "step_6.tmp"
    leftover.mkdir()
    (leftover / "model.pt").write_bytes(b"half")
    (run / "output.tmp").mkdir()
    (run / "output.tmp" / "total.json").write_text("half")
    (run / "cache").mkdir()
    (run / "cache" / "tokens-1.99.tmp.npy").write_bytes(b"half")
    assert go(run) == DONE
    assert total(run) == undisturbed
    assert not list(run.rglob("*.tmp*"))


def test_a_crash_is_told_in_words_and_the_next_attempt_goes_on(make, undisturbed: float) -> None:
    run = make("run")
    assert go(run, crash_at=5) == CRASHED
    error = json.loads((run / "error.json").read_text())
    assert error == {
        "title": "The training crashed (ZeroDivisionError)",
        "detail": "at the planned place. log.txt holds where.",
    }
    assert "Traceback" in (run / "log.txt").read_text()
    assert go(run) == DONE
    assert total(run) == undisturbed
    attempts = [(row["step"], row["attempt"]) for row in read_jsonl(run / "metrics.jsonl")]
    assert attempts == [(step, 1 if step <= 4 else 2) for step in range(1, 9)]


def test_an_attempt_that_was_overtaken_writes_no_more(make) -> None:
    class Overtaken(Counting):
        def step(self, number: int) -> dict[str, float]:
            if number == 5:
                (self.run.folder / "attempt").write_text("9\n")
            return super().step(number)

    run = make("run")
    assert run_stage("pretrain", Overtaken, [str(run)]) == CRASHED
    assert [row["step"] for row in read_jsonl(run / "metrics.jsonl")] == [1, 2, 3, 4]
    assert Checkpoints(run / "checkpoints").steps() == [2, 4]
    assert not (run / "error.json").exists(), "the directory belongs to the newer attempt"
    assert not (run / "output").exists()


def test_overtaken_at_the_very_rename(make, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make("run")
    save = torch.save

    def overtaking(*args: object) -> None:
        save(*args)
        (run / "attempt").write_text("9\n")

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", overtaking)
        assert go(run) == CRASHED
    assert Checkpoints(run / "checkpoints").steps() == []


@pytest.fixture
def supervised(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a worker starts it, but that the test's own input does not end it."""
    monkeypatch.setenv("CONCORD_SUPERVISED", "1")
    monkeypatch.setattr(loop, "watch_supervisor", lambda _: None)


def test_a_second_trainer_that_a_person_starts_is_refused_in_words(make, capfd, undisturbed: float) -> None:
    run = make("run")
    seen: list[tuple[int, str]] = []

    class Doubled(Counting):
        def step(self, number: int) -> dict[str, float]:
            if number == 5:
                before = sorted(path.read_bytes() for path in run.rglob("*") if path.is_file())
                capfd.readouterr()
                seen.append((in_a_process_of_its_own(lambda: go(run)), capfd.readouterr().err))
                assert sorted(path.read_bytes() for path in run.rglob("*") if path.is_file()) == before
            return super().step(number)

    assert run_stage("pretrain", Doubled, [str(run)]) == DONE
    [(code, words)] = seen
    assert code == loop.REFUSED
    assert f"Another trainer works on this run: process {os.getpid()} on " in words
    assert "Wait for it to end" in words
    assert total(run) == undisturbed


def test_a_new_attempt_waits_for_the_lock(make, monkeypatch: pytest.MonkeyPatch, supervised: None) -> None:
    run = make("run")
    waited = threading.Event()
    sleep = loop.time.sleep
    with (run / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        def release(seconds: float) -> None:
            waited.set()
            assert not (run / "metrics.jsonl").exists()
            fcntl.flock(held, fcntl.LOCK_UN)
            sleep(0)

        monkeypatch.setattr(loop.time, "sleep", release)
        assert go(run) == DONE
    assert waited.is_set()
    assert "Another process holds this run" in (run / "log.txt").read_text()


def test_a_stop_while_waiting_for_the_lock(make, supervised: None) -> None:
    run = make("run")
    (run / "stop").touch()
    with (run / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert go(run) == STOPPED
    assert not (run / "metrics.jsonl").exists()


def test_a_stop_before_the_first_step(make, undisturbed: float) -> None:
    run = make("run")
    (run / "stop").touch()
    assert go(run) == STOPPED
    assert Checkpoints(run / "checkpoints").steps() == []
    assert go(run) == DONE
    assert total(run) == undisturbed


def test_changed_settings_are_not_resumed(make, text_folder: Path) -> None:
    run = make("run")
    assert go(run, crash_at=5) == CRASHED
    make("run", batch_size=3)
    assert go(run) == loop.REFUSED
    assert "another batch_size;" in json.loads((run / "error.json").read_text())["detail"]


@pytest.mark.parametrize("seed", range(4))
def test_crashes_at_random_places_never_change_the_result(make, undisturbed: float, seed: int) -> None:
    """Any number of attempts that die at any step, some with torn lines, some with a damaged newest checkpoint."""
    dice = random.Random(seed)
    run = make("run")
    state = random.getstate()
    for _ in range(6):
        at = dice.randrange(1, 9)
        if go(run, crash_at=at) == DONE:
            break
        if dice.random() < 0.5 and (run / "metrics.jsonl").exists():
            with (run / "metrics.jsonl").open("a") as torn:
                torn.write('{"attempt": 1, "st')
        steps = Checkpoints(run / "checkpoints").steps()
        if len(steps) > 1 and dice.random() < 0.5:
            (run / "checkpoints" / f"step_{steps[-1]}" / "manifest.json").unlink()
    random.setstate(state)
    assert go(run) == DONE
    assert total(run) == undisturbed
    assert [row["step"] for row in read_jsonl(run / "metrics.jsonl")] == list(range(1, 9))
