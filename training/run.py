"""A run as its stage sees it: its settings, inputs, device and processes, its log, and whether to stop."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from training.account import Account, bill
from training.attempts import FencedError, StopRequested, read_attempt
from training.batch import Batch
from training.config import RunSpec, installed_versions
from training.halts import FILE as HALT
from training.halts import past_halts
from training.ranks import Ranks

STOPS = ("stop", HALT)


def pick_device() -> torch.device:
    """This process's GPU, or the CPU. CONCORD_DEVICE=cpu keeps a run off the GPU."""
    if os.environ.get("CONCORD_DEVICE", "") == "cpu" or not torch.cuda.is_available():
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    torch.cuda.set_device(device)
    return device


@dataclass
class Run:
    """A run as its stage sees it: config, seed, inputs, device, ranks, log, and whether to stop."""

    folder: Path
    spec: RunSpec
    config: Any
    device: torch.device
    ranks: Ranks
    attempt: int
    step_number: int = 0  # the last complete step
    learned: dict[str, float] | None = None  # the next step's values, where its update stands and is not measured yet
    last_values: dict[str, float] = field(default_factory=dict)
    account: Account = field(default_factory=Account)  # of the step at hand
    batch: Batch = field(default_factory=Batch)  # of the step at hand
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def seed(self) -> int:
        return self.spec.seed

    def has_input(self, name: str) -> bool:
        return name in self.spec.inputs

    def input(self, name: str) -> str | Path:
        """Where an input lies: a path, or `hub:NAME`."""
        path = self.spec.inputs[name]["path"]
        return path if path.startswith("hub:") else self.folder / path

    @property
    def cache(self) -> Path:
        """A folder for what can be made again, such as tokenized text."""
        return self.folder / "cache"

    def autocast(self) -> contextlib.AbstractContextManager[Any]:
        """bf16 arithmetic where the config asks for it; weights stay fp32."""
        if self.config.precision == "bf16":
            return torch.autocast(self.device.type, dtype=torch.bfloat16)
        return contextlib.nullcontext()

    def log(self, text: str) -> None:
        """A line of log.txt, from the first rank; also printed, unless what is printed is log.txt already."""
        if not self.ranks.first:
            return
        line = f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())} [{self.attempt}] {text}"
        print(line, flush=True)
        path = self.folder / "log.txt"
        with contextlib.suppress(OSError):
            printed = os.fstat(1) if sys.stdout is sys.__stdout__ else None
            if printed is None or not path.exists() or not os.path.samestat(printed, path.stat()):
                with path.open("a", encoding="utf-8") as out:
                    out.write(line + "\n")

    def request_stop(self) -> None:
        self._stop.set()

    def stop_requested(self) -> bool:
        """Whether this process was asked to stop: a file `stop` or `halt`, SIGTERM, or the supervisor's end."""
        return self._stop.is_set() or (self.ranks.first and any((self.folder / name).exists() for name in STOPS))

    def check_stop(self) -> None:
        """Raises StopRequested where a stop was asked for; call it where what is done so far may be thrown away.

        On several ranks it does nothing: ranks must stop at the same place, and they agree on it between steps.
        """
        if self.ranks.world == 1 and self.stop_requested():
            raise StopRequested

    def check_fence(self) -> None:
        """Raises FencedError where RUN_DIR/attempt holds a higher number than this attempt's."""
        current = read_attempt(self.folder)
        if current > self.attempt:
            raise FencedError(f"attempt {current} has taken this run over from attempt {self.attempt}")

    def facts(self) -> dict[str, Any]:
        """What a model card says of the run that made the model."""
        return {
            "kind": self.spec.kind,
            "preset": self.spec.preset,
            "seed": self.seed,
            "steps": self.step_number,
            "settings": self.spec.settings,
            "inputs": self.spec.inputs,
            "metrics": self.last_values,
            "cost": bill(self.folder / "metrics.jsonl").facts(),
            "versions": installed_versions(),
            "commit": self.spec.commit,
        } | ({"halts": halts} if (halts := past_halts(self.folder)) else {})
