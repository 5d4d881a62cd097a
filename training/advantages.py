"""From scores to advantages: the KL penalty, generalized advantage estimation, whitening.

What it does. A response is T actions, the end of turn included. Each action is paid
-beta (log pi_old - log pi_ref), the last one the reward model's score besides. The value after the last
action is 0, also where the response was cut: the prompt is a bandit, and nothing follows. Advantages are
those of Schulman et al. 2016; returns, at which the value network aims, are advantages + old values.

Where it departs from the paper. It does not publish lambda (.95 in Stiennon et al. is the default) nor say
that advantages are whitened; all of its ancestors whiten, with the population variance, over the whole batch. They
can whiten rewards too, without moving the mean, which says what is good; here as there it is off by default.

Shapes: B responses, T actions, padded on the right; `mask_BT` is true at actions.
"""

from __future__ import annotations

import torch


def penalized_rewards(
    scores_B: torch.Tensor,
    logprobs_BT: torch.Tensor,
    reference_BT: torch.Tensor,
    mask_BT: torch.Tensor,
    beta: float,
) -> torch.Tensor:
    """Each action's reward: the KL penalty, and the score at the last action; 0 outside the mask.

    Every response has one action or more.
    """
    rewards_BT = torch.where(mask_BT, -beta * (logprobs_BT - reference_BT), torch.zeros_like(logprobs_BT))
    last_B1 = mask_BT.sum(1, keepdim=True) - 1
    return rewards_BT.scatter_add(1, last_B1, scores_B[:, None].to(rewards_BT.dtype))


def generalized_advantages(
    rewards_BT: torch.Tensor, values_BT: torch.Tensor, mask_BT: torch.Tensor, *, discount: float, lam: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Advantages and returns of each action; 0 outside the mask, whatever stands there in the inputs."""
    rewards_BT = rewards_BT.masked_fill(~mask_BT, 0.0)
    values_BT = values_BT.masked_fill(~mask_BT, 0.0)
    advantages_BT = torch.zeros_like(rewards_BT)
    following_B = torch.zeros_like(rewards_BT[:, 0])
    value_after_B = torch.zeros_like(following_B)
    for t in range(rewards_BT.shape[1] - 1, -1, -1):
        delta_B = rewards_BT[:, t] + discount * value_after_B - values_BT[:, t]
        # Past a response's end rewards and values are 0, so nothing leaks into it from there.
        following_B = delta_B + discount * lam * following_B
        advantages_BT[:, t] = following_B
        value_after_B = values_BT[:, t]
    return advantages_BT, (advantages_BT + values_BT).masked_fill(~mask_BT, 0.0)


def whiten(values_BT: torch.Tensor, mask_BT: torch.Tensor, *, keep_mean: bool = False) -> torch.Tensor:
    """Values to population variance 1 over the mask and mean 0, or the mean that they had; 0 outside it."""
    held_N = values_BT[mask_BT]
    whitened_BT = (values_BT - held_N.mean()) * torch.rsqrt(held_N.var(correction=0) + 1e-8)
    if keep_mean:
        whitened_BT = whitened_BT + held_N.mean()
    return whitened_BT.masked_fill(~mask_BT, 0.0)
