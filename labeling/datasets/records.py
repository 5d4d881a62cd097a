"""What a snapshot holds: the records of the fixed points, read from the database in a fixed order.

Only accepted work of purpose `work` from the pool `training`, on prompts with consent, enters; what stays out is
counted by reason. A written few-shot prompt is K demonstrations, each with the other pairs in its messages. Records
carry pseudonyms, never names. The order is by prompt and judgment id, few-shot ones last, and the JSON is canonical,
so that the same content always has the same hash.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from labeling.collection.further_answers import where_said
from labeling.collection.models import (
    AssignmentState,
    BatchStatus,
    Candidate,
    Judgment,
    Prompt,
    Rating,
    TaskPurpose,
    WrittenExample,
)
from labeling.datasets.models import SnapshotKind
from labeling.projects.models import Membership, Pool, Project, TaskKind

CHUNK = 2000
Members = Mapping[UUID, Membership]  # by user


@dataclass
class Line:
    """One record with what stands behind it."""

    record: dict[str, Any]
    prompt: Prompt
    judgment: UUID | None = None
    batch: UUID | None = None


@dataclass
class Reading:
    """A pass over a project's records; `left_out` is complete once `lines` is exhausted."""

    project: Project
    kind: str
    left_out: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterator[Line]:
        if self.kind == SnapshotKind.PROMPTS:
            yield from self._prompts()
        else:
            members = {
                member.user_id: member for member in Membership.objects.filter(project=self.project).iterator(CHUNK)
            }
            yield from self._judgments(members)
            if self.kind == SnapshotKind.DEMONSTRATIONS:
                yield from self._few_shot(members)

    def _prompts(self) -> Iterator[Line]:
        for prompt in self.project.prompts.order_by("pk").iterator(CHUNK):
            if reason := _why_not(prompt):
                self.left_out[reason] += 1
                continue
            yield Line(_prompt_fields(prompt) | {"source": prompt.source}, prompt)

    def _judgments(self, members: Members) -> Iterator[Line]:
        for judgment in _accepted_judgments(self.project, self.kind).iterator(CHUNK):
            prompt = judgment.assignment.task.prompt
            assert prompt is not None, "only writing tasks have none"
            if record := self._record(prompt, judgment, members):
                yield _line(record | {"id": str(judgment.pk)} | _detail(judgment), prompt, judgment)

    def _few_shot(self, members: Members) -> Iterator[Line]:
        """What writers of few-shot prompts answered to their own queries: one demonstration a pair."""
        for example in _few_shot_examples(self.project).iterator(CHUNK):
            if record := self._record(example.prompt, example.judgment, members):
                record |= {"id": str(example.pk), "response": example.response}
                yield _line(record, example.prompt, example.judgment)

    def _record(self, prompt: Prompt, judgment: Judgment, members: Members) -> dict[str, Any] | None:
        """What every record of a judgment has; None, counted, where it may not enter."""
        task, labeler = judgment.assignment.task, members.get(judgment.assignment.labeler_id)
        if labeler is None or judgment.pool != Pool.TRAINING:
            self.left_out["labeler not of the training pool"] += 1
            return None
        if reason := _why_not(prompt):
            self.left_out[reason] += 1
            return None
        return _prompt_fields(prompt) | {
            "prompt": str(prompt.pk),
            "labeler": labeler.pseudonym,
            "pool": judgment.pool,
            "batch": str(task.batch_id),
            "task": str(task.pk),
            "guideline": str(judgment.guideline_id or ""),
            "rubric": str(judgment.rubric_id or ""),
        }


def _line(record: dict[str, Any], prompt: Prompt, judgment: Judgment) -> Line:
    return Line(record, prompt, judgment.pk, judgment.assignment.task.batch_id)


def _accepted_judgments(project: Project, kind: str) -> QuerySet[Judgment]:
    task_kind = TaskKind.DEMONSTRATION if kind == SnapshotKind.DEMONSTRATIONS else TaskKind.COMPARISON
    judgments = Judgment.objects.filter(
        current=True,
        assignment__project=project,
        assignment__state=AssignmentState.SUBMITTED,
        assignment__task__kind=task_kind,
        assignment__task__purpose=TaskPurpose.WORK,
        assignment__task__batch__status=BatchStatus.ACCEPTED,
    ).select_related("assignment__task__prompt")
    if kind == SnapshotKind.DEMONSTRATIONS:
        judgments = judgments.select_related("demonstration")
    else:
        candidates = Candidate.objects.select_related("generation__model")
        ratings = Rating.objects.order_by("candidate__order").prefetch_related(
            Prefetch("candidate", queryset=candidates)
        )
        judgments = judgments.prefetch_related(Prefetch("comparison__ratings", queryset=ratings))
    return judgments.order_by("assignment__task__prompt_id", "pk")


def _few_shot_examples(project: Project) -> QuerySet[WrittenExample]:
    """Those of accepted batches, in the order of the prompts that were written, and of their pairs."""
    return (
        WrittenExample.objects.filter(
            judgment__current=True,
            judgment__assignment__project=project,
            judgment__assignment__state=AssignmentState.SUBMITTED,
            judgment__assignment__task__purpose=TaskPurpose.WORK,
            judgment__assignment__task__batch__status=BatchStatus.ACCEPTED,
        )
        .exclude(response="")
        .select_related("prompt", "judgment__assignment__task")
        .order_by("judgment", "index")
    )


def _why_not(prompt: Prompt) -> str:
    """Why a prompt may not leave the project, or nothing."""
    if prompt.withdrawn_at is not None:
        return "prompt withdrawn"
    if not prompt.consent:
        return "no consent"
    if prompt.held_back:
        return "prompt held back"
    return ""


def _prompt_fields(prompt: Prompt) -> dict[str, Any]:
    return {
        "id": str(prompt.pk),
        "messages": prompt.messages,
        "split": prompt.split,
        "use_case": prompt.use_case,
        "language": prompt.language,
    }


def _detail(judgment: Judgment) -> dict[str, Any]:
    if hasattr(judgment, "demonstration"):
        return {"response": judgment.demonstration.response}
    ratings = list(judgment.comparison.ratings.all())
    return {
        "candidates": [
            {
                "id": str(rating.candidate_id),
                "text": rating.candidate.text,
                "model": rating.candidate.generation.model.name if rating.candidate.generation else "",
            }
            for rating in ratings
        ],
        "ranks": [rating.rank for rating in ratings],
        "ratings": [_rating(rating) for rating in ratings],
        "positions": [rating.position for rating in ratings],
        **where_said(prompt_scales=judgment.prompt_scales, confidence=judgment.comparison.confidence),
    }


def _rating(rating: Rating) -> dict[str, Any]:
    further = {name: getattr(rating, name) for name in ("scales", "critique", "edit", "interpretation")}
    return {"overall": rating.overall, "flags": rating.flags, "note": rating.note} | where_said(**further)
