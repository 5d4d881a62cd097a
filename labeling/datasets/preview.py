"""What a recipe would give, without writing anything: counts, what is left out and why, and how far labelers agree.

Of a large project a random sample of prompts is read, with all their judgments, and the counts are raised to the whole;
the answer says so. Prompts' ids are random, so that all up to an id are such a sample.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet

from labeling.datasets.aggregation.items import REPEATED, Vote, by_item, first_votes, groups_of, why_not
from labeling.datasets.aggregation.reliability import reliability_weights
from labeling.datasets.models import SnapshotKind
from labeling.datasets.recipe import BY_PEOPLE, NONE, Aggregation, GroupBy, Recipe, group_names
from labeling.datasets.selection import rows_of
from labeling.datasets.votes import PromptVotes, votes_of
from labeling.projects.models import Project
from labeling.projects.selectors import pseudonyms_in
from labeling.review.rankings import last_of_share
from labeling.review.statistics.agreement import SHARES, counts_of_units, outcome_sums
from labeling.review.statistics.arrays import sum_by
from labeling.review.statistics.bootstrap import estimates
from labeling.review.statistics.judgments import Judgments

MOST = 20_000
"""Judgments beyond about this number are sampled."""
COUNTS = ("by_split", "by_use_case", "by_labeler", "by_group", "left_out")


@dataclass
class Preview:
    recipe: Recipe
    records: int = 0
    judgments: int = 0
    prompts: int = 0
    by_split: Counter[str] = field(default_factory=Counter)
    by_use_case: Counter[str] = field(default_factory=Counter)
    by_labeler: Counter[str] = field(default_factory=Counter)
    by_group: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    agreement: dict[str, Any] | None = None
    weights: dict[str, float] = field(default_factory=dict)
    read_share: float = 1.0

    def answer(self) -> dict[str, Any]:
        """As the API gives it, the counts of a sample raised to the whole."""

        def whole(count: int) -> int:
            return round(count / self.read_share)

        counts = {name: getattr(self, name) for name in COUNTS}
        return {
            "records": whole(self.records),
            "judgments": whole(self.judgments),
            "prompts": whole(self.prompts),
            **{name: {key: whole(count) for key, count in sorted(of.items())} for name, of in counts.items()},
            "agreement": self.agreement,
            "weights": self.weights,
            "read_share": self.read_share,
            "recipe": self.recipe.stored(),
        }

    def add(self, *, split: str, use_case: str, labelers: Counter[str], group: str, records: int = 1) -> None:
        self.records += records
        self.judgments += labelers.total()
        self.by_split[split] += records
        self.by_use_case[use_case or NONE] += records
        self.by_labeler.update(labelers)  # += would look at every labeler of the project each time
        if group:
            self.by_group[group] += records


def preview_snapshot(*, project: Project, kind: str, recipe: Recipe) -> Preview:
    """What freezing this recipe now would give."""
    preview = Preview(recipe)
    sources = _sources(project, kind, recipe)
    expected = sum(source.rows.count() for source in sources)
    last = None
    if expected > MOST:
        preview.read_share = MOST / expected
        last = last_of_share(preview.read_share)
    labels = _Labels(project, recipe)
    for source in sources:
        rows = source.rows.filter(**{f"{source.prompt_id}__lte": last}) if last else source.rows
        reasons = rows.order_by().values_list("why").annotate(count=Count("pk")).order_by()
        preview.left_out.update({why: count for why, count in reasons if why})
        if kind != SnapshotKind.COMPARISONS:
            _count_rows(preview, rows.filter(why=""), source, labels)
    if kind == SnapshotKind.COMPARISONS:
        _count_votes(preview, list(votes_of(project, recipe, last=last)), labels)
    return preview


@dataclass(frozen=True)
class _Source:
    """Rows that may become records, each with `why` it stays out; and how to get from them to what is counted."""

    rows: QuerySet[Any]
    prompt: str
    judgment: str | None

    @property
    def prompt_id(self) -> str:
        return f"{self.prompt}id"


def _sources(project: Project, kind: str, recipe: Recipe) -> list[_Source]:
    ways: list[tuple[str, str | None]] = [("assignment__task__prompt__", ""), ("prompt__", "judgment__")]
    if kind == SnapshotKind.PROMPTS:
        ways = [("", None)]
    return [_Source(rows, *way) for rows, way in zip(rows_of(project, kind, recipe), ways, strict=False)]


class _Labels:
    """Pseudonyms, and the group label that a record would carry."""

    def __init__(self, project: Project, recipe: Recipe) -> None:
        self.pseudonyms = pseudonyms_in(project.pk)
        self._by = recipe.group_by
        self._named = group_names(project, recipe)

    def of(self, *, use_case: str, language: str, pool: str = "", labeler: UUID | None = None) -> str:
        if labeler is None or self._by in (GroupBy.USE_CASE, GroupBy.LANGUAGE):
            return {GroupBy.USE_CASE: use_case, GroupBy.LANGUAGE: language}.get(GroupBy(self._by), "")
        named = self._named.get(labeler, "")
        return {GroupBy.POOL: pool, GroupBy.LABELER: self.pseudonyms[labeler], GroupBy.NAMED: named}.get(
            GroupBy(self._by), ""
        )


def _count_rows(preview: Preview, rows: QuerySet[Any], source: _Source, labels: _Labels) -> None:
    """Rows that are records as they are, counted by the database."""
    names = {"side": F(f"{source.prompt}split"), "case": F(f"{source.prompt}use_case"),
             "tongue": F(f"{source.prompt}language")}  # fmt: skip
    if source.judgment is not None:
        names |= {"who": F(f"{source.judgment}assignment__labeler_id"), "in_pool": F(f"{source.judgment}pool")}
    for row in rows.order_by().values(**names).annotate(count=Count("pk")).order_by():
        who, count = row.get("who"), row["count"]
        preview.add(
            split=row["side"],
            use_case=row["case"],
            labelers=Counter({labels.pseudonyms[who]: count}) if who else Counter(),
            group=labels.of(use_case=row["case"], language=row["tongue"], pool=row.get("in_pool", ""), labeler=who),
            records=count,
        )
    preview.prompts += rows.aggregate(count=Count(source.prompt_id, distinct=True))["count"]


def _count_votes(preview: Preview, prompts: list[PromptVotes], labels: _Labels) -> None:
    """Comparisons: what the recipe makes of each item's judgments, as records.Reading does with their texts."""
    recipe = preview.recipe
    entered: list[tuple[UUID, list[Vote]]] = []
    for prompt in prompts:
        before = preview.records
        for votes in by_item(prompt.votes).values():
            reason = why_not(votes, least_judgments=recipe.least_judgments, least_agreement=recipe.least_agreement)
            if reason:
                preview.left_out[reason] += len(votes)
                continue
            entered.append((prompt.prompt, votes))
            for label, of in _records(preview, prompt, votes, labels):
                preview.add(
                    split=prompt.split,
                    use_case=prompt.use_case,
                    labelers=Counter(labels.pseudonyms[vote.labeler] for vote in of),
                    group=label,
                )
        preview.prompts += preview.records > before
    preview.agreement = _agreement(entered)
    if recipe.needs_reliability:
        weights = reliability_weights(votes for prompt in prompts for votes in by_item(prompt.votes).values())
        preview.weights = dict(sorted((labels.pseudonyms[user], weight) for user, weight in weights.items()))


