"""Screenings as researchers see them: codes and scores, no names before the decision; and as their labeler does."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404

from labeling.accounts.models import User
from labeling.collection.models import (
    AssignmentState,
    Judgment,
    Screening,
    ScreeningPart,
    TaskKey,
    TaskPurpose,
)
from labeling.collection.selectors.keys import ratings_of
from labeling.collection.selectors.stages import Stage, progress_in_parts, stage_of
from labeling.projects.models import Membership, Pool, Project
from labeling.projects.selectors import membership_of, visible_projects
from labeling.review.models import ScreeningRating
from labeling.review.screening_scores import demonstration_score, flagging_score, ranking_score


@dataclass(frozen=True)
class Result:
    """One screening with its progress and scores; `username` is told from the decision on."""

    screening: Screening
    parts: list[dict[str, Any]]
    complete: bool
    unrated: int
    scores: dict[str, dict[str, Any]]
    decision: Any
    username: str | None


def visible_screenings(user: User) -> QuerySet[Screening]:
    """Screenings of the projects that this person sees, in the order of their random codes."""
    return (
        Screening.objects.filter(membership__project__in=visible_projects(user))
        .select_related("membership__user", "membership__project", "decision")
        .order_by("pk")
    )


def screening_for(user: User, screening_id: UUID) -> Screening:
    """The screening, or Http404 where the user does not see its project."""
    return get_object_or_404(visible_screenings(user), pk=screening_id)


def result_of(screening: Screening) -> Result:
    """Progress and scores; those of the decision once there is one, so that later ratings change no decision."""
    decision = getattr(screening, "decision", None)
    parts = progress_in_parts(screening.membership)
    answers = _answers(screening.membership)
    raters = _ratings(answers[ScreeningPart.DEMONSTRATIONS])
    return Result(
        screening=screening,
        parts=parts,
        complete=is_complete(screening, parts),
        unrated=sum(not values for values in raters),
        scores=decision.scores if decision else _scores(screening.membership.project, answers, raters),
        decision=decision,
        username=screening.membership.user.username if decision else None,
    )


def is_complete(screening: Screening | None, parts: list[dict[str, Any]]) -> bool:
    """Whether every item is answered or skipped, and the fourth part told."""
    told = screening is not None and screening.topics_at is not None
    return told and bool(parts) and all(part["done"] + part["skipped"] == part["total"] for part in parts)


def _answers(membership: Membership) -> dict[str, list[Judgment]]:
    """The member's current answers of the screening, by part."""
    judgments = (
        Judgment.objects.filter(
            assignment__labeler=membership.user_id,
            assignment__project=membership.project_id,
            assignment__state=AssignmentState.SUBMITTED,
            assignment__task__purpose=TaskPurpose.SCREENING,
            current=True,
        )
        .select_related("assignment__task__batch", "comparison", "demonstration")
        .order_by("pk")
    )
    by_part: dict[str, list[Judgment]] = defaultdict(list)
    for judgment in judgments:
        by_part[judgment.assignment.task.batch.part].append(judgment)
    return by_part


def _ratings(demonstrations: Iterable[Judgment]) -> list[list[int]]:
    values: dict[UUID, list[int]] = {judgment.pk: [] for judgment in demonstrations}
    for judgment, value in ScreeningRating.objects.filter(judgment__in=values).values_list("judgment", "value"):
        values[judgment].append(value)
    return list(values.values())


def _scores(project: Project, answers: dict[str, list[Judgment]], raters: list[list[int]]) -> dict[str, dict[str, Any]]:
    keys = _keys(answers[ScreeningPart.FLAGGING] + answers[ScreeningPart.RANKING])
    flags = []
    for own in answers[ScreeningPart.FLAGGING]:
        key = keys[own.assignment.task_id]
        flags.append((own.prompt_flags, key.prompt_flags))
        theirs = ratings_of(key)
        flags += [(rating.flags, theirs[pk].flags) for pk, rating in ratings_of(own).items()]
    ranks = [(_ranks(own), _ranks(keys[own.assignment.task_id])) for own in answers[ScreeningPart.RANKING]]
    flagging = flagging_score(flags, project.sensitive_flags)
    ranking = ranking_score(ranks)
    demonstrations = demonstration_score(raters)
    return {
        "flagging": {
            "value": flagging.value, "agree": flagging.agree, "n": flagging.n, "cutoff": project.cutoff_flagging,
        },
        "ranking": {
            "value": ranking.value, "agree": ranking.agree, "n": ranking.n, "cutoff": project.cutoff_ranking,
        },
        "demonstrations": {
            "value": demonstrations.value, "n": demonstrations.n, "of": demonstrations.of,
            "cutoff": project.cutoff_demonstrations,
        },
    }  # fmt: skip


def _ranks(judgment: Judgment) -> dict[UUID, int]:
    return {pk: rating.rank for pk, rating in ratings_of(judgment).items()}


def _keys(judgments: Iterable[Judgment]) -> dict[UUID, Judgment]:
    """Task id -> the judgment of its newest key."""
    tasks = [judgment.assignment.task_id for judgment in judgments]
    keys = TaskKey.objects.filter(task__in=tasks).select_related("judgment__comparison").order_by("version")
    return {key.task_id: key.judgment for key in keys}


def demonstrations_to_rate(*, user: User, project: Project) -> list[Judgment]:
    """Demonstrations of undecided screenings that this researcher did not rate yet, in random ids' order: whose they
    are, and which belong together, cannot be seen."""
    rated = ScreeningRating.objects.filter(judgment=OuterRef("pk"), rater=user)
    judgments = (
        screened_demonstrations(user)
        .filter(~Exists(rated), assignment__project=project, current=True)
        .select_related("assignment__task__prompt", "demonstration")
    )
    return list(judgments.order_by("pk")[:200])


def screened_demonstrations(user: User) -> QuerySet[Judgment]:
    """Demonstrations of screenings that are undecided, in projects that this person sees."""
    undecided = Screening.objects.filter(
        membership__user=OuterRef("assignment__labeler"),
        membership__project=OuterRef("assignment__project"),
        decided_at=None,
    )
    return Judgment.objects.filter(
        Exists(undecided),
        assignment__project__in=visible_projects(user),
        assignment__state=AssignmentState.SUBMITTED,
        assignment__task__purpose=TaskPurpose.SCREENING,
        assignment__task__batch__part=ScreeningPart.DEMONSTRATIONS,
        pool=Pool.TRAINING,
    )


def own_screening(*, user: User, project: Project) -> dict[str, Any]:
    """How far the user's own screening is; scores and names of keys nowhere, until it is decided."""
    membership = membership_of(user, project)
    if membership is None:
        return {"stage": None, "parts": [], "topics": None, "complete": False, "decision": None}
    membership.project = project
    screening = Screening.objects.select_related("decision").filter(membership=membership).first()
    stage = stage_of(membership)
    decision = getattr(screening, "decision", None)
    parts = progress_in_parts(membership) if stage == Stage.SCREENING else []
    told = screening is not None and screening.topics_at is not None
    return {
        "stage": stage,
        "parts": parts,
        "topics": {"topics": screening.topics, "groups": screening.groups} if screening and told else None,
        "complete": is_complete(screening, parts),
        "decision": decision,
    }
