"""The one step loop of all stages: seeds, metrics, checkpoints, resume, stopping, and how a run ends.

A stage says what one step is; everything that must be the same in every stage is here:

    class Stage:
        total_steps: int
        def step(self, number: int) -> dict[str, float]     one update (or one chunk of sampling); its metrics
        def state(self) -> dict[str, Any]                   what a checkpoint holds, by file name
        def load_state(self, state: dict[str, Any]) -> None
        def samples(self, number: int) -> list[dict]        texts for samples.jsonl at this step, mostly none
        def write_output(self, folder: Path) -> None        the result, into an empty folder
        def close(self) -> None

    def build(run: Run) -> Stage: ...
    def main() -> int: return run_stage("sft", build, sys.argv[1:])

What a run promises. A step's line in metrics.jsonl is written before its checkpoint. A checkpoint is
written beside, synced, and renamed, with a manifest of hashes; one without a valid manifest does not count.
A run that is started again goes on from its last checkpoint: on one CPU with the same versions and thread
count it ends with the same weights, bit for bit, as one that was never stopped. Lines after that checkpoint
are cut off, so that no step is in the files twice. Each start is an attempt with a number; an attempt that
finds a higher number in RUN_DIR/attempt ends without writing. A lock on RUN_DIR/lock keeps two attempts
apart on one machine.

Exit codes: 0 done; 1 crashed (error.json); 2 refused before any work (error.json); 3 stopped on request
after a checkpoint. Departures from the papers: none, for they say nothing about it.

On several processes (`accelerate launch -m training.sft RUN_DIR` or torchrun) each holds the whole model
and a share of every batch; gradients are summed, with denominators that are global already. Sharding one
model over several GPUs (FSDP) would replace `Ranks.sum_gradients` and the two state functions of a stage,
and nothing else.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import math
import os
import random
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
import torch.distributed as dist
from transformers.utils import logging as transformers_logging

from training.config import ConfigError, RunSpec, installed_versions, read_run
from training.data import DataError
from training.files import sync_folder, whole_folder, write_json
from training.models import ModelError
from training.records import RecordError, sha256_file, sha256_path

DONE, CRASHED, REFUSED, STOPPED = 0, 1, 2, 3
ORPHAN_GRACE_SECONDS = 30.0


class RefusedError(Exception):
    """A run that cannot start, or cannot go on, for a reason its user can change; said in words."""

    def __init__(self, title: str, detail: str) -> None:
        self.title, self.detail = title, detail
        super().__init__(f"{title}: {detail}")


class StopRequested(Exception):  # noqa: N818 - a request, not an error
    """Raised inside a step when a stop was asked for; the step is dropped as if it had never begun."""


class FencedError(Exception):
    """A newer attempt has taken the run over; this one must write nothing more."""


class Stage(Protocol):
    """What the loop asks of a stage; see the head of this file."""

    total_steps: int

    def step(self, number: int) -> dict[str, float]: ...
    def state(self) -> dict[str, Any]: ...
    def load_state(self, state: dict[str, Any]) -> None: ...
    def samples(self, number: int) -> list[dict[str, Any]]: ...
    def write_output(self, folder: Path) -> None: ...


@dataclass
class Ranks:
    """This process among those of the run; with one process every method is the identity."""

    rank: int = 0
    world: int = 1

    @classmethod
    def from_environment(cls, device: torch.device) -> Ranks:
        """Joins the group that torchrun or accelerate set up by environment variables, if any did."""
        world = int(os.environ.get("WORLD_SIZE", "1"))
        if world == 1:
            return cls()
        if not dist.is_initialized():
            dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
        return cls(dist.get_rank(), dist.get_world_size())

    @property
    def first(self) -> bool:
        return self.rank == 0

    def share(self, items: Sequence[Any]) -> list[Any]:
        """This rank's part of a batch that every rank knows."""
        return list(items[self.rank :: self.world])

    def sum_gradients(self, parameters: Iterable[torch.nn.Parameter]) -> None:
        """Gradients become their sum over ranks; a rank without a share brings zeros."""
        if self.world == 1:
            return
        held = [p for p in parameters if p.requires_grad]
        flat = torch.cat([(p.grad if p.grad is not None else torch.zeros_like(p)).detach().reshape(-1) for p in held])
        dist.all_reduce(flat)
        at = 0
        for p in held:
            p.grad = flat[at : at + p.numel()].view_as(p).clone()
            at += p.numel()

    def sum(self, values: Sequence[float]) -> list[float]:
        """Numbers summed over ranks, in fp64."""
        if self.world == 1:
            return list(values)
        device = "cuda" if dist.get_backend() == "nccl" else "cpu"
        tensor = torch.tensor(list(values), dtype=torch.float64, device=device)
        dist.all_reduce(tensor)
        return tensor.tolist()

    def any(self, flag: bool) -> bool:
        """Whether the flag is set on any rank."""
        return self.sum([float(flag)])[0] > 0

    def gather(self, value: Any) -> list[Any]:
        """Every rank's value, in the order of ranks."""
        if self.world == 1:
            return [value]
        values: list[Any] = [None] * self.world
        dist.all_gather_object(values, value)
        return values

    def barrier(self) -> None:
        if self.world > 1:
            dist.barrier()


