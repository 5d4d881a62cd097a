"""A chunk of a file's checked rows becomes prompts, candidates and judgments of an imported batch."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from labeling.collection.cleaning.fields import Rating
from labeling.collection.cleaning.rows import ComparisonRow, DemonstrationRow, PromptRow
from labeling.collection.cleaning.uploads import Refusal
from labeling.collection.models import ImportRefusal, PromptImport
from labeling.collection.services.import_prompts import MAX_REFUSALS_KEPT
from labeling.collection.services.store_prompts import CleanRow, Outcome, PromptStore, StoredRow, masked_text
from labeling.copy_rows import copy_rows
from labeling.datasets.formats.reading import Row
from labeling.datasets.services.import_judgments import ImportedBatch, ImportedJudgment

COUNTS = ("rows", "accepted", "refused", "prompts", "candidates", "without_consent", "personal_data")
MAX_REFUSALS_LISTED = 100_000
OVER_USER_LIMIT = "The user of this prompt has as many prompts in the project as one user may have."
SAME_ONCE_MASKED = "Two candidates are the same text once personal data is masked."
CHUNK_CHARACTERS = 8_000_000  # of a chunk's texts, about; what a chunk takes in memory is some times as much


@dataclass
class Chunk:
    """Rows that are taken together."""

    rows: list[DemonstrationRow | ComparisonRow] = field(default_factory=list)
    cleaned: list[CleanRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    characters: int = 0

    @property
    def length(self) -> int:
        return len(self.rows) + len(self.refusals)

    def add(self, row: Row | Refusal) -> None:
        if isinstance(row, Refusal):
            self.refusals.append(row)
            return
        assert not isinstance(row, PromptRow), "a file of judgments has none"
        self.rows.append(row)
        self.characters += sum(len(message["content"]) for message in row.prompt.messages)
        if isinstance(row, DemonstrationRow):
            self.characters += len(row.response)
        else:
            self.characters += sum(len(candidate.text) for candidate in row.prompt.candidates)


class Taking:
    """One file on its way in. What it has come to stands in `came_by`, which the caller saves after each chunk."""

    def __init__(self, came_by: PromptImport) -> None:
        self.came_by = came_by
        self._store = PromptStore(project=came_by.project, came_by=came_by, consent=came_by.consent, whole_texts=True)

    def chunks(self, rows: Iterator[Row | Refusal], most: int) -> Iterator[Chunk]:
        """The rows in chunks of at most so many, and of texts that take a bounded room, cleaned for `take`. Does not
        use the database."""
        chunk = Chunk()
        for row in rows:
            chunk.add(row)
            if chunk.length == most or chunk.characters >= CHUNK_CHARACTERS:
                yield self._cleaned(chunk)
                chunk = Chunk()
        if chunk.length:
            yield self._cleaned(chunk)

    def _cleaned(self, chunk: Chunk) -> Chunk:
        chunk.cleaned = self._store.clean(row.prompt for row in chunk.rows)
        return chunk

    def take(self, chunk: Chunk, batch: ImportedBatch) -> None:
        """Store a chunk, within a transaction of the caller's."""
        counts: Counter[str] = Counter(rows=chunk.length)
        refusals = list(chunk.refusals)
        judgments = []
        for row, stored in zip(chunk.rows, self._store.add_clean(chunk.cleaned), strict=True):
            if reason := _why_not(stored):
                refusals.append(Refusal(row.line, reason))
                continue
            counts["candidates"] += stored.added_candidates
            if stored.outcome == Outcome.ACCEPTED and stored.prompt is not None:
                counts["prompts"] += 1
                counts["personal_data"] += bool(stored.prompt.personal_data)
                counts["without_consent"] += not stored.prompt.consent
            judgments.append(_judgment(row, stored))
        batch.add(judgments)
        counts["accepted"] = len(judgments)
        counts["refused"] = len(refusals)
        self._note(sorted(refusals, key=lambda refusal: refusal.line))
        before = self.came_by.counts
        self.came_by.counts = {name: before.get(name, 0) + counts[name] for name in COUNTS}

    def _note(self, refusals: list[Refusal]) -> None:
        noted = self.came_by.counts.get("refused", 0)
        listed = refusals[: max(MAX_REFUSALS_LISTED - noted, 0)]
        if listed:
            rows = ((refusal.line, refusal.reason) for refusal in listed)
            copy_rows(ImportRefusal, ("line", "reason"), rows, came_by_id=self.came_by.pk)
        room = MAX_REFUSALS_KEPT - len(self.came_by.refused)
        self.came_by.refused += [{"line": refusal.line, "reason": refusal.reason} for refusal in refusals[:room]]


def _why_not(stored: StoredRow) -> str:
    if stored.prompt is None:
        return OVER_USER_LIMIT
    if len({candidate.pk for candidate in stored.candidates}) < len(stored.candidates):
        return SAME_ONCE_MASKED
    return ""


def _judgment(row: DemonstrationRow | ComparisonRow, stored: StoredRow) -> ImportedJudgment:
    assert stored.prompt is not None, "it is refused otherwise"
    is_new = stored.outcome == Outcome.ACCEPTED
    if isinstance(row, DemonstrationRow):
        response, _ = masked_text(row.response)
        return ImportedJudgment(prompt=stored.prompt, labeler=row.labeler, prompt_is_new=is_new, response=response)
    return ImportedJudgment(
        prompt=stored.prompt,
        labeler=row.labeler,
        prompt_is_new=is_new,
        candidates=stored.candidates,
        ranks=row.ranks,
        ratings=[_rating(rating) for rating in row.ratings],
        confidence=row.confidence,
    )


def _rating(rating: Rating) -> dict[str, Any]:
    return {
        "overall": rating.overall,
        "note": masked_text(rating.note)[0],
        "interpretation": masked_text(rating.interpretation)[0],
    }
