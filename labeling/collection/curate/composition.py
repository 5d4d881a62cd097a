"""What a project's prompts are made of, beside the mix that is aimed at."""

from collections import defaultdict
from dataclasses import dataclass, replace

from django.db import connection, transaction

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.models import Prompt, TargetShare
from labeling.collection.services.recall import recall
from labeling.errors import InvalidError
from labeling.projects.models import Project

# The first number of words of each length bucket; the last has no end.
LENGTHS = (1, 16, 32, 64, 128, 256, 512)
MOST_VALUES = 100
SUM_MAY_MISS = 0.005

# `labeled`: it has a task of work that was not withdrawn.
_COMPOSITION = """
    WITH prompts AS (
        SELECT source, use_case, split, language, consent, width_bucket(words, %(lengths)s) AS length,
               EXISTS (SELECT 1 FROM collection_task t
                        WHERE t.prompt_id = p.id AND t.purpose = 'work' AND t.status <> 'withdrawn') AS labeled
          FROM collection_prompt p WHERE project_id = %(project)s AND withdrawn_at IS NULL
    )
    SELECT CASE 0 WHEN GROUPING(source) THEN 'source' WHEN GROUPING(use_case) THEN 'use_case'
                  WHEN GROUPING(split) THEN 'split' WHEN GROUPING(language) THEN 'language'
                  WHEN GROUPING(length) THEN 'length' ELSE 'all' END,
           COALESCE(source, use_case, split, language, length::text, ''),
           count(*), count(*) FILTER (WHERE consent), count(*) FILTER (WHERE labeled)
      FROM prompts GROUP BY GROUPING SETS ((source), (use_case), (split), (language), (length), ())
     ORDER BY 3 DESC, 2
"""
BYS = ("use_case", "source", "split", "language", "length")


@dataclass(frozen=True)
class Part:
    """The prompts with one value: how many, with consent, with a task of work; and the share aimed at, if any."""

    value: str
    prompts: int
    consent: int
    labeled: int
    target: float | None = None


@dataclass(frozen=True)
class Composition:
    """Each of BYS with its parts, the largest first; of a length the value is `16-31`, the last one `512-`."""

    total: Part
    by: dict[str, list[Part]]


def composition(project: Project) -> Composition:
    """One aggregate over the project's prompts that were not withdrawn; at most MOST_VALUES values of each kind."""
    with connection.cursor() as cursor:
        cursor.execute(_COMPOSITION, {"project": project.pk, "lengths": list(LENGTHS[1:])})
        found = cursor.fetchall()
    targets = target_mix(project)
    by: dict[str, list[Part]] = {name: [] for name in BYS}
    total = Part("", 0, 0, 0)
    for name, value, *counts in found:
        if name == "all":
            total = Part("", *counts)
        elif len(by[name]) < MOST_VALUES:
            label = _length(int(value)) if name == "length" else value
            by[name].append(replace(Part(label, *counts), target=targets.get(name, {}).get(value)))
    for name, shares in targets.items():
        here = {part.value for part in by[name]}
        by[name] += [Part(value, 0, 0, 0, share) for value, share in shares.items() if value not in here]
    by["length"].sort(key=lambda part: int(part.value.split("-")[0]))
    return Composition(total, by)


def _length(bucket: int) -> str:
    end = LENGTHS[bucket + 1] - 1 if bucket + 1 < len(LENGTHS) else ""
    return f"{LENGTHS[bucket]}-{end}"


def target_mix(project: Project) -> dict[str, dict[str, float]]:
    """The shares aimed at, by what they are of and by value."""
    targets: dict[str, dict[str, float]] = defaultdict(dict)
    for by, value, share in TargetShare.objects.filter(project=project).values_list("by", "value", "share"):
        targets[by][value] = share
    return dict(targets)


@transaction.atomic
def set_target_mix(*, actor: User, project: Project, by: str, shares: dict[str, float]) -> None:
    """Aim at these shares (0 to 1, together 1); no shares: at none. InvalidError where they do not add up."""
    if shares and abs(sum(shares.values()) - 1) > SUM_MAY_MISS:
        raise InvalidError(
            f"The shares add up to {sum(shares.values()):.1%}, not to 100 %.", errors={"shares": ["Make it 100 %."]}
        )
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if target_mix(project).get(by, {}) == shares:
        return
    TargetShare.objects.filter(project=project, by=by).delete()
    TargetShare.objects.bulk_create(
        TargetShare(project=project, by=by, value=value, share=share) for value, share in shares.items()
    )
    record_event(actor, "target_mix.changed", project, by=by, shares=shares)


@transaction.atomic
def set_consent(*, actor: User, project: Project, source: str, consent: bool) -> int:
    """Give or take the consent of all prompts of a source; returns how many changed.

    Snapshots stay as they are; those that hold what has no consent any more are marked.
    """
    changed = Prompt.objects.filter(project=project, source=source, consent=not consent, withdrawn_at=None).update(
        consent=consent
    )
    if changed:
        if not consent:
            recall(actor=actor, project=project, prompts=Prompt.objects.filter(project=project, source=source))
        record_event(actor, "prompts.consent_changed", project, source=source, consent=consent, prompts=changed)
    return changed
