"""The bootstrap over prompts, and what is said where a statistic or its interval can't be had."""

import numpy as np
import pytest

from labeling.review.statistics import bootstrap
from labeling.review.statistics.agreement import agreement
from labeling.review.statistics.groups import agreement_by
from labeling.review.statistics.judgments import Judgments


def judged(prompts, units=4, labelers=3, noise=0.5, seed=0):
    """Judgments whose prompts differ in how hard they are, so that units of one prompt are alike."""
    generator = np.random.default_rng(seed)
    hard = generator.random(prompts) * 2 * noise
    truth = generator.integers(-1, 2, (prompts, units, 1))
    errs = generator.random((prompts, units, labelers)) < hard[:, None, None]
    values = np.where(errs, generator.integers(-1, 2, errs.shape), truth)
    where = np.indices(values.shape).reshape(3, -1)
    return Judgments(where[0], where[0] * units + where[1], where[2], values.ravel(), tuple(range(labelers)))


def width(statistic):
    return statistic["high"] - statistic["low"]


def test_the_same_seed_gives_the_same_interval_and_another_seed_another():
    judgments = judged(30)
    assert agreement(judgments, seed=1) == agreement(judgments, seed=1)
    assert agreement(judgments, seed=1)["pairwise"]["low"] != agreement(judgments, seed=2)["pairwise"]["low"]


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    """The truth is the value over very many prompts. 95 % of 200 intervals is 190 +- 6; percentiles cover less."""
    truth = agreement(judged(40_000, seed=99), resamples=2)
    answers = [agreement(judged(60, seed=seed), resamples=300) for seed in range(200)]
    for name, statistic in truth.items():
        covered = sum(answer[name]["low"] <= statistic["value"] <= answer[name]["high"] for answer in answers)
        assert 176 <= covered <= 199, (name, covered)


def test_an_interval_is_as_wide_as_the_spread_of_independent_samples():
    values = [agreement(judged(60, seed=seed), resamples=2)["alpha_nominal"]["value"] for seed in range(200)]
    widths = [width(agreement(judged(60, seed=seed))["alpha_nominal"]) for seed in range(10)]
    assert np.mean(widths) == pytest.approx(2 * 1.96 * np.std(values), rel=0.2)


def test_fewer_prompts_widen_every_interval():
    few, many = agreement(judged(20)), agreement(judged(500))
    for name in few:
        assert width(few[name]) > 2 * width(many[name])


def test_units_of_one_prompt_do_not_count_as_independent():
    """The same judgments narrow the interval falsely when each unit is taken for a prompt of its own."""
    judgments = judged(60, units=10)
    apart = Judgments(judgments.units, judgments.units, judgments.labelers, judgments.values, judgments.names)
    assert width(agreement(judgments)["pairwise"]) > 1.3 * width(agreement(apart)["pairwise"])


def test_blocks_of_prompts_give_the_interval_of_single_prompts(monkeypatch):
    judgments = judged(1500)
    exact = agreement(judgments)
    monkeypatch.setattr(bootstrap, "MAX_BLOCKS", 300)
    for name, statistic in agreement(judgments).items():
        assert width(statistic) == pytest.approx(width(exact[name]), rel=0.25)
        assert statistic["value"] == exact[name]["value"]


def test_one_prompt_has_values_but_no_interval():
    rows = [("p", u, who, v) for u, vs in enumerate([(1, 1), (0, 1), (-1, -1)])
            for who, v in zip(("ada", "ben"), vs, strict=True)]  # fmt: skip
    for statistic in agreement(Judgments.from_rows(rows)).values():
        assert statistic["value"] is not None
        assert (statistic["low"], statistic["high"]) == (None, None)
        assert "at least 1 more" in statistic["why"]


def test_one_prompt_with_decided_comparisons_has_no_interval_for_them():
    rows = [("p", 1, "ada", 1), ("p", 1, "ben", 1), ("q", 1, "ada", 0), ("q", 1, "ben", 0)]
    answer = agreement(Judgments.from_rows(rows))
    assert answer["pairwise"]["low"] == 1
    assert answer["pairwise_decided"]["low"] is None


@pytest.mark.parametrize("rows", [[], [("p", 1, "ada", 1)], [("p", u, "ada", 1) for u in range(5)]])
def test_one_labeler_or_none_has_nothing_to_compare(rows):
    answer = agreement(Judgments.from_rows(rows))
    for statistic in answer.values():
        assert statistic["value"] is None
        assert "1 more judgment" in statistic["why"]
    assert agreement_by(Judgments.from_rows(rows), "pair") == []


@pytest.mark.parametrize("value", [-1, 0, 1])
def test_where_all_judgments_are_the_same_chance_is_unknown(value):
    rows = [(p, 1, who, value) for p in range(10) for who in ("ada", "ben", "chi")]
    answer = agreement(Judgments.from_rows(rows))
    assert answer["pairwise"] == {"value": 1, "low": 1, "high": 1, "n": 30, "agree": 30}
    for name in ("alpha_nominal", "alpha_ordinal", "fleiss_kappa"):
        assert answer[name]["value"] is None
        assert "at least 1 different judgment" in answer[name]["why"]
    if value == 0:
        assert answer["pairwise_decided"]["value"] is None
        assert "30 comparisons" in answer["pairwise_decided"]["why"]


def test_perfect_agreement_on_different_answers_is_one():
    rows = [(p, 1, who, p % 3 - 1) for p in range(12) for who in ("ada", "ben")]
    for statistic in agreement(Judgments.from_rows(rows)).values():
        assert statistic["value"] == pytest.approx(1)
        assert statistic["low"] == pytest.approx(1)


def test_labelers_who_always_differ_fall_below_chance():
    rows = [(p, 1, who, v) for p in range(12) for who, v in (("ada", 1), ("ben", -1))]
    answer = agreement(Judgments.from_rows(rows))
    assert answer["pairwise"]["value"] == 0
    assert answer["alpha_nominal"]["value"] < 0
    assert answer["fleiss_kappa"]["value"] == pytest.approx(-1)


def test_tables_name_labelers_and_drop_what_rests_on_too_little():
    rows = [(p, 1, who, v) for p in range(4) for who, v in (("ada", 1), ("ben", -1))] + [(0, 1, "chi", 1)]
    judgments = Judgments.from_rows(rows)
    first, *rest = agreement_by(judgments, "pair")
    assert first["labelers"] == ("ada", "ben")
    assert first["confusion"] == [[0, 0, 0], [0, 0, 0], [4, 0, 0]]
    assert {row["labelers"] for row in rest} == {("ada", "chi"), ("ben", "chi")}
    assert [row["labelers"] for row in agreement_by(judgments, "pair", minimum=2)] == [("ada", "ben")]
    by_labeler = {row["labelers"]: row["pairwise"] for row in agreement_by(judgments, "labeler")}
    assert (by_labeler["ada",]["n"], by_labeler["ada",]["agree"]) == (5, 1)
