"""The product's stages, each run once: what is done is not done again, what was stopped goes on."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from training.config import STAGE_MODULES, make_run, parse_config, read_run
from training.records import sha256_path

Result = TypeVar("Result")

AT_ONCE = os.cpu_count() or 1
"""Stages that run side by side, each with one thread: so small a model gains little from a second."""


def scale_and_folder() -> tuple[str, Path]:
    """What SCALE and SCIENCE ask for: the experiments' size, and where their runs are kept."""
    return os.environ.get("SCALE", "full"), Path(os.environ.get("SCIENCE", ".concord/science")).resolve()


class StageError(Exception):
    """A stage that ended without its output; the message has the last lines of its log."""


def stage(
    folder: Path,
    kind: str,
    inputs: Mapping[str, Path],
    *,
    seed: int = 0,
    module: str = "",
    files: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Path:
    """Run a stage in `folder` and return its output; `files` are JSON written beside config.json first."""
    output = folder / "output"
    if (folder / "config.json").exists():
        _check_same(folder, kind, inputs, seed, settings)
        if output.is_dir():
            return output
    else:
        make_run(folder, kind, seed=seed, settings=settings, inputs=inputs)
        for name, content in (files or {}).items():
            (folder / name).write_text(json.dumps(content), encoding="utf-8")
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", module or STAGE_MODULES[kind], str(folder)],
        capture_output=True, text=True, check=False, env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    if done.returncode or not output.is_dir():
        raise StageError(f"{folder} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    print(f"{folder.name:28} {time.monotonic() - began:7.0f} s", flush=True)
    return output


def side_by_side(jobs: Iterable[Callable[[], Result]]) -> list[Result]:
    """What each of jobs that do not wait for one another returns. Raises the first error, when what had begun has
    ended."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        begun = [pool.submit(job) for job in jobs]
        try:
            return [job.result() for job in begun]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _check_same(folder: Path, kind: str, inputs: Mapping[str, Path], seed: int, settings: Mapping[str, Any]) -> None:
    """Raises StageError where a kept run is another than is asked for: its numbers would be of something else."""
    kept = read_run(folder)
    asked, made = asdict(parse_config(kind, kept.preset, settings)), asdict(kept.config())
    hashes = {name: sha256_path(path.resolve()) for name, path in inputs.items()}
    differs = [name for name, value in asked.items() if made[name] != value]
    differs += [name for name, sha256 in hashes.items() if kept.inputs[name]["sha256"] != sha256]
    if differs or kept.seed != seed:
        raise StageError(f"{folder} was made with other {', '.join(differs) or 'seed'}: remove it to make it anew.")


def metrics(folder: Path) -> list[dict[str, float]]:
    """A run's values, one for each step: the last attempt's."""
    lines = (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    by_step = {row["step"]: row["values"] for row in map(json.loads, lines)}
    return [by_step[step] for step in sorted(by_step)]


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
