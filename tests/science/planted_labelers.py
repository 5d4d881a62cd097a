"""Labelers who want the gold reward and err: Bradley and Terry's model, for whole rankings Plackett and Luce's.

A labeler ranks by gold plus Gumbel noise over a temperature, so that of two answers the better wins with a probability
of sigmoid(difference / temperature). The temperature is set by how often two labelers agree (.73: the paper, section
3.4, has 72.6 % among its labelers).
"""

import random
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from scipy.optimize import brentq

from tests.science.texts import Continuation, turns

AGREEMENT = 0.73


def temperature_for(gold_NK: np.ndarray, agreement: float = AGREEMENT) -> float:
    """At which two labelers agree so often on a pair of a prompt's answers. Raises ValueError where none does."""
    gaps = np.abs([[row[i] - row[j] for i, j in combinations(range(len(row)), 2)] for row in gold_NK]).ravel()

    def excess(log_temperature: float) -> float:
        wins = 1 / (1 + np.exp(-gaps / np.exp(log_temperature)))
        return float((wins**2 + (1 - wins) ** 2).mean()) - agreement

    return float(np.exp(brentq(excess, -10, 10)))


def rank(gold_K: Sequence[float], temperature: float, noise: random.Random) -> list[int]:
    """Ranks from 1, the best; no ties."""
    noisy = np.array(gold_K) / temperature - np.log([-np.log(noise.random() or 1e-300) for _ in gold_K])
    order = np.argsort(-noisy, kind="stable")
    ranks = np.empty(len(order), dtype=int)
    ranks[order] = np.arange(1, len(order) + 1)
    return ranks.tolist()


def candidates(prompt: Continuation, answers: Sequence[str]) -> list[dict[str, str]]:
    """A prompt's answers, each with an id of its own."""
    return [{"id": f"{prompt.id}-{k}", "text": text} for k, text in enumerate(answers)]


def comparison(prompt: Continuation, answers: Sequence[str], ranks: Sequence[int]) -> dict[str, Any]:
    """A judgment as a snapshot has it."""
    return {
        "id": prompt.id,
        "prompt": prompt.id,
        "messages": turns(prompt.prompt),
        "candidates": candidates(prompt, answers),
        "ranks": list(ranks),
        "split": prompt.split,
    }
