"""Cancel, halt and resume. Each is a guarded update: what a worker does at the same moment decides who was first.

A cancelled run writes a checkpoint and goes on whenever it is resumed. A halted one was judged to go wrong: it writes
none, says by whom and why, and goes on only where that is chosen in so many words.
"""

from django.db import transaction
from django.utils import timezone

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.errors import ConflictError
from labeling.runs.directory import run_dir
from labeling.runs.halting import HALT_FILE, halted
from labeling.runs.models import ENDED_EARLY, LEASED, Run, RunStatus
from labeling.runs.services.launch import ready_waiting_run
from labeling.runs.wake import wake


@transaction.atomic
def cancel_run(*, actor: User | None, run: Run) -> Run:
    """Ask a run to stop. A running one first writes its checkpoint, and can be resumed. ConflictError where it ended.

    Asked for again, nothing changes.
    """
    idle = Run.objects.filter(pk=run.pk, status__in=[RunStatus.QUEUED, RunStatus.WAITING])
    if idle.update(status=RunStatus.CANCELLED, finished_at=timezone.now(), error=None):
        record_event(actor, "run.cancelled", run)
    elif Run.objects.filter(pk=run.pk, status=RunStatus.RUNNING).update(status=RunStatus.STOPPING):
        record_event(actor, "run.stopping", run)
    run.refresh_from_db()
    if run.status not in (RunStatus.CANCELLED, RunStatus.STOPPING):
        raise ConflictError(f"This run is {run.status}; there is nothing to cancel.", code="not_running")
    return run


@transaction.atomic
def halt_run(*, actor: User | None, run: Run, why: str) -> Run:
    """Ask a run to drop what it is at and end, without a checkpoint. ConflictError where there is nothing to halt.

    Asked for again, nothing changes. Without an actor it was asked for at the command line.
    """
    held = Run.objects.select_for_update().get(pk=run.pk)
    if held.status == RunStatus.HALTED or held.halting:
        return held
    asked = {"by": actor.username if actor else "the command line", "why": why}
    if held.status == RunStatus.QUEUED:
        held.halting = asked
        Run.objects.filter(pk=run.pk).update(**halted(held))
    elif held.status in LEASED:
        Run.objects.filter(pk=run.pk).update(status=RunStatus.STOPPING, halting=asked)
    else:
        raise ConflictError(f"This run is {held.status}; there is nothing to halt.", code="not_running")
    record_event(actor, "run.halted", run, why=why)
    run.refresh_from_db()
    return run


@transaction.atomic
def resume_run(*, actor: User | None, run: Run, although_halted: bool = False) -> Run:
    """Queue a run again that was cancelled, failed, or with `although_halted` halted; it goes on from its last
    checkpoint. ConflictError in any other state."""
    if run.status == RunStatus.HALTED and not although_halted:
        error = run.error or {"title": "Halted", "detail": ""}
        raise ConflictError(
            f"{error['title']}: {error['detail']} It goes on only where you choose so: although_halted.", code="halted"
        )
    may = ENDED_EARLY if although_halted else (RunStatus.CANCELLED, RunStatus.FAILED)
    stopped = Run.objects.filter(pk=run.pk, status__in=may)
    waits = run.inputs.filter(from_run__isnull=False, model=None).exists()
    status = RunStatus.WAITING if waits else RunStatus.QUEUED
    if not stopped.update(status=status, lost=0, error=None, halting=None, finished_at=None):
        run.refresh_from_db()
        raise ConflictError(
            f"This run is {run.status}; only a cancelled, halted or failed one can be resumed.", code="not_stopped"
        )
    record_event(actor, "run.resumed", run, although_halted=although_halted)
    (run_dir(run) / HALT_FILE).unlink(missing_ok=True)  # while it is there, no attempt begins
    if waits:
        ready_waiting_run(run)
    else:
        wake(run)
    run.refresh_from_db()
    return run
