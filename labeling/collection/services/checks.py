"""Gold and constant items, mixed into work at the project's rates.

A check takes the place of a task of work that its labeler would have got at this moment, so it comes when work
waits, is of the same kind, and may be corrected for as long as that work may.
"""

import hashlib
from datetime import timedelta

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from labeling.accounts.events import record_event
from labeling.collection.clock import database_now
from labeling.collection.models import (
    Assignment,
    Batch,
    Slot,
    Task,
    TaskCandidate,
    TaskKey,
    TaskPurpose,
    TaskStatus,
)
from labeling.collection.services.reserve import reserve_slot
from labeling.collection.services.slots import WORKING
from labeling.projects.models import Membership, Pool


def is_due(number: int, every: int, seed: str) -> bool:
    """Whether the check falls on this task: one in each run of `every` tasks, at a place drawn from the seed.

    Not simply each n-th, which a labeler could count. `number` counts from 0; `every` of 0 is never.
    """
    if every == 0:
        return False
    run, place = divmod(number, every)
    drawn = int.from_bytes(hashlib.sha256(f"{seed}:{run}".encode()).digest()[:8], "big") % every
    return place == drawn


def check_in_place_of(membership: Membership, slot: Slot) -> Slot | None:
    """A slot of a check for this member in place of this locked slot of work, or None where none is due or left.

    The caller has locked the membership, whose count of tasks given goes on.
    """
    project = membership.project
    if membership.pool == Pool.RESEARCHER or not (project.gold_every or project.constant_every):
        return None
    number = membership.given
    membership.given += 1
    membership.save(update_fields=["given"])
    task = None
    if is_due(number, project.constant_every, f"constant:{membership.pk}"):
        constant = _constants(membership, slot.kind).first()
        task = repeat_task(constant) if constant else None
    if task is None and is_due(number, project.gold_every, f"gold:{membership.pk}"):
        task = _gold(membership, slot.kind).first()
    if task is None:
        return None
    among = Batch.objects.get(tasks=slot.task_id)
    return reserve_slot(task=task, user=membership.user, among=among)


def with_checks(membership: Membership, kind: str, work: int) -> int:
    """How many tasks this member will be given while `work` tasks of the kind are left: those and the checks among.

    So the number falls by one with every task, whichever it is: it must not tell a check from work.
    """
    project = membership.project
    if membership.pool == Pool.RESEARCHER or not (project.gold_every or project.constant_every):
        return work
    gold = _gold(membership, kind).count()
    constants = _constants(membership, kind).count()
    number, total = membership.given, 0
    while work:
        if constants and is_due(number, project.constant_every, f"constant:{membership.pk}"):
            constants -= 1
        elif gold and is_due(number, project.gold_every, f"gold:{membership.pk}"):
            gold -= 1
        else:
            work -= 1
        number += 1
        total += 1
    return total


def _checks(membership: Membership, kind: str, purpose: str) -> QuerySet[Task]:
    """Open checks of this kind for the member's pool; repeats, and prompts of their own, left out."""
    return (
        Task.objects.filter(
            purpose=purpose,
            kind=kind,
            status=TaskStatus.OPEN,
            batch__project=membership.project_id,
            batch__status__in=WORKING,
            batch__pools__contains=[membership.pool],
            repeat_of=None,
        )
        .exclude(Q(prompt__author=membership.user_id) | Q(prompt__first_author=membership.user_id))
        .exclude(prompt__sensitive__overlap=membership.opted_out)
        .order_by("batch__number", "position")
    )


def _gold(membership: Membership, kind: str) -> QuerySet[Task]:
    """Gold items with a key that this member never had."""
    had = Assignment.objects.filter(labeler=membership.user_id, task=OuterRef("pk"))
    keyed = TaskKey.objects.filter(task=OuterRef("pk"))
    return _checks(membership, kind, TaskPurpose.GOLD).filter(Exists(keyed), ~Exists(had))


def _constants(membership: Membership, kind: str) -> QuerySet[Task]:
    """Constants that this member did not have within the project's period."""
    since = database_now() - timedelta(days=membership.project.constant_days)
    recent = Assignment.objects.filter(labeler=membership.user_id, task__repeat_of=OuterRef("pk"), created_at__gt=since)
    return _checks(membership, kind, TaskPurpose.CONSTANT).filter(~Exists(recent))


def repeat_task(constant: Task) -> Task:
    """A new task on the same prompt and candidates, in the same batch."""
    Batch.objects.select_for_update(no_key=True).get(pk=constant.batch_id)  # one position at a time
    last = Task.objects.filter(batch=constant.batch_id).aggregate(last=Max("position"))["last"]
    repeat = Task.objects.create(
        batch_id=constant.batch_id,
        prompt_id=constant.prompt_id,
        kind=constant.kind,
        purpose=constant.purpose,
        position=last + 1,
        overlap=1,
        repeat_of=constant,
    )
    TaskCandidate.objects.bulk_create(
        TaskCandidate(task=repeat, candidate_id=candidate)
        for candidate in constant.task_candidates.values_list("candidate", flat=True)
    )
    record_event(None, "task.repeated", repeat, constant=str(constant.pk))
    return repeat
