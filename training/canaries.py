"""What a run of PPO watches of itself, and when it halts in place of going on.

What it does. Each iteration is measured before it is learned from; a bound that is passed halts the run with a
sentence that says what it means and what to do. Bounds are settings. Some are relative to the run's first
iteration, in which the policy is its own start.

Where it departs from the paper: it names none of these. Ziegler et al. once trained the worst possible model by a
flipped sign, and say that a run should watch for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from training.config import PpoConfig


def repeated_share(ids: Sequence[int], size: int = 3) -> float:
    """The share of an answer's runs of `size` tokens that stood in it before; 0 for shorter answers."""
    runs = [tuple(ids[at : at + size]) for at in range(len(ids) - size + 1)]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0


def correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Pearson's correlation; 0 where one of them is constant."""
    a, b = (torch.tensor(values, dtype=torch.float64) for values in (one, other))
    a, b = a - a.mean(), b - b.mean()
    scale = float(a.norm() * b.norm())
    return float(a @ b) / scale if scale > 1e-12 else 0.0


def alarm(config: PpoConfig, values: dict[str, float], start: dict[str, float]) -> tuple[str, str] | None:
    """A title and a sentence where an iteration passes a bound, else None.

    `values` has kl, reward, entropy, response_tokens, eos_rate, repetition and reward_length_correlation; `start`
    the first iteration's reward, reward_sd and response_tokens.
    """
    kl, reward, entropy = values["kl"], values["reward"], values["entropy"]
    if kl < config.kl_low:
        return (
            "The KL fell below its bound",
            f"the mean KL of an iteration is {kl:.2f} nats and kl_low is {config.kl_low:g}. No true KL is negative: "
            "policy and reference do not measure alike, or the sampling differs from the model.",
        )
    if kl > config.kl_high > 0:
        return (
            "The KL left its bounds",
            f"the mean KL of an iteration is {kl:.1f} nats and kl_high is {config.kl_high:g}: the policy is far from "
            "its start, and the reward model's scores mean little there. Raise beta, lower the learning rate, or "
            "take the last checkpoint's model.",
        )
    floor = start["reward"] - config.reward_fall * start["reward_sd"]
    if config.reward_fall > 0 and reward < floor:
        return (
            "The reward falls",
            f"the mean score of an iteration is {reward:.3f}; it began at {start['reward']:.3f}, and {floor:.3f} is "
            f"{config.reward_fall:g} standard deviations below. A flipped sign looks like this; so does a learning "
            "rate that is too high.",
        )
    if entropy < config.entropy_low:
        return (
            "The entropy collapsed",
            f"the policy's entropy is {entropy:.3f} nats a token and entropy_low is {config.entropy_low:g}: it says "
            "the same whatever it is asked. Raise beta or lower the learning rate.",
        )
    if values["repetition"] > config.repetition_high:
        return (
            "The answers repeat themselves",
            f"{100 * values['repetition']:.0f} % of three tokens in a row stood in their answer before, and "
            f"repetition_high is {config.repetition_high:g}. The reward model may like it: look at the samples.",
        )
    if values["eos_rate"] < config.eos_low:
        return (
            "The answers do not end",
            f"{100 * values['eos_rate']:.0f} % of the answers ended by themselves and eos_low is {config.eos_low:g}. "
            "Set penalize_missing_end, or raise max_response_tokens.",
        )
    length, longest = values["response_tokens"], config.length_high * start["response_tokens"]
    if config.length_high > 0 and length > longest:
        return (
            "The answers grow long",
            f"their mean is {length:.0f} tokens; it began at {start['response_tokens']:.0f}, and length_high is "
            f"{config.length_high:g} times that. Look whether the reward model likes length: its card says what "
            "'longer wins' reaches.",
        )
    related = values["reward_length_correlation"]
    if related > config.length_correlation_high:
        return (
            "The reward is the length",
            f"the scores of an iteration and the lengths of its answers correlate by {related:.2f}, and "
            f"length_correlation_high is {config.length_correlation_high:g}.",
        )
    return None
