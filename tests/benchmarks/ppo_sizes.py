"""The sizes of ppo_step's iteration, and what all its sides start from."""

from __future__ import annotations

import math
import os

import torch
from torch import nn
from transformers import LlamaForCausalLM

from tests.benchmarks.machine import model_config

EPISODES = int(os.environ.get("EPISODES", "64"))
MINIBATCHES = int(os.environ.get("MINIBATCHES", "4"))
VOCABULARY = int(os.environ.get("VOCABULARY", "4096"))
PROMPT, ANSWER = (int(n) for n in os.environ.get("SHAPE", "32,48").split(","))
EPOCHS = int(os.environ.get("EPOCHS", "4"))
PAD, EOS = 2, 1


def prompts() -> list[list[int]]:
    random = torch.Generator().manual_seed(3)
    return torch.randint(3, VOCABULARY, (EPISODES, PROMPT), generator=random).tolist()


def policy_model(end_probability: float) -> LlamaForCausalLM:
    """Random weights, by which all tokens are about equally likely; a bias makes the end as likely as asked."""
    model = LlamaForCausalLM(model_config(VOCABULARY, attn_implementation="sdpa")).eval()
    head = nn.Linear(model.config.hidden_size, VOCABULARY)
    odds = end_probability / (1 - end_probability)
    with torch.no_grad():
        head.weight.copy_(model.lm_head.weight)
        head.bias.zero_()[EOS] = math.log(VOCABULARY * odds) if odds else -1e4
    model.lm_head = head
    return model
