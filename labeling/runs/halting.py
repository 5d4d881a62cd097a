"""A run that was judged to go wrong, by a canary or by a person: what its row says of it."""

from typing import Any

from django.utils import timezone

from labeling.runs.models import Run, RunStatus
from labeling.runs.worker.text import storable

HALT_FILE = "halt"  # in the run's directory; what it means to the trainer, training/halts.py says


def halted(run: Run, error: dict[str, str] | None = None) -> dict[str, Any]:
    """The columns of a run that is halted now: `error` in the trainer's words, else as a person asked for it."""
    if error is None:
        asked = run.halting or {}
        title = f"Halted by {asked.get('by') or 'hand'}"
        error = {"title": title, "detail": f"{asked.get('why', '')} The last checkpoint is kept.".strip()}
    now = timezone.now()
    told = storable({"title": error["title"], "detail": error["detail"][:4000]})
    return {
        "status": RunStatus.HALTED,
        "error": told,
        "halting": None,
        "halts": [*run.halts, told | {"step": run.step, "at": now.isoformat()}],
        "finished_at": now,
    }