class Checkpoints:
    """The complete states of a run, one folder a step, and which of them count."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, step: int, state: dict[str, Any], facts: dict[str, Any], *, fence: Callable[[], None]) -> Path:
        """Writes step_N: beside, synced, renamed once `fence` lets it. Raises OSError, and what fence
        raises."""
        self.folder.mkdir(parents=True, exist_ok=True)
        target, beside = self.folder / f"step_{step}", self.folder / f"step_{step}.tmp"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
        try:
            files = {}
            for name, value in state.items():
                path = beside / f"{name}.pt"
                with path.open("wb") as out:
                    torch.save(value, out)
                    out.flush()
                    os.fsync(out.fileno())
                files[path.name] = {"sha256": sha256_file(path), "bytes": path.stat().st_size}
            write_json(beside / "manifest.json", {"step": step, "files": files, **facts})
            sync_folder(beside)
            fence()
            shutil.rmtree(target, ignore_errors=True)  # an incomplete one of the same step
            beside.rename(target)
            sync_folder(self.folder)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        return target

    def steps(self) -> list[int]:
        """The steps of folders that have a checkpoint's name, ascending; they may be incomplete."""
        if not self.folder.is_dir():
            return []
        names = (path.name.removeprefix("step_") for path in self.folder.glob("step_*"))
        return sorted(int(name) for name in names if name.isdigit())

    def manifest(self, step: int) -> dict[str, Any]:
        """A complete checkpoint's manifest. Raises ValueError, with the reason, where it does not count."""
        folder = self.folder / f"step_{step}"
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            files = manifest["files"].items()
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise ValueError(f"its manifest cannot be read ({error})") from error
        for name, facts in files:
            path = folder / name
            if not path.is_file() or path.stat().st_size != facts["bytes"]:
                raise ValueError(f"{name} is missing or cut short")
            if sha256_file(path) != facts["sha256"]:
                raise ValueError(f"{name} is not what was written")
        return manifest

    def load(self, step: int) -> dict[str, Any]:
        """The state of a checkpoint, tensors on the CPU; the stage's load_state moves them."""
        folder = self.folder / f"step_{step}"
        return {
            path.stem: torch.load(path, map_location="cpu", weights_only=True) for path in sorted(folder.glob("*.pt"))
        }

    def remove(self, step: int) -> None:
        shutil.rmtree(self.folder / f"step_{step}", ignore_errors=True)

    def prune(self, keep: int) -> None:
        """Removes all but the newest `keep` checkpoints, and what was left half written."""
        for path in self.folder.glob("step_*.tmp"):
            shutil.rmtree(path, ignore_errors=True)
        for step in self.steps()[:-keep]:
            self.remove(step)


def rng_state(device: torch.device) -> dict[str, Any]:
    """All random states of this process, as tensors and plain values."""
    _, keys, position, has_gauss, gauss = np.random.get_state(legacy=True)
    version, numbers, spare = random.getstate()
    state: dict[str, Any] = {
        "torch": torch.get_rng_state(),
        "numpy": [torch.from_numpy(np.asarray(keys, dtype=np.int64)), int(position), int(has_gauss), float(gauss)],
        "python": [version, torch.tensor(numbers, dtype=torch.int64), spare],
    }
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    return state


