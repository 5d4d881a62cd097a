"""An uploaded file of prompts, in one transaction: all of its good rows or, if the server fails, nothing."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.cleaning.rows import PromptRow, read_prompts
from labeling.collection.cleaning.uploads import Refusal, UnreadableFileError, format_of
from labeling.collection.models import PromptImport
from labeling.collection.services.store_prompts import Outcome, PromptStore, StoredRow
from labeling.errors import InvalidError, TooLargeError
from labeling.projects.models import Project

CHUNK_ROWS = 500
MAX_REFUSALS_KEPT = 1000
COUNTS = (
    "rows", "accepted", "refused", "duplicates", "over_user_limit", "personal_data", "without_consent", "candidates",
)  # fmt: skip


class BoundedStream:
    """A file as a stream of bytes that is hashed on its way and refused beyond the bound."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._bytes = 0
        self._hash = hashlib.sha256()

    def readline(self, size: int = -1) -> bytes:
        line = self._stream.readline(size)
        self._bytes += len(line)
        if self._bytes > settings.UPLOAD_MAX_BYTES:
            raise too_large_upload()
        self._hash.update(line)
        return line

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def too_large_upload() -> TooLargeError:
    return TooLargeError(
        f"The file is larger than {settings.UPLOAD_MAX_BYTES:,} bytes. Split it, or raise CONCORD_UPLOAD_MAX_BYTES."
    )


@transaction.atomic
def import_prompts(
    *, actor: User | None, project: Project, stream: BinaryIO, file_name: str, consent: bool = False, source: str = ""
) -> PromptImport:
    """Read a JSONL or CSV file of prompts; its counts and refused rows are in the PromptImport that is returned.

    `consent` and `source` hold for rows that say nothing themselves. The same file again adds nothing: its rows
    are counted as duplicates. rows = accepted + refused + duplicates + over_user_limit; personal_data (masked) and
    without_consent are among the accepted. Raises InvalidError for a file that cannot be read, TooLargeError.
    """
    came_by = PromptImport.objects.create(project=project, file_name=file_name[:200], what="prompts", created_by=actor)
    store = PromptStore(project=project, came_by=came_by, consent=consent, source=source)
    bounded = BoundedStream(stream)
    counts: Counter[str] = Counter()
    try:
        rows = read_prompts(bounded, format_of(file_name))  # type: ignore[arg-type]
        while chunk := list(islice(rows, CHUNK_ROWS)):
            _count_refused(came_by, counts, (row for row in chunk if isinstance(row, Refusal)))
            for stored in store.add([row for row in chunk if isinstance(row, PromptRow)]):
                _count_stored(counts, stored)
    except UnreadableFileError as error:
        raise InvalidError(str(error), errors={"file": [str(error)]}) from error
    came_by.counts = {name: counts[name] for name in COUNTS}
    came_by.sha256 = bounded.sha256
    came_by.save()
    record_event(actor, "prompts.imported", came_by, project=str(project.pk), **came_by.counts)
    return came_by


def _count_refused(came_by: PromptImport, counts: Counter[str], refusals: Iterator[Refusal]) -> None:
    for refusal in refusals:
        counts["rows"] += 1
        counts["refused"] += 1
        if len(came_by.refused) < MAX_REFUSALS_KEPT:
            came_by.refused.append({"line": refusal.line, "reason": refusal.reason})


def _count_stored(counts: Counter[str], stored: StoredRow) -> None:
    counts["rows"] += 1
    counts[stored.outcome.value] += 1
    counts["candidates"] += stored.added_candidates
    if stored.outcome == Outcome.ACCEPTED and stored.prompt is not None:
        counts["personal_data"] += bool(stored.prompt.personal_data)
        counts["without_consent"] += not stored.prompt.consent
