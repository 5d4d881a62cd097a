"""The losses of every stage as pure tensor functions: no models, no state, no randomness.

What they do. Each returns a sum or a weighted sum, never a mean of its own: a batch is cut into micro-batches
and shared among ranks, and a mean of means would weigh them wrongly. The caller divides by the batch's own
denominator. Log-probabilities are computed in fp32 whatever the forward pass was in, and for the tokens that
count only, in chunks: [tokens, vocabulary] never stands in memory for a whole rollout.

Where they depart from the paper: nowhere; what it leaves open is said at each function.

Shapes: B rows, T tokens, N tokens (or texts) of several rows one after the other, P pairs, V vocabulary,
D width.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

# Logits of one chunk: 16M numbers are 64 MB in fp32.
CHUNK_LOGITS = 2**24

Head = Callable[[torch.Tensor], torch.Tensor]


def token_logprobs(logits_NV: torch.Tensor, ids_N: torch.Tensor, temperature: float = 1.0) -> torch.Tensor:
    """Log-probability of each given id under logits divided by the sampling temperature; nats, fp32."""
    # One kernel forward and one back; a gather less a logsumexp takes twice as many passes over [N, V].
    scaled_NV = logits_NV.float() if temperature == 1 else logits_NV.float() / temperature
    return -F.cross_entropy(scaled_NV, ids_N, reduction="none")


def token_entropies(logits_NV: torch.Tensor, temperature: float = 1.0) -> torch.Tensor:
    """Entropy of each distribution, logits divided by the sampling temperature; nats, fp32."""
    logprobs_NV = F.log_softmax(logits_NV.float() / temperature, dim=-1)
    return -(logprobs_NV.exp() * logprobs_NV).sum(-1)


def chunked_logprobs(
    hidden_ND: torch.Tensor,
    head: Head,
    ids_N: torch.Tensor,
    *,
    vocabulary: int,
    temperature: float = 1.0,
    chunk_logits: int = CHUNK_LOGITS,
) -> torch.Tensor:
    """Log-probabilities of ids from the hidden states that predict them; nats, fp32.

    At most `chunk_logits` logits stand in memory at a time. With more than one chunk the backward pass
    computes each chunk's logits again: a matrix product more, in place of all logits kept.
    """
    size = max(1, chunk_logits // vocabulary)
    if len(ids_N) <= size:
        return token_logprobs(head(hidden_ND), ids_N, temperature)

    def of_chunk(hidden_CD: torch.Tensor, ids_C: torch.Tensor) -> torch.Tensor:
        return token_logprobs(head(hidden_CD), ids_C, temperature)

    parts = []
    for hidden_CD, ids_C in zip(hidden_ND.split(size), ids_N.split(size), strict=True):
        if torch.is_grad_enabled():
            parts.append(checkpoint(of_chunk, hidden_CD, ids_C, use_reentrant=False, preserve_rng_state=False))
        else:
            parts.append(of_chunk(hidden_CD, ids_C))
    return torch.cat(parts)


@torch.no_grad()
def chunked_entropies(
    hidden_ND: torch.Tensor,
    head: Head,
    *,
    vocabulary: int,
    temperature: float = 1.0,
    chunk_logits: int = CHUNK_LOGITS,
) -> torch.Tensor:
    """Entropies of the distributions that hidden states predict; nats, fp32, without gradient."""
    size = max(1, chunk_logits // vocabulary)
    return torch.cat([token_entropies(head(hidden_CD), temperature) for hidden_CD in hidden_ND.split(size)])


def untied_pairs(ranks: Sequence[int]) -> list[tuple[int, int]]:
    """The (better, worse) indices of a ranking, 1 = best; equal ranks give no pair."""
    return [(i, j) for i, a in enumerate(ranks) for j, b in enumerate(ranks) if a < b]


def weighted_pairs(
    judgments: Sequence[tuple[Sequence[tuple[int, int]], float]],
) -> list[tuple[int, int, float]]:
    """A prompt's (better, worse, weight) from its judgments' pairs and weights; the weights sum to 1.

    A judgment's loss is the mean over its pairs and a prompt's the weighted mean of its judgments, so each
    pair weighs its judgment's share over the number of its pairs. A judgment without pairs (all tied) is
    left out, and a prompt with no other gives no pairs.
    """
    held = [(pairs, weight) for pairs, weight in judgments if pairs]
    total = sum(weight for _, weight in held)
    return [(i, j, weight / total / len(pairs)) for pairs, weight in held for i, j in pairs]


def preference_loss(
    scores_N: torch.Tensor, better_P: torch.Tensor, worse_P: torch.Tensor, weights_P: torch.Tensor
) -> torch.Tensor:
    """The weighted sum of -log sigmoid(score of the better - score of the worse) over pairs, fp32.

    The weights carry every mean of the definition: over the untied pairs of a judgment, over the judgments
    of a prompt, over the prompts of a batch.
    """
    scores_N = scores_N.float()
    return (weights_P * F.softplus(scores_N[worse_P] - scores_N[better_P])).sum()


def ppo_policy_loss(
    logprobs_N: torch.Tensor, old_logprobs_N: torch.Tensor, advantages_N: torch.Tensor, clip_ratio: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """PPO's clipped surrogate, negated, summed over tokens; and which tokens the clip holds back.

    A token is held back when the clipped term is the larger loss: its gradient is 0.
    """
    ratio_N = (logprobs_N - old_logprobs_N).exp()
    plain_N = -advantages_N * ratio_N
    clipped_N = -advantages_N * ratio_N.clamp(1 - clip_ratio, 1 + clip_ratio)
    return torch.maximum(plain_N, clipped_N).sum(), clipped_N > plain_N


def value_loss(
    values_N: torch.Tensor, old_values_N: torch.Tensor, returns_N: torch.Tensor, clip_value: float
) -> torch.Tensor:
    """Half the squared error to the returns, summed over tokens.

    With `clip_value` above 0 the larger of the plain and the clipped error counts, the clipped value being
    within `clip_value` of the old one (Stiennon et al.; the InstructGPT paper does not say).
    """
    errors_N = (values_N - returns_N).square()
    if clip_value > 0:
        near_N = old_values_N + (values_N - old_values_N).clamp(-clip_value, clip_value)
        errors_N = torch.maximum(errors_N, (near_N - returns_N).square())
    return 0.5 * errors_N.sum()
