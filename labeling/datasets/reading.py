"""What a snapshot holds: the records of the fixed points, read from the database in a fixed order.

Only accepted work of purpose `work` from the pool `training`, on prompts with consent, enters, and of it what the
recipe lets in (selection.py); what stays out is counted by reason. A written few-shot prompt is K demonstrations, each
with the other pairs in its messages. Records carry pseudonyms, never names. The order is by prompt and judgment id,
few-shot ones last, and the JSON is canonical, so that the same content always has the same hash.

Where the recipe puts judgments of one item together, or asks something of items, the judgments of one prompt are held
at a time: all others are not read yet, or written already.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from django.db.models import Count

from labeling.collection.further_answers import where_said
from labeling.collection.models import Judgment, Prompt
from labeling.datasets.aggregation.items import REPEATED, Vote, by_item, first_votes, groups_of, make_vote, why_not
from labeling.datasets.aggregation.reliability import reliability_weights
from labeling.datasets.judged import Judged, judged_of
from labeling.datasets.merged import merged_record
from labeling.datasets.models import SnapshotKind
from labeling.datasets.recipe import BY_PEOPLE, Aggregation, GroupBy, Recipe, Weights, group_names
from labeling.datasets.records import Line, judgment_fields, prompt_fields
from labeling.datasets.selection import (
    accepted_batches,
    accepted_judgments,
    chosen_prompts,
    few_shot_examples,
    rows_of,
)
from labeling.datasets.votes import items_of
from labeling.projects.models import Project
from labeling.projects.selectors import pseudonyms_in
from labeling.review.models import Reference

CHUNK = 2000


@dataclass
class Reading:
    """A pass over a project's records; `left_out` is complete once `lines` is exhausted.

    It reads the batches that are accepted when it begins, `batches`, with the time when each was.
    """

    project: Project
    kind: str
    recipe: Recipe = field(default_factory=Recipe)
    left_out: Counter[str] = field(default_factory=Counter)
    batches: dict[UUID, datetime | None] = field(default_factory=dict)
    pseudonyms: dict[UUID, str] = field(default_factory=dict)
    weights: dict[UUID, float] = field(default_factory=dict)
    """By labeler, where the recipe asks how reliable they are and it is known."""

    def __post_init__(self) -> None:
        self.pseudonyms = pseudonyms_in(self.project.pk)
        self.batches = accepted_batches(self.project)
        self._groups = group_names(self.project, self.recipe)
        self._references = {reference.task_id: reference for reference in self.references_of(self.batches)}
        if self.recipe.needs_reliability:
            self.weights = reliability_weights(items_of(self.project, self.recipe, self.batches))

    def references_of(self, batches: Iterable[UUID]) -> list[Reference]:
        """What researchers say now of these batches' items, where records are made by it."""
        if self.recipe.aggregation == Aggregation.EACH:
            return []
        return list(Reference.objects.select_related("task").filter(current=True, task__batch__in=batches))

    def stands_on(self, batches: set[UUID]) -> bool:
        """Whether the references that were read of these batches are those of now; ask it while they are locked."""
        read = {reference.pk for reference in self._references.values() if reference.task.batch_id in batches}
        return read == {reference.pk for reference in self.references_of(batches)}

    def lines(self) -> Iterator[Line]:
        for rows in rows_of(self.project, self.kind, self.recipe, self.batches):
            reasons = rows.order_by().values_list("why").annotate(count=Count("pk")).order_by()
            self.left_out.update({why: count for why, count in reasons if why})
        if self.kind == SnapshotKind.PROMPTS:
            yield from self._prompts()
            return
        yield from self._of_items() if self.recipe.of_items else self._judgments()
        if self.kind == SnapshotKind.DEMONSTRATIONS:
            yield from self._few_shot()

    def _prompts(self) -> Iterator[Line]:
        for prompt in chosen_prompts(self.project, self.recipe).filter(why="").order_by("pk").iterator(CHUNK):
            record = prompt_fields(prompt) | {"source": prompt.source}
            yield Line(record | where_said(group=self._group(prompt, None)), prompt)

    def _read(self) -> Iterator[Judged]:
        chosen = accepted_judgments(self.project, self.kind, self.recipe, self.batches).filter(why="")
        ids = chosen.order_by("assignment__task__prompt_id", "pk").values_list("pk", flat=True).iterator(CHUNK)
        # Ids first: sorting a million whole rows would take minutes before the first of them.
        while some := list(islice(ids, CHUNK)):
            found = {judged.judgment.pk: judged for judged in judged_of(some, self.kind)}
            yield from (found[pk] for pk in some if pk in found)  # what was purged meanwhile is not

    def _judgments(self) -> Iterator[Line]:
        for judged in self._read():
            yield self._line(judged)

    def _of_items(self) -> Iterator[Line]:
        """What the recipe makes of the judgments of each item."""
        recipe = self.recipe
        for prompt, group in groupby(self._read(), key=lambda judged: judged.judgment.assignment.task.prompt):
            held = {judged.judgment.pk: judged for judged in group}
            made: list[Line] = []
            for votes in by_item(_vote(judged) for judged in held.values()).values():
                reason = why_not(votes, least_judgments=recipe.least_judgments, least_agreement=recipe.least_agreement)
                if reason:
                    self.left_out[reason] += len(votes)
                elif recipe.aggregation == Aggregation.EACH:
                    made += [self._line(held[vote.judgment]) for vote in votes]
                else:
                    made += self._merge(prompt, votes, held)
            yield from sorted(made, key=lambda line: line.record["id"])

    def _merge(self, prompt: Prompt, votes: Sequence[Vote], held: Mapping[UUID, Judged]) -> Iterator[Line]:
        """One record of an item's judgments; of each group of people one, where groups are told apart."""
        firsts = first_votes(votes)
        if len(firsts) < len(votes):
            self.left_out[REPEATED] += len(votes) - len(firsts)
        groups = {"": firsts}
        # What one group prefers is asked of its people; a researcher's ranking says what is right for all.
        by_people = self.recipe.group_by in BY_PEOPLE
        if by_people:
            groups = groups_of(
                firsts, {vote.judgment: self._group(prompt, held[vote.judgment].judgment) for vote in firsts}
            )
        for group, of in groups.items():
            lines = [self._line(held[vote.judgment]) for vote in of]
            weights = [self.weights.get(vote.labeler, 1.0) for vote in of]
            record = merged_record(
                [line.record for line in lines],
                of,
                aggregation=self.recipe.aggregation,
                weights=weights,
                reference=None if by_people else self._reference(of, held),
                group=group or self._group(prompt, None),
            )
            if self.recipe.weights != Weights.EQUAL:
                record["weight"] = round(sum(weights), 3) if self.recipe.weights == Weights.RELIABILITY else len(of)
            yield Line(
                record,
                prompt,
                tuple(vote.judgment for vote in of),
                tuple(name for line in lines for name in line.labelers),
                frozenset(batch for line in lines for batch in line.batches),
            )

    def _reference(self, votes: Sequence[Vote], held: Mapping[UUID, Judged]) -> Sequence[int] | None:
        """The item's ranks where a researcher said what they are, by the newest word on any of its tasks."""
        said = [
            (reference.created_at, vote, reference)
            for vote in votes
            if (reference := self._references.get(held[vote.judgment].judgment.assignment.task_id))
        ]
        if not said:
            return None
        _, vote, reference = max(said, key=lambda one: (one[0], one[1].order))
        ranks = {rating["candidate"]: rating["rank"] for rating in reference.ratings}
        shown = [str(output.candidate) for output in held[vote.judgment].outputs]
        return [ranks[shown[place]] for place in vote.places]

    def _few_shot(self) -> Iterator[Line]:
        """What writers of few-shot prompts answered to their own queries: one demonstration a pair."""
        examples = few_shot_examples(self.project, self.recipe, self.batches).filter(why="")
        rows = examples.select_related("prompt", "judgment__assignment__task").order_by("judgment", "index")
        for example in rows.iterator(CHUNK):
            record = {"id": str(example.pk), "response": example.response}
            yield self._line(Judged(example.judgment), example.prompt, record)

    def _line(self, judged: Judged, prompt: Prompt | None = None, detail: dict[str, Any] | None = None) -> Line:
        """A judgment as a record of its own."""
        judgment = judged.judgment
        task = judgment.assignment.task
        prompt = prompt or task.prompt
        assert prompt is not None, "only writing tasks have none, and their examples bring one"
        labeler = self.pseudonyms[judgment.assignment.labeler_id]
        record = prompt_fields(prompt) | {
            "prompt": str(prompt.pk),
            "labeler": labeler,
            "pool": judgment.pool,
            "batch": str(task.batch_id),
            "task": str(task.pk),
            "guideline": str(judgment.guideline_id or ""),
            "rubric": str(judgment.rubric_id or ""),
        }
        record |= detail or {"id": str(judgment.pk)} | judgment_fields(judged, self.kind)
        record |= where_said(group=self._group(prompt, judgment))
        if self.recipe.weights == Weights.RELIABILITY:
            record["weight"] = self.weights.get(judgment.assignment.labeler_id, 1.0)
        return Line(record, prompt, (judgment.pk,), (labeler,), frozenset([task.batch_id]))

    def _group(self, prompt: Prompt, judgment: Judgment | None) -> str:
        """The label of a record's group, or nothing; of a record without a judgment what its prompt says."""
        by = self.recipe.group_by
        if by == GroupBy.USE_CASE:
            return prompt.use_case
        if by == GroupBy.LANGUAGE:
            return prompt.language
        if judgment is None or by == GroupBy.NOTHING:
            return ""
        if by == GroupBy.POOL:
            return judgment.pool
        labeler = judgment.assignment.labeler_id
        return self._groups.get(labeler, "") if by == GroupBy.NAMED else self.pseudonyms[labeler]


def _vote(judged: Judged) -> Vote:
    return make_vote(
        judgment=judged.judgment.pk,
        labeler=judged.judgment.assignment.labeler_id,
        at=judged.judgment.created_at,
        texts=[output.text_key for output in judged.outputs],
        ranks=[output.rank for output in judged.outputs],
    )
