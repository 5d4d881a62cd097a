"""Accepted written prompts become prompts of the project, once; and leave it where the acceptance is taken back.

By the rules of imports (store_prompts): personal data is masked, duplicates are left out, the split is fixed by the
author. Only the limit of prompts per user does not hold: it is for customers, and a labeler writes for a living.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.cleaning.rows import PromptRow
from labeling.collection.cleaning.splits import split_for
from labeling.collection.models import Batch, Judgment, Prompt, PromptBrief, Task, WritingSort, WrittenExample
from labeling.collection.selectors.writing import UNDECIDED, accepted_answers
from labeling.collection.services.change_prompt import change_prompt
from labeling.collection.services.store_prompts import Outcome, PromptStore, masked_text
from labeling.collection.services.withdraw_tasks import withdraw_tasks
from labeling.collection.writing.examples import messages_of
from labeling.projects.models import TaskKind

SOURCE = "written"
ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class _Wanted:
    """One example that an accepted answer is to become."""

    judgment: Judgment
    index: int

    @property
    def brief(self) -> PromptBrief:
        return self.judgment.assignment.task.brief

    @property
    def author(self) -> UUID:
        return self.judgment.assignment.labeler_id

    @property
    def has_pairs(self) -> bool:
        return bool(self.judgment.written.pairs)

    def row(self) -> PromptRow:
        written = self.judgment.written
        return PromptRow(
            line=0,
            messages=messages_of(written.text, written.pairs, self.index),
            user=str(self.author),
            use_case=written.use_case,
            language=written.language,
        )

    def response(self) -> str:
        pairs = self.judgment.written.pairs
        return masked_text(pairs[self.index]["response"])[0] if pairs else ""


def enter_written_prompts(*, actor: User, batch: Batch) -> None:
    """Make prompts of a batch's accepted answers; user-based ones wait until they are anonymous.

    The caller has locked the batch and accepted it. What a former acceptance made is taken up again.
    """
    if batch.kind != TaskKind.PROMPT:
        return
    answers = accepted_answers(Batch.objects.filter(pk=batch.pk)).exclude(
        assignment__task__brief__sort=WritingSort.USER_BASED
    )
    standing = _take_up(actor, batch)
    answers = answers.exclude(assignment__task__brief__source__in=_made_anonymous_elsewhere(batch))
    wanted = [
        _Wanted(judgment, index)
        for judgment in answers.order_by("assignment__task__position", "pk")
        for index in range(len(judgment.written.pairs) or 1)
        if (judgment.pk, index) not in standing
    ]
    counts = Counter(accepted=0, duplicates=0)
    counts.update(_enter(actor, batch, [one for one in wanted if not one.has_pairs], whole_texts=False))
    counts.update(_enter(actor, batch, [one for one in wanted if one.has_pairs], whole_texts=True))
    record_event(actor, "prompts.written", batch, taken_up=len(standing), **counts)


def _made_anonymous_elsewhere(batch: Batch) -> QuerySet:
    """Sources of which the project has the version of another batch: a task that was withdrawn may come back."""
    made = WrittenExample.objects.filter(prompt__withdrawn_at=None).exclude(judgment__assignment__task__batch=batch)
    sources = PromptBrief.objects.filter(task__assignments__judgments__examples__in=made, source__isnull=False)
    return sources.values("source")


def _take_up(actor: User, batch: Batch) -> set[tuple[UUID, int]]:
    """Bring back what an acceptance that was taken back had made of answers that still stand."""
    examples = list(
        WrittenExample.objects.select_related("prompt").filter(
            judgment__in=accepted_answers(Batch.objects.filter(pk=batch.pk))
        )
    )
    for example in examples:
        change_prompt(actor=actor, prompt=example.prompt, withdrawn=False)
    return {(example.judgment_id, example.index) for example in examples}


def _enter(actor: User, batch: Batch, wanted: Sequence[_Wanted], *, whole_texts: bool) -> Counter[str]:
    """Store these; examples of one few-shot prompt share their beginning, so they are compared as whole texts."""
    counts: Counter[str] = Counter()
    store = PromptStore(
        project=batch.project, came_by=None, consent=True, source=SOURCE, whole_texts=whole_texts, per_user=None
    )
    for begin in range(0, len(wanted), ROWS_AT_ONCE):
        chunk = wanted[begin : begin + ROWS_AT_ONCE]
        stored = store.add([one.row() for one in chunk])
        counts.update(row.outcome.value for row in stored)
        rows = list(zip(chunk, stored, strict=True))
        made = [(one, row.prompt) for one, row in rows if row.prompt is not None and row.outcome == Outcome.ACCEPTED]
        repeated = [(one, row.prompt) for one, row in rows if row.outcome == Outcome.DUPLICATE]
        _attribute(made)
        made += _own_again(actor, repeated)
        WrittenExample.objects.bulk_create(
            WrittenExample(judgment=one.judgment, index=one.index, prompt=prompt, response=one.response())
            for one, prompt in made
        )
    return counts


def _attribute(made: Sequence[tuple[_Wanted, Prompt]]) -> None:
    """Write who wrote these; and keep examples of one prompt on one side of the split.

    A text that another project met first has its split from there. The others of its prompt, which hold the same
    pairs, may then not be used on another side, and neither may it.
    """
    for one, prompt in made:
        prompt.author_id = one.author
        prompt.first_author_id = one.brief.source_author_id
        prompt.held_back = one.has_pairs and prompt.split != split_for(SOURCE, str(one.author))
    Prompt.objects.bulk_update([prompt for _, prompt in made], ["author", "first_author", "held_back"])


def _own_again(actor: User, repeated: Sequence[tuple[_Wanted, Prompt | None]]) -> list[tuple[_Wanted, Prompt]]:
    """Those that a former answer to the same assignment had made, and that were withdrawn with its acceptance."""
    again = []
    for one, prompt in repeated:
        if prompt is not None and prompt.written_examples.filter(judgment__assignment=one.judgment.assignment).exists():
            again.append((one, change_prompt(actor=actor, prompt=prompt, withdrawn=False)))
    return again


def take_back_written_prompts(*, actor: User, batch: Batch) -> None:
    """Withdraw what an acceptance made, and end the anonymizing of what is not accepted any more.

    The caller has locked the batch. Tasks on the withdrawn prompts end as with every withdrawal of a prompt; an
    anonymous version that was accepted already stays.
    """
    if batch.kind != TaskKind.PROMPT:
        return
    made = Prompt.objects.filter(written_examples__judgment__assignment__task__batch=batch, withdrawn_at=None)
    for prompt in made.distinct():
        change_prompt(actor=actor, prompt=prompt, withdrawn=True)
    # By id: withdrawing changes the tasks, and must not ask again which they are.
    anonymizing = Task.objects.filter(brief__source__assignment__task__batch=batch, batch__status__in=UNDECIDED)
    withdraw_tasks(actor=actor, tasks=Task.objects.filter(pk__in=list(anonymizing.values_list("pk", flat=True))))
