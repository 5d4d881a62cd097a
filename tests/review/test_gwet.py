"""Gwet's AC1 and AC2 against his own examples and a slow reference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.review.statistics.agreement import agreement
from labeling.review.statistics.gwet import agreement_weights, gwet_ac, gwet_sums
from labeling.review.statistics.judgments import Judgments

# Gwet, Handbook of Inter-Rater Reliability: four raters, twelve units, five categories, some missing; AC1 = .77544.
FOUR_RATERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]


def ac(counts, weights="identity"):
    matrix = agreement_weights(counts.shape[1], weights)
    return float(gwet_ac(gwet_sums(counts.astype(float), matrix).sum(axis=0), matrix))


def test_ac1_is_gwets_with_missing_judgments():
    counts = np.array([[column.count(k) for k in range(1, 6)] for column in zip(*FOUR_RATERS, strict=True)])
    assert round(ac(counts), 5) == 0.77544


def test_ac1_is_gwets_where_kappa_is_a_paradox():
    """Gwet (2008), table 2: 118 patients of 125 whom both call positive, none whom both call negative; kappa < 0."""
    counts = np.array([[2, 0]] * 118 + [[1, 1]] * 7)
    assert round(ac(counts), 4) == 0.9408


tables = st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=8).map(np.array)


@settings(max_examples=200, deadline=None)
@given(tables, st.sampled_from(["identity", "linear", "quadratic"]))
def test_it_equals_the_definition_written_out(counts, kind):
    weights = agreement_weights(3, kind)
    judged = [row for row in counts.tolist() if sum(row)]
    met = [row for row in judged if sum(row) >= 2]
    if not met:
        assert np.isnan(ac(counts, kind))
        return
    pa = 0.0
    for row in met:
        values = [k for k, c in enumerate(row) for _ in range(c)]
        pairs = [(a, b) for i, a in enumerate(values) for j, b in enumerate(values) if i != j]
        pa += sum(weights[a, b] for a, b in pairs) / len(pairs) / len(met)
    share = [sum(row[k] / sum(row) for row in judged) / len(judged) for k in range(3)]
    pe = weights.sum() / 6 * sum(p * (1 - p) for p in share)
    assert ac(counts, kind) == pytest.approx((pa - pe) / (1 - pe), abs=1e-9)


def test_a_unit_judged_once_tells_of_the_answers_shares():
    rows = [(p, 1, who, v) for p, v in enumerate((-1, 1, 1)) for who in ("ada", "ben")]
    both = [agreement(Judgments.from_rows(these))["gwet_ac1"]["value"] for these in (rows, [*rows, (9, 1, "ada", 0)])]
    assert both == [1, 1]
    rows[0] = (0, 1, "ada", 0)
    one, other = (agreement(Judgments.from_rows(these))["gwet_ac1"] for these in (rows, [*rows, (9, 1, "ada", 0)]))
    assert one["value"] != other["value"]
    assert one["n"] == other["n"] == 3


def test_all_the_same_answer_is_agreement():
    assert ac(np.array([[0, 3]] * 5)) == 1
