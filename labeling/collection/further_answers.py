"""The further kinds of judgment that a rubric may ask for: their check, and how a submission writes them.

Scales are answered all or the answer is not complete. A critique and an edit are the labeler's choice. Confidence goes
with a comparison of two outputs and must say the same as their ranking. Interpretations are not submitted: they were
written before the prompt was shown (services/interpret).
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from labeling.projects.rubric import CONFIDENCE, CRITIQUE, EDIT, asks

MAX_CRITIQUE_CHARACTERS = 5_000
MAX_EDIT_CHARACTERS = 50_000
NO_DIFFERENCE = 5
MOST_CONFIDENT = 9

Content = dict[str, Any] | None


def scales_said(scales: Mapping[str, int], asked: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is wrong with the answers to these scales, in words."""
    said = []
    for scale in asked:
        value = scales.get(scale["key"])
        if value is None:
            said.append(f"Answer “{scale['label']}”.")
        elif not scale["min"] <= value <= scale["max"]:
            said.append(f"“{scale['label']}” is from {scale['min']} to {scale['max']}, not {value}.")
    unknown = sorted(set(scales) - {scale["key"] for scale in asked})
    if unknown:
        said.append(f"Scales that are not in this task's rubric: {', '.join(unknown)}.")
    return said


def rating_said(rating: Mapping[str, Any], content: Content) -> list[str]:
    """What is wrong with the further answers about one output, in words."""
    said = scales_said(rating.get("scales") or {}, (content or {}).get("output_scales", []))
    for field, most in ((CRITIQUE, MAX_CRITIQUE_CHARACTERS), (EDIT, MAX_EDIT_CHARACTERS)):
        text = rating.get(field) or ""
        if text and not asks(content, field):
            said.append(f"This task's rubric asks for no {field}.")
        elif len(text) > most:
            said.append(f"The {field} has {len(text):,} characters; at most {most:,} are taken.")
    return said


def wants_confidence(content: Content, shown: int) -> bool:
    return asks(content, CONFIDENCE) and shown == 2


def confidence_said(
    confidence: int | None, ranking: Sequence[Sequence[UUID]] | None, positions: Mapping[UUID, int], content: Content
) -> list[str]:
    """What is wrong with the confidence, in words. `positions`: blind id -> place in which it was shown, from 0."""
    if not wants_confidence(content, len(positions)):
        return [] if confidence is None else ["This task asks for no confidence."]
    if confidence is None:
        return ["Say how much better the one is than the other."]
    if not 1 <= confidence <= MOST_CONFIDENT:
        return [f"The confidence is from 1 to {MOST_CONFIDENT}, not {confidence}."]
    ranked = [[positions[candidate] for candidate in tier if candidate in positions] for tier in ranking or []]
    if sorted(place for tier in ranked for place in tier) != [0, 1]:
        return []  # the ranking's own error says what to do
    better = None if len(ranked[0]) == 2 else ranked[0][0] if ranked[0] else ranked[1][0]
    meant = None if confidence == NO_DIFFERENCE else int(confidence > NO_DIFFERENCE)
    return [] if better == meant else ["The confidence and the ranking say different things."]


def edit_of(rating: Mapping[str, Any], original: str) -> str:
    """The edited output, or nothing where it was left as it was."""
    edit = rating.get("edit") or ""
    return "" if edit.strip() == original.strip() else edit


def where_said(**further: Any) -> dict[str, Any]:
    """Only those further answers that were given: most rubrics ask for none."""
    return {name: value for name, value in further.items() if value}
