"""Krippendorff's alpha of numbers, by its coincidences and by sums, against his example and the library."""

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.review.statistics.icc import one_way_of_sets
from labeling.review.statistics.krippendorff import alpha_of_interval_sums, coincidences, krippendorff_alpha
from labeling.review.statistics.rated_sets import rated_sets
from labeling.review.statistics.scores import Scores
from tests.review.test_agreement_reference import KRIPPENDORFF_2011, counts_of


def by_sums(table):
    """Of a table (labelers, items) with NaN for what is missing."""
    scores = Scores.from_rows(
        (item, item, labeler, value)
        for labeler, row in enumerate(table)
        for item, value in enumerate(row)
        if not np.isnan(value)
    )
    sums = [one_way_of_sets(sets).sum(axis=0) for sets in rated_sets(scores)]
    return float(alpha_of_interval_sums(sum(sums, np.zeros(10))[6:]))


def test_alpha_interval_is_that_of_krippendorff_2011():
    matrix = coincidences(counts_of(KRIPPENDORFF_2011, range(1, 6))).sum(axis=0)
    assert round(float(krippendorff_alpha(matrix, "interval")), 3) == 0.849
    assert by_sums(np.where(np.array(KRIPPENDORFF_2011) == 0, np.nan, KRIPPENDORFF_2011)) == pytest.approx(
        float(krippendorff_alpha(matrix, "interval")), abs=1e-9
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.integers(0, 7), min_size=6, max_size=6), min_size=2, max_size=5))
def test_both_ways_equal_the_library(rows):
    table = np.where(np.array(rows) == 0, np.nan, np.array(rows, dtype=float))
    paired = table[:, (~np.isnan(table)).sum(axis=0) > 1]
    values = np.unique(paired[~np.isnan(paired)])
    if len(values) < 2:
        assert np.isnan(by_sums(table))
        return
    expected = krippendorff.alpha(reliability_data=paired, level_of_measurement="interval")
    assert by_sums(table) == pytest.approx(expected, abs=1e-9)
    counts = np.array([[(column == k).sum() for k in values] for column in paired.T], dtype=float)
    found = krippendorff_alpha(coincidences(counts).sum(axis=0), "interval", values)
    assert float(found) == pytest.approx(expected, abs=1e-9)
