"""Until when an answer may be changed, and which may be given only once."""

from labeling.collection.models import FINAL, Assignment, Batch, Judgment, Screening, TaskPurpose
from labeling.errors import ConflictError
from labeling.projects.models import Pool


def deciding_batch(assignment: Assignment) -> Batch:
    """The batch whose review ends undo and correction: a check's is that of the work in whose place it was given."""
    return assignment.slot.given_among or assignment.task.batch


def is_final(assignment: Assignment) -> bool:
    """Whether this answer counts as given, for good. Researchers, who write the keys, may think again."""
    if assignment.task.purpose not in FINAL:
        return False
    return not Judgment.objects.filter(assignment=assignment, current=True, pool=Pool.RESEARCHER).exists()


def refuse_second_answer(assignment: Assignment) -> None:
    """ConflictError where the labeler has answered an item of screening or calibration."""
    if is_final(assignment):
        raise ConflictError("This was answered, and the first answer counts.", code="answer_final")


def screening_decided(assignment: Assignment) -> bool:
    """Whether researchers have decided on this labeler's screening."""
    return Screening.objects.filter(
        membership__user=assignment.labeler_id, membership__project=assignment.project_id, decided_at__isnull=False
    ).exists()


def refuse_undo_of_final(assignment: Assignment) -> None:
    """ConflictError once the key was shown (calibration), or the screening is decided."""
    shown = assignment.task.purpose == TaskPurpose.CALIBRATION
    if is_final(assignment) and (shown or screening_decided(assignment)):
        raise ConflictError("This was answered, and the first answer counts.", code="answer_final")
