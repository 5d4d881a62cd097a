"""Advantages against their definition as a sum, in float64."""

from __future__ import annotations

import pytest
import torch

from training.advantages import generalized_advantages, penalized_rewards, whiten

LENGTHS = (5, 1, 3)
MASK = torch.arange(5) < torch.tensor(LENGTHS)[:, None]


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def test_rewards_are_the_penalty_at_each_token_and_the_score_at_the_last():
    logprobs, reference = torch.randn(3, 5).double(), torch.randn(3, 5).double()
    scores = torch.tensor([2.0, -1.0, 0.5]).double()
    rewards = penalized_rewards(scores, logprobs, reference, MASK, beta=0.3)
    for row, length in enumerate(LENGTHS):
        for t in range(5):
            expected = -0.3 * (logprobs[row, t] - reference[row, t]).item() if t < length else 0.0
            expected += scores[row].item() if t == length - 1 else 0.0
            assert rewards[row, t].item() == pytest.approx(expected, abs=1e-12)
    assert torch.allclose(rewards.sum(1), scores - 0.3 * ((logprobs - reference) * MASK).sum(1))


@pytest.mark.parametrize("discount, lam", [(1.0, 0.95), (0.9, 0.5), (1.0, 1.0), (1.0, 0.0)])
def test_advantages_are_the_discounted_sums_of_errors(discount, lam):
    rewards, values = torch.randn(3, 5).double(), torch.randn(3, 5).double()
    advantages, returns = generalized_advantages(rewards, values, MASK, discount=discount, lam=lam)
    for row, length in enumerate(LENGTHS):
        r, v = rewards[row].tolist(), [*values[row, :length].tolist(), 0.0]
        errors = [r[t] + discount * v[t + 1] - v[t] for t in range(length)]
        for t in range(length):
            slow = sum((discount * lam) ** (k - t) * errors[k] for k in range(t, length))
            assert advantages[row, t].item() == pytest.approx(slow, abs=1e-12)
            assert returns[row, t].item() == pytest.approx(slow + v[t], abs=1e-12)
    assert not advantages[~MASK].any()
    assert not returns[~MASK].any()


def test_with_lambda_1_returns_are_what_was_paid_from_there_on():
    rewards, values = torch.randn(3, 5).double(), torch.randn(3, 5).double()
    _, returns = generalized_advantages(rewards, values, MASK, discount=1.0, lam=1.0)
    paid = (rewards * MASK).flip(1).cumsum(1).flip(1)
    assert torch.allclose(returns[MASK], paid[MASK])


def test_padding_does_not_leak():
    rewards, values = torch.randn(3, 5), torch.randn(3, 5)
    clean = generalized_advantages(rewards, values, MASK, discount=1.0, lam=0.95)
    rewards[~MASK], values[~MASK] = torch.nan, 1e9
    dirty = generalized_advantages(rewards, values, MASK, discount=1.0, lam=0.95)
    assert all(torch.equal(a, b) for a, b in zip(clean, dirty, strict=True))


def test_whitening_uses_the_population_variance_over_the_mask():
    values = torch.randn(3, 5) * 3 + 7
    values[~MASK] = 1e9
    white = whiten(values, MASK)
    held = values[MASK].double()
    slow = (held - held.mean()) / ((held - held.mean()) ** 2).mean().sqrt()
    assert torch.allclose(white[MASK].double(), slow, atol=1e-5)
    assert not white[~MASK].any()


def test_rewards_are_whitened_about_the_mean_that_they_have():
    values = torch.randn(3, 5) * 3 + 7
    values[~MASK] = 1e9
    white, held = whiten(values, MASK, keep_mean=True), values[MASK]
    assert white[MASK].mean().item() == pytest.approx(held.mean().item(), abs=1e-4)
    assert white[MASK].var(correction=0).item() == pytest.approx(1.0, abs=1e-4)
    assert torch.equal(white[MASK].argsort(), held.argsort())
    assert not white[~MASK].any()


def test_whitening_equal_values_gives_zeros():
    assert not whiten(torch.full((3, 5), 4.0), MASK).any()
