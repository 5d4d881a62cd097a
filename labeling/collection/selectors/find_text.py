"""Words in a project's prompts, outputs and answers, on the indexes of migrations 0009_find and 0015_find_written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from labeling.collection.models import Candidate, Demonstration, Prompt, WrittenPrompt
from labeling.errors import InvalidError
from labeling.projects.models import Project
from labeling.statement_limit import limit_statements

# A word that most texts have, but few of this project, is looked for no longer than this.
MOST_MILLISECONDS = 5000
KINDS = ("prompt", "candidate", "judgment", "written")

PROMPT_WORDS = (
    "to_tsvector('simple', jsonb_path_query_array(collection_prompt.messages, '$[*].content')) @@ %s::tsquery"
)
CANDIDATE_WORDS = "to_tsvector('simple', collection_candidate.text) @@ %s::tsquery"
DEMONSTRATION_WORDS = "to_tsvector('simple', collection_demonstration.response) @@ %s::tsquery"
# Of a few-shot one the queries and responses, too. It stands here also once it is accepted, beside its prompts.
WRITTEN_WORDS = (
    "(to_tsvector('simple', collection_writtenprompt.text) || to_tsvector('simple', collection_writtenprompt.pairs))"
    " @@ %s::tsquery"
)


@dataclass(frozen=True)
class Words:
    """What was typed, as PostgreSQL asks for it: all of these words, and what begins like the last of them."""

    tsquery: str

    @property
    def marks(self) -> re.Pattern[str]:
        """Where the words stand in a text."""
        words = [re.escape(word) for word in re.findall(r"'((?:[^']|'')*)'", self.tsquery)]
        words[-1] += r"\w*"
        return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)


def words_of(typed: str) -> Words | None:
    """None where there is no word in what was typed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT plainto_tsquery('simple', %s)::text", [typed])
        (query,) = cursor.fetchone()
    return Words(f"{query}:*") if query else None


@dataclass(frozen=True)
class Place:
    """Where a page of results goes on: in which kind, after which id."""

    kind: str
    after: UUID | None = None


def rows_with(project: Project, words: Words, place: Place, limit: int) -> list[tuple[str, Any]]:
    """At most `limit` of (kind, row) from this place on: by the order of KINDS, then by their ids.

    InvalidError where that takes too long.
    """
    try:
        with transaction.atomic():
            limit_statements(f"{MOST_MILLISECONDS}ms")
            found = list(_rows(project, words, place, limit))
            limit_statements("0")
            return found
    except OperationalError as error:
        raise InvalidError(
            "Too many texts have these words. Add one that is rarer.", errors={"q": ["Too common."]}
        ) from error


def _rows(project: Project, words: Words, place: Place, limit: int) -> Iterator[tuple[str, Any]]:
    left = limit
    for kind in KINDS[KINDS.index(place.kind) :]:
        rows = _of_kind(kind, project, words)
        if kind == place.kind and place.after:
            rows = rows.filter(pk__gt=place.after)
        for row in rows.order_by("pk")[:left]:
            left -= 1
            yield kind, row
        if not left:
            return


def _of_kind(kind: str, project: Project, words: Words) -> QuerySet[Any]:
    if kind == "prompt":
        return Prompt.objects.filter(_has(PROMPT_WORDS, words), project=project)
    if kind == "candidate":
        return Candidate.objects.filter(_has(CANDIDATE_WORDS, words), prompt__project=project)
    answers, condition = (Demonstration, DEMONSTRATION_WORDS) if kind == "judgment" else (WrittenPrompt, WRITTEN_WORDS)
    return answers.objects.filter(
        _has(condition, words), judgment__current=True, judgment__assignment__project=project
    ).select_related("judgment__assignment__task__batch")


def _has(condition: str, words: Words) -> RawSQL:
    return RawSQL(condition, [words.tsquery], output_field=BooleanField())  # noqa: S611 (only our own words in it)