def _records(
    preview: Preview, prompt: PromptVotes, votes: list[Vote], labels: _Labels
) -> Iterator[tuple[str, list[Vote]]]:
    """The votes of each record that an item becomes, with the record's group."""

    def label(vote: Vote) -> str:
        return labels.of(
            use_case=prompt.use_case,
            language=prompt.language,
            pool=prompt.pools[vote.judgment],
            labeler=vote.labeler,
        )

    if preview.recipe.aggregation == Aggregation.EACH:
        yield from ((label(vote), [vote]) for vote in votes)
        return
    firsts = first_votes(votes)
    if len(firsts) < len(votes):
        preview.left_out[REPEATED] += len(votes) - len(firsts)
    if preview.recipe.group_by in BY_PEOPLE:
        yield from groups_of(firsts, {vote.judgment: label(vote) for vote in firsts}).items()
    else:
        yield label(firsts[0]), firsts


def _agreement(items: list[tuple[UUID, list[Vote]]]) -> dict[str, Any] | None:
    """Pairwise agreement of labelers (a tie is an outcome) within these items, with its interval over prompts."""
    rows = (
        (prompt, (vote.item, i, j), vote.labeler, (vote.ranks[i] > vote.ranks[j]) - (vote.ranks[i] < vote.ranks[j]))
        for prompt, votes in items
        if len(votes) > 1
        for vote in first_votes(votes)
        for i, j in combinations(range(len(vote.ranks)), 2)
    )
    judgments = Judgments.from_rows(rows)
    if not len(judgments.values):
        return None
    counts_U3, cluster_U = counts_of_units(judgments)
    sums = sum_by(cluster_U, outcome_sums(counts_U3, 2), int(cluster_U.max()) + 1)
    return estimates(sums[sums[:, 0] > 0], {"pairwise": SHARES["pairwise"]})["pairwise"]
