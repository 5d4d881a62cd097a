"""Publishing that is sent twice makes one batch, where its client gives it a submission_id."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from labeling.accounts.models import User
from labeling.collection.models import Batch
from labeling.collection.submission import body_hash
from labeling.errors import ConflictError
from labeling.projects.models import Project


@dataclass(frozen=True)
class Submission:
    """The client's id of what it sent, and a hash of the body."""

    id: UUID
    sha256: str


def submission_of(wanted: dict[str, Any], body: Any) -> Submission | None:
    """Takes `submission_id` out of the checked body; None where the client gave none."""
    submission_id = wanted.pop("submission_id", None)
    if submission_id is None:
        return None
    return Submission(submission_id, body_hash(body))


def published_before(actor: User | None, project: Project, submission: Submission | None) -> Batch | None:
    """The batch that came of it. The project must be locked, so that two of them take turns.

    Raises ConflictError where the batch was published by somebody else or by another body.
    """
    batch = submission and project.batches.filter(submission_id=submission.id).first()
    if not batch or not submission:
        return None
    if batch.created_by != actor or batch.submission_sha256 != submission.sha256:
        raise ConflictError(
            "Something else was published under this submission_id. Send this with a new one.",
            code="submission_differs",
        )
    return batch


def mark(batch: Batch, submission: Submission | None) -> None:
    """What published_before finds it by; for a batch that is not saved yet."""
    if submission:
        batch.submission_id, batch.submission_sha256 = submission.id, submission.sha256
