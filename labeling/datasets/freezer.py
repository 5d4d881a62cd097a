"""The thread of each worker that freezes what is too much for a request.

It asks the table itself, every second: a worker's task threads may be held by a run for days, and a message would wait
behind it. Whoever takes a freeze has its newest attempt number, and beats while it lives; one whose worker died is
taken by another and begun anew. The snapshot and the freeze's end are one transaction, so that a freeze that is done
twice is done once: the older attempt finds that it is not the newest, and writes nothing.
"""

import logging
import threading
from datetime import timedelta

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from labeling.datasets.models import Freeze, FreezeStatus, Snapshot
from labeling.datasets.recipe import stored_recipe
from labeling.datasets.services.freeze_snapshot import freeze_snapshot
from labeling.errors import DomainError

logger = logging.getLogger(__name__)
BEAT_SECONDS = 5.0
DEAD_AFTER_SECONDS = 60.0
MOST_ATTEMPTS = 3


class LostError(Exception):
    """Another worker has the freeze now."""


def take_freeze() -> Freeze | None:
    """The oldest freeze that nobody works on, taken by one guarded update; None where there is none.

    One that cost several workers their lives is given up, and says so.
    """
    dead = Q(status=FreezeStatus.RUNNING, beat_at__lt=Now() - timedelta(seconds=DEAD_AFTER_SECONDS))
    free = Freeze.objects.filter(Q(status=FreezeStatus.QUEUED) | dead)
    for freeze in free.order_by("created_at")[:20]:
        mine = free.filter(pk=freeze.pk, attempt=freeze.attempt)
        if freeze.attempt >= MOST_ATTEMPTS:
            detail = f"{MOST_ATTEMPTS} workers in a row ended while they froze it. Often a machine runs out of memory."
            mine.update(
                status=FreezeStatus.FAILED, error={"code": "workers_died", "detail": detail}, finished_at=timezone.now()
            )
        elif mine.update(status=FreezeStatus.RUNNING, attempt=F("attempt") + 1, read=0, beat_at=Now()):
            return Freeze.objects.select_related("project", "created_by").get(pk=freeze.pk)
    return None


class Beat:
    """Says that its worker lives, and how far it is: from a thread of its own, so outside the freeze's transaction."""

    def __init__(self, freeze: Freeze) -> None:
        self.lost = threading.Event()
        self._held = held(freeze)
        self._read = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name=f"freeze-{freeze.pk}")

    def __enter__(self) -> "Beat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def note(self, read: int) -> None:
        """How many records are read. Raises LostError."""
        self._read = read
        if self.lost.is_set():
            raise LostError

    def _run(self) -> None:
        try:
            while not self._over.wait(BEAT_SECONDS):
                try:
                    if not self._held.update(beat_at=Now(), read=self._read):
                        self.lost.set()
                except DatabaseError:
                    close_old_connections()
        finally:
            connection.close()


def held(freeze: Freeze) -> QuerySet[Freeze]:
    """The freeze's row, while this attempt is the newest."""
    return Freeze.objects.filter(pk=freeze.pk, attempt=freeze.attempt, status=FreezeStatus.RUNNING)


def run_freeze(freeze: Freeze) -> None:
    """See a taken freeze through."""
    try:
        with Beat(freeze) as beat, transaction.atomic():
            snapshot = freeze_snapshot(
                actor=freeze.created_by,
                project=freeze.project,
                kind=freeze.kind,
                name=freeze.name,
                recipe=stored_recipe(freeze.recipe),
                progress=beat.note,
            )
            _finish(freeze, snapshot)
    except LostError:
        logger.warning("freeze %s: attempt %s is not the newest any more", freeze.pk, freeze.attempt)
    except DomainError as error:
        _fail(freeze, error.code, error.message)
    except Exception:
        logger.exception("freeze %s: attempt %s broke off", freeze.pk, freeze.attempt)
        _fail(freeze, "broke_off", "The worker broke off; its log says where.")


def _finish(freeze: Freeze, snapshot: Snapshot) -> None:
    done = held(freeze).update(
        status=FreezeStatus.DONE, snapshot=snapshot, read=snapshot.counts["records"], finished_at=timezone.now()
    )
    if not done:
        raise LostError


def _fail(freeze: Freeze, code: str, detail: str) -> None:
    held(freeze).update(status=FreezeStatus.FAILED, error={"code": code, "detail": detail}, finished_at=timezone.now())


def freeze_one() -> bool:
    """Freeze the oldest that waits; False where none does. One that outlives its worker is begun anew by another."""
    freeze = take_freeze()
    if freeze is not None:
        run_freeze(freeze)
    return freeze is not None
