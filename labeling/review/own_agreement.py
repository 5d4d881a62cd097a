"""A labeler's own agreement with others, as far as it gives nobody else's answers away."""

from typing import Any

import numpy as np

from labeling.accounts.models import User
from labeling.projects.models import Project
from labeling.review.rankings import judgments_of, rankings_of
from labeling.review.statistics.groups import agreement_by

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
    judgments, _ = judgments_of(rankings_of(project, accepted_only=True, beside=user))
    own_rows = judgments.labelers == (judgments.names.index(user.pk) if user.pk in judgments.names else -1)
    shared = judgments.among(np.isin(judgments.units, judgments.units[own_rows]))
    others = set(shared.labelers.tolist())
    if len(shared.units) - own_rows.sum() < SMALLEST or len(others) <= FEWEST_OTHERS:
        return {
            "value": None,
            "why": f"Told from {SMALLEST} comparisons with {FEWEST_OTHERS} or more other labelers on, "
            "in batches that are accepted.",
        }
    (own,) = (row for row in agreement_by(shared, "labeler") if row["labelers"] == (user.pk,))
    return own["pairwise"]
