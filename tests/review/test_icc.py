"""Intraclass correlations against Shrout and Fleiss (1979) and an analysis of variance, and how ratings agree."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from labeling.review.statistics.icc import icc_one_way, icc_two_way, one_way_of_sets, rating_agreement, two_way_of_sets
from labeling.review.statistics.rated_sets import rated_sets
from labeling.review.statistics.scores import Scores

# Shrout and Fleiss (1979), table 2: six targets, four judges; their table 4 has the six coefficients.
SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float
)
PUBLISHED = {"icc_1_1": 0.17, "icc_2_1": 0.29, "icc_3_1": 0.71, "icc_1_k": 0.44, "icc_2_k": 0.62, "icc_3_k": 0.91}


def scores_of(table, prompt=lambda item: item):
    return Scores.from_rows(
        (prompt(item), item, judge, value)
        for item, row in enumerate(table)
        for judge, value in enumerate(row)
        if not np.isnan(value)
    )


def one_way(table):
    sums = sum(one_way_of_sets(sets).sum(axis=0) for sets in rated_sets(scores_of(table)))
    return [float(value) for value in icc_one_way(sums[:6])]


def test_the_six_are_those_of_shrout_and_fleiss():
    answer = rating_agreement(scores_of(SHROUT_FLEISS))
    for name, published in PUBLISHED.items():
        assert round(answer[name]["value"], 2) == published
        assert answer[name]["n"] == 24
    assert answer["icc_2_1"]["labelers"] == 4


ratings = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).integers(1, 8, np.random.default_rng(seed).integers(2, 9, 2)).astype(float)
)


@settings(max_examples=60, deadline=None)
@given(ratings)
def test_all_six_equal_an_analysis_of_variance_by_statsmodels(table):
    n, k = table.shape
    long = pd.DataFrame({"y": table.ravel(), "item": np.repeat(range(n), k), "judge": np.tile(range(k), n)})
    aov = anova_lm(ols("y ~ C(item) + C(judge)", long).fit())
    bms, jms, ems = aov["mean_sq"]
    wms = (aov["sum_sq"].iloc[1] + aov["sum_sq"].iloc[2]) / (n * (k - 1))
    if min(bms, ems) < 1e-9:
        return
    expected = [
        (bms - ems) / (bms + (k - 1) * ems + k * (jms - ems) / n),
        (bms - ems) / (bms + (k - 1) * ems),
        (bms - ems) / (bms + (jms - ems) / n),
        (bms - ems) / bms,
    ]
    (sets,) = rated_sets(scores_of(table))
    found = icc_two_way(two_way_of_sets(sets).sum(axis=0))
    # Where a denominator is 0 but for rounding, both are what rounding makes them.
    known = np.abs(expected) < 1e6
    assert np.allclose(np.array(found)[known], np.array(expected)[known], atol=1e-9, rtol=1e-9)
    assert np.allclose(one_way(table), [(bms - wms) / (bms + (k - 1) * wms), (bms - wms) / bms], atol=1e-9, rtol=1e-9)


def test_unequal_numbers_of_ratings_equal_an_analysis_of_variance():
    table = SHROUT_FLEISS.copy()
    table[0, 1:] = table[1, 2:] = table[3, 0] = np.nan  # the first item is left with one rating
    found, _ = one_way(table)
    items, _ = np.nonzero(~np.isnan(table))
    long = pd.DataFrame({"y": table[~np.isnan(table)], "item": items})
    long = long[long["item"] != 0]
    msb, msw = anova_lm(ols("y ~ C(item)", long).fit())["mean_sq"]
    counts = long["item"].value_counts()
    k0 = (len(long) - (counts**2).sum() / len(long)) / (len(counts) - 1)
    assert found == pytest.approx((msb - msw) / (msb + (k0 - 1) * msw), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(ratings, st.randoms(use_true_random=False), st.integers(-3, 3))
def test_nothing_depends_on_names_order_or_where_the_scale_begins(table, random, shift):
    before = rating_agreement(scores_of(table), resamples=30)
    rows = list(table)
    random.shuffle(rows)
    columns = list(range(table.shape[1]))
    random.shuffle(columns)
    after = rating_agreement(scores_of(np.array(rows)[:, columns] + shift), resamples=30)
    for name, estimate in before.items():
        assert after[name]["value"] == (estimate["value"] and pytest.approx(estimate["value"], abs=1e-9))


def test_work_handed_out_at_random_has_the_one_way_coefficient_and_says_what_the_others_lack():
    rows = [
        (item, item, f"labeler {2 * item + judge}", (item * 3 + judge) % 7 + 1) for item in range(9) for judge in (0, 1)
    ]
    answer = rating_agreement(Scores.from_rows(rows))
    assert answer["icc_1_1"]["low"] <= answer["icc_1_1"]["value"] <= answer["icc_1_1"]["high"]
    assert answer["icc_2_1"] == {"value": None, "why": "1 more outputs that the same two labelers rate are needed."}


def test_the_same_rating_throughout_tells_nothing():
    answer = rating_agreement(scores_of(np.full((5, 3), 4.0)))
    for estimate in answer.values():
        assert estimate["value"] is None
        assert "at least 1 different rating" in estimate["why"]


def test_no_ratings_say_how_many_are_needed():
    answer = rating_agreement(Scores.from_rows([]))
    assert answer["icc_1_1"]["why"] == "2 more outputs that two labelers rate are needed."
    assert answer["icc_3_k"]["value"] is None


def test_outputs_of_one_prompt_are_drawn_together():
    table = np.repeat(np.random.default_rng(0).integers(1, 8, (12, 3)).astype(float), 6, axis=0)
    apart = rating_agreement(scores_of(table))["icc_1_1"]
    together = rating_agreement(scores_of(table, prompt=lambda item: item // 6))["icc_1_1"]
    assert together["value"] == pytest.approx(apart["value"])
    assert together["high"] - together["low"] > 1.5 * (apart["high"] - apart["low"])
