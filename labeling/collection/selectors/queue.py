"""The queue of free slots, as one labeler sees it."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet

from labeling.accounts.models import User
from labeling.collection.models import Assignment, Slot, SlotState, Task
from labeling.projects.models import Membership, Project, TaskKind

# A queue is counted up to this many slots: beyond it the number says "enough", and counting would only cost.
COUNTED_UP_TO = 300


def free_slots_for(*, user: User, project: Project, pool: str) -> QuerySet[Slot]:
    """Free slots of tasks that this person never had, in the order in which they are given out.

    Never a prompt that the person wrote, and only those for their pool.
    """
    had = Assignment.objects.filter(labeler=user, task=OuterRef("task"))
    wrote = Task.objects.filter(pk=OuterRef("task"), prompt__author=user)
    return Slot.objects.filter(
        ~Exists(had), ~Exists(wrote), project=project, state=SlotState.FREE, pools__contains=[pool]
    ).order_by("batch_number", "number", "position")


def tasks_waiting(*, user: User, memberships: Sequence[Membership]) -> Counter[tuple]:
    """How many new tasks wait for this person, by (project id, kind), counted over COUNTED_UP_TO slots of each.

    Takes memberships with their projects. One query, however many they are.
    """
    # One branch for each kind: the index of free slots has the queue's order only within a kind.
    queues = [
        free_slots_for(user=user, project=membership.project, pool=membership.pool)
        .filter(kind=kind)
        .values_list("project_id", "kind", "task_id")[:COUNTED_UP_TO]
        for membership in memberships
        if membership.qualified and not membership.project.paused
        for kind in TaskKind.values
    ]
    if not queues:
        return Counter()
    slots = queues[0].union(*queues[1:], all=True)
    return Counter((project, kind) for project, kind, _ in set(slots))
