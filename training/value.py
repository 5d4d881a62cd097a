"""The value network of PPO: a reward model's trunk, with a number at each token.

Shapes: N the actions of some episodes one after the other, D width.
"""

from __future__ import annotations

import torch
from torch import nn
from transformers import PreTrainedModel

from training.rollout import ResponseBatch, read_batch
from training.scores import reward_head


class ValueNetwork(nn.Module):
    """A reward model's trunk and head as a value for each token; `reward_bias` becomes the head's bias."""

    def __init__(self, reward_model: PreTrainedModel) -> None:
        super().__init__()
        old = reward_head(reward_model)
        self.trunk: nn.Module = reward_model.base_model
        self.head = nn.Linear(old.in_features, 1)
        with torch.no_grad():
            self.head.weight.copy_(old.weight)
            self.head.bias.fill_(reward_model.config.reward_bias)
            if old.bias is not None:
                self.head.bias.add_(old.bias)

    def forward(self, batch: ResponseBatch) -> torch.Tensor:
        """The value before each action, read where the action is predicted; [N], the head in fp32."""
        hidden_ND = read_batch(self.trunk, batch)
        with torch.autocast(hidden_ND.device.type, enabled=False):
            return self.head(hidden_ND.float()).squeeze(-1)
