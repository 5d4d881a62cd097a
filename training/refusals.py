"""What can go wrong with a run, as a title and a sentence for people."""

from __future__ import annotations

import contextlib
import errno
import sys
from pathlib import Path

import torch
from safetensors import SafetensorError

from training.attempts import FencedError
from training.config import ConfigError
from training.data import DataError
from training.files import write_json
from training.halts import HaltedError
from training.models import ModelError
from training.records import RecordError


class RefusedError(Exception):
    """A run that cannot start, or cannot go on, for a reason its user can change; said in words."""

    def __init__(self, title: str, detail: str) -> None:
        self.title, self.detail = title, detail
        super().__init__(f"{title}: {detail}")


REFUSALS = (ConfigError, RecordError, DataError, ModelError, RefusedError)


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _disk_is_full(error: BaseException) -> bool:
    """Whether the system had no room for a file. safetensors tells the system's error number in words only."""
    if isinstance(error, OSError):
        return error.errno in FULL
    return isinstance(error, SafetensorError) and any(f"(os error {number})" in str(error) for number in FULL)


def explain(error: BaseException) -> tuple[str, str]:
    """A title and a sentence for people, for what can go wrong."""
    if isinstance(error, RefusedError | HaltedError):
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
    if _disk_is_full(error):
        return (
            "The disk is full",
            f"{getattr(error, 'filename', None) or 'A file'} could not be written. The last complete checkpoint is "
            "kept: make room, then resume the run.",
        )
    return f"The training crashed ({type(error).__name__})", f"{error}. log.txt holds where."


def report(run_dir: Path, error: BaseException, *, first_only: bool = False) -> None:
    """Says what happened, in error.json and on stderr; with `first_only`, another process's word stands."""
    title, detail = explain(error)
    print(f"{title}: {detail}", file=sys.stderr, flush=True)
    if first_only and (run_dir / "error.json").exists():
        return  # a rank whose neighbor died has less to say than the neighbor
    with contextlib.suppress(OSError):
        write_json(run_dir / "error.json", {"title": title, "detail": detail})
