"""An uploaded file of comparisons made elsewhere becomes prompts, candidates and one accepted, imported batch.

In one transaction: all of its good rows or, if the server fails, nothing. The same file again makes a second batch of
the same judgments only where their labelers are new to it; so a file that was taken before is refused by its hash.
"""

from collections import Counter
from itertools import islice
from typing import BinaryIO

from django.db import transaction

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.cleaning.rows import ComparisonRow, read_comparisons
from labeling.collection.cleaning.uploads import Refusal, UnreadableFileError, format_of
from labeling.collection.models import Batch, BatchStatus, PromptImport
from labeling.collection.services.import_prompts import CHUNK_ROWS, MAX_REFUSALS_KEPT, BoundedStream
from labeling.collection.services.store_prompts import Outcome, PromptStore
from labeling.datasets.services.import_judgments import ImportedBatch, ImportedJudgment
from labeling.errors import ConflictError, InvalidError
from labeling.projects.models import Project, TaskKind

OVER_USER_LIMIT = "The user of this prompt has as many prompts in the project as one user may have."


@transaction.atomic
def import_comparisons(
    *, actor: User | None, project: Project, stream: BinaryIO, file_name: str, consent: bool = False
) -> tuple[PromptImport, Batch | None]:
    """Read a JSONL or CSV file of comparisons; returns the import, with counts and refusals, and the batch.

    The batch is None where no row was good. Without consent, said by row or for the file, judgments are kept and
    counted in agreement but never enter a snapshot. Raises InvalidError for a file that cannot be read, TooLargeError,
    and ConflictError for one that the project has already.
    """
    came_by = PromptImport.objects.create(
        project=project, file_name=file_name[:200], what="comparisons", created_by=actor
    )
    store = PromptStore(project=project, came_by=came_by, consent=consent, whole_texts=True)
    batch = ImportedBatch(
        actor=actor, project=project, kind=TaskKind.COMPARISON, name=file_name[:120], status=BatchStatus.ACCEPTED
    )
    bounded = BoundedStream(stream)
    counts: Counter[str] = Counter()
    try:
        rows = read_comparisons(bounded, format_of(file_name))  # type: ignore[arg-type]
        while chunk := list(islice(rows, CHUNK_ROWS)):
            _take(chunk, store=store, batch=batch, came_by=came_by, counts=counts)
    except UnreadableFileError as error:
        raise InvalidError(str(error), errors={"file": [str(error)]}) from error
    if PromptImport.objects.filter(project=project, what="comparisons", sha256=bounded.sha256).exists():
        raise ConflictError("This file was imported into this project before; nothing was added.", code="same_file")
    came_by.sha256 = bounded.sha256
    came_by.counts = {
        name: counts[name]
        for name in ("rows", "accepted", "refused", "prompts", "candidates", "without_consent", "personal_data")
    }
    came_by.save()
    record_event(actor, "comparisons.imported", came_by, project=str(project.pk), **came_by.counts)
    if not batch.judgments:
        batch.batch.delete()
        return came_by, None
    return came_by, batch.finish()


def _take(
    chunk: list[ComparisonRow | Refusal],
    *,
    store: PromptStore,
    batch: ImportedBatch,
    came_by: PromptImport,
    counts: Counter[str],
) -> None:
    def refuse(line: int, reason: str) -> None:
        counts["refused"] += 1
        if len(came_by.refused) < MAX_REFUSALS_KEPT:
            came_by.refused.append({"line": line, "reason": reason})

    counts["rows"] += len(chunk)
    for row in chunk:
        if isinstance(row, Refusal):
            refuse(row.line, row.reason)
    rows = [row for row in chunk if isinstance(row, ComparisonRow)]
    judgments = []
    for row, stored in zip(rows, store.add([row.prompt for row in rows]), strict=True):
        if stored.prompt is None:
            refuse(row.line, OVER_USER_LIMIT)
            continue
        counts["candidates"] += stored.added_candidates
        if stored.outcome == Outcome.ACCEPTED:
            counts["prompts"] += 1
            counts["personal_data"] += bool(stored.prompt.personal_data)
            counts["without_consent"] += not stored.prompt.consent
        if len({candidate.pk for candidate in stored.candidates}) < len(stored.candidates):
            # Personal data was masked, and what was left of two candidates is one text.
            refuse(row.line, "Two candidates are the same text once personal data is masked.")
            continue
        judgments.append(
            ImportedJudgment(prompt=stored.prompt, labeler=row.labeler, candidates=stored.candidates, ranks=row.ranks)
        )
    batch.add(judgments)
    counts["accepted"] += len(judgments)
