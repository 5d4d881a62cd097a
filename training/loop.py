"""The one step loop of all stages: seeds, metrics, checkpoints, resume, stopping, and how a run ends.

A stage (Stage) says what one step is; everything that must be the same in every stage is here:

    def build(run: Run) -> Stage: ...
    def main() -> int: return run_stage("sft", build, sys.argv[1:])

What a run promises. A step's line in metrics.jsonl is written before its checkpoint. A checkpoint is
written beside, synced, and renamed, with a manifest of hashes; one without a valid manifest does not count.
A run that is started again goes on from its last checkpoint: on one CPU with the same versions and thread
count it ends with the same weights, bit for bit, as one that was never stopped. Lines after that checkpoint
are cut off, so that no step is in the files twice. A stop drops what is being done and keeps what was learned:
it comes through while data are read, within a step, in what is measured after an update (the checkpoint then says so,
and the next attempt measures it), and while the result is written. Each start is an attempt with a number; an attempt
that finds a higher number in RUN_DIR/attempt ends without writing. A lock on RUN_DIR/lock keeps two attempts
apart on one machine: one that a worker started waits for it, one that a person started is refused.

Exit codes: 0 done; 1 crashed (error.json); 2 refused before any work (error.json); 3 stopped on request
after a checkpoint; 4 halted by a canary or a person (error.json; halts.py says what that is). Departures
from the papers: none, for they say nothing about it.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import sys
import time
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from transformers.utils import logging as transformers_logging

from training.attempts import (
    FencedError,
    HeldError,
    StopRequested,
    locked,
    stopping_anywhere,
    take_attempt,
    watch_supervisor,
)
from training.checkpoints import Checkpoints
from training.config import installed_versions, read_run
from training.files import LineFile, remove_half_written, whole_folder
from training.halts import FILE as HALT
from training.halts import HaltedError, read_halt, write_halt
from training.randomness import make_deterministic, rng_state, seed_everything, set_rng_state
from training.ranks import Ranks
from training.records import sha256_path
from training.refusals import REFUSALS, RefusedError, report
from training.room import check_room
from training.run import Run, pick_device

DONE, CRASHED, REFUSED, STOPPED, HALTED = 0, 1, 2, 3, 4


class Stage(ABC):
    """What the loop asks of a stage. StopRequested may come from step, measure, samples and write_output."""

    total_steps: int

    @abstractmethod
    def step(self, number: int) -> dict[str, float]:
        """One update (or one chunk of sampling, scoring or measuring); its metrics."""

    def measure(self, number: int) -> dict[str, float]:
        """Further metrics of the step that was just done, such as a validation; changes nothing that learns."""
        return {}

    def samples(self, number: int) -> list[dict[str, Any]]:
        """Texts for samples.jsonl at this step, mostly none; changes nothing that learns."""
        return []

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """What a checkpoint holds, by file name."""

    @abstractmethod
    def load_state(self, state: dict[str, Any]) -> None: ...

    @abstractmethod
    def write_output(self, folder: Path) -> None:
        """The result, into an empty folder."""


def _finite(values: dict[str, float]) -> dict[str, float | None]:
    """Values as JSON can hold them: what is not a number becomes null."""
    return {name: float(value) if math.isfinite(value) else None for name, value in values.items()}


def _check_input_hashes(run: Run) -> None:
    for name, entry in run.spec.inputs.items():
        path = run.input(name)
        if isinstance(path, str):
            continue
        if not path.exists():
            raise RefusedError("An input is missing", f"{name}: {path} is not there")
        expected = entry.get("sha256")
        if expected and sha256_path(path) != expected:
            raise RefusedError(
                "An input has changed",
                f"{name}: {path} no longer has the sha256 {expected}; make the run again with what it is now",
            )


def _restore(run: Run, stage: Stage, checkpoints: Checkpoints) -> None:
    """Puts a stage where its last complete checkpoint was, if there is one, and cuts the files to it."""
    broken = []
    for step in reversed(checkpoints.steps()):
        try:
            manifest = checkpoints.manifest(step)
        except ValueError as error:
            run.log(f"Checkpoint {step} does not count: {error}.")
            broken.append(step)
            continue
        # Settings that a later version of the trainer added are not a change.
        before, now = ({"seed": facts["seed"], **facts["settings"]} for facts in (manifest, asdict(run.spec)))
        changed = sorted(name for name in before.keys() & now.keys() if before[name] != now[name])
        if changed:
            raise RefusedError(
                "The settings changed between attempts",
                f"checkpoint {step} was made with another {', '.join(changed)}; make a new run",
            )
        state = checkpoints.load(step)
        random_states = state.pop("rng")
        stage.load_state(state)
        if run.ranks.rank < len(random_states):
            set_rng_state(random_states[run.ranks.rank], run.device)
        run.learned = manifest.get("learned")
        run.step_number = step if run.learned is None else step - 1
        run.last_values = dict(manifest.get("values", {}))
        run.log(f"Going on after step {step}.")
        for fact, here in _machine_facts(run).items():
            if manifest.get(fact) != here:
                run.log(f"Note: {fact} was {manifest.get(fact)} and is {here}; the result may differ in the last bits.")
        break
    run.ranks.barrier()
    if run.ranks.first:
        for step in broken:  # else it would take a good one's place among those that are kept
            checkpoints.remove(step)
        for name in ("metrics.jsonl", "samples.jsonl"):
            LineFile(run.folder / name).cut_after(run.step_number)


def _machine_facts(run: Run) -> dict[str, Any]:
    """What bit-for-bit equality depends on, beside settings and data."""
    return {
        "threads": torch.get_num_threads(),
        "device": run.device.type,
        "world": run.ranks.world,
        "versions": installed_versions(),
    }


def _save_checkpoint(run: Run, stage: Stage, checkpoints: Checkpoints, random_state: dict[str, Any], step: int) -> None:
    random_states = run.ranks.gather(random_state)
    state = stage.state()
    if run.ranks.first:
        facts = {
            "attempt": run.attempt,
            "settings": run.spec.settings,
            "seed": run.seed,
            "values": _finite(run.last_values),
            **_machine_facts(run),
        } | ({} if run.learned is None else {"learned": run.learned})
        checkpoints.save(step, state | {"rng": random_states}, facts, fence=run.check_fence)
        checkpoints.prune(run.config.keep_checkpoints)
    run.ranks.barrier()


def _broken(values: dict[str, float]) -> list[str]:
    """The names of what is no finite number."""
    return [name for name, value in values.items() if not math.isfinite(value)]


def _steps(run: Run, stage: Stage, checkpoints: Checkpoints) -> bool:
    """Runs the steps that are left; whether all are done (else a stop was asked for)."""
    metrics, samples = LineFile(run.folder / "metrics.jsonl"), LineFile(run.folder / "samples.jsonl")
    random_state = rng_state(run.device)
    before = time.perf_counter()

    def learned_through() -> int:
        """The last step whose update stands."""
        return run.step_number if run.learned is None else run.step_number + 1

    def since() -> float:
        """Device seconds since this was asked last."""
        nonlocal before
        spent, before = (time.perf_counter() - before) * run.ranks.world, time.perf_counter()
        return spent

    def stop_here() -> bool:
        halt = run.ranks.gather(read_halt(run.folder) if run.ranks.first else None)[0]
        if halt is not None:
            raise halt
        if run.learned is not None:
            run.learned["device_seconds"] += since()
        if learned_through() > saved:
            _save_checkpoint(run, stage, checkpoints, random_state, learned_through())
        what = "" if run.learned is None else ", before it was measured"
        run.log(f"Stopped on request after step {learned_through()} of {stage.total_steps}{what}.")
        return False

    saved = learned_through()
    while run.step_number < stage.total_steps:
        if run.ranks.any(run.stop_requested()):
            return stop_here()
        number = run.step_number + 1
        run.batch.clear()
        measured: dict[str, float] = {}
        texts: list[dict[str, Any]] = []
        try:
            if run.learned is None:
                values = stage.step(number) | run.account.take()
                run.learned = values | {"device_seconds": since()}
                random_state = rng_state(run.device)
            if not _broken(run.learned):
                measured, texts = stage.measure(number), stage.samples(number)
        except StopRequested:
            return stop_here()
        values = run.learned | measured
        values["device_seconds"] += since()
        line = {"attempt": run.attempt, "step": number, "of": stage.total_steps, "time": time.time()}
        if run.ranks.first:
            run.check_fence()
            metrics.append([line | {"values": _finite(values)}])
        if broken := _broken(values):
            if run.batch.records:
                run.log(f"Step {number} read: {', '.join(run.batch.records)}.")
            raise HaltedError(
                "The training diverged",
                f"{', '.join(broken)} became not a number at step {number}. {run.batch.told()}Try a "
                "lower learning rate, or fp32 in place of bf16.",
            )
        run.step_number, run.learned = number, None
        run.last_values |= values
        if texts and run.ranks.first:
            samples.append({"attempt": run.attempt, "step": number, **text} for text in texts)
        random_state = rng_state(run.device)
        if number > saved and (number % run.config.checkpoint_every == 0 or number == stage.total_steps):
            _save_checkpoint(run, stage, checkpoints, random_state, number)
            saved = number
    return True


def _write_output(run: Run, stage: Stage) -> None:
    """The result, written beside, synced and renamed: where output/ is, it is whole."""
    if run.ranks.first:
        with whole_folder(run.folder / "output", fence=run.check_fence) as folder:
            stage.write_output(folder)
    run.ranks.barrier()


def run_stage(kind: str, build: Callable[[Run], Stage], arguments: Sequence[str]) -> int:
    """Runs a stage in the directory named on the command line; returns the exit code."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(f"Usage: python -m training.{'reward' if kind == 'rm' else kind} RUN_DIR", file=sys.stderr)
        return REFUSED
    folder = Path(arguments[0]).resolve()
    if not folder.is_dir():
        print(f"{folder} is no folder; make one: python -m training.config RUN_DIR {kind} ...", file=sys.stderr)
        return REFUSED
    try:
        spec = read_run(folder)
        if spec.kind != kind:
            raise RefusedError("Another stage's run", f"this directory holds a run of the kind {spec.kind}")
        config = spec.config()
    except REFUSALS as error:
        report(folder, error)
        return REFUSED
    if (halt := read_halt(folder)) is not None:
        report(folder, halt)
        print(f"To go on all the same, remove {folder / HALT} and start it again.", file=sys.stderr)
        return HALTED
    transformers_logging.disable_progress_bar()  # log.txt is read by people
    transformers_logging.set_verbosity_error()
    device = pick_device()
    make_deterministic(device)
    if config.threads:
        torch.set_num_threads(config.threads)
    run = Run(folder, spec, config, device, Ranks.from_environment(device), 0)
    supervised = os.environ.get("CONCORD_SUPERVISED") == "1"
    if supervised and run.ranks.first:
        watch_supervisor(run.request_stop)
    previous = {
        number: signal.signal(number, lambda *_: run.request_stop()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        return _attempt(run, build, supervised=supervised)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        if dist.is_initialized():
            dist.destroy_process_group()


def _take_stop(run: Run) -> None:
    """A request that was honored must not stop the next attempt."""
    if run.ranks.first:
        (run.folder / "stop").unlink(missing_ok=True)


def _halted(run: Run, halt: HaltedError, checkpoints: Checkpoints) -> int:
    """Leaves the run as it was at its last checkpoint, marked, with what is to be known of the halt."""
    kept = max(checkpoints.steps(), default=0)
    halt.detail += f" The last checkpoint is of step {kept}." if kept else " There is no checkpoint yet."
    run.log(f"Halted after step {run.step_number}. {halt}")
    if run.ranks.first:
        run.check_fence()
        _take_stop(run)
        write_halt(run.folder, halt, attempt=run.attempt, step=run.step_number)
    report(run.folder, halt, first_only=True)
    return HALTED


def _attempt(run: Run, build: Callable[[Run], Stage], *, supervised: bool) -> int:
    """One attempt, from the lock to the exit code."""
    started = False
    lock = (
        locked(run.folder, run.log, run.stop_requested, wait=supervised)
        if run.ranks.first
        else contextlib.nullcontext()
    )
    try:
        with lock:
            if run.ranks.first:
                run.attempt = take_attempt(run.folder, supervised=supervised)
                (run.folder / "error.json").unlink(missing_ok=True)
                remove_half_written(run.cache)
            run.attempt = run.ranks.gather(run.attempt)[0]
            if (run.folder / "output").is_dir():
                run.log("This run is done already.")
                return DONE
            checkpoints = Checkpoints(run.folder / "checkpoints")
            try:
                try:
                    # Ranks stop together, and agree on it between steps.
                    with stopping_anywhere(run.stop_requested) if run.ranks.world == 1 else contextlib.nullcontext():
                        _check_input_hashes(run)
                        check_room(run)
                        seed_everything(run.seed + 100_003 * run.ranks.rank)
                        stage = build(run)
                        _restore(run, stage, checkpoints)
                    run.log(
                        f"{run.spec.kind}: {stage.total_steps} steps on {run.device.type}, "
                        f"{torch.get_num_threads()} threads, {run.ranks.world} process(es), {run.config.precision}."
                    )
                    started = True
                    done = _steps(run, stage, checkpoints)
                    if done:
                        _write_output(run, stage)
                        run.log("Done.")
                    else:
                        _take_stop(run)
                    return DONE if done else STOPPED
                except StopRequested:
                    if (asked := read_halt(run.folder)) is not None:
                        return _halted(run, asked, checkpoints)
                    run.log(
                        f"Stopped on request {'before the result was written' if started else 'while it was starting'}."
                    )
                    _take_stop(run)
                    return STOPPED
                except HaltedError as halt:
                    return _halted(run, halt, checkpoints)
            except Exception as error:
                run.log(traceback.format_exc().rstrip())
                if not isinstance(error, FencedError):
                    report(run.folder, error, first_only=True)
                return REFUSED if isinstance(error, REFUSALS) and not started else CRASHED
    except StopRequested:
        return STOPPED
    except HeldError as error:
        # Nothing is written: the folder is the other's.
        print(
            f"Another trainer works on this run: {error.who}. Wait for it to end, or end it by a file named stop in "
            f"{run.folder}; then start this again.",
            file=sys.stderr,
        )
        return REFUSED
    except OSError as error:
        report(run.folder, error)
        return CRASHED
