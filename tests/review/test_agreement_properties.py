"""What must not change an agreement, and what must change it in a known way."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.review.statistics.agreement import agreement
from labeling.review.statistics.groups import agreement_by
from labeling.review.statistics.judgments import Judgments

PEOPLE = ("ada", "ben", "chi", "dov")

judged_units = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 3), st.sampled_from(PEOPLE)),
    st.sampled_from((-1, 0, 1)),
    min_size=1,
    max_size=40,
).map(lambda values: [(*key, value) for key, value in values.items()])

quick = settings(max_examples=100, deadline=None)


def of(rows):
    return agreement(Judgments.from_rows(rows), resamples=50)


def assert_close(one, other):
    """The same to rounding, the intervals and the words included."""
    assert one.keys() == other.keys()
    for name, statistic in one.items():
        assert statistic.keys() == other[name].keys()
        for key, value in statistic.items():
            assert other[name][key] == (pytest.approx(value, abs=1e-9) if isinstance(value, float) else value)


@quick
@given(judged_units, st.permutations(PEOPLE))
def test_renaming_people_changes_nothing(rows, renamed):
    names = dict(zip(PEOPLE, renamed, strict=True))
    assert_close(of(rows), of([(c, u, names[who], v) for c, u, who, v in rows]))


@quick
@given(judged_units, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert_close(of(rows), of(shuffled))


@quick
@given(judged_units, st.permutations(range(5)))
def test_renaming_prompts_and_units_changes_nothing(rows, order):
    assert_close(of(rows), of([(f"prompt {order[c]}", ("unit", u), who, v) for c, u, who, v in rows]))


@quick
@given(judged_units)
def test_turning_all_pairs_round_changes_no_value(rows):
    turned = of([(c, u, who, -v) for c, u, who, v in rows])
    for name, statistic in of(rows).items():
        assert turned[name]["value"] == pytest.approx(statistic["value"], abs=1e-9)
        assert turned[name].get("n") == statistic.get("n")


@quick
@given(judged_units, st.sets(st.tuples(st.integers(0, 4), st.integers(0, 3))))
def test_turning_some_pairs_round_leaves_the_pairwise_shares(rows, turn):
    """Which candidate of a unit comes first is no matter to two labelers who see the same unit."""
    turned = of([(c, u, who, -v if (c, u) in turn else v) for c, u, who, v in rows])
    for name, statistic in of(rows).items():
        if name.startswith("pairwise"):
            for key in ("value", "n", "agree"):
                assert turned[name].get(key) == statistic.get(key)


@quick
@given(judged_units)
def test_judging_every_unit_twice_over_doubles_n_and_keeps_the_shares(rows):
    before = of(rows)
    after = of([(c, (u, copy), who, v) for copy in (1, 2) for c, u, who, v in rows])
    for name, statistic in before.items():
        if statistic["value"] is None:
            assert after[name]["value"] is None
            continue
        assert after[name]["n"] == 2 * statistic["n"]
        if name.startswith("alpha"):
            # Alpha corrects for small samples, by n - 1 of the n judgments that can be paired.
            judged = Counter((c, u) for c, u, _, _ in rows)
            n = sum(count for count in judged.values() if count > 1)
            expected = 1 - (1 - statistic["value"]) * (2 * n - 1) / (2 * n - 2)
            assert after[name]["value"] == pytest.approx(expected, abs=1e-9)
        else:
            assert after[name]["value"] == pytest.approx(statistic["value"], abs=1e-9)


@quick
@given(judged_units)
def test_a_unit_judged_once_changes_nothing(rows):
    """Of all but Gwet's AC, which takes the answers' shares from every unit (test_gwet)."""
    before = of([*rows, ("p", 1, "ada", 1), ("p", 1, "ben", 0)])
    after = of([*rows, ("p", 1, "ada", 1), ("p", 1, "ben", 0), ("alone", 1, "ada", -1)])
    assert_close(*({name: s for name, s in answer.items() if "gwet" not in name} for answer in (before, after)))


@quick
@given(judged_units)
def test_values_lie_in_their_intervals(rows):
    for statistic in of(rows).values():
        if statistic.get("low") is not None:
            assert statistic["low"] <= statistic["value"] <= statistic["high"] <= 1


@quick
@given(judged_units)
def test_tables_add_up_to_the_whole(rows):
    judgments = Judgments.from_rows(rows)
    whole = agreement(judgments, resamples=10)["pairwise"]
    by_pair = agreement_by(judgments, "pair", resamples=10)
    by_labeler = agreement_by(judgments, "labeler", resamples=10)
    if whole["value"] is None:
        assert by_pair == by_labeler == []
        return
    assert sum(row["pairwise"]["n"] for row in by_pair) == whole["n"]
    assert sum(row["pairwise"]["agree"] for row in by_pair) == whole["agree"]
    assert sum(row["pairwise"]["n"] for row in by_labeler) == 2 * whole["n"]
    for row in [*by_pair, *by_labeler]:
        table = row["confusion"]
        assert sum(map(sum, table)) == row["pairwise"]["n"]
        assert sum(table[k][k] for k in range(3)) == row["pairwise"]["agree"]
