"""Freezing: accepted work becomes an immutable file, named by its hash.

The file is written beside, synced and renamed before the row exists, and a file without a row does no harm: the next
freeze of the same content finds it. Two freezes at once of the same content end with one row.
"""

import hashlib
import json
import os
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.models import Batch, BatchStatus
from labeling.datasets.models import Snapshot, SnapshotKind, SnapshotRecord
from labeling.datasets.records import Line, Reading
from labeling.errors import ConflictError, InvalidError
from labeling.projects.models import Project

WHERE_TO_LOOK = {
    SnapshotKind.DEMONSTRATIONS: "Accept a demonstration batch whose prompts have consent.",
    SnapshotKind.COMPARISONS: "Accept a comparison batch whose prompts have consent.",
    SnapshotKind.PROMPTS: "Import prompts with consent.",
}


def freeze_snapshot(*, actor: User | None, project: Project, kind: str, name: str = "") -> Snapshot:
    """Freeze what is accepted now; the snapshot of before where the content is the same.

    From then on the acceptance of the batches that it holds cannot be withdrawn. Raises InvalidError where there is
    nothing to freeze, and ConflictError where one text would stand on two sides of a split.
    """
    if kind not in SnapshotKind.values:
        raise InvalidError(f"There is no snapshot of '{kind}'. Kinds are: {', '.join(SnapshotKind.values)}.")
    settings.SNAPSHOTS_DIR.mkdir(parents=True, exist_ok=True)
    draft = settings.SNAPSHOTS_DIR / f"draft-{os.getpid()}-{os.urandom(4).hex()}"
    try:
        with transaction.atomic():
            return _freeze(actor=actor, project=project, kind=kind, name=name, draft=draft)
    finally:
        draft.unlink(missing_ok=True)


def _freeze(*, actor: User | None, project: Project, kind: str, name: str, draft: Path) -> Snapshot:
    # Accepted batches stay accepted while they are read: withdrawing waits for this lock and then meets frozen_at.
    # One freeze of a project at a time, by the lock on the project.
    Project.objects.select_for_update().get(pk=project.pk)
    list(Batch.objects.select_for_update().filter(project=project, status=BatchStatus.ACCEPTED).order_by("pk"))
    reading = Reading(project, kind)
    sha256, lines = _write(draft, reading)
    if not lines:
        out = "; ".join(f"{reason}: {count}" for reason, count in sorted(reading.left_out.items()))
        raise InvalidError(
            f"There is nothing to freeze. {WHERE_TO_LOOK[SnapshotKind(kind)]}" + (f" Left out: {out}." if out else "")
        )
    existing = Snapshot.objects.filter(project=project, kind=kind, sha256=sha256).first()
    if existing is not None:
        return existing
    path = settings.SNAPSHOTS_DIR / f"{sha256}.jsonl"
    size = draft.stat().st_size
    draft.rename(path)
    path.chmod(0o444)
    number = project.snapshots.filter(kind=kind).count() + 1
    snapshot = Snapshot.objects.create(
        project=project,
        kind=kind,
        name=name or f"{project.name} {kind} {number}",
        sha256=sha256,
        path=str(path),
        bytes=size,
        counts=_count(lines, reading.left_out),
        created_by=actor,
    )
    SnapshotRecord.objects.bulk_create(
        (
            SnapshotRecord(snapshot=snapshot, line=number, prompt=line.prompt, judgment_id=line.judgment)
            for number, line in enumerate(lines, start=1)
        ),
        batch_size=5000,
    )
    held = {line.batch for line in lines if line.batch}
    Batch.objects.filter(pk__in=held, frozen_at=None).update(frozen_at=timezone.now())
    record_event(actor, "snapshot.frozen", snapshot, kind=kind, sha256=sha256, records=len(lines))
    return snapshot


def _write(draft: Path, reading: Reading) -> tuple[str, list[Line]]:
    """Write the records to `draft`, synced; return the file's SHA-256 and what stands behind each line."""
    digest = hashlib.sha256()
    behind: list[Line] = []
    splits: dict[str, tuple[str, UUID]] = {}
    with draft.open("wb") as file:
        for line in reading.lines():
            _check_split(splits, line)
            encoded = json.dumps(line.record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
            file.write(encoded + b"\n")
            digest.update(encoded + b"\n")
            behind.append(line)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), behind


def _check_split(splits: dict[str, tuple[str, UUID]], line: Line) -> None:
    """No prompt on two sides: the rule of the import, checked again where it would do harm."""
    split, first = splits.setdefault(line.prompt.text_key, (line.prompt.split, line.prompt.pk))
    if split != line.prompt.split:
        raise ConflictError(
            f"The prompts {first} and {line.prompt.pk} have the same text but stand on two sides of the split "
            f"({split} and {line.prompt.split}). Withdraw one of them.",
            code="split_leak",
        )


def _count(lines: list[Line], left_out: Counter[str]) -> dict[str, Any]:
    counts: dict[str, Any] = {"records": len(lines), "prompts": len({line.prompt.pk for line in lines})}
    by: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        by["by_split"][line.prompt.split] += 1
        by["by_use_case"][line.prompt.use_case or "none"] += 1
        if line.judgment:
            by["by_labeler"][line.record["labeler"]] += 1
    return (
        counts
        | {name: dict(sorted(by[name].items())) for name in ("by_split", "by_use_case", "by_labeler")}
        | {"left_out": dict(sorted(left_out.items()))}
    )
