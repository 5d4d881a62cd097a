"""Reading a file that was put aside: by a worker, chunk by chunk, each with the place reached in one transaction.

Whoever holds the newest attempt may write. A reader that died is replaced when its lease runs out; the next one passes
over the rows that are done with. A reader that was only thought dead finds its attempt outdated and stops. Until the
file is read to its end its batch is withdrawn, so that no snapshot takes half of it.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.cleaning.containers import Source
from labeling.collection.cleaning.uploads import UnreadableFileError
from labeling.collection.models import Batch, BatchStatus, ImportStatus, PromptImport
from labeling.datasets.formats.reading import named_layout, read_file
from labeling.datasets.services.import_file import CHUNK_ROWS, begin_batch, finish_import, same_file
from labeling.datasets.services.import_judgments import ImportedBatch
from labeling.datasets.services.take_rows import Taking
from labeling.errors import ConflictError, DomainError
from labeling.one_ahead import one_ahead

logger = logging.getLogger(__name__)
LEASE_SECONDS = 60.0
ROWS_PASSED_AT_ONCE = 20_000
MAX_ATTEMPTS = 8
KEPT_DAYS = 7  # of the file of an import that failed or was cancelled, so that it can go on
UNFINISHED = "Its file is still being read, or was not read to its end."
UNEXPECTED = "Something failed here, not in the file. What was taken stays; try to go on, or ask an admin."

Told = Callable[[PromptImport], None]


class LeaseLostError(Exception):
    """Another reader has the file, or it was cancelled."""


def waiting_imports() -> QuerySet[PromptImport]:
    """Those that a reader may take: queued, or left by a reader that died."""
    left = Q(status=ImportStatus.RUNNING, lease_expires_at__lt=Now())
    return PromptImport.objects.filter(Q(status=ImportStatus.QUEUED) | left)


def take_import(import_id: UUID | None = None) -> PromptImport | None:
    """Take this import, or the oldest that waits, by one guarded update; None where none waits."""
    waiting = waiting_imports().filter(pk=import_id) if import_id else waiting_imports()
    with transaction.atomic():
        found = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("created_at").first()
        if found is None:
            return None
        if found.status == ImportStatus.RUNNING and found.attempt >= MAX_ATTEMPTS:
            _end(found, ImportStatus.FAILED, f"{MAX_ATTEMPTS} readers in a row ended while they read it.")
            return None
        PromptImport.objects.filter(pk=found.pk).update(
            status=ImportStatus.RUNNING,
            attempt=F("attempt") + 1,
            lease_expires_at=Now() + timedelta(seconds=LEASE_SECONDS),
        )
        found.refresh_from_db()
    return found


def run_import(import_id: UUID | None = None, *, tell: Told | None = None) -> PromptImport | None:
    """Read this import, or the oldest that waits, to its end; returns it, or None where there was nothing to do.

    `tell` is called after each chunk. Errors of the file or the server are the import's, and not raised.
    """
    came_by = take_import(import_id)
    if came_by is None:
        return None
    try:
        _read(came_by, tell or (lambda _: None))
    except LeaseLostError:
        logger.info("import %s: another reader has it, or it was cancelled", came_by.pk)
    except (UnreadableFileError, DomainError) as error:
        _fail(came_by, str(error))
    except Exception:
        logger.exception("import %s failed", came_by.pk)
        _fail(came_by, UNEXPECTED)
    came_by.refresh_from_db()
    sweep_uploads()
    return came_by


def cancel_import(*, actor: User, came_by: PromptImport) -> PromptImport:
    """Stop reading. What was taken stays in the batch, which stays withdrawn; it can go on later. Sent again, it
    answers as the first time. Raises ConflictError for one that has ended otherwise."""
    with transaction.atomic():
        came_by = PromptImport.objects.select_for_update().get(pk=came_by.pk)
        if came_by.status == ImportStatus.CANCELLED:
            return came_by
        if came_by.status not in (ImportStatus.QUEUED, ImportStatus.RUNNING):
            raise ConflictError("The file is not being read any more.", code="wrong_status")
        came_by.status, came_by.finished_at = ImportStatus.CANCELLED, timezone.now()
        came_by.save(update_fields=["status", "finished_at"])
        record_event(actor, "import.cancelled", came_by, project=str(came_by.project_id), rows=came_by.place)
    return came_by


def resume_import(*, actor: User, came_by: PromptImport) -> PromptImport:
    """Queue an import that failed or was cancelled: it goes on at its place. Sent again, it answers as the first time.

    Raises ConflictError where it is done, its file was swept away, or the same file was imported meanwhile.
    """
    with transaction.atomic():
        came_by = PromptImport.objects.select_for_update().get(pk=came_by.pk)
        if came_by.status in (ImportStatus.QUEUED, ImportStatus.RUNNING):
            return came_by
        if came_by.status == ImportStatus.DONE:
            raise ConflictError("The file was read to its end.", code="wrong_status")
        if not came_by.path or not Path(came_by.path).is_file():
            raise ConflictError("The file is no longer kept. Send it again.", code="file_gone")
        came_by.status, came_by.error, came_by.attempt = ImportStatus.QUEUED, "", came_by.attempt + 1
        came_by.finished_at = came_by.lease_expires_at = None
        try:
            with transaction.atomic():
                came_by.save(update_fields=["status", "error", "attempt", "finished_at", "lease_expires_at"])
        except IntegrityError as error:
            raise same_file() from error
        record_event(actor, "import.resumed", came_by, project=str(came_by.project_id), rows=came_by.place)
    return came_by


def sweep_uploads() -> int:
    """Delete the files of imports that are done, or ended otherwise some days ago, and those that no import knows.

    Returns how many.
    """
    old = timezone.now() - timedelta(days=KEPT_DAYS)
    ended = Q(status=ImportStatus.DONE) | Q(
        status__in=[ImportStatus.FAILED, ImportStatus.CANCELLED], finished_at__lt=old
    )
    swept = 0
    for path in settings.UPLOADS_DIR.glob("import-*"):
        imports = PromptImport.objects.filter(path=str(path))
        # One without a row may be on its way to get one.
        unknown = path.stat().st_mtime < old.timestamp() and not imports.exists()
        if unknown or imports.filter(ended).exists():
            path.unlink(missing_ok=True)
            swept += 1
    return swept


def _read(came_by: PromptImport, tell: Told) -> None:
    with Path(came_by.path).open("rb") as file:
        source = Source(file, came_by.file_name)
        rows = read_file(source, came_by.what, named_layout(came_by.layout, came_by.what))  # type: ignore[arg-type]
        _pass_over(came_by, rows)
        taking = Taking(came_by)
        batch: ImportedBatch | None = None
        read = ((chunk, source.share()) for chunk in taking.chunks(rows, CHUNK_ROWS))
        with closing(one_ahead(read)) as chunks:
            for chunk, share in chunks:
                with transaction.atomic():
                    _hold(came_by)
                    batch = batch or _batch_of(came_by)
                    taking.take(chunk, batch)
                    came_by.place += chunk.length
                    came_by.share = share
                    _renew(came_by)
                tell(came_by)
    with transaction.atomic():
        _hold(came_by)
        batch = _batch_of(came_by)
        Batch.objects.filter(pk=batch.batch.pk).update(
            status=BatchStatus.ACCEPTED, decided_at=Now(), withdrawn_at=None, withdrawn_from="", withdrawn_reason=""
        )
        batch.batch.refresh_from_db()
        finish_import(came_by, batch)
        came_by.lease_expires_at = None
        came_by.save()


def _pass_over(came_by: PromptImport, rows: Iterator[Any]) -> None:
    """Leave out what was done with before, and keep the lease meanwhile."""
    left = came_by.place
    while left > 0:
        passed = sum(1 for _ in islice(rows, min(left, ROWS_PASSED_AT_ONCE)))
        if not passed:
            raise UnreadableFileError("The file ends before the place that was reached: it has been changed.")
        left -= passed
        with transaction.atomic():
            _hold(came_by)
            _renew(came_by)


def _hold(came_by: PromptImport) -> None:
    """Lock the import's row while this reader may write; raises LeaseLostError when it may not."""
    mine = PromptImport.objects.filter(pk=came_by.pk, attempt=came_by.attempt, status=ImportStatus.RUNNING)
    if not mine.select_for_update(of=("self",)).exists():
        raise LeaseLostError


