"""What a labeler submits: its hash, its check against the task, and the same body made again from what is stored."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any
from uuid import UUID

from labeling.collection.further_answers import confidence_said, rating_said, scales_said, where_said
from labeling.collection.models import Assignment, Judgment, WrittenPrompt
from labeling.errors import InvalidError
from labeling.projects.models import Rubric, TaskKind
from labeling.projects.rubric import asks_overall

MAX_RESPONSE_CHARACTERS = 50_000
MAX_NOTE_CHARACTERS = 5_000


def body_hash(body: Mapping[str, Any]) -> str:
    """SHA-256 of the body as sent, whatever the order of its keys: the same body is the same submission."""
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def check_submission(
    *,
    kind: str,
    sent: Mapping[str, Any],
    positions: Mapping[UUID, int],
    rubric: Rubric | None,
    written: Mapping[str, Any] | None = None,
) -> None:
    """Raise InvalidError, naming each field in words, unless the body answers the whole task.

    `positions`: blind id -> place in which it is shown, from 0. `written`: what is wrong with a written prompt, by
    field (writing.check), which only the database can tell. `errors` of ratings are keyed by the candidate's
    blind id, so that the page can show each beside its output.
    """
    errors: dict[str, Any] = {}
    content = rubric.content if rubric else None
    _check_flags(errors, "prompt_flags", sent["prompt_flags"], _flag_keys(rubric, "prompt_flags"))
    if said := scales_said(sent.get("prompt_scales") or {}, (content or {}).get("prompt_scales", [])):
        errors["prompt_scales"] = said
    if kind == TaskKind.DEMONSTRATION:
        _check_response(errors, sent.get("response"))
    elif kind == TaskKind.PROMPT:
        errors |= written or {}
    else:
        _check_ratings(errors, sent.get("ratings"), set(positions), content)
        _check_ranking(errors, sent.get("ranking"), set(positions))
        if said := confidence_said(sent.get("confidence"), sent.get("ranking"), positions, content):
            errors["confidence"] = said
    if errors:
        raise InvalidError("The answer is not complete yet. Nothing was submitted; your draft is kept.", errors=errors)


def _flag_keys(rubric: Rubric | None, group: str) -> set[str]:
    return {flag["key"] for flag in rubric.content[group]} if rubric else set()


def _check_flags(errors: dict[str, Any], field: str, flags: Mapping[str, bool], known: set[str]) -> None:
    unknown = sorted(set(flags) - known)
    if unknown:
        errors[field] = [f"Not in this task's rubric: {', '.join(unknown)}."]


def _check_response(errors: dict[str, Any], response: str | None) -> None:
    if response is None or not response.strip():
        errors["response"] = ["Write the answer: it is empty."]
    elif len(response) > MAX_RESPONSE_CHARACTERS:
        errors["response"] = [
            f"The answer has {len(response):,} characters; at most {MAX_RESPONSE_CHARACTERS:,} are taken."
        ]


def _check_ratings(
    errors: dict[str, Any],
    ratings: Iterable[Mapping[str, Any]] | None,
    shown: set[UUID],
    content: dict[str, Any] | None,
) -> None:
    known = {flag["key"] for flag in content["output_flags"]} if content else set()
    found: dict[str, list[str]] = {}
    counts = Counter(rating["candidate"] for rating in ratings or [])
    for candidate in shown - counts.keys():
        found[str(candidate)] = ["This output is not rated yet."]
    for candidate in counts.keys() - shown:
        found[str(candidate)] = ["This is no output of this task."]
    for rating in ratings or []:
        said = []
        if counts[rating["candidate"]] > 1:
            said.append("This output is rated twice.")
        if not asks_overall(content):
            if rating["overall"] is not None:
                said.append("This task's rubric asks for no overall rating.")
        elif rating["overall"] is None:
            said.append("Give this output an overall rating from 1 to 7.")
        elif not 1 <= rating["overall"] <= 7:
            said.append(f"The overall rating is from 1 to 7, not {rating['overall']}.")
        unknown = sorted(set(rating["flags"]) - known)
        if unknown:
            said.append(f"Flags that are not in this task's rubric: {', '.join(unknown)}.")
        said += rating_said(rating, content)
        if said and rating["candidate"] in shown:
            found[str(rating["candidate"])] = said
    if found:
        errors["ratings"] = found


def _check_ranking(errors: dict[str, Any], ranking: list[list[UUID]] | None, shown: set[UUID]) -> None:
    said = []
    counts = Counter(candidate for tier in ranking or [] for candidate in tier)
    missing, foreign = len(shown - counts.keys()), len(counts.keys() - shown)
    repeated = sum(count > 1 for count in counts.values())
    if missing:
        said.append(f"{missing} of the {len(shown)} outputs are not ranked yet.")
    if foreign:
        said.append(f"{foreign} of what is ranked are no outputs of this task.")
    if repeated:
        said.append(f"{repeated} of the outputs stand at two places.")
    if any(not tier for tier in ranking or []):
        said.append("A tier is empty: leave it out.")
    if said:
        errors["ranking"] = said


def submitted_body(judgment: Judgment, blind_id_of: Mapping[UUID, UUID]) -> dict[str, Any]:
    """The body that made this judgment, with the assignment's blind ids (`blind_id_of`: candidate -> blind id)."""
    body: dict[str, Any] = {
        "submission_id": str(judgment.submission_id),
        "active_seconds": judgment.active_seconds_sent,
        "prompt_flags": judgment.prompt_flags,
        **where_said(prompt_scales=judgment.prompt_scales),
    }
    if judgment.assignment.task.kind == TaskKind.DEMONSTRATION:
        return body | {"response": judgment.demonstration.response}
    if judgment.assignment.task.kind == TaskKind.PROMPT:
        return body | written_body(judgment.written)
    ratings = sorted(judgment.comparison.ratings.all(), key=lambda rating: (rating.rank, rating.position))
    return body | {
        "ratings": [
            {
                "candidate": str(blind_id_of[rating.candidate_id]),
                "overall": rating.overall,
                "flags": rating.flags,
                "note": rating.note,
                **where_said(scales=rating.scales, critique=rating.critique, edit=rating.edit),
            }
            for rating in sorted(ratings, key=lambda rating: rating.position)
        ],
        "ranking": [
            [str(blind_id_of[rating.candidate_id]) for rating in tier]
            for _, tier in groupby(ratings, key=lambda rating: rating.rank)
        ],
        **where_said(confidence=judgment.comparison.confidence),
    }


def written_body(written: WrittenPrompt) -> dict[str, Any]:
    """What was written, as it is submitted."""
    return {
        "text": written.text,
        "pairs": written.pairs,
        "use_case": written.use_case,
        "language": written.language,
        "personal_data_meant": written.personal_data_meant,
    }


def blind_ids(assignment: Assignment) -> dict[UUID, UUID]:
    """Candidate id -> the random id under which this assignment shows it."""
    return dict(assignment.blind_candidates.values_list("candidate", "pk"))
