"""What a project has of prompts and what it lacks: for the researchers who ask for more, and for those who write."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from labeling.collection.models import (
    AssignmentState,
    Batch,
    BatchStatus,
    Judgment,
    Prompt,
    PromptBrief,
    TaskStatus,
    WritingSort,
)
from labeling.collection.writing.check import suspected
from labeling.collection.writing.shares import PAPER_SHARES, lacking
from labeling.projects.models import Project, TaskKind

UNDECIDED = (BatchStatus.OPEN, BatchStatus.RETURNED, BatchStatus.IN_REVIEW)
LATEST = 500
MOST_OPENINGS = 5
MOST_RARE = 3
OPENING_WORDS = 3


def counts_by(project: UUID, field: str) -> Counter[str]:
    """The project's prompts by their use case or language; withdrawn ones left out, "" where none is said."""
    prompts = Prompt.objects.filter(project=project, withdrawn_at=None).order_by()
    return Counter(dict(prompts.values_list(field).annotate(n=Count("pk"))))


def _asked_for(project: Project) -> Counter[str]:
    """Prompts that are being written, by use case. Anonymous versions are counted where the first was asked for."""
    briefs = PromptBrief.objects.filter(
        task__batch__project=project, task__batch__status__in=UNDECIDED, task__status=TaskStatus.OPEN
    ).exclude(sort=WritingSort.ANONYMIZE)
    counts = Counter(dict(briefs.order_by().values_list("use_case").annotate(n=Count("pk"))))
    waiting = sources_waiting(project).order_by().values_list("written__use_case").annotate(n=Count("pk"))
    return counts + Counter(dict(waiting))


def project_needs(project: Project, count: int) -> dict[str, Any]:
    """The project's use cases beside the paper's shares, and how `count` new prompts would best be divided."""
    have, asked = counts_by(project.pk, "use_case"), _asked_for(project)
    proposed = lacking(have + asked, count)
    return {
        "total": have.total(),
        "use_cases": [
            {
                "use_case": use_case,
                "have": have[use_case],
                "asked": asked[use_case],
                "paper_percent": percent,
                "proposed": proposed[use_case],
            }
            for use_case, percent in PAPER_SHARES.items()
        ],
        "sources_waiting": sources_waiting(project).count(),
    }


def sources_waiting(project: Project) -> QuerySet[Judgment]:
    """User-based prompts of accepted batches, oldest first, of which nobody makes or made an anonymous version."""
    standing = PromptBrief.objects.filter(source=OuterRef("pk")).exclude(task__status=TaskStatus.WITHDRAWN)
    return (
        accepted_answers(Batch.objects.filter(project=project, status=BatchStatus.ACCEPTED))
        .filter(~Exists(standing), assignment__task__brief__sort=WritingSort.USER_BASED)
        .order_by("created_at", "pk")
    )


def accepted_answers(batches: QuerySet[Batch]) -> QuerySet[Judgment]:
    """The current answers to the writing tasks of these batches, with what was written."""
    return Judgment.objects.select_related("written", "assignment__task__brief").filter(
        current=True,
        assignment__state=AssignmentState.SUBMITTED,
        assignment__task__kind=TaskKind.PROMPT,
        assignment__task__batch__in=batches,
    )


@dataclass(frozen=True)
class BriefPage:
    """A brief as its labeler sees it. Of a source only the text: never who wrote it, nor when."""

    sort: str
    use_case: str
    language: str
    about: str
    pairs: int | None
    source: str | None
    suspected: list[str]
    have: int  # prompts of the project, of this use case where one is asked for
    rare_use_cases: list[str]
    languages: dict[str, int]
    openings: list[str]


def brief_page(brief: PromptBrief, project: UUID) -> BriefPage:
    """The brief with hints on variety: what the project has little of, and how too many of its prompts begin."""
    source = brief.source.written.text if brief.source else None
    by_use_case, by_language = counts_by(project, "use_case"), counts_by(project, "language")
    return BriefPage(
        sort=brief.sort,
        use_case=brief.use_case,
        language=brief.language,
        about=brief.about,
        pairs=brief.pairs,
        source=source,
        suspected=suspected(source) if source else [],
        have=by_use_case[brief.use_case] if brief.use_case else by_use_case.total(),
        rare_use_cases=_rare(by_use_case),
        languages={language: count for language, count in by_language.most_common(MOST_OPENINGS) if language},
        openings=_openings(project, brief.use_case),
    )


def _rare(have: Counter[str]) -> list[str]:
    """The use cases of which the project has least beside the paper's shares; none where it has no less of any."""
    total = have.total() or 1
    short = {use_case: percent - 100 * have[use_case] / total for use_case, percent in PAPER_SHARES.items()}
    return [use_case for use_case in sorted(short, key=lambda one: -short[one]) if short[use_case] > 0][:MOST_RARE]


def _openings(project: UUID, use_case: str) -> list[str]:
    """How several of the project's latest prompts (of the use case) begin, the most frequent first."""
    prompts = Prompt.objects.filter(project=project, withdrawn_at=None)
    if use_case:
        prompts = prompts.filter(use_case=use_case)
    latest = prompts.order_by("-created_at", "-pk").values_list("messages", flat=True)[:LATEST]
    openings = Counter(" ".join(messages[0]["content"][:200].split()[:OPENING_WORDS]) for messages in latest)
    return [opening for opening, count in openings.most_common(MOST_OPENINGS) if count > 1]
