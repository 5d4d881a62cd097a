"""Who is being screened."""

import uuid

from django.db import models

from labeling.projects.models import Membership


class Screening(models.Model):
    """One member's try at the screening test; there is no second. Its random id is all that researchers see of
    the person before they have decided."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.OneToOneField(Membership, on_delete=models.PROTECT, related_name="screening")
    topics = models.TextField(blank=True, help_text="Topics on which the person can tell sensitive speech")
    groups = models.TextField(blank=True, help_text="Cultural groups about which they can tell it")
    topics_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.pk)
