"""Labelers' weights: planted ones are found, equal ones are Davidson's model, and nothing hangs on names or order."""

import numpy as np
import pytest
from scipy.optimize import minimize

from labeling.review.statistics.davidson import fit_davidson
from labeling.review.statistics.judgments import Judgments
from labeling.review.statistics.labeler_weights import labeler_weights, strengths, weight_estimates

K = 4
PAIRS = [(a, b) for a in range(K) for b in range(a + 1, K)]


def planted(weights: list[float], *, prompts: int, overlap: int, seed: int = 0, tie: float = 0.4):
    """Judgments of pairs of K outputs by labelers of these weights, `overlap` of them drawn for each prompt."""
    random = np.random.default_rng(seed)
    rows, outputs = [], []
    for prompt in range(prompts):
        strength = random.normal(0, 1.5, K)
        for labeler in random.choice(len(weights), overlap, replace=False):
            for unit, (a, b) in enumerate(PAIRS):
                x = weights[labeler] * (strength[a] - strength[b]) / 2
                shares = np.array([np.exp(x), tie, np.exp(-x)])
                rows.append((prompt, unit, int(labeler), int(random.choice([-1, 0, 1], p=shares / shares.sum()))))
                outputs.append((prompt * K + a, prompt * K + b))
    return Judgments.from_rows(rows), np.array(outputs)


def by_name(judgments: Judgments, values: np.ndarray) -> dict[int, float]:
    return dict(zip(judgments.names, values.tolist(), strict=True))


def test_with_equal_weights_it_is_davidsons_model():
    random = np.random.default_rng(3)
    first, second = random.integers(0, 5, 400), random.integers(0, 5, 400)
    first, second = first[first != second], second[first != second]
    values = random.choice([-1, 0, 1], len(first), p=[0.5, 0.2, 0.3])
    model = fit_davidson(first, second, values)
    found = strengths(first, second, values, np.ones(len(first)), model.tie, np.zeros(5), steps=5_000, prior_sd=1e4)
    assert found - found.mean() == pytest.approx(model.strength, abs=1e-6)


def test_strengths_are_the_posteriors_maximum():
    random = np.random.default_rng(4)
    first, second = random.integers(0, 4, 60), random.integers(4, 7, 60)
    values, weights = random.integers(-1, 2, 60), random.uniform(0, 2, 60)

    def loss(s: np.ndarray) -> float:
        x = weights * (s[first] - s[second]) / 2
        shares = np.stack([np.exp(x), np.full(60, 0.7), np.exp(-x)])
        return float(-np.log(shares[values + 1, np.arange(60)] / shares.sum(0)).sum() + (s**2).sum() / 8)

    found = strengths(first, second, values, weights, 0.7, np.zeros(7), steps=2_000, prior_sd=2.0)
    assert found == pytest.approx(minimize(loss, np.zeros(7), options={"gtol": 1e-9}).x, abs=1e-5)


def test_planted_weights_are_found_with_their_intervals():
    truth = [0.0, 0.5, 1.0, 1.0, 1.0, 1.5, 2.0, -1.0]
    judgments, outputs = planted(truth, prompts=1_500, overlap=4)
    model = labeler_weights(judgments, outputs)
    found = by_name(judgments, model.weight_L)
    order = sorted(found, key=lambda name: found[name])
    assert [truth[name] for name in order] == sorted(truth)
    estimates = dict(zip(judgments.names, weight_estimates(model), strict=True))
    assert estimates[0]["value"] == pytest.approx(0, abs=0.1), "who guesses has no weight, also of four"
    assert estimates[0]["high"] - estimates[0]["low"] < 0.2
    assert estimates[7]["high"] < 0
    assert 1.3 < found[6] / found[2] < 2.1, "the module says why it is less than 2"
    assert found[1] / found[2] == pytest.approx(0.5, abs=0.15)
    assert 0.3 < model.tie < 0.5


def test_the_mean_is_one_and_equal_labelers_have_equal_weights():
    judgments, outputs = planted([1.0] * 6, prompts=600, overlap=3, seed=5)
    model = labeler_weights(judgments, outputs)
    assert np.maximum(model.weight_L, 0).mean() == pytest.approx(1, abs=1e-6)
    estimates = weight_estimates(model)
    assert sum(one["low"] < 1 < one["high"] for one in estimates) >= 5
    assert [one["n"] for one in estimates] == model.votes_L.tolist()


def test_nothing_hangs_on_the_order_of_rows_or_the_names_of_people():
    judgments, outputs = planted([0.2, 1.0, 1.0, 2.0], prompts=60, overlap=3, seed=6)
    before = by_name(judgments, labeler_weights(judgments, outputs).weight_L)
    order = np.random.default_rng(7).permutation(len(judgments.units))
    new_place = np.array([2, 0, 3, 1])
    names = tuple(judgments.names[int(old)] for old in np.argsort(new_place))
    turned = Judgments(
        judgments.clusters[order],
        judgments.units[order],
        new_place[judgments.labelers[order]],
        judgments.values[order],
        names,
    )
    after = by_name(turned, labeler_weights(turned, outputs[order]).weight_L)
    assert {name: after[name] for name in before} == pytest.approx(before, abs=1e-6)


def test_turning_all_outputs_round_changes_nothing():
    judgments, outputs = planted([0.5, 1.0, 1.5], prompts=80, overlap=3, seed=8)
    turned = Judgments(judgments.clusters, judgments.units, judgments.labelers, -judgments.values, judgments.names)
    one, other = labeler_weights(judgments, outputs), labeler_weights(turned, outputs[:, ::-1])
    assert one.weight_L == pytest.approx(other.weight_L, abs=1e-9)


def test_who_judged_alone_has_none_and_one_prompt_gives_no_interval():
    alone = Judgments.from_rows([(0, 0, "ada", -1), (1, 0, "ben", 1), (1, 0, "chi", 1)])
    found = dict(
        zip(alone.names, weight_estimates(labeler_weights(alone, np.array([[0, 1], [2, 3], [2, 3]]))), strict=True)
    )
    assert found["ada"]["value"] is None
    assert "1 more ranking" in found["ada"]["why"]
    assert found["ben"]["low"] is None
    assert found["ben"]["n"] == 1
    nothing = Judgments.from_rows([])
    assert weight_estimates(labeler_weights(nothing, np.empty((0, 2), dtype=np.int64))) == []


def test_without_ties_no_tie_is_expected():
    judgments, outputs = planted([1.0, 1.0, 1.0], prompts=50, overlap=3, tie=0.0)
    assert labeler_weights(judgments, outputs).tie == 0
