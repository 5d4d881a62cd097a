"""Freezing: accepted work becomes an immutable file, named by its hash.

The work is read without locks, however long that takes, into a draft. Then, in one transaction: the snapshot's row and
what stands behind its lines; a lock on the batches that it holds; and a look whether each is still accepted, by the
very acceptance that was read, with the references that were read. Who withdraws an acceptance, or sets a reference,
waits for that lock and then meets `frozen_at`, or was first, and all is read anew. The file is synced and renamed
before the transaction ends, and a file without a row does no harm: the next freeze of the same content finds it.

The content is the snapshot. A recipe that leads to content that was frozen before leads to that snapshot, which keeps
the recipe and the name that it was first made by: a run could not tell them apart, so lineage must not.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.models import Batch, BatchStatus
from labeling.collection.services.recall import hold_prompts_of, wait_for_recalls
from labeling.datasets.models import Snapshot, SnapshotKind
from labeling.datasets.reading import Reading
from labeling.datasets.recipe import Recipe
from labeling.datasets.services.draft import Draft, sweep_drafts
from labeling.errors import ConflictError, InvalidError
from labeling.projects.models import Project

WHERE_TO_LOOK = {
    SnapshotKind.DEMONSTRATIONS: "Accept a demonstration batch whose prompts have consent.",
    SnapshotKind.COMPARISONS: "Accept a comparison batch whose prompts have consent.",
    SnapshotKind.PROMPTS: "Import prompts with consent.",
}
TRIES = 3
Progress = Callable[[int], None]


class _ChangedError(Exception):
    """What was read is not accepted any more, or may not leave the project any more."""


def freeze_snapshot(
    *,
    actor: User | None,
    project: Project,
    kind: str,
    name: str = "",
    recipe: Recipe | None = None,
    progress: Progress | None = None,
) -> Snapshot:
    """Freeze what is accepted now and the recipe lets in; the snapshot of before where the content is the same.

    From then on the acceptance of the batches that it holds cannot be withdrawn. `progress` is told now and then how
    many records are read, and may raise to give up. Raises InvalidError where there is nothing to freeze, and
    ConflictError where one text would stand on two sides of a split, or where work is taken back again and again.
    """
    if kind not in SnapshotKind.values:
        raise InvalidError(f"There is no snapshot of '{kind}'. Kinds are: {', '.join(SnapshotKind.values)}.")
    for _ in range(TRIES):
        draft = Draft(settings.SNAPSHOTS_DIR, uuid4())
        try:
            return _freeze(actor, project, kind, name, recipe or Recipe(), draft, progress)
        except _ChangedError:
            continue
        finally:
            draft.remove()
    raise ConflictError(
        "While this was frozen, some of it was taken back each time. Try again when the review is over.",
        code="changed_meanwhile",
    )


def _freeze(
    actor: User | None,
    project: Project,
    kind: str,
    name: str,
    recipe: Recipe,
    draft: Draft,
    progress: Progress | None,
) -> Snapshot:
    sweep_drafts(settings.SNAPSHOTS_DIR)
    wait_for_recalls(project)
    begun = timezone.now()
    reading = Reading(project, kind, recipe)
    for line in reading.lines():
        draft.write(line)
        if progress and draft.records % 1000 == 0:
            progress(draft.records)
    draft.finish()
    if not draft.records:
        out = "; ".join(f"{reason}: {count}" for reason, count in sorted(reading.left_out.items()))
        raise InvalidError(
            f"There is nothing to freeze. {WHERE_TO_LOOK[SnapshotKind(kind)]}" + (f" Left out: {out}." if out else "")
        )
    with transaction.atomic():
        counts = draft.counts() | {"left_out": dict(sorted(reading.left_out.items()))}
        if reading.weights:
            named = {reading.pseudonyms[user]: weight for user, weight in reading.weights.items()}
            counts["weights"] = dict(sorted(named.items()))
        number = _next_number(project, kind)
        # Two at once of the same content: the second waits here for the first, and finds its snapshot.
        snapshot, made = Snapshot.objects.get_or_create(
            project=project,
            kind=kind,
            sha256=draft.sha256,
            defaults={
                "id": draft.snapshot,
                "name": name or f"{project.name} {kind} {number}",
                "path": str(settings.SNAPSHOTS_DIR / f"{draft.sha256}.jsonl"),
                "bytes": draft.bytes,
                "counts": counts,
                "recipe": recipe.stored(),
                "created_by": actor,
            },
        )
        if not made:
            return snapshot if snapshot.purged_at is None else _restore(actor, snapshot, draft, begun)
        draft.copy_rows()
        connection.check_constraints()  # now, not at the end, when batches are locked
        _check_splits(snapshot)
        snapshot.counts["prompts"] = snapshot.records.values("prompt").distinct().count()
        snapshot.save(update_fields=["counts"])
        path = settings.SNAPSHOTS_DIR / f"{draft.sha256}.jsonl"
        draft.path.rename(path)
        path.chmod(0o444)
        record_event(
            actor, "snapshot.frozen", snapshot,
            kind=kind, sha256=draft.sha256, records=draft.records, recipe=recipe.stored(),
        )  # fmt: skip
        _freeze_acceptances(draft.batches, reading)
        _check_prompts(snapshot, begun)
        return snapshot


def _restore(actor: User | None, snapshot: Snapshot, draft: Draft, begun: datetime) -> Snapshot:
    """Put a purged snapshot's file back: what it holds was given back, or the content would be another."""
    snapshot = Snapshot.objects.select_for_update().get(pk=snapshot.pk)
    _check_prompts(snapshot, begun)
    draft.path.rename(snapshot.path)
    Path(snapshot.path).chmod(0o444)
    snapshot.marked_at = snapshot.purged_at = None
    snapshot.save(update_fields=["marked_at", "purged_at"])
    record_event(actor, "snapshot.restored", snapshot, sha256=snapshot.sha256)
    return snapshot


