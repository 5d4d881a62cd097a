"""A labeler's own agreement with others, as far as it gives nobody else's answers away."""

from typing import Any

from labeling.accounts.models import User
from labeling.projects.models import Project
from labeling.review.rankings import rankings_of, unit_rows
from labeling.review.statistics.groups import agreement_by
from labeling.review.statistics.judgments import Judgments

# Fewer comparisons would say what others answered on a task rather than how well one agrees.
SMALLEST = 30
FEWEST_OTHERS = 2


def own_agreement(user: User, project: Project) -> dict[str, Any]:
    """The pairwise agreement (a tie is an outcome) of this person with all others, with its interval; or why not.

    It rests on accepted batches only: their answers cannot be corrected any more, so that nobody can try out which
    answer raises the number.
    """
    if not project.show_agreement:
        return {"value": None, "why": "This project does not show agreement to labelers."}
    rows = [row[:4] for row in unit_rows(rankings_of(project, accepted_only=True))]
    mine = {(prompt, unit) for prompt, unit, labeler, _ in rows if labeler == user.pk}
    shared = [row for row in rows if row[:2] in mine]
    others = {labeler for _, _, labeler, _ in shared} - {user.pk}
    if len(shared) - len(mine) < SMALLEST or len(others) < FEWEST_OTHERS:
        return {
            "value": None,
            "why": f"Told from {SMALLEST} comparisons with {FEWEST_OTHERS} or more other labelers on, "
            "in batches that are accepted.",
        }
    judgments = Judgments.from_rows(shared)
    (own,) = (row for row in agreement_by(judgments, "labeler") if row["labelers"] == (user.pk,))
    return own["pairwise"]
