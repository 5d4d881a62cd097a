"""Davidson's model: how strong each output (or model) is, from comparisons in pairs with ties, by maximum likelihood.

Davidson (1970), On extending the Bradley-Terry model to accommodate ties in paired comparison experiments, Journal of
the American Statistical Association 65. With worths p and a tie parameter v: i is preferred to j with a probability in
proportion to p_i, j to i to p_j, and a tie to v sqrt(p_i p_j). Without ties it is Bradley and Terry's model (1952).
"""

from dataclasses import dataclass

import numpy as np

from labeling.review.statistics.arrays import Floats, Ints


class NotConnectedError(ValueError):
    """Some outputs always beat, or were never compared with, all others: their worths have no maximum."""


@dataclass(frozen=True)
class Davidson:
    worth_M: Floats
    """Sums to 1."""
    tie: float
    """v: 0 where there are no ties; a tie of equals has the probability v / (2 + v)."""
    log_likelihood: float

    @property
    def strength(self) -> Floats:
        """(M,) natural logarithms of the worths, their mean 0; 400 / ln 10 times it is the Elo scale."""
        logs = np.log(self.worth_M)
        return np.asarray(logs - logs.mean())

    def probabilities(self, first: Ints, second: Ints) -> Floats:
        """(P, 3) of first better, tie, second better."""
        a, b = self.worth_M[first], self.worth_M[second]
        shares = np.stack([a, self.tie * np.sqrt(a * b), b], axis=-1)
        return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def check_connected(beats_MM: Floats) -> None:
    """Raises NotConnectedError unless every item is reached from every other along `beats_MM` > 0 (Ford 1957): else a
    worth would be 0 or without bound."""
    reach = (beats_MM > 0) | np.eye(len(beats_MM), dtype=bool)
    for _ in range(max(1, int(np.ceil(np.log2(max(2, len(reach))))))):
        reach = (reach.astype(np.float64) @ reach.astype(np.float64)) > 0
    if not reach.all():
        raise NotConnectedError(
            "Some outputs won or lost all of their comparisons, or were never compared with the others: "
            "a comparison that links them is needed."
        )


def fit_davidson(
    first: Ints,
    second: Ints,
    values: Ints,
    weights: Floats | None = None,
    *,
    items: int | None = None,
    tolerance: float = 1e-12,
    most_steps: int = 200,
) -> Davidson:
    """The model of comparisons as columns: two items each, and -1 first better, 0 tie, 1 second better.

    `weights` has each comparison's weight (how much its labeler tells), 1 where none are given. Newton's method on the
    logarithms; the log-likelihood is concave. Raises NotConnectedError where there is no maximum.
    """
    weights = np.ones(len(first)) if weights is None else weights
    size = items or int(max(first.max(initial=-1), second.max(initial=-1))) + 1
    # Each pair once, with weights of its three outcomes: as many steps as there are pairs of items, not comparisons.
    low, high = np.minimum(first, second), np.maximum(first, second)
    turned = np.where(first <= second, values, -values)
    cell = (low * size + high) * 3 + turned + 1
    table = np.bincount(cell, weights=weights, minlength=size * size * 3).reshape(size, size, 3)
    a, b = np.nonzero(table.sum(axis=2))
    outcomes_P3 = table[a, b]
    ties = float(outcomes_P3[:, 1].sum())
    beats = np.zeros((size, size))
    beats[a, b] += outcomes_P3[:, 0] + outcomes_P3[:, 1]
    beats[b, a] += outcomes_P3[:, 2] + outcomes_P3[:, 1]
    check_connected(beats)

    # Parameters: strengths with the first at 0, and the logarithm of v where there are ties.
    width = size - 1 + (ties > 0)
    design = np.zeros((len(a), 3, size + 1))
    at = np.arange(len(a))
    design[at, 0, a] += 1
    design[at, 2, b] += 1
    design[at, 1, a] += 0.5
    design[at, 1, b] += 0.5
    design[:, 1, size] = 1
    design = design[:, :, 1:] if ties else design[:, :, 1:size]
    shown = outcomes_P3 if ties else outcomes_P3[:, [0, 2]]
    design = design if ties else design[:, [0, 2]]
    total_P1 = shown.sum(axis=1, keepdims=True)
    theta = np.zeros(width)

    def likelihood(theta: Floats) -> tuple[float, Floats]:
        linear = design @ theta
        linear = linear - linear.max(axis=1, keepdims=True)
        shares = np.exp(linear)
        probabilities = shares / shares.sum(axis=1, keepdims=True)
        return float((shown * (linear - np.log(shares.sum(axis=1, keepdims=True)))).sum()), probabilities

    value, probabilities = likelihood(theta)
    for _ in range(most_steps):
        gradient = np.einsum("po,pow->w", shown - total_P1 * probabilities, design)
        mean = np.einsum("po,pow->pw", probabilities, design)
        curvature = np.einsum("po,pov,pow->vw", total_P1 * probabilities, design, design)
        curvature -= np.einsum("p,pv,pw->vw", total_P1[:, 0], mean, mean)
        step = np.linalg.lstsq(curvature, gradient, rcond=None)[0]
        # Near the maximum the likelihood no longer shows in its last digit what a whole step still gains.
        near = float(gradient @ step) < tolerance * max(1.0, abs(value))
        scale = 1.0
        while True:
            after, probabilities = likelihood(theta + scale * step)
            if near or after >= value or scale < 1e-10:
                break
            scale /= 2
        theta, value = theta + scale * step, after
        if near:
            break
    worth = np.exp(np.r_[0.0, theta[: size - 1]])
    return Davidson(worth / worth.sum(), float(np.exp(theta[size - 1])) if ties else 0.0, value)
