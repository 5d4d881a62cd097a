"""Drafts: what a labeler has typed so far. Kept in every state of the assignment, so that no word is lost."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.http import Http404

from labeling.accounts.models import User
from labeling.collection.models import Assignment
from labeling.collection.services.leases import HOLDING, lease_end
from labeling.collection.services.note_time import ENDED, note_time
from labeling.errors import ConflictError, TooLargeError
from labeling.prepared import Prepared, update

MAX_DRAFT_BYTES = 1_000_000

_OWN = Prepared(
    lambda user, pk: (
        Assignment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("project")
        .annotate(now=Now())
        .filter(labeler=user, pk=pk)
    ),
    user=UUID,
    pk=UUID,
)


@transaction.atomic
def save_draft(*, user: User, assignment_id: UUID, revision: int, draft: dict[str, Any]) -> int:
    """Keep the draft if `revision` is the one that stands; returns the new revision.

    The same draft sent again (its answer was lost) is no conflict. Raises ConflictError with the server's draft
    where another tab or device saved in between, TooLargeError beyond MAX_DRAFT_BYTES.
    """
    size = len(json.dumps(draft, ensure_ascii=False).encode())
    if size > MAX_DRAFT_BYTES:
        raise TooLargeError(f"The draft has {size:,} bytes; at most {MAX_DRAFT_BYTES:,} are kept.")
    assignment = _OWN.first(user=user.pk, pk=assignment_id)
    if assignment is None:
        raise Http404
    if assignment.draft == draft:
        return assignment.draft_revision
    if assignment.draft_revision != revision:
        raise ConflictError(
            "This draft was changed in another window since you loaded it.",
            code="stale_draft",
            extra={"draft": assignment.draft, "draft_revision": assignment.draft_revision},
        )
    if assignment.state in HOLDING:  # typing is a sign of life
        now: datetime = assignment.now  # type: ignore[attr-defined]
        assignment.lease_expires_at = lease_end(assignment.project, now)
    put_draft(assignment, draft)
    if assignment.state in ENDED:
        note_time([assignment])
    return assignment.draft_revision


def put_draft(assignment: Assignment, draft: dict[str, Any]) -> None:
    """Put this draft in place of what stands, with the lease's end. The caller has locked the assignment."""
    assignment.draft = draft
    assignment.draft_revision += 1
    update(assignment, "draft", "draft_revision", "lease_expires_at", "updated_at")
