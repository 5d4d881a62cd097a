"""Agreement on a flag: the two specific agreements, alpha and AC1."""

from itertools import permutations

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.review.statistics.flags import flag_agreement
from labeling.review.statistics.scores import Scores


def agreement_of(rows, **options):
    return flag_agreement(Scores.from_rows(rows), **options)


def two_raters(both_yes, only_first, only_second, both_no):
    answers = [(1, 1)] * both_yes + [(1, 0)] * only_first + [(0, 1)] * only_second + [(0, 0)] * both_no
    return [(item, item, who, pair[who]) for item, pair in enumerate(answers) for who in (0, 1)]


def test_two_raters_have_cicchetti_and_feinsteins_two_agreements():
    """Of a table a, b, c, d: positive 2a / (2a + b + c), negative 2d / (2d + b + c)."""
    answer = agreement_of(two_raters(40, 9, 6, 45))
    assert answer["agreement"]["value"] == pytest.approx(0.85)
    assert answer["positive"]["value"] == pytest.approx(80 / 95)
    assert answer["negative"]["value"] == pytest.approx(90 / 105)


def test_a_rare_flag_is_agreed_on_by_saying_no():
    answer = agreement_of(two_raters(0, 3, 2, 95))
    assert answer["agreement"]["value"] == pytest.approx(0.95)
    assert answer["positive"]["value"] == 0
    assert answer["alpha"]["value"] < 0 < 0.9 < answer["ac1"]["value"]


flags = st.dictionaries(st.tuples(st.integers(0, 7), st.integers(0, 4)), st.booleans(), min_size=1, max_size=40)


@settings(max_examples=150, deadline=None)
@given(flags)
def test_each_equals_its_definition_over_ordered_pairs_of_labelers(answers):
    rows = [(item // 2, item, who, int(yes)) for (item, who), yes in answers.items()]
    found = agreement_of(rows, resamples=20)
    items = {}
    for (item, _), yes in answers.items():
        items.setdefault(item, []).append(yes)
    ordered = [pair for given_ in items.values() for pair in permutations(given_, 2)]
    for name, of in (("positive", True), ("negative", False)):
        seconds = [second == of for first, second in ordered if first == of]
        if seconds:
            assert found[name]["value"] == pytest.approx(np.mean(seconds), abs=1e-9)
            assert found[name]["n"] == len(seconds)
        else:
            assert found[name]["value"] is None
    if len({first for first, _ in ordered}) == 2:
        table = np.full((5, 8), np.nan)
        for (item, who), yes in answers.items():
            table[who, item] = yes
        paired = table[:, (~np.isnan(table)).sum(axis=0) > 1]
        expected = krippendorff.alpha(reliability_data=paired, level_of_measurement="nominal")
        assert found["alpha"]["value"] == pytest.approx(expected, abs=1e-9)


def test_nobody_met_says_what_is_needed():
    answer = agreement_of([(1, 1, "ada", 1), (2, 2, "ben", 0)])
    for estimate in answer.values():
        assert estimate["value"] is None
        assert "1 more judgment" in estimate["why"]
