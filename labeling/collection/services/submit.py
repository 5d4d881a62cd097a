"""Submitting an answer: once, however often it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.clock import database_now
from labeling.collection.further_answers import edit_of
from labeling.collection.models import (
    Action,
    Assignment,
    AssignmentState,
    BatchStatus,
    BlindCandidate,
    Comparison,
    Demonstration,
    Judgment,
    PromptBrief,
    Rating,
    Slot,
    SlotState,
    TakenBack,
    Task,
    WrittenPrompt,
)
from labeling.collection.selectors.queue import open_to
from labeling.collection.services.blind import shown_candidates
from labeling.collection.services.drafts import put_draft
from labeling.collection.services.final import deciding_batch, refuse_second_answer
from labeling.collection.services.interpret import check_interpreted
from labeling.collection.services.locks import lock_one_free_slot, lock_own_assignment
from labeling.collection.services.note_time import note_time
from labeling.collection.services.slots import WORKING
from labeling.collection.submission import body_hash, check_submission
from labeling.collection.writing.check import check_written
from labeling.errors import ConflictError
from labeling.prepared import Prepared, insert, update
from labeling.projects.models import Project, TaskKind
from labeling.projects.selectors import membership_of


@dataclass(frozen=True)
class Receipt:
    """The answer to a submit; the same for the same submission, however often it comes."""

    assignment: UUID
    judgment: UUID
    undo_until: datetime
    state: str = AssignmentState.SUBMITTED


_JUDGMENTS = Prepared(
    lambda assignment: Judgment.objects.filter(assignment=assignment).order_by("revision"), assignment=UUID
)


class _CannotTakeError(ConflictError):
    """The answer was complete but there is no place for it any more: its text is kept as a draft."""


def submit(*, user: User, assignment_id: UUID, sent: Mapping[str, Any], body: dict[str, Any]) -> Receipt:
    """Store the answer: `body` as it was sent, `sent` the same with checked types.

    - The same submission_id with the same body answers as the first time; with another body, or after an undo,
      ConflictError.
    - A submitted assignment is corrected (a further revision) until its batch is in review.
    - After expiry, release or an early closing it is taken if a slot of the task is free; else ConflictError, and
      the text stands in the draft.

    Raises InvalidError where the answer is not complete, Http404 for an assignment that is not the user's.
    """
    try:
        with transaction.atomic():
            return _submit(user, assignment_id, sent, body)
    except _CannotTakeError:
        with transaction.atomic():
            assignment = lock_own_assignment(user=user, assignment_id=assignment_id)
            if assignment.draft != body:
                put_draft(assignment, body)
                note_time([assignment])
        raise


def _submit(user: User, assignment_id: UUID, sent: Mapping[str, Any], body: dict[str, Any]) -> Receipt:
    assignment = lock_own_assignment(user=user, assignment_id=assignment_id)
    sha256 = body_hash(body)
    judgments = _JUDGMENTS(assignment=assignment_id)
    earlier = next((judgment for judgment in judgments if judgment.submission_id == sent["submission_id"]), None)
    if earlier is not None:
        return _answer_again(assignment, earlier, judgments, sha256)
    shown = {blind.pk: blind for blind in shown_candidates(assignment)}
    brief = assignment.task.brief if assignment.task.kind == TaskKind.PROMPT else None
    check_submission(
        kind=assignment.task.kind,
        sent=sent,
        positions={pk: blind.position for pk, blind in shown.items()},
        rubric=assignment.rubric,
        written=check_written(assignment, brief, sent) if brief else None,
    )
    check_interpreted(assignment)
    _make_sure_of_slot(user, assignment)
    if assignment.task.consensus is not None:  # of an adaptive batch: to be weighed again
        assignment.task.consensus = None
        update(assignment.task, "consensus")
    judgment = _add_judgment(user, assignment, judgments, sent, sha256)
    if brief:
        _add_written(judgment, brief, sent)
    else:
        _add_detail(judgment, assignment.task.kind, sent, shown)
    assignment.slot.state = SlotState.DONE
    update(assignment.slot, "state")
    assignment.state = AssignmentState.SUBMITTED
    assignment.submitted_at = judgment.created_at
    assignment.lease_expires_at = None
    # A draft that was on its way when this was sent would otherwise pass for a correction that somebody has begun.
    assignment.draft = body
    assignment.draft_revision += 1
    update(assignment, "state", "slot", "submitted_at", "lease_expires_at", "draft", "draft_revision", "updated_at")
    record_event(user, f"judgment.{judgment.action}", judgment, assignment=str(assignment.pk))
    return Receipt(assignment.pk, judgment.pk, undo_until(assignment.project, judgment.created_at))


def undo_until(project: Project, submitted_at: datetime) -> datetime:
    return submitted_at + timedelta(seconds=project.undo_seconds)


def _answer_again(assignment: Assignment, earlier: Judgment, judgments: Sequence[Judgment], sha256: str) -> Receipt:
    if earlier.body_sha256 != sha256:
        raise ConflictError(
            "Something else was submitted under this submission_id. Send this with a new one.",
            code="submission_differs",
        )
    if any(later.action == Action.UNDO and later.revision > earlier.revision for later in judgments):
        raise ConflictError("This submission was undone. Submit again with a new submission_id.", code="undone")
    return Receipt(assignment.pk, earlier.pk, undo_until(assignment.project, earlier.created_at))


def _make_sure_of_slot(user: User, assignment: Assignment) -> None:
    """Leave the assignment with a slot that may be marked as done, or raise."""
    match assignment.state:
        case AssignmentState.CURRENT | AssignmentState.AHEAD | AssignmentState.RETURNED:
            return
        case AssignmentState.SUBMITTED:
            refuse_second_answer(assignment)
            batch = deciding_batch(assignment)
            if batch.status == BatchStatus.WITHDRAWN:
                raise _withdrawn()
            if batch.status not in WORKING:
                raise _CannotTakeError(
                    "This work is in review already, so it cannot be corrected. Your text is kept as a draft.",
                    code="in_review",
                )
        case AssignmentState.EXPIRED | AssignmentState.RELEASED:
            membership = membership_of(user, assignment.project)
            pool = membership.pool if membership else ""
            # Before the slot, as everywhere; and a task that was weighed a moment ago has its consensus now.
            assignment.task = Task.objects.select_for_update(no_key=True).get(pk=assignment.task_id)
            free = Slot.objects.filter(
                open_to(user), task=assignment.task_id, state=SlotState.FREE, pools__contains=[pool]
            )
            slot = lock_one_free_slot(free.order_by("number"))
            if slot is None:
                task = assignment.task
                if BatchStatus.WITHDRAWN in (task.status, task.batch.status):
                    raise _withdrawn()
                raise _CannotTakeError(
                    "Your hold ran out and others have done this task since. Your text is kept as a draft.",
                    code="no_free_slot",
                )
            assignment.slot = slot
        case AssignmentState.REJECTED if assignment.taken_back == TakenBack.REASSIGNED:
            raise _CannotTakeError(
                "A researcher gave this task to somebody else. Your text is kept as a draft.", code="reassigned"
            )
        case _:
            raise _CannotTakeError(
                f"You cannot submit this any more: it was {assignment.state}. Your text is kept as a draft.",
                code=f"was_{assignment.state}",
            )


def _withdrawn() -> _CannotTakeError:
    return _CannotTakeError(
        "A researcher has withdrawn this task, so no answer to it is taken any more. Your text is kept as a draft.",
        code="withdrawn",
    )


def _add_judgment(
    user: User, assignment: Assignment, judgments: Sequence[Judgment], sent: Mapping[str, Any], sha256: str
) -> Judgment:
    last = judgments[-1] if judgments else None
    replaced = any(judgment.current for judgment in judgments)
    if replaced:
        assignment.judgments.filter(current=True).update(current=False)
    now = database_now()
    membership = membership_of(user, assignment.project)
    assert membership is not None, "a member with assignments is never removed"
    began = assignment.started_at or assignment.created_at
    judgment = Judgment(
        assignment=assignment,
        revision=last.revision + 1 if last else 1,
        action=Action.CORRECT if replaced else Action.SUBMIT,
        supersedes=last,
        submission_id=sent["submission_id"],
        body_sha256=sha256,
        pool=membership.pool,
        guideline_id=assignment.guideline_id,
        rubric=assignment.rubric,
        prompt_flags=sent["prompt_flags"],
        prompt_scales=sent.get("prompt_scales") or {},
        active_seconds_sent=sent["active_seconds"],
        active_seconds=min(sent["active_seconds"], max(0.0, (now - began).total_seconds())),
        created_at=now,
    )
    insert(judgment)
    return judgment


def _add_written(judgment: Judgment, brief: PromptBrief, sent: Mapping[str, Any]) -> None:
    pairs = [{field: pair[field].strip() for field in ("query", "response")} for pair in sent.get("pairs") or []]
    insert(
        WrittenPrompt(
            judgment=judgment,
            text=sent["text"].strip(),
            pairs=pairs,
            use_case=brief.use_case or sent["use_case"],
            language=brief.language or sent.get("language") or "",
            personal_data_meant=sent.get("personal_data_meant") or False,
        )
    )


def _add_detail(judgment: Judgment, kind: str, sent: Mapping[str, Any], shown: Mapping[UUID, BlindCandidate]) -> None:
    if kind == TaskKind.DEMONSTRATION:
        insert(Demonstration(judgment=judgment, response=sent["response"]))
        return
    comparison = Comparison(judgment=judgment, confidence=sent.get("confidence"))
    insert(comparison)
    interpretations = judgment.assignment.interpretations
    rank_of = {candidate: rank for rank, tier in enumerate(sent["ranking"], start=1) for candidate in tier}
    rows = []
    for rating in sent["ratings"]:
        blind = shown[rating["candidate"]]
        row = Rating(
            comparison=comparison,
            candidate_id=blind.candidate_id,
            overall=rating["overall"],
            flags=rating["flags"],
            note=rating["note"],
            scales=rating.get("scales") or {},
            critique=rating.get("critique") or "",
            edit=edit_of(rating, blind.candidate.text),
            interpretation=interpretations.get(str(rating["candidate"]), ""),
            rank=rank_of[rating["candidate"]],
            position=blind.position,
        )
        rows.append(row)
    insert(*rows)
