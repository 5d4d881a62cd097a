"""Thresholds of sureness, the human ceiling and the reliability's intervals, against slow references."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from labeling.review.statistics.arrays import Floats, Ints
from labeling.review.statistics.ceiling import CEILING, leave_one_out_sums
from labeling.review.statistics.judgments import Judgments
from labeling.review.statistics.reliability import fit_labelers, labeler_reliability
from labeling.review.statistics.thresholds import first_level, rising_agreement, thresholds


def pool_adjacent(agree: list[float], n: list[float]) -> list[float]:
    """Isotonic regression as it is usually done: violators are pooled until none is left."""
    pools: list[list[float]] = []
    for one, count in zip(agree, n, strict=True):
        pools.append([one, count, 1])
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] >= pools[-1][0] * pools[-2][1]:
            last = pools.pop()
            pools[-1] = [pools[-1][place] + last[place] for place in range(3)]
    return [share for one, count, levels in pools for share in [one / count] * int(levels)]


@pytest.mark.parametrize("seed", range(20))
def test_the_max_min_formula_is_pooling_adjacent_violators(seed: int):
    random = np.random.default_rng(seed)
    n = random.integers(1, 30, size=7).astype(float)
    agree = np.array([random.integers(0, count + 1) for count in n], dtype=float)
    assert rising_agreement(agree, n) == pytest.approx(pool_adjacent(agree.tolist(), n.tolist()))


def test_levels_without_comparisons_take_the_level_below():
    fitted = rising_agreement(np.array([0.0, 5, 0, 9]), np.array([0.0, 10, 0, 10]))
    assert np.isnan(fitted[0])
    assert fitted[1:] == pytest.approx([0.5, 0.5, 0.9])
    assert first_level(np.array([0.0, 5, 0, 9]), np.array([0.0, 10, 0, 10]), 0.8) == 3


def answers(agreeing: dict[int, float], each: int = 40, prompts: int = 10) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Comparisons with so large a share of agreement at each level, spread over prompts."""
    levels = np.repeat(list(agreeing), each)
    agree = np.concatenate([np.arange(each) < share * each for share in agreeing.values()]).astype(float)
    return np.arange(len(levels)) % prompts, levels, agree


def threshold(blocks: Ints, levels: Ints, agree: Floats, shape: tuple[int, int]) -> dict[str, Any]:
    """Of one labeler, who stands between two others with other answers."""
    others = np.arange(3 * len(levels)) % 3
    mixed = np.where(others == 1, np.repeat(agree, 3), 1 - np.repeat(agree, 3))
    return thresholds(others, np.repeat(blocks, 3), np.repeat(levels, 3), mixed, (3, *shape))[1]


def test_the_threshold_is_the_first_level_at_which_four_in_five_agree():
    found = threshold(*answers({0: 0.5, 1: 0.7, 2: 0.85, 3: 0.95}), (10, 7))
    assert (found["value"], found["n"]) == (2, 160)
    assert found["low"] <= 2 <= found["high"]
    assert [point["value"] for point in found["curve"]] == pytest.approx([0.5, 0.7, 0.85, 0.95])


def test_who_is_never_sure_enough_is_told_so():
    found = threshold(*answers({0: 0.5, 3: 0.6}), (10, 7))
    assert found["value"] is None
    assert found["why"] == "At the highest sureness 60% of the others are expected to agree, not 80%."


def test_without_comparisons_or_with_one_prompt_it_says_what_is_missing():
    none = np.empty(0, dtype=np.int64)
    assert "1 more judgment" in threshold(none, none, none.astype(float), (4, 7))["why"]
    one = threshold(*answers({0: 0.9}, prompts=1), (1, 7))
    assert (one["value"], one["low"]) == (0, None)
    assert "at least 1 more" in one["why"]


@pytest.mark.parametrize("seed", range(5))
def test_the_ceiling_leaves_each_judgment_out(seed: int):
    random = np.random.default_rng(seed)
    units = [random.integers(0, 3, size=random.integers(1, 7)).tolist() for _ in range(50)]
    counts = np.array([[unit.count(answer) for answer in range(3)] for unit in units], dtype=float)
    met, agreed = 0, 0.0
    for unit in units:
        for place, answer in enumerate(unit):
            others = Counter(unit[:place] + unit[place + 1 :])
            if others:
                likeliest = [one for one, count in others.items() if count == max(others.values())]
                met += 1
                agreed += (answer in likeliest) / len(likeliest)
    assert leave_one_out_sums(counts).sum(axis=0) == pytest.approx([met, agreed])


def test_with_two_judgments_the_ceiling_is_the_pairwise_agreement():
    counts = np.array([[2.0, 0, 0], [1, 1, 0], [0, 0, 2], [1, 0, 1]])
    assert CEILING.value(leave_one_out_sums(counts).sum(axis=0)) == pytest.approx(0.5)


def test_reliability_is_the_models_with_an_interval_and_finds_who_differs():
    random = np.random.default_rng(1)
    right = (0.95, 0.9, 0.85, 0.4)
    rows = [
        (unit // 5, unit, labeler, int(truth if random.random() < share else random.integers(-1, 2)))
        for unit, truth in enumerate(random.integers(-1, 2, size=300))
        for labeler, share in enumerate(right)
    ]
    judgments = Judgments.from_rows(rows)
    model = fit_labelers(judgments)
    found = labeler_reliability(judgments, model)
    for labeler, figures in enumerate(found):
        assert figures["accuracy"]["value"] == pytest.approx(model.accuracy[labeler], abs=1e-3)
        assert figures["worth"]["value"] == pytest.approx(model.worth[labeler], abs=1e-3)
        assert figures["tie_bias"]["value"] == pytest.approx(model.bias[labeler, 1], abs=1e-3)
        for estimate in figures.values():
            assert estimate["low"] <= estimate["value"] <= estimate["high"]
            assert estimate["n"] == 300
    assert found[3]["accuracy"]["high"] < found[2]["accuracy"]["low"]
