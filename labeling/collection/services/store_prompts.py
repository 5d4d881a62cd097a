"""Uploaded rows become prompts and candidates: cleaned, no duplicates, at most so many of a user, split.

Used by both uploads, of prompts and of comparisons. A row whose text the project has already adds no prompt, but
its outputs are added to that prompt where they are new: a second file may bring another model's.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from functools import lru_cache
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from labeling.collection.cleaning.duplicates import prefix_key
from labeling.collection.cleaning.fields import Message
from labeling.collection.cleaning.personal_data import find_personal_data, mask_personal_data
from labeling.collection.cleaning.rows import PromptRow
from labeling.collection.cleaning.splits import split_of, text_key
from labeling.collection.cleaning.texts import digest, text_of
from labeling.collection.models import Candidate, Prompt, PromptImport
from labeling.collection.services.add_candidates import NewCandidate, add_candidates
from labeling.copy_rows import as_read, copy_rows
from labeling.projects.models import Project
from labeling.registry.models import Generation, ModelKind, ModelVersion

MAX_PROMPTS_PER_USER = 200  # appendix A.2 of the paper
DEFAULT_SOURCE = "import"
_IMPORT_LOCK = 0x636F6E63  # one key for all imports, see PromptStore


class Outcome(Enum):
    ACCEPTED = "accepted"
    DUPLICATE = "duplicates"
    OVER_USER_LIMIT = "over_user_limit"


@dataclass
class CleanRow:
    """What a row's prompt is stored with, if it is, and the texts of its outputs."""

    row: PromptRow
    candidates: list[str]
    messages: list[Message]
    text_key: str
    prefix_key: str
    source: str
    user_key: str
    split: str
    personal_data: list[str]


@dataclass
class StoredRow:
    """What became of a row. A duplicate has its prompt only where the texts are the same, not just their beginnings."""

    clean: CleanRow
    outcome: Outcome
    prompt: Prompt | None = None
    candidates: list[Candidate] = field(default_factory=list)  # the row's, in the row's order
    added_candidates: int = 0


_COLUMNS = (
    "id", "messages", "text_key", "prefix_key", "source", "user_key", "split", "use_case", "language", "consent",
    "personal_data", "sensitive", "created_at", "project_id", "came_by_id",
)  # fmt: skip

# Of these pairs of prompt and text the outputs that stand already, found by the index of prompt and text.
_STANDING = """
SELECT c.id, c.prompt_id, c.text_key, c.generation_id, g.model_id
FROM unnest(%s::uuid[], %s::text[]) wanted (prompt_id, text_key)
JOIN collection_candidate c ON c.prompt_id = wanted.prompt_id AND c.text_key = wanted.text_key
LEFT JOIN registry_generation g ON g.id = c.generation_id
"""
# The highest index of each generation for each prompt, by the end of the unique index.
_LAST_SAMPLES = """
SELECT wanted.prompt_id, wanted.generation_id, (
    SELECT max(c.index) FROM collection_candidate c
    WHERE c.prompt_id = wanted.prompt_id AND c.generation_id = wanted.generation_id)
FROM unnest(%s::uuid[], %s::uuid[]) wanted (prompt_id, generation_id)
"""


