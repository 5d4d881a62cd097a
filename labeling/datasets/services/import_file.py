"""An uploaded file of judgments made elsewhere, of any known format, becomes one accepted, imported batch.

A small file is read at once, in one transaction: all of its good rows or, if the server fails, nothing. A large one is
put aside for a worker (run_import.py). The same file again is refused by its hash: its judgments would count twice.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.cleaning.containers import Source
from labeling.collection.cleaning.uploads import UnreadableFileError
from labeling.collection.models import BatchStatus, ImportStatus, PromptImport
from labeling.collection.services.import_prompts import too_large_upload
from labeling.datasets.formats.layout import Layout
from labeling.datasets.formats.reading import AUTO, layout_of, named_layout, read_file
from labeling.datasets.services.import_judgments import ImportedBatch, new_imported_batch
from labeling.datasets.services.take_rows import Taking
from labeling.errors import ConflictError, InvalidError
from labeling.projects.models import Project, TaskKind

CHUNK_ROWS = 1000
# A packed file holds about ten times its size, and so takes ten times as long.
AT_ONCE_BYTES, PACKED_AT_ONCE_BYTES = 4 * 1024 * 1024, 400 * 1024
KINDS = {"comparisons": TaskKind.COMPARISON, "demonstrations": TaskKind.DEMONSTRATION}


def import_file(
    *,
    actor: User | None,
    project: Project,
    what: str,
    file: BinaryIO,
    file_name: str,
    consent: bool = False,
    layout: str = AUTO,
) -> PromptImport:
    """Take a file of `what`, comparisons or demonstrations: DONE, or QUEUED where it is large.

    Without consent, said by row or for the file, judgments are kept and counted in agreement but enter no snapshot.
    Raises InvalidError for a file that cannot be read, TooLargeError, and ConflictError for one that the project has.
    """
    sha256, size = _hashed(file)
    source, found = _opened(file, file_name, what, layout)
    came_by = PromptImport(
        project=project,
        file_name=file_name[:200],
        what=what,
        sha256=sha256,
        layout=found.name,
        consent=consent,
        created_by=actor,
    )
    packed = source.packed or source.container == "parquet"
    if size <= (PACKED_AT_ONCE_BYTES if packed else AT_ONCE_BYTES):
        return _import_at_once(came_by, source, found)
    return _put_aside(came_by, file)


def begin_batch(came_by: PromptImport, *, status: str) -> ImportedBatch:
    """The batch that the file's judgments go into, made now. Within a transaction."""
    came_by.batch = new_imported_batch(
        actor=came_by.created_by,
        project=came_by.project,
        kind=KINDS[came_by.what],
        name=came_by.file_name[:120],
        status=status,
    )
    return ImportedBatch(came_by.batch)


def finish_import(came_by: PromptImport, batch: ImportedBatch) -> None:
    """The file is read to its end. Within a transaction; the caller saves `came_by`."""
    came_by.status = ImportStatus.DONE
    came_by.share = 1.0
    came_by.finished_at = timezone.now()
    if came_by.counts.get("accepted"):
        batch.finish()
    else:
        came_by.batch = None
        came_by.save()
        batch.batch.delete()
    about = {"project": str(came_by.project_id), "layout": came_by.layout, **came_by.counts}
    record_event(came_by.created_by, f"{came_by.what}.imported", came_by, **about)


def _import_at_once(came_by: PromptImport, source: Source, layout: Layout) -> PromptImport:
    try:
        with transaction.atomic():
            _save_once(came_by)
            batch = begin_batch(came_by, status=BatchStatus.ACCEPTED)
            taking = Taking(came_by)
            rows = read_file(source, came_by.what, layout)  # type: ignore[arg-type]
            for chunk in taking.chunks(rows, CHUNK_ROWS):
                taking.take(chunk, batch)
                came_by.place += chunk.length
            finish_import(came_by, batch)
            came_by.save()
    except UnreadableFileError as error:
        raise _unreadable(error) from error
    return came_by


def _put_aside(came_by: PromptImport, file: BinaryIO) -> PromptImport:
    """Keep the file and queue its import. A file without a row does no harm, and is swept away (run_import.py)."""
    settings.UPLOADS_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = settings.UPLOADS_DIR / f"import-{uuid4().hex}"
    came_by.path, came_by.status = str(path), ImportStatus.QUEUED
    try:
        _copy(file, path)
        with transaction.atomic():
            _save_once(came_by)
            about = {"project": str(came_by.project_id), "file": came_by.file_name}
            record_event(came_by.created_by, "import.queued", came_by, **about)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return came_by


def _copy(file: BinaryIO, path: Path) -> None:
    file.seek(0)
    with path.open("xb") as kept:
        shutil.copyfileobj(file, kept, 1024 * 1024)
        kept.flush()
        os.fsync(kept.fileno())


def _save_once(came_by: PromptImport) -> None:
    try:
        with transaction.atomic():
            came_by.save(force_insert=True)
    except IntegrityError as error:
        raise same_file() from error


def same_file() -> ConflictError:
    """The refusal of a file whose judgments the project has, or is about to have."""
    return ConflictError(
        "This file was imported into this project before, or is being imported; nothing was added.", code="same_file"
    )


def _opened(file: BinaryIO, name: str, what: str, layout: str) -> tuple[Source, Layout]:
    try:
        source = Source(file, name)
        found = layout_of(source, what) if layout == AUTO else named_layout(layout, what)  # type: ignore[arg-type]
    except UnreadableFileError as error:
        raise _unreadable(error) from error
    return source, found


def _unreadable(error: UnreadableFileError) -> InvalidError:
    return InvalidError(str(error), errors={"file": [str(error)]})


def _hashed(file: BinaryIO) -> tuple[str, int]:
    """The SHA-256 of the file and its size in bytes; raises TooLargeError beyond the bound."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    for block in _blocks(file):
        digest.update(block)
        size += len(block)
        if size > settings.UPLOAD_MAX_BYTES:
            raise too_large_upload()
    return digest.hexdigest(), size


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(1024 * 1024):
        yield block
