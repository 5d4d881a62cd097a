"""Asking about the task in hand, answering, and making an answer known to others.

Each message carries the client's submission_id, so that one that is sent again is stored once. A question can be asked
in any state of the assignment: also about what was submitted, skipped or returned.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.clock import database_now
from labeling.collection.models import Assignment, Question, QuestionMessage
from labeling.collection.selectors.questions import readable_questions
from labeling.errors import ConflictError, InvalidError
from labeling.projects.models import Guideline, Project
from labeling.projects.selectors import current_texts
from labeling.projects.services import publish_guideline


def ask_question(*, user: User, assignment_id: UUID, submission_id: UUID, text: str) -> Question:
    """Open a thread on an own assignment; Http404 for anybody else's. The lease, the draft and the task stay as is."""
    assignment = get_object_or_404(Assignment.objects.select_related("task"), pk=assignment_id, labeler=user)
    with transaction.atomic():
        # A question that is sent twice at once is one: the second waits here, and then finds it.
        Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
        sent = _sent_before(user, submission_id, text)
        if sent is not None:
            if sent.question.assignment_id != assignment.pk:
                raise _differs()
            return sent.question
        now = database_now()
        question = Question.objects.create(
            project_id=assignment.project_id,
            assignment=assignment,
            kind=assignment.task.kind,
            asker=user,
            waits_since=now,
        )
        _add_message(question, user, submission_id, text, now)
        record_event(user, "question.asked", question, assignment=str(assignment.pk))
    return question


@transaction.atomic
def write_message(*, user: User, question_id: UUID, submission_id: UUID, text: str) -> Question:
    """Add to a thread: the asker asks on, anybody else who may read it answers. Http404 for others."""
    question = _lock(user, question_id)
    sent = _sent_before(user, submission_id, text)
    if sent is not None:
        if sent.question_id != question.pk:
            raise _differs()
        return question
    now = database_now()
    _add_message(question, user, submission_id, text, now)
    if user.pk == question.asker_id:
        question.waits_since = question.waits_since or now
        question.unread = False
        verb = "question.asked_on"
    else:
        question.waits_since = None
        question.unread = True
        verb = "question.answered"
    question.save(update_fields=["waits_since", "unread"])
    record_event(user, verb, question)
    return question


def mark_read(*, user: User, question_id: UUID) -> Question:
    """The asker has seen the answer: it is told on their home page no more. Seeing is no deed, so there is no event."""
    question = get_object_or_404(Question, pk=question_id, asker=user)
    Question.objects.filter(pk=question.pk, unread=True).update(unread=False)
    return question


@transaction.atomic
def publish_answer(*, actor: User, question_id: UUID, question_text: str, answer_text: str) -> Question:
    """Let everybody in the project find this question and answer, in these words and nothing else of the thread."""
    question = _lock(actor, question_id)
    question.published_question = question_text
    question.published_answer = answer_text
    question.published_at = question.published_at or database_now()
    question.save(update_fields=["published_question", "published_answer", "published_at"])
    record_event(actor, "question.published", question)
    return question


@transaction.atomic
def withdraw_answer(*, actor: User, question_id: UUID) -> Question:
    """Take a published answer back: from now on only the asker and researchers read the thread."""
    question = _lock(actor, question_id)
    if question.published_at is not None:
        question.published_question = question.published_answer = ""
        question.published_at = None
        question.save(update_fields=["published_question", "published_answer", "published_at"])
        record_event(actor, "question.withdrawn", question)
    return question


@transaction.atomic
def promote_answer(*, actor: User, question_id: UUID, version: int, text: str) -> Guideline:
    """Publish the next guideline version of the question's kind, with `text`, as the one that takes the answer up.

    `version` is the version that `text` was written from (0 where there was none): ConflictError where somebody has
    published another since, or where the answer was taken up already.
    """
    question = _lock(actor, question_id)
    if question.guideline_id is not None:
        raise ConflictError("A guideline version has taken this answer up already.", code="already_promoted")
    Project.objects.select_for_update().get(pk=question.project_id)
    current, _ = current_texts(question.project, question.kind)
    if version != (current.version if current else 0):
        raise ConflictError(
            "Somebody has published another version meanwhile. Begin from that one.", code="guideline_changed"
        )
    if current is not None and text == current.text:
        raise InvalidError("This is the text of the version before.", errors={"text": ["Nothing was changed."]})
    guideline = publish_guideline(
        actor=actor,
        project=question.project,
        kind=question.kind,
        text=text,
        examples=current.examples if current else (),
    )
    question.guideline = guideline
    question.save(update_fields=["guideline"])
    record_event(actor, "question.promoted", question, guideline=str(guideline.pk))
    return guideline


def _lock(user: User, question_id: UUID) -> Question:
    found = get_object_or_404(readable_questions(user), pk=question_id)
    return Question.objects.select_for_update(no_key=True, of=("self",)).select_related("project").get(pk=found.pk)


def _add_message(question: Question, author: User, submission_id: UUID, text: str, now: datetime) -> None:
    try:
        with transaction.atomic():
            question.messages.create(author=author, submission_id=submission_id, text=text, created_at=now)
    except IntegrityError as error:  # sent at this very moment to another thread
        raise _differs() from error


def _sent_before(user: User, submission_id: UUID, text: str) -> QuestionMessage | None:
    """The message that came under this id, or None. ConflictError where it was another person's or another text."""
    sent = QuestionMessage.objects.select_related("question").filter(submission_id=submission_id).first()
    if sent is not None and (sent.author_id != user.pk or sent.text != text):
        raise _differs()
    return sent


def _differs() -> ConflictError:
    return ConflictError(
        "Something else was sent under this submission_id. Send this with a new one.", code="submission_differs"
    )
