"""A run's lease: whoever holds it may write, by a fencing number that only the newest holder has.

Every write of a supervisor goes through `held`, so that one that was thought dead and comes back writes nothing.
"""

import threading
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Now

from labeling.runs.models import LEASED, Run, RunStatus

LEASE_SECONDS = 30.0
RENEW_SECONDS = 3.0


class LeaseLostError(Exception):
    """Another worker has the run, or it was taken from this one; nothing more may be written."""


@dataclass(frozen=True)
class Lease:
    run_id: UUID
    attempt: int

    def held(self) -> QuerySet[Run]:
        """The run's row, while this lease is the newest."""
        return Run.objects.filter(pk=self.run_id, attempt=self.attempt, status__in=LEASED)

    def renew(self) -> tuple[str, dict[str, str] | None]:
        """Prolong the lease; the run's status, and who asked for a halt and why. Raises LeaseLostError."""
        if not self.held().update(lease_expires_at=Now() + timedelta(seconds=LEASE_SECONDS)):
            raise LeaseLostError
        return self.held().values_list("status", "halting").first() or (RunStatus.STOPPING, None)


def take_lease(run_id: UUID, worker: str) -> Lease | None:
    """Take a queued run by one guarded update; None where it is not queued, or another was first."""
    owner = f"{worker} {uuid.uuid4().hex}"
    taken = Run.objects.filter(pk=run_id, status=RunStatus.QUEUED).update(
        status=RunStatus.RUNNING,
        attempt=F("attempt") + 1,
        lease_owner=owner,
        lease_expires_at=Now() + timedelta(seconds=LEASE_SECONDS),
        started_at=Coalesce("started_at", Now()),
        finished_at=None,
        error=None,
    )
    run = Run.objects.filter(pk=run_id, lease_owner=owner).first() if taken else None
    return Lease(run_id, run.attempt) if run else None


class LeaseKeeper:
    """Renews a lease from a thread, for as long as it is entered, and tells what it saw: lost, cancel or halt asked
    for.

    The database may be away for a while: the lease counts as lost only when it must have run out.
    """

    def __init__(self, lease: Lease) -> None:
        self.lost = threading.Event()
        self.cancel_asked = threading.Event()
        self.halt_asked: dict[str, str] | None = None  # by whom and why
        self._lease = lease
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True, name=f"lease-{lease.run_id}")

    def __enter__(self) -> "LeaseKeeper":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _keep(self) -> None:
        renewed = time.monotonic()
        wait = 0.0
        try:
            while not self._over.wait(wait) and not self.lost.is_set():
                asked, wait = time.monotonic(), RENEW_SECONDS
                try:
                    status, self.halt_asked = self._lease.renew()
                    if status == RunStatus.STOPPING:
                        self.cancel_asked.set()
                    renewed = asked
                except LeaseLostError:
                    self.lost.set()
                except DatabaseError:
                    close_old_connections()
                    if asked - renewed > LEASE_SECONDS:
                        self.lost.set()
        finally:
            connection.close()
