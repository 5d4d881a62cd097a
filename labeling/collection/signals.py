"""What collection does when accounts says that something happened."""

from typing import Any

from django.dispatch import receiver

from labeling.accounts.models import User
from labeling.accounts.services import user_deactivated
from labeling.collection.models import AssignmentState
from labeling.collection.services.leases import lock_kept
from labeling.collection.services.slots import let_go


@receiver(user_deactivated)
def free_what_they_held(user: User, **_: Any) -> None:
    """A deactivated person's holds go back to the queue at once; their drafts stay."""
    let_go(actor=None, assignments=lock_kept(labeler=user), state=AssignmentState.EXPIRED, for_good=True)
