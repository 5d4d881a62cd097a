"""How PPO's learning rate and its weight of the KL move from iteration to iteration."""

from __future__ import annotations


def warmed_up(iteration: int, *, iterations: int, start: float) -> float:
    """The learning rate's share of its peak: `start` in iteration 1, rising to 1 over `iterations`."""
    if iterations == 0:
        return 1.0
    return start + (1 - start) * min(1.0, (iteration - 1) / iterations)


def adapted_beta(beta: float, kl: float, *, target: float, horizon: int, episodes: int) -> float:
    """Ziegler et al.'s controller: beta follows the error of the KL, held to a fifth, over the horizon."""
    error = max(-0.2, min(0.2, kl / target - 1))
    return beta * (1 + error * episodes / horizon)