def _renew(came_by: PromptImport) -> None:
    PromptImport.objects.filter(pk=came_by.pk).update(
        place=came_by.place,
        share=came_by.share,
        counts=came_by.counts,
        refused=came_by.refused,
        batch=came_by.batch,
        lease_expires_at=Now() + timedelta(seconds=LEASE_SECONDS),
    )


def _batch_of(came_by: PromptImport) -> ImportedBatch:
    """The import's batch, made when its first chunk comes; withdrawn as long as it is not whole."""
    if came_by.batch is not None:
        return ImportedBatch(came_by.batch)
    batch = begin_batch(came_by, status=BatchStatus.WITHDRAWN)
    Batch.objects.filter(pk=batch.batch.pk).update(
        withdrawn_at=Now(), withdrawn_from=BatchStatus.ACCEPTED, withdrawn_reason=UNFINISHED
    )
    return batch


def _fail(came_by: PromptImport, error: str) -> None:
    with transaction.atomic():
        current = PromptImport.objects.select_for_update().get(pk=came_by.pk)
        if current.attempt == came_by.attempt and current.status == ImportStatus.RUNNING:
            _end(current, ImportStatus.FAILED, error)


def _end(came_by: PromptImport, status: str, error: str) -> None:
    came_by.status, came_by.error, came_by.finished_at = status, error, timezone.now()
    came_by.lease_expires_at = None
    came_by.save(update_fields=["status", "error", "finished_at", "lease_expires_at"])
    record_event(came_by.created_by, "import.failed", came_by, project=str(came_by.project_id), error=error)
