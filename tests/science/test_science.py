"""The experiments' own arithmetic, against slow references and planted values."""

import random
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from tests.science.gold import distinct_bigrams, outside, taken_up
from tests.science.overoptimization import (
    at_distance,
    best_of_n,
    best_of_n_kl,
    fit_best_of_n,
    fit_reinforcement,
)
from tests.science.planted_labelers import rank, temperature_for
from tests.science.texts import continuations


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_best_of_n_is_the_mean_over_all_choices_of_n(n: int):
    noise = np.random.default_rng(n)
    proxy_PN, gold_PN = noise.normal(size=(2, 4, 6))
    slow = [
        [(proxy[list(some)].max(), gold[max(some, key=lambda i: proxy[i])]) for some in combinations(range(6), n)]
        for proxy, gold in zip(proxy_PN, gold_PN, strict=True)
    ]
    proxy, gold, error = best_of_n(proxy_PN, gold_PN, n)
    of_prompts = np.mean(slow, axis=1)
    assert (proxy, gold) == pytest.approx(tuple(of_prompts.mean(axis=0)))
    assert error == pytest.approx(of_prompts[:, 1].std(ddof=1) / 2)


def test_the_distance_of_best_of_n():
    assert best_of_n_kl(1) == 0
    assert best_of_n_kl(256) == pytest.approx(4.549, abs=1e-3)


def test_fits_find_planted_curves():
    d = np.linspace(0.3, 3, 20)
    found = fit_best_of_n(d, d * (0.9 - 0.2 * d))
    assert (found.alpha, found.beta, found.r2) == pytest.approx((0.9, 0.2, 1))
    found = fit_reinforcement(d, d * (0.9 - 0.2 * np.log(d)))
    assert (found.alpha, found.beta, found.r2) == pytest.approx((0.9, 0.2, 1))


def test_a_reward_is_read_between_iterations_and_not_beyond_the_last():
    d, reward = np.array([2.0, 0, 1]), np.array([5.0, 1, 2])
    assert at_distance(d, reward, 1.5) == 3.5
    assert np.isnan(at_distance(d, reward, 2.1))


def test_two_labelers_agree_as_often_as_asked_for():
    gold_PK = np.random.default_rng(0).normal(size=(400, 4))
    temperature = temperature_for(gold_PK)
    noise = random.Random(0)
    agreed = []
    for _ in range(10):
        for gold_K in gold_PK.tolist():
            one, other = (rank(gold_K, temperature, noise) for _ in range(2))
            agreed += [(one[i] < one[j]) == (other[i] < other[j]) for i, j in combinations(range(4), 2)]
    assert np.mean(agreed) == pytest.approx(0.73, abs=0.01)


def test_a_labeler_without_error_ranks_by_gold():
    assert rank([0.2, 3.0, -1.0], 1e-9, random.Random(0)) == [2, 1, 3]


def test_the_parts_of_gold():
    assert taken_up("The old king rode home", "A king of old, far from home. Kings!") == pytest.approx(2 / 3)
    assert taken_up("Many words were once written there", "There were once many written words") == 1
    assert distinct_bigrams("go on and go on and go") == pytest.approx(3 / 6)
    assert distinct_bigrams("") == 1
    assert [outside(tokens) for tokens in (10, 16, 40, 45)] == [6, 0, 0, 5]


def test_a_paragraph_becomes_its_first_sentence_and_what_follows(tmp_path: Path):
    follows = 'She asked him, "Who are you?" He said nothing at all to her.'
    path = tmp_path / "tales.txt"
    path.write_text(
        f"Once a girl met a man. {follows} {'So they went on and on ' * 9}.\nToo short. A line that is not.\n", "utf-8"
    )
    (found,) = continuations(path, "train")
    assert (found.prompt, found.id, found.split) == ("Once a girl met a man.", "train-0-0", "train")
    assert found.response == follows
