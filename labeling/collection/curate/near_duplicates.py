"""Prompts that nearly repeat each other: searched a bounded number at a time, decided by a researcher.

A prompt is searched once: its bands are stored, and it is compared with the earliest prompts that share one. So the
work grows with the prompts and not with their pairs, a search that breaks off goes on where it was, and prompts that
come later are compared with all before them.
"""

from collections import defaultdict
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.cleaning.minhash import SIMILAR, band_keys, shingles, similarity
from labeling.collection.cleaning.texts import text_of
from labeling.collection.models import Keep, NearDuplicate, Prompt, PromptBand
from labeling.collection.services.change_prompt import change_prompt
from labeling.copy_rows import copy_rows
from labeling.errors import ConflictError
from labeling.projects.models import Project

AT_ONCE = 500
COMPARED_PER_BAND = 3
_LOCK = 0x6E656172  # with the project's hash: one search of a project at a time

_MATCHES = """
    SELECT wanted.prompt_id, earlier.prompt_id
      FROM collection_promptband wanted
     CROSS JOIN LATERAL (
           SELECT b.prompt_id FROM collection_promptband b
             JOIN collection_prompt p ON p.id = b.prompt_id AND p.withdrawn_at IS NULL
            WHERE b.project_id = wanted.project_id AND b.band = wanted.band AND b.key = wanted.key AND b.id < wanted.id
            ORDER BY b.id LIMIT %s
           ) earlier
     WHERE wanted.prompt_id = ANY(%s) AND earlier.prompt_id <> wanted.prompt_id
     GROUP BY 1, 2
"""


def unsearched(project: Project) -> QuerySet[Prompt]:
    """Prompts that were not compared with the others yet; withdrawn ones never are."""
    searched = PromptBand.objects.filter(prompt=OuterRef("pk"), band=0)
    return Prompt.objects.filter(~Exists(searched), project=project, withdrawn_at=None)


@transaction.atomic
def search_near_duplicates(project: Project) -> int:
    """Compare the next AT_ONCE prompts with all before them; returns how many pairs were found.

    Two that search at once take turns, so that every two prompts are compared by the one that comes second.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, str(project.pk)])
    texts = {
        pk: text_of(messages)
        for pk, messages in unsearched(project).order_by("created_at", "pk").values_list("pk", "messages")[:AT_ONCE]
    }
    found = {pk: shingles(text) for pk, text in texts.items()}
    bands = ((pk, band, key) for pk, triples in found.items() for band, key in enumerate(band_keys(triples)))
    copy_rows(PromptBand, ("prompt_id", "band", "key"), bands, project_id=project.pk)
    matches = _matches(list(texts))
    others = {pk for earlier in matches.values() for pk in earlier} - found.keys()
    for pk, messages in Prompt.objects.filter(pk__in=others).values_list("pk", "messages"):
        found[pk] = shingles(text_of(messages))
    pairs = [
        NearDuplicate(project=project, first_id=earlier, second_id=pk, similarity=alike)
        for pk, all_earlier in matches.items()
        for earlier in all_earlier
        if (alike := similarity(found[earlier], found[pk])) >= SIMILAR
    ]
    NearDuplicate.objects.bulk_create(pairs, ignore_conflicts=True)
    return len(pairs)


def _matches(prompts: list[UUID]) -> dict[UUID, set[UUID]]:
    matches: dict[UUID, set[UUID]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_MATCHES, [COMPARED_PER_BAND, prompts])
        for pk, earlier in cursor.fetchall():
            matches[pk].add(earlier)
    return matches


def waiting_pairs(project: Project) -> QuerySet[NearDuplicate]:
    """Pairs to decide on, of prompts that are both still there. `leak` says that they are on two sides of the split."""
    return (
        NearDuplicate.objects.filter(project=project, kept="", first__withdrawn_at=None, second__withdrawn_at=None)
        .select_related("first", "second")
        .order_by("-similarity", "id")
    )


@transaction.atomic
def decide_pair(*, actor: User, pair: NearDuplicate, keep: str) -> NearDuplicate:
    """Keep one of two prompts and withdraw the other, or keep both. ConflictError where somebody decided otherwise."""
    undecided = NearDuplicate.objects.filter(pk=pair.pk, kept="")
    if not undecided.update(kept=keep, decided_by=actor, decided_at=timezone.now()):
        pair.refresh_from_db()
        if pair.kept != keep:
            raise ConflictError("Somebody has decided on this pair already.", code="already_decided")
        return pair
    pair.refresh_from_db()
    if keep != Keep.BOTH:
        change_prompt(actor=actor, prompt=pair.second if keep == Keep.FIRST else pair.first, withdrawn=True)
    record_event(actor, "near_duplicate.decided", pair, keep=keep, similarity=round(pair.similarity, 3))
    return pair


def leaks(pairs: QuerySet[NearDuplicate]) -> QuerySet[NearDuplicate]:
    """Those whose prompts are on two sides of the split: what is trained on would be tested on."""
    return pairs.exclude(first__split=F("second__split"))
