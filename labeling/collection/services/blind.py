"""What stands between a labeler and the models: random ids, in an order drawn for the assignment."""

import random
import secrets

from labeling.collection.models import Assignment, BlindCandidate, TaskCandidate


def new_order_seed() -> int:
    return secrets.randbits(62)


def draw_blind_candidates(assignment: Assignment) -> None:
    """Give each of the task's candidates a random id and a place, by the assignment's stored seed."""
    candidates = list(
        TaskCandidate.objects.filter(task=assignment.task_id)
        .order_by("candidate__order")
        .values_list("candidate", flat=True)
    )
    random.Random(assignment.order_seed).shuffle(candidates)
    BlindCandidate.objects.bulk_create(
        BlindCandidate(assignment=assignment, candidate_id=candidate, position=position)
        for position, candidate in enumerate(candidates)
    )
