"""A project's agreement: sums of kept counts, statistics from statistics/, the paper's figures beside them."""

from typing import Any

from labeling.projects.models import Project
from labeling.review.counts.answers import current_answer
from labeling.review.counts.read import all_units, people_of, rank_sums_of, rankings_counted
from labeling.review.statistics.agreement import agreement_of_counts
from labeling.review.statistics.kendall import rank_agreement_of_sums

# Ouyang et al. 2022, section 3.4: inter-annotator agreement of training and of held-out labelers; of researchers among
# themselves Stiennon et al. 2020, section 3.3.
PAPER = {
    "training": {"value": 0.726, "error": 0.015},
    "held_out": {"value": 0.773, "error": 0.013},
    "researcher": {"value": 0.73, "error": 0.04},
}


def agreement_report(project: Project) -> dict[str, Any]:
    """The answer of GET /projects/ID/agreement. Seeded, so that the same judgments give the same intervals."""
    return {**current_answer(project, "all", computed_report), "paper": PAPER}


def computed_report(project: Project) -> dict[str, Any]:
    """The report without what changes with time; from counts alone."""
    units = all_units(project.pk)
    judged_N = units.counts_N3.sum(axis=1)
    rankings = rankings_counted(project.pk)
    return {
        **agreement_of_counts(units.counts_N3, units.units_N, units.places),
        **rank_agreement_of_sums(rank_sums_of(project.pk)),
        "units": int(units.units_N[judged_N > 1].sum()),
        "labelers": len(people_of(project.pk)[0]),
        "judgments": int((units.units_N * judged_N).sum()),
        "rankings": rankings,
        "rankings_of": rankings,
    }
