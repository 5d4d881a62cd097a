"""How much waits in the queue of free slots, as one labeler sees it."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Q

from labeling.accounts.models import User
from labeling.collection.selectors.queue_rows import bookmarks_of, read_queue
from labeling.collection.selectors.queue_walk import walks
from labeling.collection.selectors.stages import Stage, stage_of, tasks_left
from labeling.collection.services.checks import with_checks
from labeling.projects.models import Membership, TaskKind

# What waits is counted over this many slots: beyond it the number says "enough", and counting would only cost.
COUNTED_UP_TO = 100


def open_to(user: User) -> Q:
    """Slots that this person may hold: everybody's, and those that are reserved for them."""
    return Q(reserved_for=None) | Q(reserved_for=user)


def tasks_waiting(
    *, memberships: Sequence[Membership], kinds: Sequence[str] = tuple(TaskKind.values)
) -> Counter[tuple]:
    """How many new tasks wait for a person, by (project id, kind): at least so many, and 0 only where none waits.

    Takes the person's memberships with their projects. Two queries, however many they are; more only where a gate is
    set. Who is being screened or calibrated is waited for by those tasks alone.
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
    by_project = {membership.project_id: membership for membership in working}
    for (project, kind), work in _work_waiting(working, kinds).items():
        waiting[project, kind] = with_checks(by_project[project], kind, work)
    return waiting


def _work_waiting(memberships: Sequence[Membership], kinds: Sequence[str]) -> Counter[tuple]:
    """Tasks of work, counted over the first COUNTED_UP_TO slots after each bookmark; never 0 where one waits."""
    if not memberships:
        return Counter()
    marks = bookmarks_of(memberships, kinds)
    in_order, freed = read_queue(marks.values(), limit=COUNTED_UP_TO)
    rows = [*in_order, *freed]
    tasks = {(row.project, row.kind, row.task) for row in rows if row.for_them}
    waiting = Counter((project, kind) for project, kind, _ in tasks)
    met = Counter((row.project, row.kind, row.freed_again) for row in rows)
    for (project, kind), mark in marks.items():
        more = COUNTED_UP_TO in (met[project, kind, True], met[project, kind, False])
        if more and not waiting[project, kind]:
            (walk,) = walks([mark])
            waiting[project, kind] = int(any(walk.chunks()))
    return waiting
