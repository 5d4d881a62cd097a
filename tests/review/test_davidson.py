"""Davidson's model on his own data, against choix where there are no ties, and at its maximum."""

import choix
import numpy as np
import pytest
from scipy.optimize import minimize

from labeling.review.statistics.davidson import NotConnectedError, fit_davidson

# Davidson (1970), section 5: brands of chocolate pudding; brand i, brand j, preferred i, preferred j, no preference.
PUDDING = """
1 2 19 22 16, 1 3 16 19 12, 2 3 19 19 10, 1 4 18 23 13, 2 4 23 19 9, 3 4 19 20 15, 1 5 13 19 18, 2 5 16 20 12,
3 5 16 15 17, 4 5 17 14 16, 1 6 18 21 12, 2 6 22 20 12, 3 6 13 18 10, 4 6 14 19 18, 5 6 11 21 12
"""


def columns_of(text):
    rows = []
    for part in text.split(","):
        i, j, *counts = map(int, part.split())
        for value, count in zip((-1, 1, 0), counts, strict=True):
            rows += [(i - 1, j - 1, value)] * count
    return np.array(rows).T


def test_worths_and_tie_parameter_are_those_of_the_pudding():
    """As published with R's PlackettLuce (Turner et al. 2020, section 2): .139 .173 .162 .165 .159 .202, v = .747."""
    model = fit_davidson(*columns_of(PUDDING))
    assert np.round(model.worth_M, 3).tolist() == [0.139, 0.173, 0.162, 0.165, 0.159, 0.202]
    assert round(model.tie, 3) == 0.747


def test_it_is_the_maximum_that_scipy_finds():
    first, second, values = columns_of(PUDDING)

    def loss(theta):
        p, v = np.exp(np.r_[0, theta[:5]]), np.exp(theta[5])
        a, b = p[first], p[second]
        shares = np.stack([a, v * np.sqrt(a * b), b])
        return -np.log(shares[values + 1, np.arange(len(first))] / shares.sum(axis=0)).sum()

    model = fit_davidson(first, second, values)
    found = minimize(loss, np.zeros(6), method="BFGS", options={"gtol": 1e-8})
    assert model.log_likelihood == pytest.approx(-found.fun, abs=1e-9)
    assert np.allclose(np.log(model.worth_M[1:] / model.worth_M[0]), found.x[:5], atol=1e-6)


def random_wins(seed, items=5, rows=200):
    generator = np.random.default_rng(seed)
    first = generator.integers(0, items, rows)
    second = (first + generator.integers(1, items, rows)) % items
    return first, second, generator.choice([-1, 1], rows)


@pytest.mark.parametrize("seed", range(10))
def test_without_ties_it_is_the_bradley_terry_model_of_choix(seed):
    first, second, values = random_wins(seed)
    data = [(a, b) if v < 0 else (b, a) for a, b, v in zip(first, second, values, strict=True)]
    expected = choix.opt_pairwise(5, data, alpha=0, method="Newton-CG", tol=1e-12)
    model = fit_davidson(first, second, values)
    assert model.tie == 0
    assert np.allclose(model.strength, expected - expected.mean(), atol=1e-9)


def test_weights_are_copies():
    first, second, values = random_wins(3, rows=60)
    values[::5] = 0
    weights = np.arange(60) % 3 + 1
    weighted = fit_davidson(first, second, values, weights.astype(float))
    copied = fit_davidson(*(np.repeat(column, weights) for column in (first, second, values)))
    assert np.allclose(weighted.worth_M, copied.worth_M, atol=1e-10)
    assert weighted.tie == pytest.approx(copied.tie, abs=1e-9)


def test_turning_every_comparison_round_changes_nothing():
    first, second, values = columns_of(PUDDING)
    one, other = fit_davidson(first, second, values), fit_davidson(second, first, -values)
    assert np.allclose(one.worth_M, other.worth_M, atol=1e-12)
    assert np.allclose(one.probabilities(first, second), other.probabilities(second, first)[:, ::-1], atol=1e-12)


@pytest.mark.parametrize("rows", [[(0, 1, -1)], [(0, 1, -1), (0, 1, 1), (2, 3, 1), (2, 3, -1)]])
def test_outputs_that_nothing_links_have_no_worth(rows):
    with pytest.raises(NotConnectedError, match="a comparison that links them"):
        fit_davidson(*np.array(rows).T)
