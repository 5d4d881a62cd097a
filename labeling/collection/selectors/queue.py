"""The queue of free slots, as one labeler sees it."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from labeling.accounts.models import User
from labeling.collection.models import Assignment, Slot, SlotState, Task
from labeling.collection.selectors.stages import Stage, stage_of, tasks_left
from labeling.collection.services.checks import with_checks
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
        ~Exists(had), ~Exists(wrote), project=project, state=SlotState.FREE, pools__contains=[pool], reserved_for=None
    ).order_by("batch_number", "number", "position")


def open_to(user: User) -> Q:
    """Slots that this person may hold: everybody's, and those that are reserved for them."""
    return Q(reserved_for=None) | Q(reserved_for=user)


def tasks_waiting(*, user: User, memberships: Sequence[Membership]) -> Counter[tuple]:
    """How many new tasks wait for this person, by (project id, kind), counted over COUNTED_UP_TO slots of each.

    Takes memberships with their projects. One query, however many they are; more only where a gate is set. Who is
    being screened or calibrated is waited for by those tasks alone.
    """
    waiting: Counter[tuple] = Counter()
    working = []
    for membership in memberships:
        stage = None if membership.project.paused else stage_of(membership)
        if stage == Stage.WORK:
            working.append(membership)
        elif stage:
            for kind, left in tasks_left(membership, stage).items():
                waiting[membership.project_id, kind] = left
    # One branch for each kind: the index of free slots has the queue's order only within a kind.
    queues = [
        free_slots_for(user=user, project=membership.project, pool=membership.pool)
        .filter(kind=kind)
        .values_list("project_id", "kind", "task_id")[:COUNTED_UP_TO]
        for membership in working
        for kind in TaskKind.values
    ]
    if not queues:
        return waiting
    slots = queues[0].union(*queues[1:], all=True)
    found = Counter((project, kind) for project, kind, _ in set(slots))
    by_project = {membership.project_id: membership for membership in working}
    for (project, kind), work in found.items():
        waiting[project, kind] = with_checks(by_project[project], kind, work)
    return waiting
