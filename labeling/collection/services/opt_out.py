"""A labeler's own choice of what they are never given. Voluntary, without a reason, and without consequence."""

from collections.abc import Collection

from django.db import transaction

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.models import Assignment, Bookmark, TaskPurpose
from labeling.collection.services.leases import KEEPING
from labeling.collection.services.locks import lock_membership
from labeling.collection.services.mark_sensitive import end_holds
from labeling.errors import ForbiddenError
from labeling.projects.models import Membership, Project
from labeling.projects.sensitive import in_order


@transaction.atomic
def opt_out(*, user: User, project: Project, categories: Collection[str]) -> Membership:
    """From now on the member is given no task of these categories, and of all others. The same again changes nothing.

    What they hold of these goes to others; what they submitted stays. The log says that something was changed and
    not what, because it is nobody's business. Raises ForbiddenError without a membership.
    """
    membership = lock_membership(user=user, project=project)
    if membership is None:
        raise ForbiddenError("You are not a member of this project, so it gives you no tasks.")
    wanted = in_order(categories)
    before, membership.opted_out = membership.opted_out, wanted
    if before == wanted:
        return membership
    membership.save(update_fields=["opted_out"])
    if set(before) - set(wanted):
        # What they passed as not for them may be for them now: their bookmarks' promise (queue_walk) is void.
        Bookmark.objects.filter(membership=membership).delete()
    held = Assignment.objects.filter(
        labeler=user, project=project, state__in=KEEPING, task__prompt__sensitive__overlap=wanted
    ).exclude(task__purpose=TaskPurpose.SCREENING)
    end_holds(actor=user, holds=list(held.values_list("pk", flat=True)))
    record_event(user, "opt_out.changed", project)
    return membership
