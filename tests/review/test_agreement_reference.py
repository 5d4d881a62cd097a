"""The statistics against published worked examples, independent libraries, and a slow reference of our own."""

from itertools import combinations

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats import inter_rater

from labeling.review.statistics.agreement import agreement
from labeling.review.statistics.cohen import confusion
from labeling.review.statistics.fleiss import fleiss_kappa
from labeling.review.statistics.judgments import Judgments, pairs_of_ranking
from labeling.review.statistics.krippendorff import coincidences, krippendorff_alpha

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: four observers, twelve units, 0 = missing.
KRIPPENDORFF_2011 = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]

# Fleiss (1971), table 1: thirty patients, six psychiatrists each; how many gave each of five diagnoses.
FLEISS_1971 = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""

# Fleiss' kappa's usual textbook table: ten subjects, fourteen raters, five categories; kappa .210.
TEXTBOOK = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip

NAMES = ("pairwise", "pairwise_decided", "alpha_nominal", "alpha_ordinal", "fleiss_kappa")


def counts_of(table, categories):
    return np.array([[column.count(k) for k in categories] for column in zip(*table, strict=True)], dtype=float)


def kappa_of(counts):
    agree = (counts * (counts - 1) / 2).sum()
    return float(fleiss_kappa(agree, counts.sum(axis=0), int(counts[0].sum())))


def test_coincidences_are_those_of_krippendorff_2011():
    matrix = coincidences(counts_of(KRIPPENDORFF_2011, range(1, 6))).sum(axis=0)
    expected = [
        [7, 4 / 3, 1 / 3, 1 / 3, 0],
        [4 / 3, 10, 4 / 3, 1 / 3, 0],
        [1 / 3, 4 / 3, 8, 1 / 3, 0],
        [1 / 3, 1 / 3, 1 / 3, 4, 0],
        [0, 0, 0, 0, 3],
    ]
    assert np.allclose(matrix, expected, atol=1e-12)
    assert matrix.sum() == pytest.approx(40)


@pytest.mark.parametrize("metric, published", [("nominal", 0.743), ("ordinal", 0.815)])
def test_alpha_is_that_of_krippendorff_2011(metric, published):
    matrix = coincidences(counts_of(KRIPPENDORFF_2011, range(1, 6))).sum(axis=0)
    alpha = float(krippendorff_alpha(matrix, metric))
    data = np.where(np.array(KRIPPENDORFF_2011) == 0, np.nan, np.array(KRIPPENDORFF_2011, dtype=float))
    assert round(alpha, 3) == published
    assert alpha == pytest.approx(krippendorff.alpha(reliability_data=data, level_of_measurement=metric), abs=1e-9)


def test_kappa_is_that_of_fleiss_1971():
    counts = np.array([[int(digit) for digit in row] for row in FLEISS_1971.split()], dtype=float)
    assert counts.sum(axis=0).tolist() == [26, 26, 30, 55, 43]
    assert round(kappa_of(counts), 3) == 0.430
    assert kappa_of(counts) == pytest.approx(inter_rater.fleiss_kappa(counts), abs=1e-9)


def test_kappa_is_that_of_the_textbook():
    counts = np.array(TEXTBOOK, dtype=float)
    assert round(kappa_of(counts), 3) == 0.210
    assert kappa_of(counts) == pytest.approx(inter_rater.fleiss_kappa(counts), abs=1e-9)


def slow_reference(rows):
    """Every statistic straight from its definition: loops over units and comparisons, and the two libraries."""
    units = {}
    for cluster, unit, labeler, value in rows:
        units.setdefault((cluster, unit), {})[labeler] = value
    pairs = [pair for judged in units.values() for pair in combinations(judged.values(), 2)]
    decided = [pair for pair in pairs if 0 not in pair]
    labelers = sorted({row[2] for row in rows})
    data = np.array([[judged.get(labeler, np.nan) for judged in units.values()] for labeler in labelers], dtype=float)
    paired = data[:, (~np.isnan(data)).sum(axis=0) > 1]
    expected = dict.fromkeys(NAMES)
    if pairs:
        expected["pairwise"] = sum(a == b for a, b in pairs) / len(pairs)
    if decided:
        expected["pairwise_decided"] = sum(a == b for a, b in decided) / len(decided)
    if len(np.unique(paired[~np.isnan(paired)])) > 1:
        for metric in ("nominal", "ordinal"):
            expected[f"alpha_{metric}"] = krippendorff.alpha(reliability_data=paired, level_of_measurement=metric)
    sizes = [len(judged) for judged in units.values() if len(judged) > 1]
    if sizes:
        most = max(sorted(set(sizes), reverse=True), key=sizes.count)
        table = np.array(
            [[list(j.values()).count(v) for v in (-1, 0, 1)] for j in units.values() if len(j) == most], dtype=float
        )
        if (table.sum(axis=0) > 0).sum() > 1:
            expected["fleiss_kappa"] = inter_rater.fleiss_kappa(table)
    return expected, len(pairs), len(decided)


judged_units = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 4)), st.sampled_from((-1, 0, 1)), max_size=40
).map(lambda values: [(*key, value) for key, value in values.items()])


@settings(max_examples=300, deadline=None)
@given(judged_units)
def test_every_statistic_equals_the_slow_reference(rows):
    expected, pairs, decided = slow_reference(rows)
    answer = agreement(Judgments.from_rows(rows), resamples=20)
    assert tuple(answer)[: len(NAMES)] == NAMES
    for name in NAMES:
        if expected[name] is None:
            assert answer[name]["value"] is None
            assert answer[name]["why"]
        else:
            assert answer[name]["value"] == pytest.approx(expected[name], abs=1e-9)
    if pairs:
        assert answer["pairwise"]["n"] == pairs
    if decided:
        assert answer["pairwise_decided"]["n"] == decided


def test_a_ranking_gives_its_pairs_in_order_of_creation():
    assert pairs_of_ranking(["a", "b", "c"], [2, 1, 2]) == [(("a", "b"), 1), (("a", "c"), 0), (("b", "c"), -1)]
    assert len(pairs_of_ranking(range(9), range(9))) == 36


@pytest.mark.parametrize("candidates, ranks", [(["a", "b"], [1]), (["a", "a"], [1, 2])])
def test_a_ranking_that_does_not_fit_its_candidates_is_refused(candidates, ranks):
    with pytest.raises(ValueError):
        pairs_of_ranking(candidates, ranks)


def test_judgments_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="-1, 0 or 1"):
        Judgments.from_rows([("prompt", "unit", "ada", 2)])
    with pytest.raises(ValueError, match="twice"):
        Judgments.from_rows([("prompt", "unit", "ada", 1), ("prompt", "unit", "ada", -1)])


def test_a_unit_is_known_by_its_prompt_and_id_together():
    rows = [("one", "unit", "ada", 1), ("two", "unit", "ben", 1)]
    assert agreement(Judgments.from_rows(rows))["pairwise"]["value"] is None


def test_confusion_has_the_first_as_rows():
    assert confusion(np.array([0, 0, 1]), np.array([0, 2, 2]), 3).tolist() == [[1, 0, 1], [0, 0, 1], [0, 0, 0]]
