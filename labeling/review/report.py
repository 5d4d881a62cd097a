"""A project's agreement: rankings from the database, statistics from statistics/, the paper's figures beside them."""

from typing import Any

import numpy as np

from labeling.projects.models import Project
from labeling.review.rankings import judgments_of, ranking_columns, sampled_rankings
from labeling.review.statistics.agreement import agreement
from labeling.review.statistics.kendall import rank_agreement

# Ouyang et al. 2022, section 3.4: inter-annotator agreement of training and of held-out labelers; of researchers among
# themselves Stiennon et al. 2020, section 3.3.
PAPER = {
    "training": {"value": 0.726, "error": 0.015},
    "held_out": {"value": 0.773, "error": 0.013},
    "researcher": {"value": 0.73, "error": 0.04},
}


def agreement_report(project: Project) -> dict[str, Any]:
    """The answer of GET /projects/ID/agreement. Seeded, so that the same judgments give the same intervals."""
    sample = sampled_rankings(project)
    rows = sample.rows
    judgments, _ = judgments_of(rows)
    judged = np.bincount(judgments.units, minlength=1)
    return {
        **agreement(judgments),
        **rank_agreement(ranking_columns(rows)),
        "units": int((judged > 1).sum()),
        "labelers": len(judgments.names),
        "judgments": len(judgments.units),
        "rankings": len(rows),
        "rankings_of": sample.of,
        "paper": PAPER,
    }
