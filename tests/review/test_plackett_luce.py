"""Plackett and Luce's model against choix, and its ties and weights."""

import choix
import numpy as np
import pytest

from labeling.review.statistics.davidson import NotConnectedError, fit_davidson
from labeling.review.statistics.plackett_luce import fit_plackett_luce


def rankings_of(seed, items=6, rows=60, k=4):
    generator = np.random.default_rng(seed)
    strength = generator.normal(size=items)
    drawn = []
    for _ in range(rows):
        these = generator.choice(items, k, replace=False)
        drawn.append(these[np.argsort(-(strength[these] + generator.gumbel(size=k)))].tolist())
    return drawn


@pytest.mark.parametrize("seed", range(10))
def test_it_equals_choix(seed):
    drawn = rankings_of(seed)
    expected = choix.opt_rankings(6, drawn, alpha=0, method="Newton-CG", tol=1e-12)
    model = fit_plackett_luce([[[item] for item in ranking] for ranking in drawn])
    assert np.allclose(model.strength, expected - expected.mean(), atol=1e-8)


def test_of_two_it_is_bradley_and_terrys():
    drawn = rankings_of(1, k=2, rows=100)
    first, second = np.array(drawn).T
    model = fit_plackett_luce([[[a], [b]] for a, b in drawn])
    assert np.allclose(model.worth_M, fit_davidson(first, second, np.full(100, -1)).worth_M, atol=1e-8)


def test_weights_are_copies():
    drawn = [[[item] for item in ranking] for ranking in rankings_of(2)]
    weights = [1 + n % 3 for n in range(len(drawn))]
    weighted = fit_plackett_luce(drawn, weights)
    copied = fit_plackett_luce([ranking for ranking, n in zip(drawn, weights, strict=True) for _ in range(n)])
    assert np.allclose(weighted.worth_M, copied.worth_M, atol=1e-9)


def test_a_labeler_of_no_weight_is_not_heard():
    drawn = [[[item] for item in ranking] for ranking in rankings_of(3)]
    liar = [list(reversed(ranking)) for ranking in drawn[:20]]
    heard = fit_plackett_luce(drawn + liar, [1.0] * len(drawn) + [0.0] * len(liar))
    assert np.allclose(heard.worth_M, fit_plackett_luce(drawn).worth_M, atol=1e-9)


def test_tied_outputs_are_alike():
    rankings = [[[0, 1], [2]], [[0, 1], [2]], [[2], [0, 1]]]
    model = fit_plackett_luce(rankings)
    assert model.worth_M[0] == pytest.approx(model.worth_M[1], abs=1e-12)
    assert model.worth_M[0] > model.worth_M[2]


def test_the_order_in_which_tied_outputs_are_named_changes_nothing():
    one = fit_plackett_luce([[[0, 1], [2, 3]], [[3], [1, 0], [2]], [[2], [0], [3, 1]]])
    other = fit_plackett_luce([[[1, 0], [3, 2]], [[3], [0, 1], [2]], [[2], [0], [1, 3]]])
    assert np.allclose(one.worth_M, other.worth_M, atol=1e-9)


def test_who_always_wins_has_no_worth():
    with pytest.raises(NotConnectedError):
        fit_plackett_luce([[[0], [1], [2]], [[0], [2], [1]]])
