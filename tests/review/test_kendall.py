"""Kendall's tau-b and W against Kendall's own examples with ties, and scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from labeling.review.statistics.kendall import Rankings, kendall_tau_b, kendall_w, rank_agreement

# Kendall and Gibbons, Rank Correlation Methods, chapter 3: two rankings of ten with ties; tau-b = 33 / sqrt(41 x 36).
TIED = np.array([[1, 2.5, 2.5, 4.5, 4.5, 6.5, 6.5, 8, 9.5, 9.5], [1, 2, 4.5, 4.5, 4.5, 4.5, 8, 8, 8, 10]])

# The same, chapter 6: three rankings of ten with ties, S = 591; W = .828 corrected for ties.
THREE = np.array([
    [1, 4.5, 2, 4.5, 3, 7.5, 6, 9, 7.5, 10],
    [2.5, 1, 2.5, 4.5, 4.5, 8, 9, 6.5, 10, 6.5],
    [2, 1, 4.5, 4.5, 4.5, 4.5, 8, 8, 8, 10],
])  # fmt: skip

rankings = st.tuples(st.integers(2, 5), st.integers(2, 9), st.integers(0, 2**32 - 1)).map(
    lambda shape: np.random.default_rng(shape[2]).integers(1, shape[1] + 1, shape[:2])
)


def test_tau_and_w_are_those_of_kendall():
    assert float(kendall_tau_b(*TIED)) == pytest.approx(33 / np.sqrt(41 * 36), abs=1e-12)
    assert round(float(kendall_w(THREE)), 3) == 0.828


@settings(max_examples=200, deadline=None)
@given(rankings)
def test_both_equal_scipy(ranks):
    tau = float(kendall_tau_b(ranks[0], ranks[1]))
    expected = stats.kendalltau(ranks[0], ranks[1]).statistic
    assert np.isnan(tau) if np.isnan(expected) else tau == pytest.approx(expected, abs=1e-9)
    m, k = ranks.shape
    if k >= 3 and m >= 2 and (np.ptp(ranks, axis=1) > 0).any():  # scipy's Friedman test needs three
        chi2 = stats.friedmanchisquare(*ranks.T).statistic
        assert float(kendall_w(ranks)) == pytest.approx(chi2 / (m * (k - 1)), abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.lists(rankings, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_a_project_is_the_mean_over_comparisons_and_over_items(items, random):
    rows = [(p, "item", who, tuple(ranks)) for p, table in enumerate(items) for who, ranks in enumerate(table.tolist())]
    random.shuffle(rows)
    answer = rank_agreement(Rankings.from_rows(rows), resamples=20)
    taus = [stats.kendalltau(t[i], t[j]).statistic for t in items for i in range(len(t)) for j in range(i)]
    taus = [tau for tau in taus if not np.isnan(tau)]
    if taus:
        assert answer["kendall_tau_b"]["value"] == pytest.approx(np.mean(taus), abs=1e-9)
        assert answer["kendall_tau_b"]["n"] == len(taus)
    else:
        assert "1 more ranking" in answer["kendall_tau_b"]["why"]


def test_the_same_order_is_1_and_the_opposite_minus_1():
    assert float(kendall_tau_b(np.array([1, 2, 3]), np.array([3, 2, 1]))) == -1
    assert float(kendall_w(np.array([[1, 2, 2], [1, 2, 2]]))) == pytest.approx(1)
    assert np.isnan(kendall_w(np.ones((2, 4))))


def test_rankings_of_one_item_have_one_length():
    with pytest.raises(ValueError, match="different numbers"):
        Rankings.from_rows([("p", 1, "ada", (1, 2)), ("p", 1, "ben", (1, 2, 3))])


def test_a_second_ranking_by_the_same_labeler_does_not_count():
    once = [("p", 1, "ada", (1, 2)), ("p", 1, "ben", (2, 1)), ("q", 1, "ada", (1, 2)), ("q", 1, "ben", (1, 2))]
    twice = [*once, ("p", 1, "ada", (2, 1))]
    assert rank_agreement(Rankings.from_rows(once)) == rank_agreement(Rankings.from_rows(twice))
