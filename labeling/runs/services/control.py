"""Cancel and resume. Each is a guarded update: what a worker does at the same moment decides who was first."""

from django.db import transaction
from django.utils import timezone

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.errors import ConflictError
from labeling.runs.models import Run, RunStatus
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
def resume_run(*, actor: User | None, run: Run) -> Run:
    """Queue a cancelled or failed run again; it goes on from its last checkpoint. ConflictError in any other state."""
    stopped = Run.objects.filter(pk=run.pk, status__in=[RunStatus.CANCELLED, RunStatus.FAILED])
    waits = run.inputs.filter(from_run__isnull=False, model=None).exists()
    status = RunStatus.WAITING if waits else RunStatus.QUEUED
    if not stopped.update(status=status, lost=0, error=None, finished_at=None):
        run.refresh_from_db()
        raise ConflictError(
            f"This run is {run.status}; only a cancelled or failed one can be resumed.", code="not_stopped"
        )
    record_event(actor, "run.resumed", run)
    if waits:
        ready_waiting_run(run)
    else:
        wake(run)
    run.refresh_from_db()
    return run
