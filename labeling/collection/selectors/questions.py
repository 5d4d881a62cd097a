"""Who reads which questions. A thread is its asker's and the researchers'; everybody else reads published answers."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from labeling.accounts.models import Role, User
from labeling.collection.models import BlindCandidate, Question, QuestionMessage, Slot, SlotState
from labeling.projects.models import Membership, Project
from labeling.projects.selectors import visible_projects


def readable_questions(user: User) -> QuerySet[Question]:
    """Own questions and, for researchers and admins, those of the projects that they lead."""
    mine = Q(asker=user)
    if user.role == Role.LABELER:
        return Question.objects.filter(mine)
    return Question.objects.filter(mine | Q(project__in=visible_projects(user)))


def question_lines(questions: QuerySet[Question]) -> QuerySet[Question]:
    """The same with what a line of a list shows: how it begins, under which pseudonym it was asked."""
    first = QuestionMessage.objects.filter(question=OuterRef("pk")).order_by("created_at")
    member = Membership.objects.filter(project=OuterRef("project"), user=OuterRef("asker"))
    return questions.annotate(
        text=Subquery(first.values("text")[:1]), pseudonym=Subquery(member.values("pseudonym")[:1])
    ).select_related("guideline", "project")


def own_questions(user: User) -> QuerySet[Question]:
    return question_lines(Question.objects.filter(asker=user))


def project_questions(project: Project, *, waiting: bool) -> QuerySet[Question]:
    """A project's questions for its researchers: those that wait, the oldest first, or all, the newest first."""
    lines = question_lines(Question.objects.filter(project=project))
    return lines.filter(waits_since__isnull=False) if waiting else lines


def published_answers(project: Project, *, kind: str = "", search: str = "") -> QuerySet[Question]:
    """Answers that anybody in the project may read; every word of `search` stands in the question or the answer."""
    answers = Question.objects.filter(project=project, published_at__isnull=False)
    if kind:
        answers = answers.filter(kind=kind)
    for word in search.split()[:10]:
        answers = answers.filter(Q(published_question__icontains=word) | Q(published_answer__icontains=word))
    return answers


@dataclass(frozen=True)
class Thread:
    """A thread as one reader sees it. `candidates` are in the asker's order, for researchers only, without models."""

    question: Question
    messages: list[QuestionMessage]
    is_asker: bool
    leads: bool
    candidates: list[BlindCandidate]
    open_to_others: bool


def question_thread(*, user: User, question_id: UUID) -> Thread:
    """The thread with its item; Http404 for whoever is neither its asker nor leads its project."""
    open_slots = Slot.objects.filter(
        task=OuterRef("assignment__task"), state__in=[SlotState.FREE, SlotState.HELD]
    ).exclude(pk=OuterRef("assignment__slot"))
    messages = QuestionMessage.objects.order_by("created_at", "pk")
    question = get_object_or_404(
        question_lines(readable_questions(user))
        .annotate(open_to_others=Exists(open_slots))
        .select_related("assignment__task__prompt")
        .prefetch_related(Prefetch("messages", queryset=messages)),
        pk=question_id,
    )
    leads = user.role != Role.LABELER and visible_projects(user).filter(pk=question.project_id).exists()
    candidates = question.assignment.blind_candidates.select_related("candidate").order_by("position")
    return Thread(
        question=question,
        messages=list(question.messages.all()),
        is_asker=question.asker_id == user.pk,
        leads=leads,
        candidates=list(candidates) if leads else [],
        open_to_others=question.open_to_others,  # type: ignore[attr-defined]
    )
