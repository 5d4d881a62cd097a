"""Each loss against a slow reference in float64 that follows its definition pair by pair, token by token."""

from __future__ import annotations

import itertools
import math

import pytest
import torch

from training.losses import (
    chunked_entropies,
    chunked_logprobs,
    ppo_policy_loss,
    preference_loss,
    token_logprobs,
    untied_pairs,
    value_loss,
    weighted_pairs,
)


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def test_logprobs_are_those_of_the_softmax_over_the_temperature():
    logits, ids = torch.randn(5, 7) * 4, torch.randint(7, (5,))
    for temperature in (0.5, 1.0, 2.0):
        slow = [
            math.log(math.exp(row[i] / temperature) / sum(math.exp(x / temperature) for x in row))
            for row, i in zip(logits.double().tolist(), ids.tolist(), strict=True)
        ]
        assert token_logprobs(logits, ids, temperature).tolist() == pytest.approx(slow, abs=1e-5)


def test_logprobs_of_bf16_logits_are_summed_in_fp32():
    logits = torch.randn(64, 4096).bfloat16()
    ids = torch.randint(4096, (64,))
    exact = torch.log_softmax(logits.double(), -1).gather(1, ids[:, None]).squeeze(1)
    assert token_logprobs(logits, ids).dtype == torch.float32
    assert torch.allclose(token_logprobs(logits, ids).double(), exact, atol=1e-5)


@pytest.mark.parametrize("chunk_logits", [11, 11 * 4, 11 * 100])
def test_chunks_change_neither_values_nor_gradients(chunk_logits):
    head = torch.nn.Linear(6, 11).double()
    hidden = torch.randn(13, 6, dtype=torch.float64, requires_grad=True)
    ids, weights = torch.randint(11, (13,)), torch.randn(13)
    whole = torch.log_softmax(head(hidden).float() / 0.7, -1).gather(1, ids[:, None]).squeeze(1)
    expected = torch.autograd.grad((whole * weights).sum(), [hidden, *head.parameters()])
    options = {"vocabulary": 11, "temperature": 0.7, "chunk_logits": chunk_logits}
    found = chunked_logprobs(hidden, head, ids, **options)
    gradients = torch.autograd.grad((found * weights).sum(), [hidden, *head.parameters()])
    assert torch.allclose(found, whole, atol=1e-6)
    for one, other in zip(gradients, expected, strict=True):
        assert torch.allclose(one, other, atol=1e-6)
    p = torch.softmax(head(hidden).detach() / 0.7, -1)
    assert torch.allclose(chunked_entropies(hidden, head, **options).double(), -(p * p.log()).sum(-1), atol=1e-6)


def test_no_forward_pass_holds_more_logits_than_a_chunk():
    sizes = []

    def head(hidden):
        sizes.append(hidden.shape[0] * 100)
        return hidden @ weight

    weight = torch.randn(4, 100, requires_grad=True)
    hidden = torch.randn(50, 4, requires_grad=True)
    chunked_logprobs(
        hidden, head, torch.zeros(50, dtype=torch.long), vocabulary=100, chunk_logits=1000
    ).sum().backward()
    assert max(sizes) == 1000
    assert weight.grad is not None


def test_a_tie_gives_no_pair():
    assert untied_pairs([1, 2, 2, 3]) == [(0, 1), (0, 2), (0, 3), (1, 3), (2, 3)]
    assert untied_pairs([2, 2, 2]) == []
    assert len(untied_pairs(range(1, 10))) == 36


def test_grouped_loss_is_the_loss_pair_by_pair():
    """Scores and gradients, with ties, several judgments of a prompt, and weights."""
    scores = torch.randn(9, requires_grad=True)
    judgments = [([3, 1, 2, 2, 5, 4, 7, 6, 8], 1.0), ([1, 1, 2, 3, 3, 3, 4, 5, 5], 2.5), ([1] * 9, 3.0)]
    total_weight = sum(weight for ranks, weight in judgments if untied_pairs(ranks))
    pairs = weighted_pairs([(untied_pairs(ranks), weight) for ranks, weight in judgments])
    assert sum(weight for _, _, weight in pairs) == pytest.approx(1.0)
    better, worse, weights = zip(*pairs, strict=True)
    grouped = preference_loss(scores, torch.tensor(better), torch.tensor(worse), torch.tensor(weights))

    exact = scores.detach().double().requires_grad_()
    naive = torch.zeros((), dtype=torch.float64)
    for ranks, weight in judgments:
        terms = [
            -torch.log(1 / (1 + torch.exp(-(exact[i] - exact[j]))))
            for i, j in itertools.permutations(range(9), 2)
            if ranks[i] < ranks[j]
        ]
        if terms:
            naive = naive + weight / total_weight * sum(terms) / len(terms)
    assert grouped.item() == pytest.approx(naive.item(), rel=1e-6)
    (found,) = torch.autograd.grad(grouped, scores)
    (expected,) = torch.autograd.grad(naive, exact)
    assert (found.double() - expected).norm() / expected.norm() < 1e-5


def test_a_prompt_without_untied_judgments_has_no_pairs():
    assert weighted_pairs([(untied_pairs([1, 1]), 1.0)]) == []


def test_preference_loss_stays_finite_where_a_sigmoid_would_underflow():
    scores = torch.tensor([-300.0, 300.0], requires_grad=True)
    loss = preference_loss(scores, torch.tensor([0]), torch.tensor([1]), torch.ones(1))
    loss.backward()
    assert loss.item() == pytest.approx(600.0)
    assert scores.grad.tolist() == pytest.approx([-1.0, 1.0])


def test_clipped_surrogate_against_its_definition():
    new, old = (torch.randn(40) * 0.4).requires_grad_(), torch.randn(40) * 0.4
    advantages = torch.randn(40)
    loss, held_back = ppo_policy_loss(new, old, advantages, 0.2)
    slow, flat = 0.0, []
    for a, b, adv in zip(new.tolist(), old.tolist(), advantages.tolist(), strict=True):
        ratio = math.exp(a - b)
        surrogate = min(ratio * adv, max(0.8, min(1.2, ratio)) * adv)
        slow -= surrogate
        flat.append((ratio > 1.2 and adv > 0) or (ratio < 0.8 and adv < 0))
    assert loss.item() == pytest.approx(slow, rel=1e-5)
    assert held_back.tolist() == flat
    (gradient,) = torch.autograd.grad(loss, new)
    assert (gradient == 0).tolist() == flat


def test_value_loss_against_its_definition():
    values, old, returns = torch.randn(30), torch.randn(30), torch.randn(30)
    for clip in (0.0, 0.2):
        slow = 0.0
        for v, o, r in zip(values.tolist(), old.tolist(), returns.tolist(), strict=True):
            error = (v - r) ** 2
            if clip:
                error = max(error, (o + max(-clip, min(clip, v - o)) - r) ** 2)
            slow += error / 2
        assert value_loss(values, old, returns, clip).item() == pytest.approx(slow, rel=1e-5)
