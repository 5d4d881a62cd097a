"""A snapshot's records, as the fixed points have them: what one says of its prompt, and of a judgment."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from labeling.collection.further_answers import where_said
from labeling.collection.models import Prompt
from labeling.datasets.judged import Judged, RatedOutput
from labeling.datasets.models import SnapshotKind


@dataclass(frozen=True)
class Line:
    """One record with what stands behind it."""

    record: dict[str, Any]
    prompt: Prompt
    judgments: tuple[UUID, ...] = ()
    labelers: tuple[str, ...] = ()
    """Pseudonyms of those judgments' labelers."""
    batches: frozenset[UUID] = frozenset()


def prompt_fields(prompt: Prompt) -> dict[str, Any]:
    return {
        "id": str(prompt.pk),
        "messages": prompt.messages,
        "split": prompt.split,
        "use_case": prompt.use_case,
        "language": prompt.language,
    }


def judgment_fields(judged: Judged, kind: str) -> dict[str, Any]:
    judgment, outputs = judged.judgment, judged.outputs
    if kind == SnapshotKind.DEMONSTRATIONS:
        return {"response": judgment.demonstration.response}
    return {
        "candidates": [
            {"id": str(output.candidate), "text": output.text, "model": output.model or ""} for output in outputs
        ],
        "ranks": [output.rank for output in outputs],
        "ratings": [_rating(output) for output in outputs],
        "positions": [output.position for output in outputs],
        **where_said(prompt_scales=judgment.prompt_scales, confidence=judgment.comparison.confidence),
    }


def _rating(output: RatedOutput) -> dict[str, Any]:
    further = {name: getattr(output, name) for name in ("scales", "critique", "edit", "interpretation")}
    return {"overall": output.overall, "flags": output.flags, "note": output.note} | where_said(**further)
