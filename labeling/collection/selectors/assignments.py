"""A labeler's own assignments, and everything that one page of work shows. No model, no time of making, no purpose."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.db.models.functions import Coalesce, Now
from django.http import Http404
from django.shortcuts import get_object_or_404

from labeling.accounts.models import User
from labeling.collection.models import (
    FINAL,
    Action,
    Assignment,
    AssignmentState,
    Batch,
    BlindCandidate,
    Judgment,
    TaskPurpose,
)
from labeling.collection.selectors.queue import tasks_waiting
from labeling.collection.selectors.writing import BriefPage, brief_page
from labeling.collection.services.blind import shown_candidates
from labeling.collection.services.final import screening_decided
from labeling.collection.services.interpret import hides_prompt
from labeling.collection.services.slots import WORKING
from labeling.collection.services.submit import undo_until
from labeling.collection.submission import blind_ids, submitted_body
from labeling.prepared import Prepared
from labeling.projects.models import TaskKind
from labeling.projects.selectors import guideline_version, membership_of, rubric_version


def own_assignments(user: User) -> QuerySet[Assignment]:
    """All that this person ever held. Each row has `may_correct`, and its current answer as `answers` (0 or 1)."""
    answers = Judgment.objects.select_related("written").filter(current=True)
    return (
        _held_by(user.pk)
        .select_related("project", "task__prompt", "task__brief", "rubric")
        .prefetch_related(Prefetch("judgments", queryset=answers, to_attr="answers"))
    )


def _held_by(user: UUID) -> QuerySet[Assignment]:
    """A person's assignments, each with `in_working_batch`."""
    # Of a check it is the batch of the work in whose place it was given, so that it cannot be told from work here.
    batch = Coalesce(OuterRef("slot__given_among"), OuterRef("task__batch"))
    working = Batch.objects.filter(pk=batch, status__in=WORKING)
    return Assignment.objects.filter(labeler=user).annotate(in_working_batch=Exists(working))


_OWN = Prepared(
    lambda user, pk: _held_by(user).select_related("project", "task__prompt").annotate(now=Now()).filter(pk=pk),
    user=UUID,
    pk=UUID,
)


def may_correct(assignment: Assignment) -> bool:
    """Of a row of this module: it is submitted, and its answer may still be given anew."""
    if assignment.state != AssignmentState.SUBMITTED or assignment.task.purpose in FINAL:
        return False
    return assignment.in_working_batch  # type: ignore[attr-defined]


# Writers see how much waits; who compares sees how many outputs are rated.
TELLS_QUEUE = (TaskKind.DEMONSTRATION, TaskKind.PROMPT)


@dataclass(frozen=True)
class AssignmentPage:
    """One assignment as its labeler sees it."""

    assignment: Assignment
    server_time: datetime
    undo_until: datetime | None
    candidates: list[BlindCandidate]
    submitted: dict[str, Any] | None
    queue_left: int | None
    may_correct: bool
    brief: BriefPage | None

    @property
    def prompt(self) -> dict[str, Any]:
        """The prompt, its messages only once they may be seen."""
        prompt = self.assignment.task.prompt
        if prompt is None:
            return {"messages": [], "use_case": self.assignment.task.brief.use_case, "sensitive": []}
        hidden = hides_prompt(self.assignment)
        return {
            "messages": None if hidden else prompt.messages,
            "use_case": prompt.use_case,
            "sensitive": prompt.sensitive,
        }


def assignment_page(*, user: User, assignment_id: UUID) -> AssignmentPage:
    """The page of one own assignment; Http404 for anybody else's."""
    assignment = _OWN.first(user=user.pk, pk=assignment_id)
    if assignment is None:
        raise Http404
    assignment.guideline = guideline_version(assignment.guideline_id)
    assignment.rubric = rubric_version(assignment.rubric_id)
    now: datetime = assignment.now  # type: ignore[attr-defined]
    answer = None
    if assignment.submitted_at is not None:
        answer = (
            Judgment.objects.select_related("assignment__task", "demonstration", "comparison", "written")
            .prefetch_related("comparison__ratings")
            .filter(assignment=assignment, current=True)
            .first()
        )
    return AssignmentPage(
        assignment=assignment,
        server_time=now,
        undo_until=open_undo_window(assignment, now),
        candidates=shown_candidates(assignment),
        submitted=submitted_body(answer, blind_ids(assignment)) if answer else None,
        queue_left=_queue_left(user, assignment),
        may_correct=may_correct(assignment),
        brief=None if assignment.task.prompt_id else brief_page(assignment.task.brief, assignment.project_id),
    )


@dataclass(frozen=True)
class Revision:
    """One answer of an assignment, or that it was taken back: then without a body."""

    judgment: Judgment
    body: dict[str, Any] | None


def own_revisions(*, user: User, assignment_id: UUID) -> list[Revision]:
    """All that this person ever answered to one own assignment, newest first; Http404 for anybody else's."""
    assignment = get_object_or_404(Assignment, labeler=user, pk=assignment_id)
    shown = blind_ids(assignment)
    judgments = (
        assignment.judgments.select_related("assignment__task", "demonstration", "comparison", "written")
        .prefetch_related("comparison__ratings")
        .order_by("-revision")
    )
    return [
        Revision(judgment, None if judgment.action == Action.UNDO else submitted_body(judgment, shown))
        for judgment in judgments
    ]


def open_undo_window(assignment: Assignment, now: datetime) -> datetime | None:
    """Of a row of this module: until when the answer can be taken back; None where it cannot (any more)."""
    if assignment.state != AssignmentState.SUBMITTED or assignment.submitted_at is None:
        return None
    if assignment.task.purpose == TaskPurpose.CALIBRATION:
        return None  # the key was shown
    if not assignment.in_working_batch:  # type: ignore[attr-defined]
        return None  # in review, decided or withdrawn
    until = undo_until(assignment.project, assignment.submitted_at)
    if until <= now or (assignment.task.purpose == TaskPurpose.SCREENING and screening_decided(assignment)):
        return None
    return until


def _queue_left(user: User, assignment: Assignment) -> int | None:
    """What waits besides, of a kind whose page says it: counting is a quarter of what `next` costs."""
    if assignment.task.kind not in TELLS_QUEUE:
        return None
    membership = membership_of(user, assignment.project)
    assert membership is not None, "a member with assignments is never removed"
    kind = assignment.task.kind
    return tasks_waiting(memberships=[membership], kinds=[kind])[assignment.project_id, kind]
