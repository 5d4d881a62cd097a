"""The monitor thread of each worker: says that it lives, and mends what broke elsewhere. Several may run at once.

Every mend is a guarded update, so that two monitors that see the same thing do it once.
"""

import logging
import os
import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from labeling.collection.services.advance_batches import advance_batches
from labeling.collection.services.leases import expire_leases
from labeling.review.counts.recount import recount_all
from labeling.runs.halting import halted
from labeling.runs.models import Run, RunStatus, WorkerHeartbeat
from labeling.runs.services.launch import ready_waiting_run
from labeling.runs.wake import wake
from labeling.runs.worker.imports import ImportReader

logger = logging.getLogger(__name__)
BEAT_SECONDS = 5.0
FORGET_SECONDS = 24 * 3600
WAKE_AGAIN_SECONDS = 20  # a queued run whose message is older may have lost it
MAX_LOST = 5  # leases that may run out before a person is asked


def worker_name(node: str) -> str:
    """A name of its own for each worker process, also where two share a node name."""
    return f"{node} {os.getpid()}"


class Monitor:
    """The thread; `tick` is what it does every few seconds."""

    def __init__(self, name: str, queues: list[str]) -> None:
        self.name = name
        self.queues = queues
        self._imports = ImportReader()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="monitor")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and say that this worker is gone."""
        self._over.set()
        self._thread.join(timeout=BEAT_SECONDS)

    def _run(self) -> None:
        try:
            while not self._over.is_set():
                self.tick()
                close_old_connections()  # a broken one too, so that the next round has a new one
                self._over.wait(BEAT_SECONDS)
            WorkerHeartbeat.objects.filter(pk=self.name).delete()
        except DatabaseError:
            logger.warning("the database is away while this worker ends")
        finally:
            self._imports.stop()
            connection.close()

    def tick(self) -> None:
        """One round. A step that fails says so in the log and leaves the others their turn."""
        mends = (reclaim_runs, queue_waiting_runs, self._wake_lost, expire_leases, advance_batches, recount_some)
        for step in (self._beat, *mends, self._imports.start_where_needed):
            self._guard(step)

    def _guard(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Exception:
            logger.exception("monitor: %s failed", getattr(step, "__name__", step))

    def _beat(self) -> None:
        WorkerHeartbeat.objects.update_or_create(
            name=self.name, defaults={"queues": self.queues, "busy_with": self._runs().first(), "last_seen_at": Now()}
        )
        WorkerHeartbeat.objects.filter(last_seen_at__lt=Now() - timedelta(seconds=FORGET_SECONDS)).delete()

    def _runs(self) -> QuerySet[Run]:
        return Run.objects.filter(
            lease_owner__startswith=f"{self.name} ", status__in=[RunStatus.RUNNING, RunStatus.STOPPING]
        ).order_by("started_at")

    def _wake_lost(self) -> None:
        """Send a worker to queued runs whose message may be lost. A busy worker leaves it to those that are free."""
        if not self._runs().exists():
            wake_lost_runs()


def recount_some() -> None:
    """Count what changed of agreement, for a while at most: a long import must not keep the other steps waiting."""
    recount_all(seconds=BEAT_SECONDS)


def wake_lost_runs() -> int:
    """Send the messages of queued runs again that nobody has taken for a while; returns how many."""
    stale = Q(woken_at=None) | Q(woken_at__lt=Now() - timedelta(seconds=WAKE_AGAIN_SECONDS))
    queued = Run.objects.filter(stale, status=RunStatus.QUEUED)
    woken = 0
    for run in queued.order_by("created_at")[:20]:
        # The guard lets one of several monitors send it.
        if queued.filter(pk=run.pk).update(woken_at=Now()):
            wake(run)
            woken += 1
    return woken


def queue_waiting_runs() -> int:
    """Queue runs whose inputs are made by now, where the worker that made them died before it said so."""
    open_inputs = Q(inputs__from_run__isnull=False, inputs__model=None) & ~Q(inputs__from_run__status=RunStatus.DONE)
    ready = Run.objects.filter(status=RunStatus.WAITING).exclude(
        pk__in=Run.objects.filter(open_inputs, status=RunStatus.WAITING).values("pk")
    )
    return sum(ready_waiting_run(run) for run in ready)


def reclaim_runs() -> int:
    """Take back runs whose lease ran out: their worker died. They are queued again, and go on from a checkpoint.

    One that was being cancelled is cancelled; one that cost several workers their lives waits for a person.
    """
    overdue = Run.objects.filter(lease_expires_at__lt=Now(), status__in=[RunStatus.RUNNING, RunStatus.STOPPING])
    reclaimed = 0
    for run in overdue:
        mine = overdue.filter(pk=run.pk, attempt=run.attempt, status=run.status)
        with transaction.atomic():
            if not mine.update(**_after_loss(run), lost=F("lost") + 1, lease_owner="", lease_expires_at=None):
                continue
            reclaimed += 1
            logger.warning("run %s: the worker of attempt %s is gone", run.pk, run.attempt)
            run.refresh_from_db()
            if run.status == RunStatus.QUEUED:
                wake(run)
    return reclaimed


def _after_loss(run: Run) -> dict:
    if run.halting:
        return halted(run)
    if run.status == RunStatus.STOPPING:
        return {"status": RunStatus.CANCELLED, "finished_at": timezone.now()}
    if run.lost + 1 >= MAX_LOST:
        detail = (
            f"{MAX_LOST} workers in a row ended while they ran it. Often a machine runs out of memory. The last "
            "checkpoint is kept: see the log, then resume."
        )
        error = {"title": "Its workers keep dying", "detail": detail}
        return {"status": RunStatus.FAILED, "finished_at": timezone.now(), "error": error}
    return {"status": RunStatus.QUEUED}