def set_rng_state(state: dict[str, Any], device: torch.device) -> None:
    """Puts back what rng_state gave."""
    torch.set_rng_state(state["torch"])
    keys, position, has_gauss, gauss = state["numpy"]
    np.random.set_state(("MT19937", keys.numpy().astype(np.uint32), position, has_gauss, gauss))
    version, numbers, spare = state["python"]
    random.setstate((version, tuple(numbers.tolist()), spare))
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)


def seed_everything(seed: int) -> None:
    """Seeds Python, NumPy and torch (all devices)."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def make_deterministic(device: torch.device) -> None:
    """Only algorithms that give the same bits each time; on a GPU those without such a version warn."""
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=device.type == "cuda")
    torch.backends.cudnn.benchmark = False
    # Filling fresh memory finds reads of it in debugging; here it only costs time.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]


def pick_device() -> torch.device:
    """This process's GPU, or the CPU. CONCORD_DEVICE=cpu keeps a run off the GPU."""
    if os.environ.get("CONCORD_DEVICE", "") == "cpu" or not torch.cuda.is_available():
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    torch.cuda.set_device(device)
    return device


def cosine(step: int, total: int, *, peak: float, final_fraction: float, warmup: int = 0) -> float:
    """The learning rate of step 1 .. total: linear warm-up, then a cosine to final_fraction of the peak.

    The first step after the warm-up has the peak, the last step the final fraction.
    """
    if step <= warmup:
        return peak * step / (warmup + 1)
    along = (step - warmup - 1) / max(1, total - warmup - 1)
    return peak * (final_fraction + (1 - final_fraction) * 0.5 * (1 + math.cos(math.pi * min(1.0, along))))


def make_adamw(model: torch.nn.Module, config: Any, *, learning_rate: float | None = None) -> torch.optim.AdamW:
    """AdamW over a model's parameters; weight decay on matrices only, never on norms and biases."""
    held = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in held if p.dim() >= 2], "weight_decay": config.weight_decay},
        {"params": [p for p in held if p.dim() < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(
        [group for group in groups if group["params"]],
        lr=config.learning_rate if learning_rate is None else learning_rate,
        betas=(config.adam_beta1, config.adam_beta2),
        eps=config.adam_epsilon,
    )


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate


def clip_gradients(model: torch.nn.Module, limit: float) -> float:
    """Scales the gradient down to norm `limit` (0: not at all); returns the norm before."""
    parameters = [p for p in model.parameters() if p.grad is not None]
    if limit > 0:
        return float(torch.nn.utils.clip_grad_norm_(parameters, limit))
    return float(torch.nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None]))


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
    last_values: dict[str, float] = field(default_factory=dict)
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
        """Whether this process was asked to stop: the file `stop`, SIGTERM, or the supervisor's end."""
        return self._stop.is_set() or (self.ranks.first and (self.folder / "stop").exists())

    def check_stop(self) -> None:
        """Raises StopRequested where a stop was asked for; call it where the step so far may be thrown away.

        On several ranks it does nothing inside a step: ranks must stop at the same place, and they agree on
        it between steps.
        """
        if self.ranks.world == 1 and self.stop_requested():
            raise StopRequested

    def check_fence(self) -> None:
        """Raises FencedError where RUN_DIR/attempt holds a higher number than this attempt's."""
        current = _read_attempt(self.folder)
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
            "versions": installed_versions(),
            "commit": self.spec.commit,
        }


def _read_attempt(folder: Path) -> int:
    try:
        return int((folder / "attempt").read_text().strip() or 0)
    except (FileNotFoundError, ValueError):
        return 0


def _take_attempt(folder: Path, *, supervised: bool) -> int:
    """This start's number: written by the supervisor, or counted up here where there is none."""
    number = _read_attempt(folder)
    if supervised and number > 0:
        return number
    beside = folder / "attempt.tmp"
    beside.write_text(f"{number + 1}\n")
    beside.replace(folder / "attempt")
    return number + 1


