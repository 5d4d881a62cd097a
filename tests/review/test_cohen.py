"""Cohen's kappa against his own examples and statsmodels, and the tables that have it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from labeling.review.statistics.cohen import cohen_kappa, disagreement_weights
from labeling.review.statistics.groups import agreement_by
from labeling.review.statistics.judgments import Judgments

# Cohen (1968), table 1, of 200 patients: kappa .492; weighted with these disagreements .348.
COHEN = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]], dtype=float)
SERIOUS = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]], dtype=float)


def test_kappa_is_cohens_unweighted_and_weighted():
    assert round(float(cohen_kappa(COHEN, disagreement_weights(3, "nominal"))), 3) == 0.492
    assert round(float(cohen_kappa(COHEN, SERIOUS)), 3) == 0.348


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=16, max_size=16))
def test_it_equals_statsmodels(cells):
    table = np.array(cells, dtype=float).reshape(4, 4)
    if (table.sum(axis=0) > 0).sum() < 2 or (table.sum(axis=1) > 0).sum() < 2:
        return
    for kind, name in (("nominal", None), ("linear", "linear"), ("quadratic", "quadratic")):
        expected = cohens_kappa(table, wt=name).kappa
        assert float(cohen_kappa(table, disagreement_weights(4, kind))) == pytest.approx(expected, abs=1e-9)


def test_it_is_undefined_where_both_say_one_thing():
    assert np.isnan(cohen_kappa(np.diag([5.0, 0, 0]), disagreement_weights(3, "linear")))


def test_the_table_of_two_labelers_has_it_from_their_counts():
    generator = np.random.default_rng(0)
    rows = [(p, u, who, int(generator.integers(-1, 2))) for p in range(30) for u in range(3) for who in ("ada", "ben")]
    (row,) = agreement_by(Judgments.from_rows(rows), "pair")
    expected = cohens_kappa(np.array(row["confusion"]), wt="linear").kappa
    assert row["cohen_kappa"]["value"] == pytest.approx(expected, abs=1e-9)
    assert row["cohen_kappa"]["low"] < expected < row["cohen_kappa"]["high"]
