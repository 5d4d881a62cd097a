"""The bounds that halt a run of PPO: each alone, and the sentence it is halted with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from training.canaries import alarm, correlation, repeated_share
from training.config import parse_config

START = {"reward": 1.0, "reward_sd": 0.5, "response_tokens": 20.0}
CALM = {
    "kl": 5.0,
    "reward": 1.4,
    "entropy": 1.2,
    "response_tokens": 24.0,
    "eos_rate": 0.9,
    "repetition": 0.1,
    "reward_length_correlation": 0.3,
}


@pytest.mark.parametrize(
    "value, title, bound",
    [
        ({"kl": -2.0}, "The KL fell below its bound", {}),
        ({"kl": 101.0}, "The KL left its bounds", {"kl_high": 0.0}),
        ({"reward": -0.6}, "The reward falls", {"reward_fall": 0.0}),
        ({"entropy": 0.04}, "The entropy collapsed", {"entropy_low": 0.0}),
        ({"repetition": 0.6}, "The answers repeat themselves", {"repetition_high": 1.0}),
        ({"eos_rate": 0.01}, "The answers do not end", {"eos_low": 0.0}),
        ({"response_tokens": 81.0}, "The answers grow long", {"length_high": 0.0}),
        ({"reward_length_correlation": 0.95}, "The reward is the length", {"length_correlation_high": 1.0}),
    ],
)
def test_each_bound_halts_and_can_be_lifted(value, title, bound):
    config = parse_config("ppo", "paper-1.3b", {})
    assert alarm(config, CALM, START) is None
    passed = alarm(config, CALM | value, START)
    assert passed is not None
    assert passed[0] == title
    assert len(passed[1]) > 60
    if bound:
        assert alarm(replace(config, **bound), CALM | value, START) is None


def test_the_share_of_repeated_runs():
    assert repeated_share([1, 2, 3, 4, 5]) == 0.0
    assert repeated_share([1, 2, 3, 1, 2, 3]) == pytest.approx(1 / 4)
    assert repeated_share([7] * 12) == pytest.approx(0.9)
    assert repeated_share([1, 2]) == 0.0


def test_the_correlation_of_what_moves_together():
    assert correlation([1.0, 2.0, 3.0], [10.0, 20.0, 30.0]) == pytest.approx(1.0)
    assert correlation([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]) == pytest.approx(-1.0)
    assert correlation([1.0, 1.0], [3.0, 2.0]) == 0.0
