"""Gold and proxy against the distance from the start: best of n, and Gao, Schulman and Hilton's (2022) curves.

d is the root of the KL divergence. Best of n: R(d) = d (alpha - beta d); reinforcement learning: R(d) = d (alpha - beta
log d). Both are linear in alpha and beta, so they are fitted by least squares. The proxy is told in its own standard
deviations on the start's answers.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln


@dataclass(frozen=True)
class Fit:
    alpha: float
    beta: float
    r2: float

    def __str__(self) -> str:
        return f"alpha {self.alpha:.2f}, beta {self.beta:.2f}, R2 {self.r2:.2f}"


def best_of_n(proxy_PN: np.ndarray, gold_PN: np.ndarray, n: int) -> tuple[float, float, float]:
    """The mean proxy and gold of the best by proxy of n answers, and the standard error of gold over prompts.

    Not of one draw of n, but the mean over all choices of n of the N (Nakano et al. 2021, appendix I): the k-th
    smallest is the best of C(k - 1, n - 1) of the C(N, n).
    """
    size = proxy_PN.shape[1]
    k = np.arange(1, size + 1)
    logs = np.where(k >= n, _log_choose(k - 1, n - 1) - _log_choose(size, n), -np.inf)
    weights_N = np.exp(logs)
    order_PN = np.argsort(proxy_PN, axis=1, kind="stable")
    gold_P = np.take_along_axis(gold_PN, order_PN, axis=1) @ weights_N
    proxy_P = np.take_along_axis(proxy_PN, order_PN, axis=1) @ weights_N
    return float(proxy_P.mean()), float(gold_P.mean()), float(gold_P.std(ddof=1) / len(gold_P) ** 0.5)


def _log_choose(n: np.ndarray | int, k: int) -> np.ndarray:
    n = np.maximum(n, k)
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)


def best_of_n_kl(n: int) -> float:
    """log n - (n - 1) / n nats."""
    return float(np.log(n) - (n - 1) / n)


def fit_best_of_n(d: np.ndarray, reward: np.ndarray) -> Fit:
    return _fit(np.column_stack([d, -(d**2)]), reward)


def fit_reinforcement(d: np.ndarray, reward: np.ndarray) -> Fit:
    return _fit(np.column_stack([d, -d * np.log(d)]), reward)


def _fit(columns: np.ndarray, reward: np.ndarray) -> Fit:
    (alpha, beta), *_ = np.linalg.lstsq(columns, reward, rcond=None)
    left = reward - columns @ [alpha, beta]
    return Fit(float(alpha), float(beta), float(1 - (left**2).sum() / ((reward - reward.mean()) ** 2).sum()))


def at_distance(d: np.ndarray, reward: np.ndarray, where: float) -> float:
    """The reward at a distance, between the two iterations on either side of it; NaN beyond the farthest."""
    order = np.argsort(d, kind="stable")
    return float(np.interp(where, d[order], reward[order], right=np.nan))
