"""Noting the active time of a task that ends without an answer, so that it is paid."""

from collections.abc import Sequence
from datetime import datetime

from labeling.collection.clock import database_now
from labeling.collection.models import Assignment, AssignmentState, TimeSpent

# As much as a submission may claim; beyond it a draft holds no time but nonsense.
MOST_SECONDS = 10_000_000
# Nobody holds these: what their pages still send, they send late.
ENDED = (AssignmentState.EXPIRED, AssignmentState.RELEASED, AssignmentState.SKIPPED, AssignmentState.REJECTED)


def note_time(assignments: Sequence[Assignment]) -> None:
    """Note how far the clock of each of these had come by what its page said last; the caller has locked them.

    Sent again or late it does no harm: only what goes beyond earlier notes and judgments counts.
    """
    if not assignments:
        return
    now = database_now()
    spent = {assignment: seconds_so_far(assignment, now) for assignment in assignments}
    TimeSpent.objects.bulk_create(
        TimeSpent(assignment=assignment, active_seconds=seconds, created_at=now)
        for assignment, seconds in spent.items()
        if seconds > 0
    )


def seconds_so_far(assignment: Assignment, now: datetime) -> float:
    """What its page said of its active time, in signs of life or in the draft; at most what has passed since."""
    in_draft = assignment.draft.get("active_seconds")
    if not isinstance(in_draft, int | float) or isinstance(in_draft, bool) or not 0 <= in_draft <= MOST_SECONDS:
        in_draft = 0.0
    passed = (now - (assignment.started_at or assignment.created_at)).total_seconds()
    return min(max(in_draft, assignment.active_seconds), max(0.0, passed))