class PromptStore:
    """Stores the rows of one upload, chunk by chunk, each within a transaction of the caller's.

    Chunks are stored one at a time, over all projects: a text has one split wherever it comes in, and two uploads at
    once could each meet it first.
    """

    def __init__(
        self,
        *,
        project: Project,
        came_by: PromptImport | None,
        consent: bool,
        source: str = "",
        whole_texts: bool = False,
        per_user: int | None = MAX_PROMPTS_PER_USER,
    ) -> None:
        """With `whole_texts`, prompts are duplicates only where all of their text is the same: for judgments that
        were made already, which are worth more than the variety that the rule of prefixes is for."""
        self.project = project
        self.came_by = came_by
        self.consent = consent
        self.source = source or DEFAULT_SOURCE
        self.whole_texts = whole_texts
        self.per_user = per_user
        self._generations: dict[str, Generation] = {}

    def clean(self, rows: Iterable[PromptRow]) -> list[CleanRow]:
        """The rows as they would be stored: personal data masked, and their keys. Does not use the database."""
        return [self._clean(row) for row in rows]

    def add(self, rows: Sequence[PromptRow]) -> list[StoredRow]:
        """Store a chunk of rows (some hundreds at a time); returns what became of each, in their order."""
        return self.add_clean(self.clean(rows))

    @transaction.atomic
    def add_clean(self, cleaned: Sequence[CleanRow]) -> list[StoredRow]:
        """Store a chunk of rows that `clean` made; returns what became of each, in their order."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORT_LOCK])
        known, first_splits = self._known(cleaned)
        of_user = self._prompts_of_users({clean.user_key for clean in cleaned if clean.user_key})
        stored: list[StoredRow] = []
        new: list[tuple] = []
        made, came_by, now = as_read(Prompt, _COLUMNS), self.came_by and self.came_by.pk, timezone.now()
        for clean in cleaned:
            row = clean.row
            standing = known.get(clean.text_key) or known.get(clean.prefix_key)
            if standing is not None:
                same = standing if standing.text_key == clean.text_key else None
                stored.append(StoredRow(clean, Outcome.DUPLICATE, same))
            elif self.per_user is not None and of_user[clean.user_key] >= self.per_user:
                stored.append(StoredRow(clean, Outcome.OVER_USER_LIMIT))
            else:
                # A text met under two users keeps the split in which it was met first (cleaning/splits.py).
                split = first_splits.setdefault(clean.text_key, clean.split)
                consent = self.consent if row.consent is None else row.consent
                created_at = now + timedelta(microseconds=len(new))  # so that lists have the order of the file
                new.append((
                    uuid4(), clean.messages, clean.text_key, clean.prefix_key, clean.source, clean.user_key, split,
                    row.use_case, row.language, consent, clean.personal_data, row.sensitive, created_at,
                    self.project.pk, came_by,
                ))  # fmt: skip
                known[clean.text_key] = known[clean.prefix_key] = prompt = made(new[-1])
                if clean.user_key:
                    of_user[clean.user_key] += 1
                stored.append(StoredRow(clean, Outcome.ACCEPTED, prompt))
        copy_rows(Prompt, _COLUMNS, new)
        self._add_candidates(stored)
        return stored

    def _clean(self, row: PromptRow) -> CleanRow:
        """The row's prompt as it would be stored.

        Personal data is masked in every split, not only in the one that is trained on: nobody knows of a text
        that stands in valid today where it will be used tomorrow, and labelers read all of them. The keys are
        those of the masked text, so that they can be made anew from what is stored.
        """
        messages, kinds = _masked(row.messages)
        text = text_of(messages)
        key, source = text_key(text), row.source or self.source
        return CleanRow(
            row=row,
            # An output may repeat the prompt's personal data, so it is masked as well.
            candidates=[masked_text(candidate.text)[0] for candidate in row.candidates],
            messages=messages,
            text_key=key,
            prefix_key=key if self.whole_texts else prefix_key(text),
            source=source,
            user_key=digest("user", source, row.user) if row.user else "",
            split=split_of(source, row.user, key),
            personal_data=kinds,
        )

    def _known(self, wanted: Sequence[CleanRow]) -> tuple[dict[str, Prompt], dict[str, str]]:
        """The project's prompts that these repeat, by the key of the whole text and by that of the prefix; and the
        split in which each text stands anywhere, of several the first."""
        same_texts = Prompt.objects.filter(text_key__in={clean.text_key for clean in wanted}).order_by("-created_at")
        of_text = list(same_texts)
        found = [prompt for prompt in of_text if prompt.project_id == self.project.pk]
        if not self.whole_texts:
            prefixes = {clean.prefix_key for clean in wanted}
            found += Prompt.objects.filter(prefix_key__in=prefixes, project=self.project)
        known: dict[str, Prompt] = {}
        for prompt in found:
            known[prompt.text_key] = known[prompt.prefix_key] = prompt
        return known, {prompt.text_key: prompt.split for prompt in of_text}

    def _prompts_of_users(self, user_keys: set[str]) -> Counter[str]:
        prompts = Prompt.objects.filter(project=self.project, user_key__in=user_keys)
        return Counter(dict(prompts.values_list("user_key").annotate(n=Count("pk"))))

    def _add_candidates(self, stored: Sequence[StoredRow]) -> None:
        rows = [row for row in stored if row.prompt is not None and row.clean.candidates]
        given = (candidate.model for row in rows for candidate in row.clean.row.candidates)
        self._know_models({model for model in given if model})
        # Of a prompt that this chunk brought, nothing has to be asked.
        new_prompts = {row.prompt.pk for row in rows if row.prompt is not None and row.outcome == Outcome.ACCEPTED}
        items = [(row, *item) for row in rows for item in self._candidates(row)]
        standing = _standing({(new.prompt_id, new.text_key) for _, _, new in items if new.prompt_id not in new_prompts})
        wanted: dict[tuple, NewCandidate] = {}
        for row, key, new in items:
            if key not in standing and key not in wanted:
                wanted[key] = new
                row.added_candidates += 1
        _number(wanted.values(), new_prompts)
        added = add_candidates(list(wanted.values()), new_prompts=new_prompts)
        standing |= dict(zip(wanted, added, strict=True))
        for row, key, _ in items:
            row.candidates.append(standing[key])

    def _candidates(self, stored: StoredRow) -> Iterator[tuple[tuple, NewCandidate]]:
        """Of each of the row's outputs its identity (prompt, model, text) and the output."""
        assert stored.prompt is not None
        for given, text in zip(stored.clean.row.candidates, stored.clean.candidates, strict=True):
            generation = self._generations.get(given.model)
            new = NewCandidate(stored.prompt.pk, text, generation)
            yield (new.prompt_id, generation.model_id if generation else None, new.text_key), new

    def _know_models(self, names: set[str]) -> None:
        """An external model and one generation of this upload for each new name, also where it was begun before."""
        for name in sorted(names - self._generations.keys()):
            assert self.came_by is not None, "only uploads bring outputs"
            model, _ = ModelVersion.objects.get_or_create(name=name, kind=ModelKind.EXTERNAL)
            made = {"import": str(self.came_by.pk), "file": self.came_by.file_name}
            self._generations[name] = Generation.objects.filter(
                model=model, settings=made
            ).first() or Generation.objects.create(model=model, settings=made)


