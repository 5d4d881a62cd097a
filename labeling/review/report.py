"""A project's agreement: units from the database, statistics from statistics/, the paper's figures beside them."""

from typing import Any

from labeling.projects.models import Project
from labeling.review.statistics.agreement import agreement
from labeling.review.statistics.judgments import Judgments
from labeling.review.units import unit_judgments

# Ouyang et al. 2022, section 3.4: inter-annotator agreement of training and of held-out labelers.
PAPER = {"training": {"value": 0.726, "error": 0.015}, "held_out": {"value": 0.773, "error": 0.013}}


def agreement_report(project: Project) -> dict[str, Any]:
    """The answer of GET /projects/ID/agreement. Seeded, so that the same judgments give the same intervals."""
    rows = unit_judgments(project)
    judgments = Judgments.from_rows((row.prompt, (row.first, row.second), row.labeler, row.value) for row in rows)
    judged: dict[tuple, int] = {}
    for row in rows:
        unit = (row.prompt, row.first, row.second)
        judged[unit] = judged.get(unit, 0) + 1
    return agreement(judgments) | {
        "units": sum(1 for count in judged.values() if count > 1),
        "labelers": len(judgments.names),
        "judgments": len(rows),
        "paper": PAPER,
    }
