"""Answers that are dear and are being looked at, computed anew by a worker while judgments come in."""

from collections.abc import Callable

from labeling.projects.models import Project
from labeling.review.agreement_tables import TABLES, computed_table
from labeling.review.counts.answers import Answer, answer_to_renew, keep_answer
from labeling.review.explore.tables import READ, computed_view
from labeling.review.labelers.judges import computed_people
from labeling.review.labelers.profiles import KEPT_AS, computed_models
from labeling.review.report import computed_report


def renew_one() -> bool:
    """Compute the answer that has waited longest anew; False where none waits."""
    kept = answer_to_renew()
    if kept is None:
        return False
    project = Project.objects.filter(pk=kept.project_id).first()
    compute = _computed(kept.name)
    if project is None or compute is None:
        kept.delete()
    else:
        keep_answer(project, kept.name, compute, asked_at=kept.asked_at)
    return True


def _computed(name: str) -> Callable[[Project], Answer] | None:
    """What computes the answer by this name; None where nothing does any more."""
    answers: dict[str, Callable[[Project], Answer]] = {
        "all": computed_report,
        KEPT_AS: computed_models,
        "judges": computed_people,
        **{by: lambda project, by=by: computed_table(project, by) for by in TABLES},  # type: ignore[misc]
        **{f"explore {view}": lambda project, view=view: computed_view(project, view) for view in READ},  # type: ignore[misc]
    }
    return answers.get(name)