def _next_number(project: Project, kind: str) -> int:
    """Of snapshots that are frozen at once each its own: who counts waits for who counted before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{kind} of {project.pk}"])
    return project.snapshots.filter(kind=kind).count() + 1


def _check_splits(snapshot: Snapshot) -> None:
    """No prompt on two sides: the rule of the import, checked again where it would do harm."""
    texts = snapshot.records.order_by().values("prompt__text_key").annotate(sides=Count("prompt__split", distinct=True))
    leak = texts.filter(sides__gt=1).order_by("prompt__text_key").first()
    if leak is None:
        return
    held = snapshot.records.filter(prompt__text_key=leak["prompt__text_key"]).order_by("prompt__split", "prompt")
    (first, split), *_, (other, another) = held.values_list("prompt", "prompt__split")
    raise ConflictError(
        f"The prompts {first} and {other} have the same text but stand on two sides of the split "
        f"({split} and {another}). Withdraw one of them.",
        code="split_leak",
    )


def _check_prompts(snapshot: Snapshot, begun: datetime) -> None:
    """Raises _ChangedError where a prompt may not leave the project any more, or its personal data were decided on
    since the reading began. From here on, who recalls one waits."""
    hold_prompts_of(snapshot.project)
    gone = Q(prompt__withdrawn_at__isnull=False) | Q(prompt__consent=False) | Q(prompt__held_back=True)
    gone |= Q(prompt__personal_data_checked_at__gt=begun)
    if snapshot.records.filter(gone).exists():
        raise _ChangedError


def _freeze_acceptances(held: set[UUID], reading: Reading) -> None:
    """From here on nobody takes them back, nor sets another reference.

    Raises _ChangedError where somebody did since they were read.
    """
    batches = Batch.objects.filter(pk__in=held)
    accepted = batches.select_for_update().filter(status=BatchStatus.ACCEPTED).order_by("pk")
    if dict(accepted.values_list("pk", "decided_at")) != {batch: reading.batches[batch] for batch in held}:
        raise _ChangedError
    if not reading.stands_on(held):
        raise _ChangedError
    batches.filter(frozen_at=None).update(frozen_at=timezone.now())