def _standing(keys: Collection[tuple[UUID, str]]) -> dict[tuple, Candidate]:
    """The outputs of these prompts and texts that are there already, by their identity; a later one of two that are
    the same."""
    if not keys:
        return {}
    found = Candidate.objects.raw(_STANDING, [[str(prompt) for prompt, _ in keys], [text for _, text in keys]])
    return {(one.prompt_id, one.model_id, one.text_key): one for one in found}  # type: ignore[attr-defined]


def _number(wanted: Collection[NewCandidate], new_prompts: Collection[UUID]) -> None:
    """Give each one its index among the samples of its generation for its prompt."""
    pairs = {(new.prompt_id, new.generation.pk) for new in wanted if new.generation}
    samples: dict[tuple[UUID, UUID], int] = dict.fromkeys(pairs, -1)
    if asked := [pair for pair in pairs if pair[0] not in new_prompts]:
        with connection.cursor() as cursor:
            cursor.execute(_LAST_SAMPLES, [[str(prompt) for prompt, _ in asked], [str(made) for _, made in asked]])
            samples |= {(prompt, made): last for prompt, made, last in cursor.fetchall() if last is not None}
    for new in wanted:
        if new.generation:
            new.index = samples[new.prompt_id, new.generation.pk] = samples[new.prompt_id, new.generation.pk] + 1


def _masked(messages: Sequence[Message]) -> tuple[list[Message], list[str]]:
    """The messages with personal data masked, and the kinds that were found, sorted."""
    kinds: set[str] = set()
    masked = []
    for message in messages:
        text, found = masked_text(message["content"])
        kinds |= found
        masked.append({**message, "content": text})
    return masked, sorted(kinds)


@lru_cache(maxsize=10_000)
def masked_text(text: str) -> tuple[str, frozenset[str]]:
    """The text with personal data masked, and the kinds found. Cached, because a file of comparisons repeats its texts
    in each row that judges them."""
    spans = find_personal_data(text)
    return mask_personal_data(text, spans), frozenset(span.kind for span in spans)
