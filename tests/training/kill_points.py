"""Trainers that are killed at a moment chosen beforehand.

A run's life has countable moments: each look whether to stop (between steps, micro-batches and decoded tokens), each
file that is opened, made, renamed or removed below its folder, and the middle of each file of a checkpoint. A trainer
is a fork of the test, so that it has nothing to import; at its moment it sends itself SIGKILL, which nothing can catch.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from training.run import Run

WATCHED = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "shutil.rmtree"}


@dataclass(frozen=True)
class Moment:
    """The `number`-th moment of a place: work, checkpoint, output or files (all others)."""

    place: str
    number: int


def in_a_process_of_its_own(work: Callable[[], int]) -> int:
    """The exit code of work done in a fork; negative, the signal that ended it."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = work()
        except BaseException:  # nothing of a test may go on in here
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _place(folder: Path, path: Any) -> str | None:
    """Which part of a run's folder a path is of; None outside."""
    try:
        parts = Path(os.fsdecode(path)).relative_to(folder).parts
    except (TypeError, ValueError):
        return None
    top = parts[0].removesuffix(".tmp") if parts else ""
    return {"checkpoints": "checkpoint", "output": "output"}.get(top, "files")


def _watch(folder: Path, reached: Callable[[str], None]) -> None:
    """Calls `reached` with the place of every moment of this process. For good: only for a process that ends."""

    def audited(event: str, arguments: tuple) -> None:
        if event in WATCHED and arguments:
            place = _place(folder, arguments[0])
            if place is not None:
                reached(place)

    asked, save = Run.stop_requested, torch.save

    def stop_requested(run: Run) -> bool:
        reached("work")
        return asked(run)

    def torn_save(value: Any, out: Any) -> None:
        whole = io.BytesIO()
        save(value, whole)
        content = whole.getvalue()
        out.write(content[: len(content) // 2])
        out.flush()
        reached("checkpoint")
        out.write(content[len(content) // 2 :])

    Run.stop_requested, torch.save = stop_requested, torn_save  # type: ignore[method-assign,assignment]
    sys.addaudithook(audited)


def count_moments(folder: Path, train: Callable[[], int], notes: Path) -> Counter[str]:
    """Trains undisturbed, in a process of its own; how many moments there were in each place."""
    counts: Counter[str] = Counter()

    def work() -> int:
        _watch(folder, lambda place: counts.update([place]))
        code = train()
        notes.write_text(json.dumps(counts))
        return code

    assert in_a_process_of_its_own(work) == 0, (folder / "log.txt").read_text()
    return Counter(json.loads(notes.read_text()))


def train_until(folder: Path, train: Callable[[], int], moment: Moment) -> int:
    """Trains in a process of its own that is killed at the moment, should it come; the exit code."""

    def work() -> int:
        left = moment.number

        def reached(place: str) -> None:
            nonlocal left
            left -= place == moment.place
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        _watch(folder, reached)
        return train()

    return in_a_process_of_its_own(work)
