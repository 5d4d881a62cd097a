"""All that is known of each labeler: agreement, the model's reliability and bias, checks, sureness, advice."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from labeling.projects.models import Membership, Project
from labeling.review.check_report import check_report
from labeling.review.counts.answers import current_answer
from labeling.review.counts.read import Pairs, pairs_by_labeler, people_of
from labeling.review.labelers.advice import advise, typical
from labeling.review.labelers.sureness import confidence_is_asked, sureness_thresholds
from labeling.review.rankings import judgments_with_outputs, sampled_rankings
from labeling.review.statistics.agreement import SHARES
from labeling.review.statistics.groups import by_of_counts
from labeling.review.statistics.labeler_weights import labeler_weights, weight_estimates
from labeling.review.statistics.reliability import fit_labelers, labeler_reliability

Profile = dict[str, Any]

KEPT_AS = "labelers and weights"
"""Another name than before there were weights, so that an answer kept from then is not taken for one of now."""

SHOWN = "pairwise_decided"
"""The agreement that is shown of each labeler."""

NO_CHECK = {"value": None, "low": None, "high": None, "n": 0, "items": 0}


def labeler_profiles(project: Project) -> dict[str, Any]:
    """A row for each member who judged work or answered a check, by pseudonym; those who need a look first."""
    answer = current_answer(project, KEPT_AS, computed_models)
    modelled: dict[str, Profile] = answer.pop("modelled")
    checks = {row["labeler"]: row for row in check_report(project)}
    usual = typical(modelled.values())
    rows = []
    for user, pseudonym, pool in Membership.objects.filter(project=project).values_list("user_id", "pseudonym", "pool"):
        check = checks.get(pseudonym, {})
        if str(user) not in modelled and not check:
            continue
        row = {
            "labeler": pseudonym,
            "pool": pool,
            **(modelled.get(str(user)) or _unjudged()),
            "gold": check.get("gold", NO_CHECK),
            "constant": check.get("constant", NO_CHECK),
        }
        rows.append(row | {"advice": advise(row, usual)})
    order = ["stop", "retrain", "more", "none"]
    rows.sort(key=lambda row: (order.index(row["advice"]["what"]), row["labeler"]))
    return {**answer, "rows": rows}


def computed_models(project: Project) -> dict[str, Any]:
    """What follows from the judgments of work, by user."""
    sample = sampled_rankings(project)
    judgments, of, outputs_N2 = judgments_with_outputs(sample.rows)
    rows: dict[str, Profile] = {}
    if len(judgments.units):
        reliability = labeler_reliability(judgments, fit_labelers(judgments))
        weights = weight_estimates(labeler_weights(judgments, outputs_N2))
        for user, figures, weight, sure in zip(
            judgments.names, reliability, weights, sureness_thresholds(judgments, of, outputs_N2), strict=True
        ):
            rows[str(user)] = {**figures, "weight": weight, "threshold": sure}
    for name, found in (("agreement", _agreement(project)), ("researchers", _agreement(project, researchers=True))):
        for user in rows:
            rows[user][name] = found.get(user, _nobody())
    return {
        "modelled": rows,
        "sureness": "confidence" if confidence_is_asked(sample.rows) else "ratings",
        "rankings": len(sample.rows),
        "rankings_of": sample.of,
    }


def _agreement(project: Project, *, researchers: bool = False) -> dict[str, Any]:
    """Each labeler's agreement without ties with all others, or with the researchers among them, by user."""
    others: Sequence[UUID] | None = sorted(people_of(project.pk)[1]) if researchers else None
    pairs: Pairs = pairs_by_labeler(project.pk, others=others)
    found = by_of_counts(pairs.keys, pairs.places, pairs.counts_N9, pairs.drawn, measures={SHOWN: SHARES[SHOWN]})
    return {str(pairs.names[key]): row[SHOWN] for key, row in found}


def _nobody() -> dict[str, Any]:
    return {"value": None, "why": "Nobody to compare with has judged the same: 1 more judgment of it is needed."}


def _unjudged() -> Profile:
    """Who answered checks only."""
    none = {"value": None, "why": "No work is judged yet."}
    figures = dict.fromkeys(("accuracy", "worth", "weight", "tie_bias", "first_bias", "agreement", "researchers"), none)
    return {**figures, "threshold": {**none, "low": None, "high": None, "n": 0, "curve": []}}
