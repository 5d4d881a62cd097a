"""One attempt at a run, from the lease to the end of the process.

The row is the truth. A message that comes twice, late, or to another worker finds that the run is not queued, and
does nothing. Stopping goes from kind to rough: the file `stop` or `halt`, then SIGTERM to the group, then SIGKILL.
"""

import contextlib
import json
import logging
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.utils import timezone

from labeling.errors import InvalidError
from labeling.runs.directory import prepare_directory, run_dir
from labeling.runs.halting import HALT_FILE, halted
from labeling.runs.models import LEASED, Run, RunStatus
from labeling.runs.wake import wake
from labeling.runs.worker.finish import OutputError, finish_run
from labeling.runs.worker.follow import Follower
from labeling.runs.worker.lease import Lease, LeaseKeeper, LeaseLostError, take_lease
from labeling.runs.worker.process import end_group, signal_group, start_trainer
from labeling.runs.worker.text import storable

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.5
TERM_AFTER_SECONDS = 60.0  # after the file `stop`: a step and a checkpoint may take so long
KILL_AFTER_SECONDS = 60.0  # after SIGTERM
DONE, CRASHED, REFUSED, STOPPED, HALTED = 0, 1, 2, 3, 4  # the trainer's exit codes


def supervise(run_id: UUID, *, worker: str, stopping: threading.Event) -> bool:
    """Take the run and see it through; whether it was taken. `stopping` is set when this worker is told to end."""
    lease = None if stopping.is_set() else take_lease(run_id, worker)
    if lease is None:
        return False
    with LeaseKeeper(lease) as keeper:
        try:
            Attempt(lease, keeper, stopping).run()
        except LeaseLostError:
            logger.warning("run %s: the lease of attempt %s was lost", run_id, lease.attempt)
        except Exception:
            logger.exception("run %s: attempt %s broke off", run_id, lease.attempt)
            _fail(lease, "The worker broke off", "Its log says where. Resume it to go on from the last checkpoint.")
    return True


class Attempt:
    """The trainer's process of one lease, and what becomes of the run when it ends."""

    def __init__(self, lease: Lease, keeper: LeaseKeeper, stopping: threading.Event) -> None:
        self.lease = lease
        self.keeper = keeper
        self.stopping = stopping
        self.row = Run.objects.get(pk=lease.run_id)
        self.folder = run_dir(self.row)
        self.follower = Follower(lease, self.folder)

    def run(self) -> None:
        """Start the trainer, follow it, and end the run by its exit code. Raises LeaseLostError."""
        try:
            if not (self.folder / "config.json").is_file():
                prepare_directory(self.row)
            (self.folder / "stop").unlink(missing_ok=True)
            _replace(self.folder / "attempt", f"{self.lease.attempt}\n")
            process = start_trainer(self.row.kind, self.folder)
        except (OSError, InvalidError) as error:
            _fail(self.lease, "The trainer could not be started", str(error))
            return
        try:
            self._watch(process)
        finally:
            end_group(process)
        self._follow()
        if self.keeper.lost.is_set():
            raise LeaseLostError
        self._end(process.returncode)

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Follow until the process has ended or the lease is lost, passing on what it is asked."""
        asked = 0.0  # when the file `stop` was written, which follows a `halt`
        sent: list[signal.Signals] = []
        while process.poll() is None and not self.keeper.lost.is_set():
            self._follow()
            now = time.monotonic()
            if self.keeper.halt_asked and not (self.folder / HALT_FILE).exists():
                _replace(self.folder / HALT_FILE, json.dumps(self.keeper.halt_asked))
            if not asked and (self.keeper.cancel_asked.is_set() or self.stopping.is_set()):
                (self.folder / "stop").touch()
                asked = now
            if asked and not sent and now - asked > TERM_AFTER_SECONDS:
                signal_group(process, signal.SIGTERM)
                sent.append(signal.SIGTERM)
            if asked and len(sent) == 1 and now - asked > TERM_AFTER_SECONDS + KILL_AFTER_SECONDS:
                signal_group(process, signal.SIGKILL)
                sent.append(signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(POLL_SECONDS)

    def _follow(self) -> None:
        """What is new in the files; while the database is away, training goes on and the files wait."""
        try:
            self.follower.follow()
        except LeaseLostError:
            self.keeper.lost.set()
        except DatabaseError as error:
            logger.warning("run %s: the database did not take what is new: %s", self.lease.run_id, error)
            close_old_connections()

    def _end(self, code: int) -> None:
        """The run's next status, by the trainer's exit code."""
        if code == DONE:
            try:
                finish_run(self.lease, self.folder)
            except (OutputError, InvalidError) as error:
                _fail(self.lease, "Its output cannot be used", str(error))
        elif code == HALTED or self.keeper.halt_asked:
            self._halted(code)
        elif self.keeper.cancel_asked.is_set() or (code == STOPPED and not self.stopping.is_set()):
            self._cancelled(code)
        elif self.stopping.is_set() and code not in (REFUSED, CRASHED):
            # A cancel that came since the lease was last renewed is not lost.
            if _leave(self.lease, RunStatus.QUEUED, was=[RunStatus.RUNNING]):
                wake(self.row)
            else:
                self._cancelled(code)
        else:
            _fail(self.lease, *_what_failed(self.folder, code))

    def _cancelled(self, code: int) -> None:
        """Cancelled, unless a halt was asked for since the lease was last renewed."""
        if not _leave(self.lease, RunStatus.CANCELLED, halting__isnull=True):
            self._halted(code)

    def _halted(self, code: int) -> None:
        """By a canary or by hand the trainer knows why; by a person at the site the row knows it too."""
        self.row.refresh_from_db()
        error = None
        if code == HALTED:
            error = dict(zip(("title", "detail"), _what_failed(self.folder, code), strict=True))
        self.lease.held().update(**halted(self.row, error), lease_owner="", lease_expires_at=None)


def _what_failed(folder: Path, code: int) -> tuple[str, str]:
    """The trainer's own words, or what its exit status says where it left none."""
    if code < 0:
        name = signal.Signals(-code).name
        return (
            f"The training process was killed ({name})",
            "Often the machine ran out of memory. The last checkpoint is kept: lower micro_batch_tokens in a new run, "
            "or resume this one on a larger machine.",
        )
    try:
        error = json.loads((folder / "error.json").read_text(encoding="utf-8"))
        return str(error["title"]), str(error["detail"])
    except (OSError, ValueError, KeyError, TypeError):
        return "The training crashed", f"It ended with the exit code {code}. The log says where."


def _leave(lease: Lease, status: RunStatus, *, was: Sequence[RunStatus] = LEASED, **guard: bool) -> bool:
    """Give the run up with a status, where it has one of `was` and the guard holds; whether so."""
    finished = None if status == RunStatus.QUEUED else timezone.now()
    held = lease.held().filter(status__in=was, **guard)
    return bool(held.update(status=status, lease_owner="", lease_expires_at=None, finished_at=finished))


def _fail(lease: Lease, title: str, detail: str) -> None:
    lease.held().update(
        status=RunStatus.FAILED,
        error=storable({"title": title, "detail": detail[:4000]}),
        lease_owner="",
        lease_expires_at=None,
        finished_at=timezone.now(),
    )


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f"{path.name}.tmp")
    beside.write_text(text)
    beside.replace(path)
