"""Keys and values of answers that are being written, in memory that is taken once.

transformers' DynamicCache copies all that it holds for each new token, which took 62 % of the time of writing 64
answers of 48 tokens (7 million parameters, bf16, a CPU); its StaticCache reads what is not written yet. This one
reserves the longest answer's room and shows what is written of it.

Shapes: B answers, H heads, T tokens so far, E width of a head.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer


class ReservedCache(DynamicCache):
    """A DynamicCache of at most `room` tokens an answer, prompt included."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.layer_class_to_replicate = partial(_ReservedLayer, room)  # type: ignore[assignment]


class _ReservedLayer(DynamicLayer):
    """`keys` and `values` are views, [B, H, T, E], of what is reserved, [B, H, room, E]."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room, self.length = room, 0

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        # Under autocast keys come in fp32, for the turn by their position is, and are read in 16 bits like values.
        self.dtype, self.device = value_states.dtype, value_states.device
        self.reserved = [
            torch.empty((*states.shape[:2], self.room, states.shape[3]), dtype=self.dtype, device=self.device)
            for states in (key_states, value_states)
        ]
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *arguments: Any, **options: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        end = self.length + key_states.shape[2]
        if end > self.room:
            raise ValueError(f"{end} tokens, and room for {self.room}")
        for reserved, states in zip(self.reserved, (key_states, value_states), strict=True):
            reserved[:, :, self.length : end] = states
        return self._show(end)

    def batch_select_indices(self, indices: torch.Tensor) -> None:
        """Keeps these answers of the batch."""
        for at, reserved in enumerate(self.reserved):
            self.reserved[at] = reserved.new_empty((len(indices), *reserved.shape[1:]))
            self.reserved[at][:, :, : self.length] = reserved[indices, :, : self.length]
        self._show(self.length)

    def _show(self, length: int) -> tuple[torch.Tensor, torch.Tensor]:
        keys, values = (reserved[:, :, :length] for reserved in self.reserved)
        self.keys, self.values, self.length = keys, values, length
        return keys, values
