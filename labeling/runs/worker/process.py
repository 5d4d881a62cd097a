"""The trainer as a process: a session of its own, a pipe that tells it when its supervisor is gone, no secrets."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from training.config import STAGE_MODULES

# What the trainer may know of the worker's environment: a list of what is let through, for secrets come by any name.
KEPT = {
    "PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "XDG_CACHE_HOME",
    "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TOKENIZERS_PARALLELISM",
    "HF_HOME", "HF_HUB_OFFLINE", "HF_HUB_CACHE", "HF_HUB_DISABLE_TELEMETRY", "TRANSFORMERS_OFFLINE",
    "CUDA_HOME", "CUDA_VISIBLE_DEVICES", "CUBLAS_WORKSPACE_CONFIG", "PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_ALLOC_CONF",
    "CONCORD_DEVICE", "CONCORD_COMMIT",
}  # fmt: skip
KEPT_PREFIXES = ("LC_", "NCCL_", "NVIDIA_")


def trainer_environment() -> dict[str, str]:
    """The trainer's environment: what it needs to run, and nothing that opens a database or signs a session."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith(KEPT_PREFIXES)}
    return kept | {"CONCORD_SUPERVISED": "1", "PYTHONUNBUFFERED": "1"}


def start_trainer(kind: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start `python -m training.<stage> RUN_DIR`; what it prints goes to log.txt. Raises OSError."""
    with (folder / "log.txt").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", STAGE_MODULES[kind], str(folder)],
            cwd=settings.BASE_DIR,
            env=trainer_environment(),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the trainer and whatever it started. A group that is gone already is left in peace."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing behind: kill what is left of the group, and take the trainer's exit status."""
    signal_group(process, signal.SIGKILL)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()