class LineFile:
    """A JSONL file that is appended to and flushed, and cut back to a step when a run goes on."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def cut_after(self, step: int) -> None:
        """Removes lines of later steps, and a line that a crash left half written. Steps ascend in the
        file."""
        if not self.path.exists():
            return
        keep = 0
        with self.path.open("rb") as lines:
            for line in lines:
                try:
                    if not line.endswith(b"\n") or json.loads(line)["step"] > step:
                        break
                except (ValueError, KeyError, TypeError):
                    break
                keep += len(line)
        if keep < self.path.stat().st_size:
            os.truncate(self.path, keep)

    def append(self, rows: Iterable[dict[str, Any]]) -> None:
        text = "".join(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows)
        with self.path.open("ab") as out:
            out.write(text.encode("utf-8"))


def _finite(values: dict[str, float]) -> dict[str, float | None]:
    """Values as JSON can hold them: what is not a number becomes null."""
    return {name: float(value) if math.isfinite(value) else None for name, value in values.items()}


@contextlib.contextmanager
def _locked(folder: Path, log: Callable[[str], None], given_up: Callable[[], bool]) -> Iterator[None]:
    """Holds RUN_DIR/lock; waits for whoever holds it, looking twice a second whether to give up."""
    with (folder / "lock").open("a") as handle:
        waiting = False
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if error.errno not in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES):
                    raise
            if not waiting:
                log("Another process holds this run; waiting for it to end.")
                waiting = True
            if given_up():
                raise StopRequested
            time.sleep(0.5)
        yield


def _watch_supervisor(run: Run) -> None:
    """Ends this process when its standard input closes: the supervisor is gone, and another will take over.

    First kindly, by a checkpoint; after a grace period for good, for the next attempt waits for the lock.
    """

    def watch() -> None:
        with contextlib.suppress(OSError, ValueError):
            while os.read(0, 4096):
                pass
        run.request_stop()
        time.sleep(ORPHAN_GRACE_SECONDS)
        os._exit(CRASHED)

    threading.Thread(target=watch, daemon=True, name="supervisor-watch").start()


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
        run.step_number = step
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


def _save_checkpoint(run: Run, stage: Stage, checkpoints: Checkpoints, random_state: dict[str, Any]) -> None:
    random_states = run.ranks.gather(random_state)
    state = stage.state()
    if run.ranks.first:
        facts = {
            "attempt": run.attempt,
            "settings": run.spec.settings,
            "seed": run.seed,
            "values": _finite(run.last_values),
            **_machine_facts(run),
        }
        checkpoints.save(run.step_number, state | {"rng": random_states}, facts, fence=run.check_fence)
        checkpoints.prune(run.config.keep_checkpoints)
    run.ranks.barrier()


def _steps(run: Run, stage: Stage, checkpoints: Checkpoints) -> bool:
    """Runs the steps that are left; whether all are done (else a stop was asked for)."""
    metrics, samples = LineFile(run.folder / "metrics.jsonl"), LineFile(run.folder / "samples.jsonl")
    saved = run.step_number
    random_state = rng_state(run.device)

    def stop_here() -> bool:
        if run.step_number > saved:
            _save_checkpoint(run, stage, checkpoints, random_state)
        run.log(f"Stopped on request after step {run.step_number} of {stage.total_steps}.")
        return False

    while run.step_number < stage.total_steps:
        if run.ranks.any(run.stop_requested()):
            return stop_here()
        number = run.step_number + 1
        try:
            values = stage.step(number)
        except StopRequested:
            return stop_here()
        line = {"attempt": run.attempt, "step": number, "of": stage.total_steps, "time": time.time()}
        if run.ranks.first:
            run.check_fence()
            metrics.append([line | {"values": _finite(values)}])
        broken = [name for name, value in values.items() if not math.isfinite(value)]
        if broken:
            raise RefusedError(
                "The training diverged",
                f"{', '.join(broken)} became not a number at step {number}. The last checkpoint is from before. "
                "Try a lower learning rate, or fp32 in place of bf16.",
            )
        run.step_number = number
        run.last_values |= values
        texts = stage.samples(number)
        if texts and run.ranks.first:
            samples.append({"attempt": run.attempt, "step": number, **text} for text in texts)
        random_state = rng_state(run.device)
        if number % run.config.checkpoint_every == 0 or number == stage.total_steps:
            _save_checkpoint(run, stage, checkpoints, random_state)
            saved = number
    return True


def _write_output(run: Run, stage: Stage) -> None:
    """The result, written beside, synced and renamed: where output/ is, it is whole."""
    if run.ranks.first:
        with whole_folder(run.folder / "output", fence=run.check_fence) as folder:
            stage.write_output(folder)
    run.ranks.barrier()


def _explain(error: BaseException) -> tuple[str, str]:
    """A title and a sentence for people, for what can go wrong."""
    if isinstance(error, RefusedError):
        return error.title, error.detail
    if isinstance(error, ConfigError):
        return "The settings cannot be run", str(error)
    if isinstance(error, RecordError | DataError):
        return "The data cannot be used", str(error)
    if isinstance(error, ModelError):
        return "The model cannot be used", str(error)
    if isinstance(error, FencedError):
        return "Another attempt took over", str(error)
    if isinstance(error, torch.OutOfMemoryError):
        return "The device's memory ran out", "Lower micro_batch_tokens, use bf16, or a smaller model."
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return (
            "The disk is full",
            f"{error.filename or 'A file'} could not be written. The last complete checkpoint is kept: make room, "
            "then resume the run.",
        )
    return f"The training crashed ({type(error).__name__})", f"{error}. log.txt holds where."


def _report(run_dir: Path, error: BaseException, *, first_only: bool = False) -> None:
    """Says what happened, in error.json and on stderr; with `first_only`, another process's word stands."""
    title, detail = _explain(error)
    print(f"{title}: {detail}", file=sys.stderr, flush=True)
    if first_only and (run_dir / "error.json").exists():
        return  # a rank whose neighbor died has less to say than the neighbor
    with contextlib.suppress(OSError):
        write_json(run_dir / "error.json", {"title": title, "detail": detail})


