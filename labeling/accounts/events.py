"""The append-only record of deeds."""

from typing import Any

from django.db import models

from labeling.accounts.models import Event, User
from labeling.prepared import insert


def record_event(actor: User | None, verb: str, subject: models.Model, **data: Any) -> Event:
    """Write who did what to which object. Call it inside the deed's transaction. `actor` None is the system."""
    event = Event(
        actor=actor,
        verb=verb,
        object_type=subject._meta.model_name or "",
        object_id=str(subject.pk),
        data=data,
    )
    insert(event)
    return event
