"""Prompts that may not be used any more as they were: withdrawn, without consent, or with personal data masked."""

from django.db import connection, transaction
from django.db.models import QuerySet
from django.dispatch import Signal

from labeling.accounts.models import User
from labeling.collection.models import Prompt
from labeling.projects.models import Project

prompts_recalled = Signal()
"""Sent with `actor` and `prompts`, a queryset, in the transaction that changes them and after they are changed."""


def recall(*, actor: User | None, project: Project, prompts: QuerySet[Prompt]) -> None:
    """Tell whoever keeps what these prompts were. The caller has changed them, in this transaction."""
    hold_prompts_of(project)
    prompts_recalled.send(sender=Prompt, actor=actor, prompts=prompts)


def wait_for_recalls(project: Project) -> None:
    """Come back once every recall that has begun is committed or undone; later ones are not held up."""
    with transaction.atomic():
        hold_prompts_of(project)
        transaction.set_rollback(True)  # gives the lock back, also within another transaction


def hold_prompts_of(project: Project) -> None:
    """Until this transaction ends nobody else recalls prompts of the project, nor freezes them.

    So that who freezes sees what was recalled, and who recalls sees what was frozen. Batches are locked before it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"prompts of {project.pk}"])