_REFUSALS = (ConfigError, RecordError, DataError, ModelError, RefusedError)


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
    except _REFUSALS as error:
        _report(folder, error)
        return REFUSED
    transformers_logging.disable_progress_bar()  # log.txt is read by people
    transformers_logging.set_verbosity_error()
    device = pick_device()
    make_deterministic(device)
    if config.threads:
        torch.set_num_threads(config.threads)
    run = Run(folder, spec, config, device, Ranks.from_environment(device), 0)
    supervised = os.environ.get("CONCORD_SUPERVISED") == "1"
    if supervised and run.ranks.first:
        _watch_supervisor(run)
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


def _attempt(run: Run, build: Callable[[Run], Stage], *, supervised: bool) -> int:
    """One attempt, from the lock to the exit code."""
    started = False
    lock = _locked(run.folder, run.log, run.stop_requested) if run.ranks.first else contextlib.nullcontext()
    try:
        with lock:
            if run.ranks.first:
                run.attempt = _take_attempt(run.folder, supervised=supervised)
                (run.folder / "error.json").unlink(missing_ok=True)
            run.attempt = run.ranks.gather(run.attempt)[0]
            if (run.folder / "output").is_dir():
                run.log("This run is done already.")
                return DONE
            try:
                _check_input_hashes(run)
                seed_everything(run.seed + 100_003 * run.ranks.rank)
                stage = build(run)
                checkpoints = Checkpoints(run.folder / "checkpoints")
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
                elif run.ranks.first:
                    (run.folder / "stop").unlink(missing_ok=True)
                return DONE if done else STOPPED
            except Exception as error:
                run.log(traceback.format_exc().rstrip())
                if not isinstance(error, FencedError):
                    _report(run.folder, error, first_only=True)
                return REFUSED if isinstance(error, _REFUSALS) and not started else CRASHED
    except StopRequested:
        return STOPPED
    except OSError as error:
        _report(run.folder, error)
        return CRASHED
