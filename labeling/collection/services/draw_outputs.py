"""Which of a prompt's outputs are compared: of those of the choice at most K, drawn by lot where there are more."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from labeling.collection.models import Candidate
from labeling.copy_rows import uuid_array

IMPORTED = "imported"
ANY = "any"


@dataclass(frozen=True)
class CandidateSource:
    """Whose outputs are ranked: those of one run, those that were brought in by file, one of each of some models, or
    any."""

    kind: str = ANY  # "run", "imported", "models" or "any"
    run: UUID | None = None
    models: tuple[UUID, ...] = ()


# The lot is what cleaning.texts.digest makes of ("draw", the batch's number, the output).
_DRAWN = """
    WITH of_choice (id, prompt_id, text_key, place, model_id) AS ({of_choice}), lots AS (
        SELECT o.*, sha256(convert_to(%s || o.id::text, 'UTF8')) AS lot
          FROM of_choice o WHERE o.prompt_id = ANY(%s::uuid[])
    ), different AS ({different}), drawn AS (
        SELECT prompt_id, id, row_number() OVER (PARTITION BY prompt_id ORDER BY lot) AS turn,
               count(*) OVER (PARTITION BY prompt_id) AS texts
          FROM different
    )
    SELECT prompt_id, array_agg(id ORDER BY turn) FROM drawn WHERE texts >= 2 AND turn <= %s GROUP BY prompt_id
"""
_FIRST_OF_EACH_TEXT = """
    SELECT DISTINCT ON (prompt_id, text_key COLLATE "C") * FROM lots ORDER BY prompt_id, text_key COLLATE "C", place
"""
_ONE_OF_EACH_MODEL = """
    SELECT DISTINCT ON (prompt_id, text_key COLLATE "C") *
      FROM (SELECT DISTINCT ON (prompt_id, model_id) * FROM lots ORDER BY prompt_id, model_id, lot) one
     ORDER BY prompt_id, text_key COLLATE "C", lot
"""


def of_source(source: CandidateSource) -> QuerySet[Candidate]:
    """All outputs of this source."""
    candidates = Candidate.objects.all()
    if source.kind == IMPORTED:
        # Without a generation, or with one that no run of ours made.
        return candidates.filter(generation__run_id=None)
    if source.run is not None:
        return candidates.filter(generation__run_id=source.run)
    if source.models:
        return candidates.filter(generation__model__in=source.models)
    return candidates


def draw_outputs(prompts: Sequence[UUID], source: CandidateSource, *, k: int, number: int) -> dict[UUID, list[UUID]]:
    """For each prompt with two or more different outputs, at most k of them; equal texts count once.

    The same for the same batch `number`; another batch on the same prompts draws others.
    """
    chosen = of_source(source).order_by().values("pk", "prompt", "text_key", "order", "generation__model")
    of_choice, values = chosen.query.sql_with_params()
    different = _ONE_OF_EACH_MODEL if source.models else _FIRST_OF_EACH_TEXT
    lot = f"4:draw{len(str(number))}:{number}36:"
    with connection.cursor() as cursor:
        cursor.execute(_DRAWN.format(of_choice=of_choice, different=different), [*values, lot, uuid_array(prompts), k])
        return dict(cursor.fetchall())
